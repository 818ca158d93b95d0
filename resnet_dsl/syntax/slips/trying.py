"""Whether a line reads with other words in it: the tables are asked, and nothing is made of it.

A slip of the keyboard is told by what it leaves: with the right words all of the line has a place,
and the next one, too.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from resnet_dsl.syntax.brackets import GROUP, ROUND, SOFT
from resnet_dsl.syntax.driver import behind
from resnet_dsl.syntax.slips.stop import Repair, Stop
from resnet_dsl.syntax.tables import Tables
from resnet_dsl.syntax.words import END

_LONGEST = 100  # words of a line that is tried
_GOES_ON = {"ARROW", "COMMA", "EQUAL", "SIGN", "TIMES", "POWER", "COMPARE", "AND", "OR", "NOT", "X", "DOT"}
_IN_BRACES = {"ELSE": ("IF", "NAME", "LBRACE", "RBRACE", "ELSE", "LBRACE")}  # others hold nothing but a name in front


class TriedLine(NamedTuple):
    """The words of a line from ``begin`` up to ``end``, and the parser's stack in front of them; empty: not known."""

    stop: Stop
    begin: int
    end: int
    stack: list[int]

    def reads(self, repair: Repair) -> bool:
        """Whether all words of the line have a place with a repair, and what follows goes on behind it."""
        kinds, words = self.stop.words.kinds, self.stop.words
        if not self.stack or not self.begin <= repair.at < self.end or self.end - self.begin > _LONGEST:
            return False
        at = repair.at - self.begin
        tried = kinds[self.begin : self.end]
        tried[at : at + repair.remove] = repair.insert
        if tried[-1:] and tried[-1] in _GOES_ON and kinds[self.end - 1] not in _GOES_ON:
            return False  # the next line would be drawn into it
        following = kinds[self.end]
        told = _told(tried, words.kinds[self.begin : self.end])
        return bool(_run(self.stop.machine.tables, self.stack, told if following == END else [*told, following]))


def tried_lines(stop: Stop) -> list[TriedLine]:
    """The line around the word: from where the innermost braces on it were opened, and as a whole where they were."""
    braces = [index for index in stop.open if stop.words.kinds[index] == "LBRACE"]
    inner = [index for index in braces if index >= stop.line_begin][-1:]
    begins = [*(index + 1 for index in inner), _begin(stop, braces)]
    return [
        TriedLine(stop, begin, stop.line_end, _stack(stop, [index for index in braces if index < begin]))
        for begin in begins
    ]


def line_from(stop: Stop, begin: int) -> TriedLine:
    """The line that begins with a word in front of the parser's, whatever was read in front of that."""
    braces = [index for index in stop.open if stop.words.kinds[index] == "LBRACE" and index < begin]
    text = stop.source.text.find("\n", stop.words.starts[begin])
    end = stop.line_end if text < 0 else bisect_left(stop.words.starts, text, hi=len(stop.words.starts) - 1)
    return TriedLine(stop, begin, end, _stack(stop, braces))


def _begin(stop: Stop, braces: list[int]) -> int:
    """The first word of the line: of that where a bracket was opened that is open still."""
    begin = stop.line_begin
    brackets = [index for index in stop.open if index not in braces and index > max(braces, default=-1)]
    if brackets and brackets[0] < begin:
        line = stop.line(brackets[0] - stop.index)
        while begin > stop.first and stop.line(begin - 1 - stop.index) >= line:
            begin -= 1
    return begin


def _stack(stop: Stop, braces: list[int]) -> list[int]:
    """The parser's stack in the innermost of some braces, as if nothing stood there yet."""
    tables = stop.machine.tables
    stack = [tables.start]
    for brace in braces:
        owner = stop.owner_of(brace)
        kind = "" if owner is None else stop.words.kinds[owner]
        stack = _run(tables, stack, _IN_BRACES.get(kind, (kind,)))
        if stack and kind not in _IN_BRACES:
            stack = _run(tables, stack, ("LBRACE",)) or _run(tables, stack, ("NAME", "LBRACE"))
        if not stack:
            return []
    return stack


def _run(tables: Tables, stack: list[int], kinds: list[str] | tuple[str, ...]) -> list[int]:
    """The stack behind some words; empty where one of them has no place."""
    for kind in kinds:
        stack = behind(tables, stack, kind) or (behind(tables, stack, "NAME") if kind in SOFT else [])
        if not stack:
            return []
    return stack


def _told(kinds: list[str], before: list[str]) -> list[str]:
    """The same with round brackets as those of calls behind names, and of groups elsewhere."""
    if kinds == before or not {*ROUND} & {*kinds}:
        return kinds
    return [
        kind if kind not in ROUND else "LPAR" if index and kinds[index - 1] in {"NAME", *SOFT} else GROUP
        for index, kind in enumerate(kinds)
    ]
