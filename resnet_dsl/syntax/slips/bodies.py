"""What a statement holds where no braces say it: by its indentation, or on its line."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.slips.groups import BRACKETS
from resnet_dsl.syntax.slips.stop import Repair, Stop


class BodyWords(NamedTuple):
    """What a statement holds: the words from ``first`` to ``last``, and how braces come around them."""

    first: int
    last: int
    edits: tuple[Edit, ...]
    closed: bool  # whether a `}` stands behind it already


def body_behind(stop: Stop, sign: int, behind: int) -> BodyWords | None:
    """The lines that are indented below the line of a sign, or the rest of its line; ``behind``: the word behind it.

    The sign becomes `{`, and a `}` comes behind the last word where none is there.
    """
    last = _last(stop, sign, behind)
    space = "" if stop.source.text[stop.words.starts[sign] - 1].isspace() else " "
    opened = Edit(stop.between(sign, behind), f"{space}{{")
    return None if last is None else _body(stop, opened, _begin(stop, sign), behind, last)


def body_without_sign(stop: Stop, first: int) -> BodyWords | None:
    """The same where no sign stands in front of the body: a `{` comes behind the word before it.

    What is not indented is its own line alone.
    """
    last = _last(stop, first - 1, first)
    if last is None:
        last = _balanced(stop, first, _below(stop, first))
    opened = Edit(stop.words.span(first - 1).behind, " {")
    return None if last is None else _body(stop, opened, _begin(stop, first - 1), first, last)


def _body(stop: Stop, opened: Edit, line_begin: int, first: int, last: int) -> BodyWords:
    """``line_begin``: the first word on the line that the body belongs to."""
    follows = stop.words.kinds[last + 1]
    closed = follows == "RBRACE" and _indent(stop, last + 1) == _indent(stop, line_begin) and _is_first(stop, last + 1)
    closed = closed and len(stop.open) > 0 and _indent(stop, _begin(stop, stop.open[-1])) < _indent(stop, line_begin)
    return BodyWords(first, last, (opened,) if closed else (opened, _closing(stop, line_begin, last)), closed)


def _last(stop: Stop, sign: int, behind: int) -> int | None:
    """The last word that a colon holds by its indentation, or on its line."""
    words, text = stop.words, stop.source.text
    line_end = text.find("\n", words.ends[behind - 1])
    if line_end < 0 or words.starts[behind] < line_end:
        stop_at = len(words.kinds) - 1 if line_end < 0 else bisect_left(words.starts, line_end)
        return _balanced(stop, behind, stop_at)
    own, index = _indent(stop, _begin(stop, sign)), behind
    while index < len(words.kinds) - 1 and _indent(stop, index) > own:
        index = _below(stop, index)
    return _balanced(stop, behind, index)


def _below(stop: Stop, index: int) -> int:
    """The first word on the next line that has words, or the text's end."""
    line_end = stop.source.text.find("\n", stop.words.starts[index])
    last = len(stop.words.kinds) - 1
    return last if line_end < 0 else min(bisect_left(stop.words.starts, line_end + 1, lo=index + 1), last)


def _balanced(stop: Stop, first: int, behind: int) -> int | None:
    """The last word in front of what ends a body: a bracket from outside, an `else`; None where there is none."""
    depth = 0
    for index in range(first, behind):
        kind = stop.words.kinds[index]
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0 or (depth == 0 and (kind == "ELSE" or (kind == "COMMA" and stop.inside in BRACKETS))):
            behind = index
            break
    return behind - 1 if behind > first else None


def _begin(stop: Stop, index: int) -> int:
    """The first word on the line of another."""
    start = stop.source.text.rfind("\n", 0, stop.words.starts[index]) + 1
    return bisect_left(stop.words.starts, start, hi=index)


def _is_first(stop: Stop, index: int) -> bool:
    return _begin(stop, index) == index


def _indent(stop: Stop, index: int) -> int:
    """The column of the first word on the line of another."""
    return stop.source.position(stop.words.starts[_begin(stop, index)])[1]


def _closing(stop: Stop, line_begin: int, last: int) -> Edit:
    place = stop.words.span(last).behind
    if stop.words.starts[last] < stop.words.ends[last] and stop.line(last - stop.index) == stop.line(
        line_begin - stop.index
    ):
        return Edit(place, " }")
    start = stop.source.text.rfind("\n", 0, stop.words.starts[line_begin]) + 1
    return Edit(place, f"\n{stop.source.text[start : stop.words.starts[line_begin]]}}}")


def around(stop: Stop, remove: int, insert: tuple[str, ...], body: BodyWords) -> Repair:
    """``insert`` in place of so many words, and the brace that closes the body."""
    also = () if body.closed else (Repair(body.last + 1, 0, ("RBRACE",)),)
    return Repair(stop.index, remove, insert, also)
