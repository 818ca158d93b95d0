"""A text of TOML by the form that it must have: what it says, and where. Bounded before anything is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from resnet_dsl import outputs
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.reading import read
from resnet_dsl.toml.form import MISSING, KeyedTable, TomlFindings
from resnet_dsl.toml.places import STRING, KeyPlace, Way, places_of
from resnet_dsl.toml.sound import sound_part

MOST_CHARACTERS = 100_000
MOST_NESTED = 16
"""Brackets in brackets, and parts of a key."""
_TOO_LARGE = "E0004"
"""What is told of a file that is too large for any text of ours."""
LONGEST_WORD = 100
"""Characters of a key without quotes, or a number."""

_PARTS = re.compile(rf"(?P<said>{STRING}|#[^\n]*)|(?P<word>[A-Za-z0-9_+:-]+)|(?P<sign>[^\s])", re.DOTALL)


@dataclass
class Said:
    """What a file says: ``values`` as plain dictionaries, lists, texts and numbers, only what is written there.

    ``places``: of each value by the way to it.
    """

    source: Source
    values: dict[str, Any]
    places: dict[Way, KeyPlace] = field(repr=False)

    def mistake(self, code: str, way: Way, message: str, words: str = "", help: str | None = None) -> Diagnostic:
        """What is wrong with a value beyond its form; ``words`` are said below it."""
        return Diagnostic(code, message, Label(self.places[way].value, words), help=help)


def read_toml(path: str, form: KeyedTable) -> Said:
    """What a file says, by its form; a run does not write over it. Raises Refusal with every mistake found in it."""
    outputs.reads(path)
    try:
        return read_toml_text(read(path), form)
    except DiagnosticError as mistake:
        large = mistake.diagnostic.code == _TOO_LARGE
        raise Refusal((_too_large(path) if large else mistake.diagnostic,)) from None


def read_toml_text(source: Source, form: KeyedTable) -> Said:
    """What a text says, by its form. Raises Refusal with every mistake that was found in it."""
    bounds = _beyond(source)
    if bounds:
        raise Refusal((bounds,))
    sound = sound_part(source)
    findings = TomlFindings(source, places_of(source, sound.text))
    values = form.read(sound.data, (), findings)
    found = [one for one in findings.found if not (sound.mistakes and one.code == MISSING)]  # it may have been left out
    if sound.mistakes or found:
        raise Refusal(in_order([*sound.mistakes, *found]))
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
