"""Edits made in a text."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with these edits of it, which lie apart; line ends in what is new are those of the text."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    pieces, position = [], 0
    for (_, start, end), new in sorted(edits, key=_place):
        pieces += [text[position:start], new.replace("\n", line_end)]
        position = end
    return "".join([*pieces, text[position:]])


def apart(remedies: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those whose edits can be made together: of two that touch, the first one alone."""
    chosen: list[Diagnostic] = []
    taken: set[int] = set()
    for one in remedies:
        places = {place for (_, start, end), _ in one.edits for place in range(start, end + 1)}
        if taken.isdisjoint(places):
            chosen.append(one)
            taken |= places
    return chosen


def _place(edit: Edit) -> tuple[int, int]:
    return edit.span.start, edit.span.end
