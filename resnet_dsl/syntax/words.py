"""From text to words: the lexer."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.brackets import GROUP, ROUND, tell_brackets
from resnet_dsl.syntax.tables import Tables

# What no text of the language holds, as words of their own: mistakes are worded when the parser comes to them. Each
# takes in all that can belong to it, so that a long one is read once.
QUOTED, UNCLOSED, MALFORMED, STRANGE = "QUOTED", "UNCLOSED", "MALFORMED", "STRANGE"
_MISTAKEN = rf"(?P<{QUOTED}>'[^'\n]*'?)|(?P<{UNCLOSED}>\"[^\"\n]*)|(?P<{MALFORMED}>\d[\w.]*)|(?P<{STRANGE}>(?s:.))"
# Words of other languages, which nothing may be called here, lest they be taken for a value.
FOREIGN = "FOREIGN"
_FOREIGN_WORDS = dict.fromkeys(("True", "False", "None"), FOREIGN)
END = "$END"
_LAST = "LAST"


class Words(NamedTuple):
    """A text's words, in three lists of the same length; the last word is the END, empty, behind the last other one."""

    source: Source
    kinds: list[str]
    starts: list[int]
    ends: list[int]

    def replace(self, index: int, count: int, kinds: tuple[str, ...]) -> None:
        """Puts words of other kinds, at the same place of the text, where ``count`` words stand."""
        start = self.starts[index] if count else self.ends[index - 1]
        end = self.ends[index + count - 1] if count else start
        self.kinds[index : index + count] = kinds
        self.starts[index : index + count] = [start] * len(kinds)
        self.ends[index : index + count] = [end] * len(kinds)
        behind = index + len(kinds)
        if kinds and self.kinds[behind] in ROUND:
            self.kinds[behind] = "LPAR" if kinds[-1] == "NAME" else GROUP

    def text(self, index: int) -> str:
        return self.source.text[self.starts[index] : self.ends[index]]

    def span(self, index: int) -> Span:
        return Span(self.source, self.starts[index], self.ends[index])


@cache
def _expression(ignored: str, pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{ignored})*+(?:{pattern}|{_MISTAKEN}|(?P<{_LAST}>\Z))")


def split(source: Source, tables: Tables) -> Words:
    """Every word of the text, whether or not a parser can make sense of it."""
    kinds: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    keyword = {**_FOREIGN_WORDS, **tables.keywords}.get
    for match in _expression(tables.ignored, tables.pattern).finditer(source.text):
        kind = match.lastgroup or _LAST
        if kind == _LAST:
            break
        start, end = match.span(kind)
        starts.append(start)
        ends.append(end)
        kinds.append(keyword(match[kind], kind) if kind == "NAME" else kind)
    tell_brackets(kinds, lambda index: "\n" in source.text[ends[index - 1] : starts[index]])
    kinds.append(END)
    starts.append(ends[-1] if ends else 0)
    ends.append(starts[-1])
    return Words(source, kinds, starts, ends)
