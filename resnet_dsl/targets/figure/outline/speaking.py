"""A figure in other words: abbreviations, or another language. Names of stages, blocks and networks stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from typing import TypeAlias

from resnet_dsl.targets.figure.outline.outline import Column, Group, Item, Link, Note, Outline, Section, Sums, Volume
from resnet_dsl.targets.figure.theme.theme import GAP

Say: TypeAlias = Callable[[str], str]


def spoken(outline: Outline) -> Outline:
    """The outline with what its ``words`` replace replaced; done once, before anything has a place."""
    if not outline.words:
        return outline
    say = saying(outline.words)
    return replace(
        outline,
        columns=tuple(_column(column, say) for column in outline.columns),
        legend=tuple((way, say(words)) for way, words in outline.legend),
        remarks=tuple(map(say, outline.remarks)),
        sums=_sums(outline.sums, say) if outline.sums else None,
        words={},
    )


def saying(words: Mapping[str, str]) -> Say:
    """What replaces words in a text."""
    return _saying(tuple(words.items())) if words else str


@cache
def _saying(words: tuple[tuple[str, str], ...]) -> Say:
    """Longer words first, each as a whole: ``conv`` is no part of ``conv2``, nor ``pool`` of ``avg pool``, replaced."""
    ordered = sorted(words, key=lambda pair: -len(pair[0]))
    pattern = re.compile("|".join(f"(?P<w{number}>{_pattern(said)})" for number, (said, _) in enumerate(ordered)))

    def replaced(match: re.Match[str]) -> str:
        first = match.lastindex or 0
        pieces = ordered[int(str(match.lastgroup)[1:])][1].split(GAP)
        gaps = match.groups()[first : first + len(pieces) - 1]
        return "".join(f"{piece}{gap}" for piece, gap in zip_longest(pieces, gaps, fillvalue=""))

    return lambda text: pattern.sub(replaced, text)


def _pattern(said: str) -> str:
    """Letters and digits at the ends are those of whole words."""
    inside = re.escape(said).replace(re.escape(GAP), r"(\S+?)")
    before = r"(?<!\w)" if re.match(r"\w", said) else ""
    behind = r"(?!\w)" if re.search(r"\w$", said) else r"(?!\S)" if said.endswith(GAP) else ""
    return f"{before}{inside}{behind}"


def _column(column: Column, say: Say) -> Column:
    return replace(
        column,
        sections=tuple(_section(section, say) for section in column.sections),
        items=tuple(_item(item, say) for item in column.items),
        links=tuple(_link(link, say) for link in column.links),
        summary=say(column.summary),
        notes=tuple(_note(note, say) for note in column.notes),
        definitions=tuple(map(say, column.definitions)),
    )


def _section(section: Section, say: Say) -> Section:
    """The name of a stage is the network's; stem and head are words of the language."""
    named = section.key.startswith("stage ") or not section.words
    return section if named else replace(section, words=tuple(map(say, section.words)))


def _item(item: Item, say: Say) -> Item:
    return replace(
        item,
        lines=tuple(line if item.kind == "card" and not at else _line(line, say) for at, line in enumerate(item.lines)),
        tip=say(item.tip),
        beside=tuple(_line(words, say) for words in item.beside),
        groups=tuple(_group(group, say) for group in item.groups),
        volume=_volume(item.volume, say) if item.volume else None,
    )


def _volume(volume: Volume, say: Say) -> Volume:
    return replace(volume, skips=tuple(replace(one, first_word=say(one.first_word)) for one in volume.skips))


def _line(line: str, say: Say) -> str:
    """A formula stays."""
    return line if len(line) > 2 and line[0] == line[-1] == "*" else say(line)


def _group(group: Group, say: Say) -> Group:
    rows, firsts = tuple(map(say, group.rows)), tuple(map(say, group.first_rows))
    return replace(group, rows=rows, first_rows=firsts, first_word=say(group.first_word))


def _link(link: Link, say: Say) -> Link:
    return replace(link, tip=say(link.tip), via=say(link.via), words=tuple(_line(words, say) for words in link.words))


def _note(note: Note, say: Say) -> Note:
    return replace(note, words=_line(note.words, say))


def _sums(sums: Sums, say: Say) -> Sums:
    header = (sums.header[0], *sums.header[1:-1], say(sums.header[-1]))
    rows = tuple((say(row[0]), *row[1:]) for row in sums.rows)
    return Sums(header, rows, tuple((mark, say(words)) for mark, words in sums.told))
