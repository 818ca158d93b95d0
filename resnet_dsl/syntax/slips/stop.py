"""Where the parser stopped, and what the functions that word a slip ask about the place."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING, ROUND
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.slips.groups import BRACKETS, NAMING, OWNERS, STARTS, WITH_PARAMETERS
from resnet_dsl.syntax.words import END, split

_HEADS = {*STARTS, "ELSE"}  # what begins a piece of text with a form of its own
_FARTHEST = 500  # words to look ahead: a line, or a bracket, may be as long as a file


class Repair(NamedTuple):
    """What the text was probably to be: words from ``at`` on replaced by others, so that reading can go on.

    ``also``: repairs further on that belong to the same mistake, in the text's order.
    """

    at: int
    remove: int
    insert: tuple[str, ...] = ()
    also: tuple[Repair, ...] = ()


class Slip(NamedTuple):
    diagnostic: Diagnostic
    repair: Repair | None = None


class Stop:
    """The word that has no place, and what stands around it; ``first`` is the word from which on was read."""

    def __init__(self, machine: Machine, first: int) -> None:
        self.machine = machine
        self.words = machine.words
        self.first = first
        self.index = machine.position
        self.kind = self.words.kinds[self.index]
        self.text = self.words.text(self.index)
        self.span = self.words.span(self.index)
        self.source = self.words.source

    def at(self, offset: int) -> str:
        """The kind of a word so many words away, "" outside of what is read."""
        index = self.index + offset
        return self.words.kinds[index] if self.first <= index < len(self.words.kinds) else ""

    def text_at(self, offset: int) -> str:
        return self.words.text(self.index + offset) if self.at(offset) else ""

    def span_at(self, offset: int, last: int | None = None) -> Span:
        """The place of a word, or from one to another."""
        span = self.words.span(self.index + offset)
        return span if last is None else span.to(self.words.span(self.index + last))

    def accepts(self, *kinds: str) -> bool:
        """Whether a word of any of these kinds would have had a place."""
        return any(self.machine.accepts(kind) for kind in kinds)

    def line(self, offset: int = 0) -> int:
        return self.source.position(self.words.starts[self.index + offset])[0]

    @property
    def is_first_on_line(self) -> bool:
        return self.index == self.first or self.line(-1) != self.line()

    def touches(self, offset: int) -> bool:
        """Whether a word and the next one stand together without a space."""
        return self.words.ends[self.index + offset] == self.words.starts[self.index + offset + 1]

    @cached_property
    def open(self) -> list[int]:
        """The brackets that are open here, outermost first."""
        found: list[int] = []
        for index in range(self.first, self.index):
            kind = self.words.kinds[index]
            if kind in OPENING:
                found.append(index)
            elif kind in CLOSING and found:
                found.pop()
        return found

    def closing(self, opening: int) -> int | None:
        """The word that closes a bracket, None where none does before a brace, or another kind does, or far away."""
        opened: list[str] = []
        for index in range(opening, min(opening + _FARTHEST, len(self.words.kinds))):
            kind = self.words.kinds[index]
            if kind in BRACKETS:
                opened.append(OPENING[kind])
            elif kind in CLOSING and (kind == "RBRACE" or opened.pop() != kind):
                return None
            if not opened:
                return index
            if kind in ("LBRACE", END):
                return None
        return None

    @cached_property
    def line_begin(self) -> int:
        """The first word on the line of this one."""
        start = self.source.text.rfind("\n", 0, self.span.start) + 1
        return max(bisect_left(self.words.starts, start, hi=self.index), self.first)

    @cached_property
    def line_end(self) -> int:
        """The word behind the last one on the line of this one, or behind the farthest that is looked at."""
        end = self.source.text.find("\n", self.span.start)
        last = len(self.words.kinds) - 1
        found = last if end < 0 else bisect_left(self.words.starts, end, lo=self.index, hi=last)
        return min(found, self.index + _FARTHEST)

    def until(self, *kinds: str, start: int = 0) -> int:
        """The first word of these kinds on the line, from so many words away on; the line's end where there is none."""
        depth = 0
        for index in range(self.index + start, self.line_end):
            kind = self.words.kinds[index]
            if depth == 0 and kind in kinds:
                return index
            depth += (kind in OPENING) - (kind in CLOSING)
            if depth < 0:
                return index
        return self.line_end

    def between(self, first: int, behind: int) -> Span:
        """The place of the words from one up to another."""
        return self.words.span(first).to(self.words.span(behind - 1))

    def called(self, name: int) -> Span:
        """A step: its name, with the brackets behind it where they are closed."""
        closing = self.closing(name + 1) if self.words.kinds[name + 1] in ROUND else None
        return self.between(name, (name if closing is None else closing) + 1)

    def rest(self, *ends: str) -> Span:
        """What is left of the line from here on, as far as it belongs together."""
        return self.between(self.index, max(self.until("RBRACE", *ends), self.index + 1))

    def items(self, first: int, behind: int) -> list[Span]:
        """The words from one up to another, parted by the commas that stand in no brackets."""
        found, depth, start = [], 0, first
        for index in range(first, behind):
            kind = self.words.kinds[index]
            depth += (kind in OPENING) - (kind in CLOSING)
            if kind == "COMMA" and depth == 0 and index > start:
                found.append(self.between(start, index))
                start = index + 1
        return [*found, self.between(start, behind)] if start < behind else found

    def defined(self, keyword: str) -> dict[str, int]:
        """The names that the text has behind a keyword, with the place of the keyword among the words."""
        kinds, index = self.words.kinds, -1
        found: dict[str, int] = {}
        for _ in range(kinds.count(keyword)):
            index = kinds.index(keyword, index + 1)
            found.setdefault(self.words.text(index + 1), index)
        return found

    @cached_property
    def count(self) -> int | None:
        """The first word of the count that stands in front and misses its `x`, if there is one."""
        start = self.machine.count()
        return None if start is None else bisect_left(self.words.starts, start, hi=self.index)

    @property
    def inside(self) -> str:
        """The kind of the innermost open bracket, "" at the top of the file."""
        return self.words.kinds[self.open[-1]] if self.open else ""

    @cached_property
    def owner(self) -> int | None:
        """The keyword that the innermost open brace belongs to: a network's, a stage's, an `if`'s …"""
        braces = [index for index in self.open if self.words.kinds[index] == "LBRACE"]
        return self.owner_of(braces[-1]) if braces else None

    @property
    def owner_kind(self) -> str:
        return "" if self.owner is None else self.words.kinds[self.owner]

    def owner_of(self, brace: int) -> int | None:
        for index in range(brace - 1, self.first - 1, -1):
            if self.words.kinds[index] in OWNERS:
                return index
            if self.words.kinds[index] in ("LBRACE", "RBRACE"):
                return None
        return None

    @cached_property
    def head(self) -> int | None:
        """The keyword that the statement, member or definition that is being read begins with, if it has one."""
        depth = 0
        for index in range(self.index - 1, self.first - 1, -1):
            kind = self.words.kinds[index]
            if kind in ("RPAR", "RSQB"):
                depth += 1
            elif kind in BRACKETS:
                depth -= 1
            elif kind in ("LBRACE", "RBRACE") and depth <= 0:
                return None
            elif kind in _HEADS and depth <= 0:
                return index
        return None

    @property
    def head_kind(self) -> str:
        return "" if self.head is None else self.words.kinds[self.head]

    def defines(self, name: str) -> bool:
        """Whether the text gives a name to something of its own."""
        return re.search(rf"\b(?:block|slot|network|let)\s+{re.escape(name)}\b", self.source.text) is not None

    def gives(self, name: str) -> bool:
        """Whether the text gives a name to a value: ``left = conv(16, 3)``."""
        return re.search(rf"(?<!\w){re.escape(name)}[ \t]*=(?!=)", self.source.text) is not None

    def named(self, index: int) -> str:
        """A keyword with the name behind it, as ``stage conv2``, and in quotes."""
        words = self.words
        has_name = words.kinds[index] in NAMING and words.kinds[index + 1] == "NAME"
        name = f" {words.text(index + 1)}" if has_name else ""
        return f"`{words.text(index)}{name}`"

    def kind_of(self, sign: str) -> str:
        return split(Source("", sign), self.machine.tables).kinds[0]

    def mended(
        self,
        code: str,
        message: str,
        *edits: Edit,
        remedy: str | None = None,
        span: Span | None = None,
        sure: bool = True,
    ) -> Diagnostic:
        """A diagnostic whose remedy is to make the edits: to write the first one's text, where it is not said."""
        remedy = remedy or f"write `{' '.join(edits[0].text.split())}`"
        return self.says(code, message, remedy, span=span or edits[0].span, edits=edits, sure=sure)

    def says(
        self,
        code: str,
        message: str,
        remedy: str | None = None,
        *,
        label: str = "",
        span: Span | None = None,
        others: tuple[Label, ...] = (),
        edits: tuple[Edit, ...] = (),
        sure: bool = False,
    ) -> Diagnostic:
        """A diagnostic of the word itself, or of another ``span``."""
        return Diagnostic(code, message, Label(span or self.span, label), others, help=remedy, edits=edits, sure=sure)

    def instead(self, text: str, span: Span | None = None) -> tuple[Edit, ...]:
        """The remedy that is another text in place of the word, or of a ``span``."""
        return (Edit(span or self.span, text),)

    def put_behind(self, offset: int, text: str) -> tuple[Edit, ...]:
        """The remedy that is a text behind a word."""
        return (Edit(self.span_at(offset).behind, text),)

    @cached_property
    def numbers(self) -> set[str]:
        """The names that are no values that flow, as far as the text says: `let`s, and the definition's parameters."""
        body, kinds = self.open[0] if self.open else self.index, self.words.kinds
        begin = next((i for i in range(body, self.first - 1, -1) if kinds[i] in WITH_PARAMETERS), body)
        return {*self.defined("LET"), *(self.words.text(i) for i in range(begin + 2, body) if kinds[i] == "NAME")}

    @property
    def spoiled(self) -> tuple[Repair, ...]:
        """The word in front once more: what it ends is not what was meant, and is left out."""
        return (Repair(self.index - 1, 1, (self.at(-1),)),)

    def replaced(self, kind: str, remove: int = 1, *more: str) -> Repair:
        """The word and those behind it as one of another kind, with ``more`` words behind."""
        return Repair(self.index, remove, (kind, *more))


def in_line(span: Span) -> str:
    """A text as it would stand on one line."""
    return " ".join(span.text.split())


def shown(stop: Stop) -> str:
    """The word as messages call it."""
    return "the end of the text" if stop.kind == END else f"`{stop.text}`"
