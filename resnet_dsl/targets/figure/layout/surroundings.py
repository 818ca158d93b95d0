"""What stands around a column: its title, the brackets that name its parts, notes; and the room that these take."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from resnet_dsl.targets.figure.layout.geometry import Path, TextLine
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.placed import Placed
from resnet_dsl.targets.figure.layout.sheet import Sheet
from resnet_dsl.targets.figure.layout.sizes import FORMULA, faced
from resnet_dsl.targets.figure.outline.outline import Note

_BRACKET = 9.0


class _Span(NamedTuple):
    """From where to where a part reaches along the flow; of: the keys of its boxes."""

    start: float
    end: float
    words: tuple[str, ...]
    of: list[str]


def draw_title(sheet: Sheet, one: Placed, low: float) -> None:
    if not one.column.title:
        return
    place = (
        sheet.at(one.starts[0], low - sheet.measures.title / 2 - 6)
        if sheet.wide
        else sheet.at(one.starts[0] - sheet.measures.title - 6, 0.0)
    )
    sheet.texts.append(
        TextLine(
            one.column.title,
            *place,
            sheet.measures.title,
            "bold",
            "start" if sheet.wide else "middle",
            of=one.column.keys,
        )
    )


def same_sections(placed: list[Placed]) -> bool:
    """Whether one row of brackets tells the truth for all columns."""
    if any(one.column.continues for one in placed):
        return False
    words: dict[str, tuple[str, ...]] = {}
    alike = all(words.setdefault(s.key, s.words) == s.words for one in placed for s in one.column.sections)
    return alike and all(before.end <= after.start for before, after in pairwise(_spans(placed)))


def label_room(one: Placed) -> float:
    """What the brackets and their words take beside a column."""
    sections = [one.column.sections[number] for number in sorted({rank.section for rank in one.ranks})]
    lines = [line for section in sections for line in section.words]
    if not lines:
        return 0.0
    most = max(len(section.words) for section in sections)
    m = one.measures
    return (most * m.leading if one.wide else max(width(line, m.label) for line in lines)) + 2 * _BRACKET


def _spans(placed: list[Placed]) -> list[_Span]:
    """How far each named part reaches, in all columns together, in order."""
    spans: dict[str, _Span] = {}
    for one in placed:
        leads = _leads(one)
        for number, (rank, start) in enumerate(zip(one.ranks, one.starts, strict=True)):
            section = one.column.sections[rank.section]
            if section.words and rank.named:
                span = spans.setdefault(section.key, _Span(start, start, section.words, []))
                span.of.append(leads[number])
                spans[section.key] = span._replace(start=min(span.start, start), end=max(span.end, start + rank.length))
    return sorted(spans.values())


def _leads(one: Placed) -> dict[int, str]:
    """Of each rank the key of the box that is nearest to the main path: it tells the rank's part."""
    items = sorted(range(len(one.column.items)), key=lambda item: one.lanes.lane[item], reverse=True)
    return {one.lanes.rank[item]: one.column.key_of(item) for item in items}


def draw_brackets(sheet: Sheet, placed: list[Placed], low: float) -> None:
    free = float("-inf")
    m = sheet.measures
    for start, end, words, held in _spans(placed):
        bar, of = low - _BRACKET, tuple(held)
        ends = sheet.at(start, bar), sheet.at(end, bar)
        sheet.paths.append(Path(ends, "faint", False, False, 1.2, classes=("bracket",), of=of))
        half = max(width(line, m.label) for line in words) / 2 + 3 if sheet.wide else m.leading * len(words) / 2
        middle = max((start + end) / 2, free + half)
        _draw_words(sheet, middle, bar, words, of)
        free = middle + half


def _draw_words(sheet: Sheet, along: float, bar: float, words: tuple[str, ...], of: tuple[str, ...]) -> None:
    m = sheet.measures
    for at, line in enumerate(words):
        shift = (at - (len(words) - 1) / 2) * m.leading
        if sheet.wide:
            across = bar - _BRACKET / 2 - m.label / 2 - (len(words) - 1 - at) * m.leading
            sheet.texts.append(TextLine(line, *sheet.at(along, across), m.label, ink="faint", of=of))
        else:
            place = sheet.at(along + shift, bar - 5)
            sheet.texts.append(TextLine(line, *place, m.label, anchor="end", ink="faint", of=of))


def draw_notes(sheet: Sheet, one: Placed) -> None:
    for note, level in zip(one.column.notes, _levels(one), strict=True):
        said, size, face = faced(note.words, sheet.measures.label)
        along, of = _middle(one, note), tuple(map(one.column.key_of, range(note.first, note.last + 1)))
        if sheet.wide:
            across = one.low - size - level * sheet.measures.leading * FORMULA
            sheet.texts.append(TextLine(said, *sheet.at(along, across), size, face, of=of))
        else:
            sheet.texts.append(TextLine(said, *sheet.at(along, one.low - 8), size, face, "end", of=of))


def _middle(one: Placed, note: Note) -> float:
    return (one.begin(note.first) + one.end(note.last)) / 2


def _levels(one: Placed) -> list[int]:
    """In a wide figure notes that would lie upon each other stand one above the other."""
    ends: list[float] = []
    levels: list[int] = []
    for note in one.column.notes:
        half = width(*faced(note.words, one.measures.label)) / 2 + 3
        start = _middle(one, note) - half
        level = next((at for at, end in enumerate(ends) if end <= start), len(ends)) if one.wide else 0
        ends[level : level + 1] = [start + 2 * half]
        levels.append(level)
    return levels


def note_room(one: Placed) -> float:
    widths = [width(*faced(note.words, one.measures.label)) for note in one.column.notes]
    tall = one.measures.label * FORMULA * 1.5 + max(_levels(one), default=0) * one.measures.leading * FORMULA
    return (tall if one.wide else max(widths) + 8) if widths else 0.0
