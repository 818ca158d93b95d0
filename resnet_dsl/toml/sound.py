"""The part of a text that is TOML, and what is told of the rest: Python's reader stops at the first mistake of form."""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Source, Span

_MOST_TOLD = 20
_MOST_READ = 500_000
"""Characters in all: the text is read once for each mistake."""
_STATEMENT = re.compile(r"""^(?:[\[A-Za-z]|[ \t]*(?:[\w.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=)""", re.MULTILINE)
"""What a line begins with that goes on with nothing: lines within a value are indented, or close a bracket."""
_HEADER = re.compile(r"^\[", re.MULTILINE)
_OPEN = ("Unclosed", "Unterminated")
"""Nobody knows where these were to end."""
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_REMEDIES = (
    ("Invalid value", "text stands in quotes, numbers and `true` or `false` do not"),
    ("Expected '='", "a line is `key = value`"),
    ("Cannot overwrite", "this key has a value already: keep one of the two"),
    ("Duplicate inline table key", "this key has a value already: keep one of the two"),
    ("Cannot declare", "this table stands twice: put its keys together"),
    ("Cannot mutate", "a table in curly brackets has all its keys there"),
    ("Unclosed", "close the bracket"),
    ("Expected ']", "close the bracket: a table is `[name]`, one of several `[[name]]`"),
    ("Invalid initial", "a key is letters, digits, `_` and `-`, or text in quotes"),
    ("Invalid statement", "a line is `key = value`, or `[table]`"),
    ("Unterminated", "close the quotes"),
    ("Expected newline", "one `key = value` a line, and text in quotes"),
    ("Unescaped", "a backslash in a text is written `\\\\`; in single quotes it is one as it stands"),
    ("Illegal character", "close the quotes on the line on which they open"),
)
"""What the words of ``tomllib`` begin with, and what to write instead."""
_WHOLE_LINE = ("Cannot overwrite", "Cannot mutate", "Duplicate")
"""Told behind the value: what is wrong is the line."""
_BARE_TEXT = re.compile(r"[A-Za-z#][^\n#,\]}\"']*")
_MEASURE = re.compile(r"[^\n=]*=[ \t]*(\d[\d.]*[A-Za-z%][\w%]*)[ \t]*(?:#|$)", re.MULTILINE)
"""A line whose value is a number with its unit."""


class Sound(NamedTuple):
    """What a text says without its mistakes of form; in ``text`` these are blank, so that all stands in its place."""

    data: dict[str, Any]
    text: str
    mistakes: tuple[Diagnostic, ...]


def sound_part(source: Source) -> Sound:
    """The values and tables that can be read. What stands in one that cannot, or below its header, is left out."""
    text = source.text
    found: list[Diagnostic] = []
    last = -1
    while len(found) < min(_MOST_TOLD, 1 + _MOST_READ // (1 + len(text))):
        try:
            return Sound(tomllib.loads(text), text, tuple(found))
        except ValueError as error:
            mistake, at = _of_form(source, str(error))
            never_ends = str(error).startswith(_OPEN)
        if at <= last or (found and never_ends):  # it follows from what was left out
            break
        found.append(mistake)
        if never_ends:
            break
        text, last = _without(text, at), at
    return Sound({}, "", tuple(found))


def _without(text: str, at: int) -> str:
    """The text with blanks in the place of the statement that a mistake stands in, and, of a header, of its table."""
    line = text.rfind("\n", 0, at) + 1
    starts = [found.start() for found in _STATEMENT.finditer(text)]
    begin = max((one for one in starts if one <= line), default=line)
    ends = starts if text[begin] != "[" else [found.start() for found in _HEADER.finditer(text)]
    end = min((one for one in ends if one > line), default=len(text))
    return text[:begin] + re.sub(r"[^\n]", " ", text[begin:end]) + text[end:]


def _of_form(source: Source, said: str) -> tuple[Diagnostic, int]:
    """What is told of a text that is no TOML, by what the reader says of it, and where that stopped."""
    found = _AT.search(said)
    words = said[: found.start()] if found else said
    at = source.line_starts[int(found[1]) - 1] + int(found[2]) - 1 if found and found[1] else len(source.text.rstrip())
    span = Span(source, min(at, len(source.text)), min(at + 1, len(source.text)))
    if words.startswith(_WHOLE_LINE):
        line = source.text.rfind("\n", 0, span.start) + 1
        span = Span(source, line, span.start)
    help = next((remedy for begins, remedy in _REMEDIES if words.startswith(begins)), "write it as TOML has it")
    mistake = Diagnostic("E0255", f"this is no TOML: {words[:1].lower()}{words[1:]}", Label(span), help=help)
    if measure := _MEASURE.match(source.text, source.text.rfind("\n", 0, span.start) + 1):
        return _quoted(mistake, Span(source, *measure.span(1))), span.start
    return (_with_quotes(mistake, span) if words.startswith("Invalid value") else mistake), span.start


def _with_quotes(mistake: Diagnostic, span: Span) -> Diagnostic:
    """A word where a value stands was meant as text."""
    found = _BARE_TEXT.match(span.source.text, span.start)
    if not found:
        return mistake
    return _quoted(mistake, Span(span.source, span.start, span.start + len(found[0].rstrip())))


def _quoted(mistake: Diagnostic, whole: Span) -> Diagnostic:
    quoted = f"'{whole.text}'" if "\\" in whole.text else f'"{whole.text}"'
    return mistake._replace(place=Label(whole), help=f"text stands in quotes: `{quoted}`", edits=(Edit(whole, quoted),))
