"""Where keys and values stand in a text of TOML, which Python's own reader does not say.

The text is known to be sound (``tomllib`` read it), so one look at what begins a statement or a value says what it is.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from resnet_dsl.source import Source, Span

Way: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value, and its number where it stands in an array: ``("panel", 0, "letter")``."""

STRING = r'"""(?:\\.|[^\\])*?(?:"""(?:"{0,2})|\Z)|\'\'\'.*?(?:\'\'\'(?:\'{0,2})|\Z)|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?'
"""A string of any of the four kinds; one that is not closed ends with its line, or with the text."""
_STRING = re.compile(STRING, re.DOTALL)
_NOTHING = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?")
"""A number, a word or a date; only a date holds a space."""


class KeyPlace(NamedTuple):
    """Where a key stands (of what has none, a member of an array, its value), and where its value does."""

    key: Span
    value: Span


def places_of(source: Source, sound: str | None = None) -> dict[Way, KeyPlace]:
    """The place of everything in a sound text. A table's is its header, or the first key that names it.

    ``sound``: the text that is read in place of the source's, with blanks where that is not sound.
    """
    scanner = _Scanner(source, source.text if sound is None else sound)
    scanner.document()
    return scanner.found


class _Scanner:
    """Walks once over a text."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.at = 0
        self.found: dict[Way, KeyPlace] = {}
        self.members: Counter[Way] = Counter()
        """How many tables each array has that is written as ``[[header]]`` s."""

    def document(self) -> None:
        table: Way = ()
        while self._skip(_NOTHING) < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Go on behind what the pattern takes here, and say where that is."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _header(self) -> Way:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        *outer, (name, span) = self._key()
        self._skip(_BLANK)
        self.at += brackets
        way = self._enter((), outer)
        if brackets == 1:
            self.found[(*way, name)] = KeyPlace(span, span)
            return (*way, name)
        way = (*way, name)
        self.members[way] += 1
        self.found.setdefault(way, KeyPlace(span, span))
        self.found[(*way, self.members[way] - 1)] = KeyPlace(span, span)
        return (*way, self.members[way] - 1)

    def _enter(self, way: Way, parts: list[tuple[str, Span]]) -> Way:
        """The way through some keys; in an array of tables it leads into the last one."""
        for name, span in parts:
            way = (*way, name)
            self.found.setdefault(way, KeyPlace(span, span))
            way = (*way, self.members[way] - 1) if way in self.members else way
        return way

    def _pair(self, table: Way) -> None:
        *outer, (name, span) = self._key()
        way = (*self._enter(table, outer), name)
        self._skip(_BLANK)
        self.at += len("=")
        self._skip(_BLANK)
        self.found[way] = KeyPlace(span, self._value(way))

    def _key(self) -> list[tuple[str, Span]]:
        """Its parts, each with its place."""
        parts = []
        while True:
            start = self._skip(_BLANK)
            span = Span(self.source, start, self._skip(_STRING if self.text[start] in "\"'" else _BARE))
            parts.append((_name(span.text), span))
            if not self.text.startswith(".", self._skip(_BLANK)):
                return parts
            self.at += len(".")

    def _value(self, way: Way) -> Span:
        start = self.at
        first = self.text[start]
        if first == "[":
            for number in self._inside("]"):
                span = self._value((*way, number))
                self.found[(*way, number)] = KeyPlace(span, span)
        elif first == "{":
            for _ in self._inside("}"):
                self._pair(way)
        else:
            self._skip(_STRING if first in "\"'" else _SCALAR)
        return Span(self.source, start, self.at)

    def _inside(self, end: str) -> Iterator[int]:
        """Stands in front of each part between brackets in turn, and then behind the last bracket."""
        self.at += 1
        number = 0
        while not self.text.startswith(end, self._skip(_NOTHING)):
            yield number
            number += 1
            if self.text.startswith(",", self._skip(_NOTHING)):
                self.at += 1
        self.at += 1


def _name(written: str) -> str:
    """What a part of a key says."""
    if written[0] not in "\"'":
        return written
    name: str = tomllib.loads(f"name = {written}")["name"] if "\\" in written else written[1:-1]
    return name
