"""A text that a user wrote, and places in it."""

from __future__ import annotations

import bisect
import os
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from resnet_dsl import showing

PRELUDE = "<prelude>"
"""How diagnostics call the text that every spec sees."""


@dataclass(frozen=True)
class Source:
    """One text of the language: a file's, the prelude's, or a string's.

    ``name`` is how diagnostics call it (the path as the user wrote it); ``path`` is the absolute path that imports are
    relative to, None where the text came from no file.
    """

    name: str
    text: str
    path: str | None = None

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """Equal for all readings of one text: through several specs, by several names, through links."""
        return (self.name, self.text) if self.path is None else (os.path.realpath(self.path),)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line starts."""
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1; a column is a character."""
        line = bisect.bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (counted from 1), without its end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end == -1 else self.text[start:end].rstrip("\r")


class Span(NamedTuple):
    """The characters ``start`` to ``end`` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def front(self) -> Span:
        """The empty span in front of it."""
        return Span(self.source, self.start, self.start)

    @property
    def behind(self) -> Span:
        """The empty span behind it."""
        return Span(self.source, self.end, self.end)

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other one, which lies behind it in the same source."""
        return Span(self.source, self.start, other.end)

    def within(self, outer: Span) -> bool:
        """Whether it lies in another span, which may be the same."""
        return self.source is outer.source and outer.start <= self.start and self.end <= outer.end

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{showing.line(self.source.name)}:{line}:{column}"
