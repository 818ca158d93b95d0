"""What a source calls its layers, as comments behind the lines of the spec that say them."""

from __future__ import annotations

from resnet_dsl.elaborate.values import Origin, calls_to
from resnet_dsl.importing.imported import Imported
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text

_LONGEST = 60
"""Characters of a comment."""


def with_names(imported: Imported) -> str:
    """The text of what was imported, in the one layout, each line with the names of the layers that it makes."""
    compiled = imported.compiled
    names: dict[int, list[str]] = {}
    for node, origin in zip(compiled.graph.nodes, compiled.origins, strict=True):
        number = _line(origin, compiled.asked.spec.source)
        if number is not None and node.name in imported.labels:
            names.setdefault(number, []).append(imported.labels[node.name])
    lines = enumerate(imported.text.splitlines(), 1)
    named = "".join(f"{text}{_comment(names.get(number, []))}\n" for number, text in lines)
    return format_text(Source(compiled.name, named))


def _line(origin: Origin, source: Source) -> int | None:
    """The line of the network that leads to an operation, by its outermost call; None where a base makes it."""
    spans = [origin.span, *(one.step.span for one in calls_to(origin.caller))]
    return next((source.position(one.start)[0] for one in reversed(spans) if one.source is source), None)


def _comment(names: list[str]) -> str:
    """One name as it is; of several the first and the last."""
    told = list(dict.fromkeys("".join(one if one.isprintable() else " " for one in name) for name in names))
    if not told:
        return ""
    words = told[0] if len(told) == 1 else f"{told[0]} … {told[-1]}"
    return f"  # {words if len(words) <= _LONGEST else words[:_LONGEST] + ' …'}"
