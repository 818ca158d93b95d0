"""Slips of the keyboard: a word misspelt, run into its neighbour, there twice, or in its neighbour's place.

Each is a guess, and is made where the line reads with it (resnet_dsl/syntax/slips/trying.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from resnet_dsl.diagnostics.alike import latin
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.diagnostics.nearest import asked, nearest
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import tables, tree
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.groups import AWAITING, BRACKETS, DEFINITIONS, KEYWORDS, VALUES
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.slips.trying import TriedLine, tried_lines
from resnet_dsl.syntax.words import END, MALFORMED, STRANGE, Words, split
from resnet_dsl.vocabulary.table import find, words

_FARTHEST = 12  # words in front of the one that has no place
_LONGEST = 40  # letters of a word that is divided
_VALUE = "IN"  # it stands beside any step
_NAMES = {"after": "NAME"}  # a word of the language that is a name to the grammar
_TOLD_OTHERWISE = {"ARROW", "X", "COMMA", "LBRACE", *CLOSING, END, STRANGE}  # there twice
_FIXED = {*OPENING, *CLOSING, END}  # what takes nobody's place
_COUNTED = "x"  # it is told by the count in front of it
_AT_LEAST = 2  # letters of a word in which one is a slip
_SHORT = 3  # letters of a word that many others are near to

_Guesses: TypeAlias = Callable[[Stop, TriedLine, range], Iterator[Slip]]


def mistyped(stop: Stop) -> Slip | None:
    """``skip always fom in``, ``skipfrom in``, ``skips skips off``, ``skip in from``: the first guess that reads."""
    if stop.kind == END:
        return None
    for line in tried_lines(stop):
        if line.reads(Repair(line.begin, 0)):
            return None  # the mistake was made in front of it
        places = range(max(line.begin, stop.index - _FARTHEST), min(stop.index + 2, line.end))
        if found := _first(stop, line, places, _GUESSES):
            return found
    return None


def of_name(span: Span, known: list[str]) -> Diagnostic | None:
    """The same of a word that nothing here is called, and that was read as a step: ``skip from in vai project``.

    ``known``: the names that may be meant, one of which may be nearer than a word of the language.
    """
    stop = _stop_at(span)
    if stop is None or find(span.text):  # `bn` is another tool's word, and no misspelt `in`
        return None
    keywords = tables.load().keywords
    is_keyword = (
        stop.at(-1) != "ARROW" and len(span.text) >= _SHORT and nearest(span.text, [*keywords, *known]) in keywords
    )
    line, place = tried_lines(stop)[0], range(stop.index, stop.index + 1)
    found = _first(stop, line, place, _GUESSES if is_keyword else (_joined,))
    return None if found is None else found.diagnostic._replace(sure=False)  # a step of that name may be missing


def _first(stop: Stop, line: TriedLine, places: range, kinds: tuple[_Guesses, ...]) -> Slip | None:
    for guesses in kinds:
        read = [one for one in guesses(stop, line, places) if one.repair and line.reads(one.repair)]
        if read:
            alone = read[0].diagnostic.sure and len(read) == 1
            return read[0]._replace(diagnostic=read[0].diagnostic._replace(sure=alone))
    return None


def _misspelt(stop: Stop, line: TriedLine, places: range) -> Iterator[Slip]:
    """``skip always fom in via project``, ``repeat 3 sa i { … }``."""
    for index in reversed(places):
        word, span = stop.words.text(index), stop.words.span(index)
        if stop.words.kinds[index] != "NAME" or word in words().statements or word in stop.numbers:
            continue
        for meant in _near(word):
            message, remedy = f"`{word}` is not known here", asked(word, meant)
            sure = latin(word) == meant or len(word) > _SHORT
            diagnostic = stop.mended("E0107", message, Edit(span, meant), remedy=remedy, sure=sure)
            yield Slip(diagnostic, Repair(index, 1, (stop.machine.tables.keywords[meant],)))


@lru_cache(maxsize=500)
def _near(word: str) -> tuple[str, ...]:
    """The language's words that are near to another one, the nearest first."""
    keywords = [one for one in tables.load().keywords if one not in (word, _COUNTED)]
    near = [one for one in keywords if nearest(word, (one,), letters=_AT_LEAST) is not None]
    first = nearest(word, near, letters=_AT_LEAST)
    return tuple(sorted(near, key=lambda one: one != first))


def _joined(stop: Stop, line: TriedLine, places: range) -> Iterator[Slip]:
    """``skipfrom in``, ``skips viaproject``, ``stem3``."""
    for index in reversed(places):
        yield from _divided(stop, index, range(2, len(stop.words.text(index)) - 1))


def _joined_to_a_letter(stop: Stop, line: TriedLine, places: range) -> Iterator[Slip]:
    """``repeatn as i { … }``: of ``byy`` the second letter is one too many, where that reads."""
    for index in reversed(places):
        yield from _divided(stop, index, (1, len(stop.words.text(index)) - 1))


def _divided(stop: Stop, index: int, cuts: Iterable[int]) -> Iterator[Slip]:
    word = stop.words.text(index)
    if stop.words.kinds[index] not in ("NAME", MALFORMED) or len(word) > _LONGEST or word in words().statements:
        return
    for cut in cuts:
        if "_" not in word[max(cut - 1, 0) : cut + 1] and (kinds := _kinds(stop, word[:cut], word[cut:])):
            message, edit = (
                f"a space is missing in `{word}`",
                Edit(stop.words.span(index), f"{word[:cut]} {word[cut:]}"),
            )
            yield Slip(stop.mended("E0107", message, edit, sure=False), Repair(index, 1, kinds))


def _kinds(stop: Stop, one: str, other: str) -> tuple[str, ...]:
    """The kinds of two words, of which one goes on with a statement in the language, or both are its words."""
    known = {**stop.machine.tables.keywords, **_NAMES}
    del known[_COUNTED]
    if not {one, other} & {*known} or (not {one, other} <= {*known} and _VALUE in (known.get(one), known.get(other))):
        return ()
    kinds = (known.get(one) or stop.kind_of(one), known.get(other) or stop.kind_of(other))
    return () if MALFORMED in kinds or STRANGE in kinds else kinds


def _doubled(stop: Stop, line: TriedLine, places: range) -> Iterator[Slip]:
    """``skips skips off``, ``stage u u { … }``, ``if n >> 2``."""
    for index in reversed(places):
        if index == line.begin or not _is_again(stop.words, index):
            continue
        if stop.words.kinds[index] in _TOLD_OTHERWISE or _parts_values(stop, line, index):
            continue
        word, span = stop.words.text(index), stop.words.span(index)
        edit = Edit(span._replace(start=stop.words.ends[index - 1]), "")
        diagnostic = stop.mended(
            "E0100", f"`{word}` stands here twice", edit, remedy=f"write `{word}` once", span=span,
            sure=stop.words.kinds[index] in KEYWORDS,
        )  # fmt: skip
        yield Slip(diagnostic, Repair(index, 1))


def _is_again(written: Words, index: int) -> bool:
    return written.text(index) == written.text(index - 1) and written.starts[index] != written.starts[index - 1]


def _parts_values(stop: Stop, line: TriedLine, index: int) -> bool:
    """Whether two values stand in brackets with a comma missing, of which one may be there twice."""
    kinds = stop.words.kinds
    is_list = kinds[index] in VALUES - {*BRACKETS} and stop.inside in BRACKETS and kinds[index + 1] != "EQUAL"
    return is_list and not in_parameters(stop) and line.reads(Repair(index, 0, ("COMMA",)))


def _exchanged(stop: Stop, line: TriedLine, places: range) -> Iterator[Slip]:
    """``skip in from``, ``let = width 3``, ``repeat as n i { … }``."""
    written = stop.words
    farthest = 2 if stop.at(-1) in AWAITING & KEYWORDS else 1
    for index in reversed(range(max(places.start, stop.index - farthest), places.stop)):
        one, other = written.kinds[index : index + 2] if index + 1 < line.end else ("", "")
        if one == other or {one, other} & _FIXED or _lacks_value(stop, index):
            continue
        first, second = written.text(index), written.text(index + 1)
        between = written.source.text[written.ends[index] : written.starts[index + 1]]
        edit = Edit(stop.between(index, index + 2), f"{second}{between}{first}")
        message = f"`{first}` and `{second}` stand in each other's place"
        yield Slip(stop.mended("E0100", message, edit, sure=False), Repair(index, 2, (other, one)))


def _lacks_value(stop: Stop, index: int) -> bool:
    """Whether a comma stands where a value is missing, rather than in its place."""
    return stop.words.kinds[index] == "COMMA" and stop.words.kinds[index - 1] in {*OPENING, "COMMA"}


_GUESSES = (_joined, _misspelt, _joined_to_a_letter, _doubled, _exchanged)


def _stop_at(span: Span) -> Stop | None:
    """The place of a word, as if the parser had stopped there; None where it is none."""
    written = _split(span.source)
    index = bisect_left(written.starts, span.start, hi=len(written.starts) - 1)
    if written.text(index) != span.text:
        return None
    machine = Machine(tables.load(), written, tree.maker, tree.Token)
    machine.position = index
    first = next((one for one in range(index, 0, -1) if written.kinds[one] in DEFINITIONS), 0)
    return Stop(machine, first)


@lru_cache(maxsize=2)
def _split(source: Source) -> Words:
    return split(source, tables.load())
