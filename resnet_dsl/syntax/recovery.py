"""How reading goes on behind a mistake of form: with what was meant where that is sure, else without the statement."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Label
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import END, Words

_OPERATORS = {"ARROW", "COMMA", "EQUAL", "SIGN", "TIMES", "POWER", "COMPARE", "AND", "OR", "X", "DOT", "ELSE"}
_STEP = ("NAME",)  # of no name: nothing is known of it
_BRACES = ("LBRACE", *_STEP, "RBRACE")
_COMPLETED = {"STAGE": _BRACES, "STEM": _BRACES, "HEAD": _BRACES, "INPUT": _STEP}
"""Members that others need: what stands for the words behind the keyword and the name."""

_DEFINING = {"IMPORT", "BLOCK", "NETWORK", "SLOT", "SHARED"}
_GIVING = {"LET", "STAGE", "HEAD", "INPUT", "AS", "BLOCK", "SLOT"}
_SETTINGS = {"LET", "USE", "DEFAULT", "SKIPS"}  # nothing flows through these
_MEANT = {
    "TRUE": {"True": "true"},
    "FALSE": {"False": "false"},
    "POWER": {"": "**", "^": "**"},
    "TIMES": {"×": "*", "·": "*"},
    "SIGN": dict.fromkeys("−–—", "-"),
    "COMPARE": {"=<": "<=", "=>": ">=", "≤": "<=", "≥": ">=", "≠": "!="},
}


def meant(kind: str, text: str) -> str:
    """What a word that was put in another's place says; nothing where that is not known."""
    if (kind == "NAME" and text.isidentifier()) or (
        kind == "STRING" and text[:1] == text[-1:] == '"' and len(text) > 1
    ):
        return text
    return _MEANT.get(kind, {}).get(text, "")


class Hole(NamedTuple):
    """A statement or a network's member that cannot be read: the words from ``begin`` to ``end``.

    level: of the machine's stack, where it begins. insert: what is read instead, behind the words that are ``kept``.
    """

    level: int
    begin: int
    kept: int
    end: int
    insert: tuple[str, ...]


def hole(machine: Machine, first: int, place: Label | None) -> Hole | None:
    """The innermost statement or member around the word at which the machine stopped; None where there is none.

    What stands on the same line in front of it belongs to it where the mistake, at ``place``, was made there.
    """
    words, stopped = machine.words, machine.position
    level = _level(machine)
    if level is None:
        return None
    in_network = machine.tables.actions[machine.states[level]].get("STAGE", 0) > 0
    begin = bisect_left(words.starts, machine.starts[level], first, stopped) if level < len(machine.starts) else stopped
    if machine.accepts("RBRACE") and _begins_line(words, stopped):
        begin, level = stopped, len(machine.starts)
    begin = _from_place(words, begin, place)
    end = _end(words, begin, stopped)
    if end is None or end == begin:
        return None
    kept, insert = _instead(words.kinds[begin:end], in_network)
    return Hole(level, begin, kept, end, insert)


def _from_place(words: Words, begin: int, place: Label | None) -> int:
    start = words.starts[begin] if place is None else place.span.start
    is_before = start < words.starts[begin] and "\n" not in words.source.text[start : words.starts[begin]]
    return bisect_left(words.starts, start, hi=begin) if is_before else begin


def unclosed(machine: Machine, first: int) -> int:
    """How many braces are open where a definition begins or the text ends, and could be closed there; 0 elsewhere."""
    words, stopped = machine.words, machine.position
    if not begins_definition(words, stopped) or not machine.accepts("RBRACE"):
        return 0
    kinds = words.kinds[first:stopped]
    return kinds.count("LBRACE") - kinds.count("RBRACE")


def begins_definition(words: Words, index: int) -> bool:
    """Whether a definition begins at a word, first on a line that is not indented, or the text ends."""
    if words.kinds[index] not in _DEFINING:
        return words.kinds[index] == END
    start = words.starts[index]
    return words.source.text[start - 1 : start] == "\n"


def names_given(words: Words, begin: int, end: int) -> Iterator[str]:
    """The names that some words may have given: in front of `=` and an index, and behind what names are given by."""
    for index in range(begin, end):
        before, behind = words.kinds[max(index - 1, 0)], words.kinds[index + 1]
        if words.kinds[index] == "NAME" and (behind in ("EQUAL", "LSQB") or before in _GIVING):
            yield words.text(index)


def defined_otherwise(words: Words, first: int) -> tuple[str, ...]:
    """The name that another language's word gives a definition, ``class BasicBlock(…)``, and how it is written here."""
    if words.kinds[first : first + 2] != ["NAME", "NAME"]:
        return ()
    name = words.text(first + 1)
    return name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _level(machine: Machine) -> int | None:
    """The height of the stack at which the innermost statement or member began."""
    actions = machine.tables.actions
    for level in range(len(machine.states) - 1, 0, -1):
        if any(actions[machine.states[level]].get(kind, 0) > 0 for kind in ("SKIP", "STAGE")):
            return level
    return None


def _end(words: Words, begin: int, stopped: int) -> int | None:
    """The word behind a hole: it closes the braces around, or begins a line as a statement does."""
    depth = 0
    for index in range(begin, len(words.kinds) - 1):
        kind = words.kinds[index]
        if (depth == 0 and kind == "RBRACE") or (index > begin and begins_definition(words, index)):
            return index
        depth += (kind == "LBRACE") - (kind == "RBRACE")
        if index < stopped - 1 or depth > 0:
            continue
        if (kind == "RBRACE" and index >= stopped and words.kinds[index + 1] != "ELSE") or _breaks(words, index):
            return index + 1
    return None


def _breaks(words: Words, index: int) -> bool:
    """Whether a line ends behind a word, and what follows does not go on from it."""
    goes_on = {words.kinds[index], words.kinds[index + 1]} & _OPERATORS
    return not goes_on and _begins_line(words, index + 1)


def _begins_line(words: Words, index: int) -> bool:
    return index == 0 or "\n" in words.source.text[words.ends[index - 1] : words.starts[index]]


def _instead(kinds: list[str], in_network: bool) -> tuple[int, tuple[str, ...]]:
    """How many words of a hole are kept, and what stands for the rest."""
    if not in_network:
        return 0, () if kinds[0] in _SETTINGS else _STEP
    if kinds[0] not in _COMPLETED:
        return 0, ()
    is_named = kinds[:2] == ["STAGE", "NAME"] or kinds[:3] == ["HEAD", "NAME", "LBRACE"]
    nameless = _STEP if kinds[0] == "STAGE" and not is_named else ()
    return 1 + is_named, (*nameless, *_COMPLETED[kinds[0]])
