"""Places as editors count them: lines from 0, and along a line in units of an encoding."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.source import Source

Encoding: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]
"""What is counted along a line: bytes, half surrogate pairs (most editors), or characters."""

_UNREADABLE = re.compile("[\ud800-\udfff]")
_LONE_RETURN = re.compile(r"\r(?!\n)")


class Position(NamedTuple):
    """Line and column, both from 0."""

    line: int
    column: int


def source_of(name: str, text: str, path: str | None = None) -> Source:
    """The Source of an editor's text, read as a file's is; each character stays where it is.

    Lone returns are line ends, a byte order mark is nothing, and halves of surrogate pairs are unreadable characters.
    """
    if text.startswith("\ufeff"):
        text = f" {text[1:]}"
    if "\r" in text:
        text = _LONE_RETURN.sub("\n", text)
    if not text.isascii():
        text = _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return Source(name, text, path)


def file_of(source: Source) -> str:
    """Which text it is, whatever its version."""
    return source.path or source.name


def offset_of(source: Source, position: Position, encoding: Encoding = "utf-16") -> int:
    """The offset of a place: behind a line's end it is that end, behind the last line the end of the text."""
    if position.line < 0:
        return 0
    if position.line >= len(source.line_starts):
        return len(source.text)
    line = source.line(position.line + 1)
    return source.line_starts[position.line] + _characters(line, max(position.column, 0), encoding)


def position_of(source: Source, offset: int, encoding: Encoding = "utf-16") -> Position:
    """The place of an offset, which lies in the text."""
    line, column = source.position(offset)
    start = source.line_starts[line - 1]
    return Position(line - 1, _units(source.text[start : start + column - 1], encoding))


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "utf-32" or text.isascii():
        return len(text)
    return len(text.encode("utf-8")) if encoding == "utf-8" else len(text.encode("utf-16-le")) // 2


def _characters(line: str, units: int, encoding: Encoding) -> int:
    """How many characters of a line so many units are; the middle of a character is its beginning."""
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    if encoding == "utf-8":
        return len(line.encode("utf-8")[:units].decode("utf-8", errors="ignore"))
    return len(line.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore"))
