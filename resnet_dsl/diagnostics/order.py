"""Many diagnostics: in the text's order, each once, and no more than are read."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic

MOST_SHOWN = 100


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those without a place first, then text by text (in the order in which the texts occur), by place in each.

    What says the same of the same place is kept once: a block's mistake comes up in each of its calls.
    """
    texts: dict[int, int] = {}
    kept: dict[object, Diagnostic] = {}
    for diagnostic in diagnostics:
        if diagnostic.place:
            texts.setdefault(id(diagnostic.place.span.source), len(texts))
        kept.setdefault(_identity(diagnostic), diagnostic)
    return sorted(kept.values(), key=lambda diagnostic: _position(diagnostic, texts))


def _identity(diagnostic: Diagnostic) -> object:
    if not diagnostic.place:
        return diagnostic.code, diagnostic.message
    span = diagnostic.place.span
    return diagnostic.code, diagnostic.message, id(span.source), span.start, span.end


def _position(diagnostic: Diagnostic, texts: dict[int, int]) -> tuple[int, int, int]:
    if not diagnostic.place:
        return -1, 0, 0
    span = diagnostic.place.span
    return texts[id(span.source)], span.start, span.end


def counted(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``."""
    found = [diagnostic.severity for diagnostic in diagnostics]
    counts = {severity: found.count(severity) for severity in ("error", "warning")}
    return ", ".join(f"{count} {severity}{'s' * (count > 1)}" for severity, count in counts.items() if count)
