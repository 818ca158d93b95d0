"""From a outline to a geometry: coordinates for lanes and ranks, ways for links, brackets, titles."""

from __future__ import annotations

from dataclasses import replace

from resnet_dsl.sentences import first
from resnet_dsl.targets.figure.layout.framing import draw_frames, left_out, with_frames
from resnet_dsl.targets.figure.layout.geometry import Geometry, TextLine, Within
from resnet_dsl.targets.figure.layout.lanes import Lanes, assign_lanes
from resnet_dsl.targets.figure.layout.measures import SCREEN, Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.paging import parts_on_a_slide, split
from resnet_dsl.targets.figure.layout.placed import Placed, place, sizes_of
from resnet_dsl.targets.figure.layout.positions import Rank, align, ranks_of
from resnet_dsl.targets.figure.layout.routes import draw_beside, draw_continuation, draw_links
from resnet_dsl.targets.figure.layout.sheet import Sheet
from resnet_dsl.targets.figure.layout.sizes import place_item
from resnet_dsl.targets.figure.layout.surroundings import (
    draw_brackets,
    draw_notes,
    draw_title,
    label_room,
    note_room,
    same_sections,
)
from resnet_dsl.targets.figure.layout.tiers import draw_tiers, place_tiers
from resnet_dsl.targets.figure.layout.volumes import lay_out_volumes
from resnet_dsl.targets.figure.layout.zooms import beside_places, draw_zoom, in_order, reach
from resnet_dsl.targets.figure.outline.outline import Column, Item, Outline
from resnet_dsl.targets.figure.outline.speaking import Say, saying, spoken

_MOST_NAMES = 8
_INSIDE = 3.0
"""From the box of a close-up to its title."""


def lay_out(outline: Outline, wide: bool, measures: Measures = SCREEN, parts: int = 1) -> Geometry:
    """Tall figures flow down; wide ones to the right, or, where that helps, down in several columns; volumes in rows.

    parts: into how many, at most, the first network is cut, which stand side by side (in a wide figure: below each
    other).
    """
    say = saying(outline.words)
    outline = spoken(outline)
    if outline.tiered:
        return _tiers(outline, measures)
    if outline.laws:
        return lay_out_volumes(outline, measures, parts)
    if wide and outline.paged:
        columns = _pages(outline.columns[0], outline.air, measures)
        if len(columns) > 1:
            return lay_out(_in_parts(outline, columns), wide=False, measures=measures)
    if parts > 1:
        return lay_out(_in_parts(outline, _cut(outline, wide, measures, parts)), wide, measures)
    columns = list(outline.columns)
    measured = [_measured(column, wide, outline.air, measures) for column in columns]
    starts = _starts(columns, [ranks for *_, ranks in measured], outline.aligned)
    each = zip(columns, measured, starts, strict=True)
    placed = [with_frames(place(column, *own, start, wide, measures)) for column, own, start in each]
    outline = _with_remark(outline, left_out(placed), say)
    return _assemble(outline, beside_places(placed), wide, measures)


def _with_remark(outline: Outline, unframed: list[str], say: Say) -> Outline:
    if not unframed:
        return outline
    names = first(unframed, _MOST_NAMES)
    remark = f"{say('without a frame, since rows of others stand between theirs')}: {names}"
    return replace(outline, remarks=(*outline.remarks, remark))


def _tiers(outline: Outline, m: Measures) -> Geometry:
    """Networks in lanes, one below the other, and below them the close-ups, which flow to the right."""
    sheet = Sheet(True, m)
    for column in (column for column in outline.columns if not column.inset):
        one = place_tiers(column, m, outline.dense)
        if column.title:
            sheet.texts.append(
                TextLine(column.title, *sheet.at(0.0, -m.title), m.title, "bold", "start", of=column.keys)
            )
        draw_tiers(sheet, one)
        sheet.offset = sheet.bottom + m.between
    insets = tuple(column for column in outline.columns if column.inset)
    if insets:
        sheet.add(lay_out(replace(outline, columns=insets, legend=(), remarks=(), tiered=False), True, m), sheet.offset)
    return sheet.finish(outline)


def _in_parts(outline: Outline, parts: list[Column]) -> Outline:
    """The outline with its first column in parts, which do not stand beside what is equal to them."""
    return replace(outline, columns=(*parts, *outline.columns[1:]), aligned=False, paged=False)


def _measured(
    column: Column, wide: bool, air: float, m: Measures
) -> tuple[Lanes, list[tuple[float, float]], list[Rank]]:
    """The lanes of a column, the sizes of its items, its ranks."""
    lanes = assign_lanes(column)
    sizes = sizes_of(column, lanes, wide, m)
    return lanes, sizes, ranks_of(column, lanes, [size[0 if wide else 1] for size in sizes], wide, air, m)


def _starts(columns: list[Column], ranks: list[list[Rank]], aligned: bool) -> list[list[float]]:
    """Where the ranks of each column begin: networks stand side by side part by part, close-ups by themselves."""
    count = sum(not column.inset for column in columns) if aligned else 0
    beside = [align([column], [own])[0] for column, own in zip(columns[count:], ranks[count:], strict=True)]
    return [*(align(columns[:count], ranks[:count]) if count else ()), *beside]


def _pages(column: Column, air: float, m: Measures) -> list[Column]:
    lanes, sizes, ranks = _measured(column, False, air, m)
    one = place(column, lanes, sizes, ranks, [0.0] * len(ranks), False, m)
    breadth = one.high - one.low + label_room(one) + m.between
    lengths = [rank.length + rank.gap for rank in ranks]
    return split(column, lanes, lengths, parts_on_a_slide(lengths, breadth))


def _cut(outline: Outline, wide: bool, m: Measures, parts: int) -> list[Column]:
    column = outline.columns[0]
    lanes, _, ranks = _measured(column, wide, outline.air, m)
    return split(column, lanes, [rank.length + rank.gap for rank in ranks], parts)


def _assemble(outline: Outline, placed: list[Placed], wide: bool, m: Measures) -> Geometry:
    sheet = Sheet(wide, m)
    shared = same_sections(placed)
    begins: dict[int, float] = {}
    edge, band = 0.0, None
    for at, (number, one) in enumerate(in_order(placed)):
        low, high = _reach(one, label_room(one if not shared else placed[0]) if at == 0 or not shared else 0.0)
        before = sheet.offset
        if one.column.zoom is None or one.column.zoom.column != band:
            sheet.offset = edge + (m.between if at else 0.0) - low
            edge = sheet.offset + high
        begins[number], band = sheet.offset, one.column.zoom and one.column.zoom.column
        _draw_column(sheet, one)
        if one.column.continues:
            draw_continuation(sheet, placed[number - 1], one, before, low)
        if one.column.zoom:
            draw_zoom(
                sheet, one, placed[one.column.zoom.column], begins[one.column.zoom.column], (_network(one.column),)
            )
        draw_title(sheet, one, low + _heading(one) + (_INSIDE if one.column.zoom else 0.0))
        if at == 0 or not shared:
            draw_brackets(sheet, placed if shared else [one], one.low)
    return sheet.finish(outline)


def _heading(one: Placed) -> float:
    """What the title of a column takes above it, where the figure is wide."""
    return one.measures.title + 8 if one.wide and one.column.title else 0.0


def _reach(one: Placed, room: float) -> tuple[float, float]:
    """How far a column reaches across the flow with all that stands around it; ``room``: of its brackets."""
    if one.column.zoom:
        return reach(one)
    half = 0.0 if one.wide else width(one.column.title, one.measures.title, "bold") / 2
    return min(one.low - max(room, note_room(one)), -half) - _heading(one), max(one.high, half)


def _draw_column(sheet: Sheet, one: Placed) -> None:
    for number, item in enumerate(one.column.items):
        key, middle = one.column.key_of(number), sheet.at(one.along(number), one.middle(number))
        boxes, paths = place_item(item, key, middle, one.sizes[number], sheet.measures)
        within = _within(one.column, item)
        sheet.boxes += [replace(box, within=within) for box in boxes]
        sheet.paths += [replace(path, within=within, of=(key,)) for path in paths]
    draw_frames(sheet, one, (_network(one.column),))
    draw_links(sheet, one)
    draw_beside(sheet, one)
    draw_notes(sheet, one)


def _within(column: Column, item: Item) -> Within:
    own = (("stage", item.key),) if item.kind == "card" else ()
    return (_network(column), *item.within, *own)


def _network(column: Column) -> tuple[str, str]:
    kind = "inset" if column.inset else "page" if column.continues else "network"
    return kind, column.title or column.key
