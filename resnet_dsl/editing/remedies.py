"""Quick fixes: the remedies of mistakes, as changes of texts; and the one layout as a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl import fixing, shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.editing.document import Document
from resnet_dsl.source import PRELUDE, Source, Span
from resnet_dsl.syntax.formatter import format_text


class Remedy(NamedTuple):
    """A change of a text that is a mistake's remedy. ``sure``: as of a Diagnostic."""

    title: str
    edits: tuple[Edit, ...]
    of: Diagnostic
    sure: bool


def remedies(document: Document, start: int, end: int) -> Iterator[Remedy]:
    """Those of the mistakes that stand between two places, or at one of them."""
    for found in document.checked.diagnostics:
        if found.edits and _touches(found, start, end) and not any(is_ours(one.span.source) for one in found.edits):
            yield Remedy(found.help or "make the remedy", found.edits, found, found.sure)


def all_sure(document: Document) -> Edit | None:
    """The sure remedies of all mistakes, as `check --fix` makes them; None where there are none."""
    fixed = fixing.fix(document.spec)
    return changed(document.source, fixed.spec.source.text) if fixed.rounds else None


def layout(document: Document) -> Edit | None:
    """What `fmt` changes; None where it changes nothing, or a mistake of form stands in the way."""
    try:
        text = format_text(document.source)
    except Refusal:
        return None
    return changed(document.source, text) if text != document.source.text else None


def changed(source: Source, text: str) -> Edit:
    """One edit that makes a text of another one: what stands alike in front and behind is left."""
    old = source.text
    start, shorter = 0, min(len(old), len(text))
    while start < shorter and old[start] == text[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == text[-1 - end]:
        end += 1
    return Edit(Span(source, start, len(old) - end), text[start : len(text) - end])


def _touches(found: Diagnostic, start: int, end: int) -> bool:
    return found.place is not None and found.place.span.start <= end and start <= found.place.span.end


def is_ours(source: Source) -> bool:
    """Whether it is a text that ships, which nobody changes."""
    return source.name == PRELUDE or (source.path is not None and shipped.holds(source.identity[0]))
