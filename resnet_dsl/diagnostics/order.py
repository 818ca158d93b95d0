"""Many diagnostics: in the text's order, each once, and no more than are read."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.sentences import counted
from resnet_dsl.source import Span

MOST_SHOWN = 100
MOST_FOUND = 500
"""Mistakes after which no more are looked for: a text that has so many is no spec."""


class Fresh:
    """Tells diagnostics that are new from those that say the same again.

    A block's mistake comes up in each of its calls, with other shapes in each: the same code at the same places is one
    mistake, and so is the same sentence at the same place.
    """

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def __call__(self, diagnostic: Diagnostic) -> bool:
        place = _where(diagnostic.place)
        others = tuple(_where(label) for label in diagnostic.others)
        keys: list[object] = [(diagnostic.code, diagnostic.message, place)]
        if place is not None:
            keys.append((diagnostic.code, place, others))
        fresh = self._seen.isdisjoint(keys)
        self._seen.update(keys)
        return fresh


def _where(label: Label | None) -> tuple[tuple[str, ...], int, int] | None:
    return (label.span.source.identity, label.span.start, label.span.end) if label else None


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those without a place first, then text by text (in the order in which the texts occur), by place in each.

    What says the same of the same place is kept once.
    """
    texts: dict[tuple[str, ...], int] = {}
    kept: list[tuple[tuple[int, int, int], Diagnostic]] = []
    fresh = Fresh()
    for diagnostic in filter(fresh, diagnostics):
        text, start, end = _where(diagnostic.place) or ((), 0, 0)
        at = texts.setdefault(text, len(texts)) if diagnostic.place else -1
        kept.append(((at, start, end), diagnostic))
    return [diagnostic for _, diagnostic in sorted(kept, key=itemgetter(0))]


def without_doubts_of_mistakes(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Without the warnings about a step in which a mistake is told: it is not what it was to be."""
    found = [*diagnostics]
    mistakes = [one.place.span for one in found if one.severity == "error" and one.place is not None]
    return [one for one in found if one.severity == "error" or not _holds_one(one.place, mistakes)]


def _holds_one(label: Label | None, spans: list[Span]) -> bool:
    return label is not None and any(one.within(label.span) and one != label.span for one in spans)


def tally(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``."""
    found = [diagnostic.severity for diagnostic in diagnostics]
    counts = {severity: found.count(severity) for severity in ("error", "warning")}
    return ", ".join(counted(count, severity) for severity, count in counts.items() if count)
