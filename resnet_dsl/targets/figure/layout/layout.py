"""From a outline to a geometry: coordinates for lanes and ranks, ways for links, brackets, titles."""

from __future__ import annotations

from dataclasses import replace

from resnet_dsl.targets.figure.layout.geometry import Geometry, Within
from resnet_dsl.targets.figure.layout.lanes import Lanes, assign_lanes
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.paging import split
from resnet_dsl.targets.figure.layout.placed import Placed, place, sizes_of
from resnet_dsl.targets.figure.layout.positions import Rank, align, ranks_of
from resnet_dsl.targets.figure.layout.routes import draw_beside, draw_continuation, draw_links
from resnet_dsl.targets.figure.layout.sheet import Sheet
from resnet_dsl.targets.figure.layout.sizes import TITLE, place_item
from resnet_dsl.targets.figure.layout.surroundings import (
    draw_brackets,
    draw_notes,
    draw_title,
    label_room,
    note_room,
    same_sections,
)
from resnet_dsl.targets.figure.outline.outline import Column, Item, Outline

BETWEEN = 40.0
"""Between two columns."""


def lay_out(outline: Outline, wide: bool) -> Geometry:
    """Tall figures flow down; wide ones to the right, or, where that helps, down in several columns."""
    if wide and outline.paged:
        columns = _pages(outline.columns[0], outline.air)
        if len(columns) > 1:
            return lay_out(replace(outline, columns=tuple(columns), aligned=False, paged=False), wide=False)
    columns = list(outline.columns)
    measured = [_measured(column, wide, outline.air) for column in columns]
    starts = _starts(columns, [ranks for *_, ranks in measured], outline.aligned)
    parts = zip(columns, measured, starts, strict=True)
    return _assemble(outline, [place(column, *own, start, wide) for column, own, start in parts], wide)


def _measured(column: Column, wide: bool, air: float) -> tuple[Lanes, list[tuple[float, float]], list[Rank]]:
    """The lanes of a column, the sizes of its items, its ranks."""
    lanes = assign_lanes(column)
    sizes = sizes_of(column, lanes, wide)
    return lanes, sizes, ranks_of(column, lanes, [size[0 if wide else 1] for size in sizes], wide, air)


def _starts(columns: list[Column], ranks: list[list[Rank]], aligned: bool) -> list[list[float]]:
    """Where the ranks of each column begin: networks stand side by side part by part, close-ups by themselves."""
    count = sum(not column.inset for column in columns) if aligned else 0
    beside = [align([column], [own])[0] for column, own in zip(columns[count:], ranks[count:], strict=True)]
    return [*(align(columns[:count], ranks[:count]) if count else ()), *beside]


def _pages(column: Column, air: float) -> list[Column]:
    lanes, sizes, ranks = _measured(column, False, air)
    one = place(column, lanes, sizes, ranks, [0.0] * len(ranks), wide=False)
    breadth = one.high - one.low + label_room(one) + BETWEEN
    return split(column, lanes, [rank.length + rank.gap for rank in ranks], breadth)


def _assemble(outline: Outline, placed: list[Placed], wide: bool) -> Geometry:
    sheet = Sheet(wide)
    shared = same_sections(placed)
    offset = 0.0
    for number, one in enumerate(placed):
        room = label_room(one if not shared else placed[0]) if number == 0 or not shared else 0.0
        room = max(room, note_room(one))
        title = width(one.column.title, TITLE, "bold")
        low = min(one.low - room, 0.0 if wide else -title / 2)
        high = max(one.high, 0.0 if wide else title / 2)
        offset += (BETWEEN if number else 0.0) + (TITLE + 8 if wide and one.column.title else 0.0) - low
        before, sheet.offset = sheet.offset, offset
        _draw_column(sheet, one)
        if one.column.continues:
            draw_continuation(sheet, placed[number - 1], one, before, low)
        draw_title(sheet, one, low)
        if number == 0 or not shared:
            draw_brackets(sheet, placed if shared else [one], one.low)
        offset += high
    return sheet.finish(outline)


def _draw_column(sheet: Sheet, one: Placed) -> None:
    key = one.column.key
    for number, item in enumerate(one.column.items):
        middle = sheet.at(one.along(number), one.middle(number))
        boxes, paths = place_item(item, f"{key}/{item.key}", middle, one.sizes[number])
        within = _within(one.column, item)
        sheet.boxes += [replace(box, within=within) for box in boxes]
        sheet.paths += [replace(path, within=within) for path in paths]
    draw_links(sheet, one)
    draw_beside(sheet, one)
    draw_notes(sheet, one)


def _within(column: Column, item: Item) -> Within:
    kind = "inset" if column.inset else "page" if column.continues else "network"
    own = (("stage", item.key),) if item.kind == "card" else ()
    return ((kind, column.title or column.key), *item.within, *own)
