"""Outlines that say the same in less room, for figures that have to fit a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from resnet_dsl.sentences import first
from resnet_dsl.targets.figure.outline.outline import Column, FigureModule, Group, Item, Link, Outline, Section

_SHORT = {
    "global avg pool": "GAP",
    "avg pool": "GAP",
    "batch norm": "BN",
    "layer norm": "LN",
    "group norm": "GN",
    "projection": "proj.",
}
"""What a row says, and its short form, which is explained below the figure; in stages ``avg pool`` is a global one."""
_PLAIN = {" conv, ": ", ", " max pool": " max", " avg pool": " avg", " more rows, ": " rows, "}
"""Words beside a number, which are understood without one."""
_MOST_NAMES = 8


def with_short_words(outline: Outline) -> Outline:
    """``GAP`` for a global average pool, ``BN`` for a batch normalisation; what is short is explained in a remark."""
    columns = tuple(replace(column, items=tuple(map(_shortened, column.items))) for column in outline.columns)
    new = _said(columns) - _said(outline.columns)
    meant = {short: words for words, short in reversed(_SHORT.items()) if short in new}
    explained = ["; ".join(f"{short}: {words}" for short, words in meant.items())] if meant else []
    return replace(outline, columns=columns, remarks=(*outline.remarks, *explained))


def _said(columns: tuple[Column, ...]) -> set[str]:
    """What rows say, part by part."""
    items = [item for column in columns for item in column.items]
    lines = [line for item in items for line in item.lines]
    lines += [row for item in items for group in item.groups for row in (*group.rows, *group.first_rows)]
    return {part for line in lines for part in line.split(", ")}


def _shortened(item: Item) -> Item:
    if item.kind in {"text", "merge"}:
        return item
    return replace(item, lines=tuple(map(_short, item.lines)), groups=tuple(map(_short_rows, item.groups)))


def _short_rows(group: Group) -> Group:
    return replace(group, rows=tuple(map(_short, group.rows)), first_rows=tuple(map(_short, group.first_rows)))


def _short(words: str) -> str:
    words = ", ".join(_SHORT.get(part, part) for part in words.split(", "))
    for long, short in _PLAIN.items():
        words = words.replace(long, short)
    return words


def without_close_ups(outline: Outline) -> Outline:
    """The networks alone; a remark names the blocks that stood beside them."""
    left = [column.title for column in outline.columns if column.inset and not column.zoom]
    if not left:
        return outline
    kept = tuple(column for column in outline.columns if not column.inset or column.zoom)
    return replace(
        outline,
        columns=kept,
        remarks=(*outline.remarks, f"not drawn beside, which --block draws: {first(left, _MOST_NAMES)}"),
    )


def with_ends_folded(outline: Outline) -> Outline:
    """The rows of a stem, and those of a head, in one card each, where a network is drawn by stages as cards."""
    if outline.laws:
        return outline
    return replace(outline, columns=tuple(map(_with_cards, outline.columns)))


def _with_cards(column: Column) -> Column:
    if column.inset or not any(item.kind == "card" for item in column.items):
        return column
    runs = _runs(column)
    place = {item: number for number, run in enumerate(runs) for item in run}
    sections = list(column.sections)
    for run in runs:
        if len(run) > 1:
            one, other = (column.items[run[at]].section for at in (0, -1))
            sections[one] = _spanning(sections[one], sections[other])
    items = tuple(_card(column, [column.items[item] for item in run]) for run in runs)
    inside = {(one, other) for run in runs for one, other in pairwise(run)}
    links = tuple(
        replace(link, source=place[link.source], target=place[link.target])
        for link in column.links
        if (link.source, link.target) not in inside
    )
    return replace(column, sections=tuple(sections), items=items, links=links)


def _runs(column: Column) -> list[list[int]]:
    """The items, those together that become one card: rows of one stem or head, each reading only the one before."""
    entering: dict[int, list[Link]] = {}
    leaving: dict[int, list[Link]] = {}
    for link in column.links:
        entering.setdefault(link.target, []).append(link)
        leaving.setdefault(link.source, []).append(link)
    runs: list[list[int]] = []
    for number in range(len(column.items)):
        links = entering.get(number, [])
        before = runs[-1][-1] if runs else -1
        follows = len(links) == 1 and links[0].way == "main" and links[0].source == before
        alone = follows and len(leaving[before]) == 1 and not column.items[before].beside
        if alone and _folds(column, before, number):
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _folds(column: Column, before: int, number: int) -> bool:
    items = [column.items[before], column.items[number]]
    parts = {_part(column, item) for item in items}
    return all(item.kind in {"box", "thin"} for item in items) and len(parts) == 1 and parts.pop()[0] != "stage"


def _part(column: Column, item: Item) -> tuple[str, str]:
    """What kind of part of the network an item lies in, and its name."""
    kind, _, name = column.sections[item.section].key.partition(" ")
    return kind, name if kind == "stage" else name.rpartition(" ")[0]


def _spanning(first: Section, last: Section) -> Section:
    """The name of the first, the size of the last."""
    return replace(first, words=(*first.words[:-1], *last.words[-1:])) if first is not last else first


def _card(column: Column, items: list[Item]) -> Item:
    """Rows as a card; what stands below the last one (its shape, facts) stands below the card."""
    if len(items) == 1:
        return items[0]
    last = items[-1]
    rows = tuple(
        Group((item.lines[0],), tones=(item.tone,), blocks=(item.nodes,), held=(item.nodes,)) for item in items
    )
    nodes = tuple(node for item in items for node in item.nodes)
    tip = "; ".join(item.tip for item in items)
    name = _part(column, last)[1]
    card = Item(name, "card", ("", *last.lines[1:]), items[0].tone, items[0].section, nodes, tip, (), rows)
    return replace(card, beside_key=items[0].beside_key)


def with_lanes_closer(outline: Outline) -> Outline:
    """In lanes, columns that hold nothing in the same lane reach over each other."""
    return replace(outline, dense=outline.tiered)


def with_arrows_to_sums(outline: Outline) -> Outline:
    """In lanes, a convolution that only brings a value to a sum in its own lane is the arrow there."""
    return replace(outline, columns=tuple(map(_with_arrows, outline.columns))) if outline.tiered else outline


def _with_arrows(column: Column) -> Column:
    ways = {} if column.inset else dict(_ways_to_sums(column))
    if not ways:
        return column
    place = {item: at for at, item in enumerate(one for one in range(len(column.items)) if one not in ways)}
    links = tuple(
        replace(link, source=place[link.source], target=place[ways.get(link.target, link.target)])
        for link in column.links
        if link.source not in ways
    )
    items = tuple(column.items[item] for item in place)
    modules = (
        FigureModule(tuple(place[item] for item in one.items if item in place), one.repeat) for one in column.modules
    )
    return replace(column, items=items, links=links, modules=tuple(modules))


def _ways_to_sums(column: Column) -> Iterator[tuple[int, int]]:
    """Each such convolution with its sum, to which nothing else leads from where the convolution reads."""
    for number, item in enumerate(column.items):
        entering = [link for link in column.links if link.target == number]
        leaving = [link for link in column.links if link.source == number]
        if not _is_strided(item) or [len(entering), len(leaving)] != [1, 1]:
            continue
        source, after = entering[0].source, leaving[0]
        both = any(link.source == source and link.target == after.target for link in column.links)
        if entering[0].via == "strided conv" and _adds(column, after) and not both:
            yield number, after.target


def _is_strided(item: Item) -> bool:
    """Whether it is one convolution with strides, of which no facts are told."""
    one = len(item.groups) == 1 and item.groups[0].repeat == 1 and not item.groups[0].boxes
    return item.kind == "plate" and item.lines == ("",) and one and ", /" in item.groups[0].rows[0]


def _adds(column: Column, link: Link) -> bool:
    """Whether a value goes into a sum in its own lane, where all are of one width."""
    one, other = column.items[link.source], column.items[link.target]
    plain = link.way in ("main", "branch") and other.kind == "merge" and other.lines[0] == "+"
    return plain and one.section == other.section and one.within[:1] == other.within[:1]


def with_bare_lanes(outline: Outline) -> Outline:
    """Lanes by their names alone, ``1/4``, without the sizes of their maps; the input's stands at the input."""
    return replace(outline, columns=tuple(map(_bare, outline.columns))) if outline.tiered else outline


def _bare(column: Column) -> Column:
    if column.inset:
        return column
    return replace(column, sections=tuple(replace(one, words=one.words[:1]) for one in column.sections))
