"""A text of TOML by the form that it must have: what it says, and where. Bounded before anything is made of it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from resnet_dsl import outputs
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Edit, Label
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.reading import read
from resnet_dsl.toml.form import Findings, Table
from resnet_dsl.toml.places import STRING, Place, Way, places_of

MOST_CHARACTERS = 100_000
MOST_NESTED = 16
"""Brackets in brackets, and parts of a key."""
_TOO_LARGE = "E0004"
"""What is told of a file that is too large for any text of ours."""
LONGEST_WORD = 100
"""Characters of a key without quotes, or a number."""

_PARTS = re.compile(rf"(?P<said>{STRING}|#[^\n]*)|(?P<word>[A-Za-z0-9_+:-]+)|(?P<sign>[^\s])", re.DOTALL)
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_REMEDIES = (
    ("Invalid value", "text stands in quotes, numbers and `true` or `false` do not"),
    ("Expected '='", "a line is `key = value`"),
    ("Cannot overwrite", "this key has a value already: keep one of the two"),
    ("Duplicate inline table key", "this key has a value already: keep one of the two"),
    ("Cannot declare", "this table stands twice: put its keys together"),
    ("Cannot mutate", "a table in curly brackets has all its keys there"),
    ("Unclosed", "close the bracket"),
    ("Unterminated", "close the quotes"),
    ("Expected newline", "one `key = value` a line, and text in quotes"),
    ("Unescaped", "a backslash in a text is written `\\\\`; in single quotes it is one as it stands"),
    ("Illegal character", "close the quotes on the line on which they open"),
)
"""What the words of ``tomllib`` begin with, and what to write instead."""
_WHOLE_LINE = ("Cannot overwrite", "Cannot mutate", "Duplicate")
"""Told behind the value: what is wrong is the line."""
_BARE_TEXT = re.compile(r"[A-Za-z#][^\n#,\]}\"']*")


@dataclass
class Said:
    """What a file says: ``values`` as plain dictionaries, lists, texts and numbers, only what is written there.

    ``places``: of each value by the way to it.
    """

    source: Source
    values: dict[str, Any]
    places: dict[Way, Place] = field(repr=False)

    def mistake(self, code: str, way: Way, message: str, words: str = "", help: str | None = None) -> Diagnostic:
        """What is wrong with a value beyond its form; ``words`` are said below it."""
        return Diagnostic(code, message, Label(self.places[way].value, words), help=help)


def read_toml(path: str, form: Table) -> Said:
    """What a file says, by its form; a run does not write over it. Raises Refusal with every mistake found in it."""
    outputs.reads(path)
    try:
        return read_toml_text(read(path), form)
    except DiagnosticError as mistake:
        large = mistake.diagnostic.code == _TOO_LARGE
        raise Refusal((_too_large(path) if large else mistake.diagnostic,)) from None


def read_toml_text(source: Source, form: Table) -> Said:
    """What a text says, by its form. Raises Refusal with every mistake that was found in it."""
    bounds = _beyond(source)
    if bounds:
        raise Refusal((bounds,))
    try:
        data = tomllib.loads(source.text)
    except ValueError as error:
        raise Refusal((_of_form(source, str(error)),)) from None
    findings = Findings(source, places_of(source))
    values = form.read(data, (), findings)
    if findings.found:
        raise Refusal(in_order(findings.found))
    return Said(source, values, findings.places)


def _beyond(source: Source) -> Diagnostic | None:
    """Why a text costs too much; it need not be TOML."""
    if len(source.text) > MOST_CHARACTERS:
        return _too_large(source.name)
    depth = parts = 0
    for found in _PARTS.finditer(source.text):
        sign = found["sign"]
        depth += (sign in ("[", "{")) - (sign in ("]", "}")) if sign else 0
        parts = parts + 1 if sign == "." else 0 if sign else parts
        if max(depth, parts) > MOST_NESTED or len(found["word"] or "") > LONGEST_WORD:
            return _too_deep(Span(source, *found.span()), bool(found["word"]))
    return None


def _too_large(name: str) -> Diagnostic:
    message = f"`{name}` is too large: a file of settings has at most {MOST_CHARACTERS:,} characters"
    return Diagnostic("E0256", message, None, help="leave out what is no setting")


def _too_deep(span: Span, word: bool) -> Diagnostic:
    if word:
        return Diagnostic("E0256", f"this word has more than {LONGEST_WORD} characters", Label(span), help="shorten it")
    message = f"this is nested deeper than {MOST_NESTED} levels"
    return Diagnostic("E0256", message, Label(span), help="no setting is nested so deep: is a bracket left open above?")


def _of_form(source: Source, said: str) -> Diagnostic:
    """A text that is no TOML, by what the reader says of it."""
    found = _AT.search(said)
    words = said[: found.start()] if found else said
    at = source.line_starts[int(found[1]) - 1] + int(found[2]) - 1 if found and found[1] else len(source.text.rstrip())
    span = Span(source, min(at, len(source.text)), min(at + 1, len(source.text)))
    if words.startswith(_WHOLE_LINE):
        line = source.text.rfind("\n", 0, span.start) + 1
        span = Span(source, line, span.start)
    help = next((remedy for begins, remedy in _REMEDIES if words.startswith(begins)), "write it as TOML has it")
    mistake = Diagnostic("E0255", f"this is no TOML: {words[:1].lower()}{words[1:]}", Label(span), help=help)
    return _with_quotes(mistake, span) if words.startswith("Invalid value") else mistake


def _with_quotes(mistake: Diagnostic, span: Span) -> Diagnostic:
    """A word where a value stands was meant as text."""
    found = _BARE_TEXT.match(span.source.text, span.start)
    if not found:
        return mistake
    whole = Span(span.source, span.start, span.start + len(found[0].rstrip()))
    quoted = f"'{whole.text}'" if "\\" in whole.text else f'"{whole.text}"'
    return mistake._replace(place=Label(whole), help=f"text stands in quotes: `{quoted}`", edits=(Edit(whole, quoted),))
