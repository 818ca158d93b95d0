"""Networks as rows of volumes, from left to right, each row below the one before it."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, sqrt

from resnet_dsl.targets.figure.layout.geometry import Geometry, Ink, Path, Point, TextLine, Within
from resnet_dsl.targets.figure.layout.lanes import assign_lanes
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.paging import split
from resnet_dsl.targets.figure.layout.pieces import piece_of
from resnet_dsl.targets.figure.layout.sheet import Move, Sheet
from resnet_dsl.targets.figure.layout.solids import Scale
from resnet_dsl.targets.figure.layout.standing import Standing, stand
from resnet_dsl.targets.figure.outline.outline import Column, Item, Laws, Link, Outline

_SLIDE = 16 / 9
_BETWEEN = 14.0
"""From one row of a network to the next."""
_BRACKET = 5.0
"""From the words below volumes to the bracket that names their part, and from there to its name."""
_TITLE = 8.0
"""From a title to what it stands above."""
_AROUND = 9.0
"""Beside a row, for the line to the next one."""


def lay_out_volumes(outline: Outline, m: Measures, parts: int = 1) -> Geometry:
    """parts: in how many rows, at most, a network that stands alone is drawn; one that is paged fills a slide."""
    volumes = [item.volume for column in outline.columns for item in column.items if item.volume]
    scale = Scale.of(outline.laws or Laws(), volumes)
    columns = list(outline.columns)
    if outline.paged or parts > 1:
        columns = _rows(columns[0], scale, m, parts)
    sheet = Sheet(True, m)
    last: _Drawing | None = None
    bottom = 0.0
    for column in columns:
        one = _standing(column, scale, m)
        begin = bottom + (_BETWEEN if column.continues else m.between if last else 0.0)
        if column.title:
            sheet.texts.append(
                TextLine(column.title, 0.0, begin + m.title / 2, m.title, "bold", "start", of=column.keys)
            )
            begin += m.title + _TITLE
        drawing = _Drawing(sheet, one, begin + one.above)
        drawing.draw()
        if column.continues and last:
            _continue(sheet, last, drawing)
        last, bottom = drawing, begin + one.above + one.below + 2 * _BRACKET + m.label
    return sheet.finish(replace(outline, columns=tuple(columns)))


def _standing(column: Column, scale: Scale, m: Measures) -> Standing:
    pieces = [piece_of(item, column.key_of(number), scale, m) for number, item in enumerate(column.items)]
    return stand(column, assign_lanes(column), pieces, m)


def _rows(column: Column, scale: Scale, m: Measures, parts: int) -> list[Column]:
    """The column cut into so many rows; where that is one, into as many as fill a slide."""
    one = _standing(column, scale, m)
    breadth = one.above + one.below + _BETWEEN + 2 * _BRACKET + m.label
    count = parts if parts > 1 else max(1, ceil(sqrt(one.width / breadth / _SLIDE) - 0.5))
    return split(column, one.lanes, [rank.length + rank.gap for rank in one.ranks], count) if count > 1 else [column]


class _Drawing:
    """Draws one row. ``middle``: the y of its main path."""

    def __init__(self, sheet: Sheet, one: Standing, middle: float) -> None:
        self.sheet = sheet
        self.one = one
        self.column = one.column
        self.move = Move(0.0, middle)
        self.kinds = _kinds(one)

    def draw(self) -> None:
        for number in range(len(self.one.pieces)):
            self._piece(number)
        ways = list(zip(self.column.links, self.one.lanes.track, self.one.track, strict=True))
        straight = {link.source for link, track, _ in ways if track in (None, self.one.lanes.lane[link.source])}
        for link, track, height in ways:
            self._link(link, track, height, link.source in straight)
        self._names()

    def _piece(self, number: int) -> None:
        one, piece = self.one, self.one.pieces[number]
        move = Move(one.begin(number), self.move.down + one.top(number))
        within = _within(self.column, self.column.items[number])
        self.sheet.boxes.append(replace(move.box(piece.box), within=within))
        self.sheet.paths += [replace(move.path(path), within=within, of=(piece.box.key,)) for path in piece.paths]

    def _link(self, link: Link, track: int | None, height: float, joins: bool) -> None:
        one = self.one
        points = [(one.end(link.source), one.middle[link.source]), (one.begin(link.target), one.middle[link.target])]
        if track is not None:
            points = [*self._out(link, track, height, joins), *self._in(link, track, height)]
        source, target = map(self.column.key_of, (link.source, link.target))
        ink: Ink = "projection" if link.is_adapted else "line"
        path = Path(
            tuple(points), ink, link.is_adapted, source=source, target=target, tip=link.tip, classes=(link.way,)
        )
        self.sheet.paths.append(self.move.path(path))

    def _out(self, link: Link, track: int, height: float, joins: bool) -> list[Point]:
        """From the source, or from the line behind it, up to the height."""
        one = self.one
        middle, end = one.middle[link.source], one.end(link.source)
        if one.lanes.lane[link.source] == track:
            return [(end, middle)]
        fork = one.fork(link)
        return [*([] if joins else [(end, middle)]), (fork, middle), (fork, height)]

    def _in(self, link: Link, track: int, height: float) -> list[Point]:
        """Along the height, and down into the target where that stands below."""
        one = self.one
        if one.lanes.lane[link.target] == track:
            return [(one.begin(link.target), one.middle[link.target])]
        if height > one.middle[link.target]:
            return one.from_below(link.target, height)
        kinds = self.kinds[link.target]
        x, y = one.entry(link.target, kinds.index(link.is_adapted), len(kinds))
        return [(x, height), (x, y)]

    def _names(self) -> None:
        """Below the volumes the names of the parts, each under a line as long as it is."""
        m, spans = self.sheet.measures, self._spans()
        y = self.move.down + self.one.below + _BRACKET
        free = 0.0
        for section, (start, end) in spans.items():
            (words,), of = self._words(section), self._held(section)
            bar = (start, y), (end, y)
            self.sheet.paths.append(Path(bar, "faint", False, False, 1.2, classes=("bracket",), of=of))
            half = width(words, m.label) / 2 + 3
            middle = max((start + end) / 2, free + half)
            place = middle, y + _BRACKET + m.label / 2
            self.sheet.texts.append(TextLine(words, *place, m.label, ink="faint", of=of))
            free = middle + half

    def _is_named(self, item: int) -> bool:
        """Whether it lies on the main path, in a part that has a name."""
        shown = self.column.items[item]
        return self.one.lanes.lane[item] == 0 and shown.kind != "text" and bool(self._words(shown.section))

    def _words(self, section: int) -> tuple[str, ...]:
        return self.column.sections[section].words

    def _held(self, section: int) -> tuple[str, ...]:
        """The keys of the boxes that a name stands below."""
        items = self.column.items
        own = (number for number, item in enumerate(items) if item.section == section and self._is_named(number))
        return tuple(map(self.column.key_of, own))

    def _spans(self) -> dict[int, tuple[float, float]]:
        """How far each part that has a name reaches on the main path."""
        spans: dict[int, tuple[float, float]] = {}
        for number, item in enumerate(self.column.items):
            if self._is_named(number):
                own = self.one.begin(number), self.one.end(number)
                before = spans.get(item.section, own)
                spans[item.section] = min(before[0], own[0]), max(before[1], own[1])
        return spans


def _kinds(one: Standing) -> dict[int, list[bool]]:
    """What enters each item from above, solid or dashed lines, those of the lowest heights first: none cross."""
    heights: dict[int, dict[bool, float]] = {}
    for link, height in zip(one.column.links, one.track, strict=True):
        own = heights.setdefault(link.target, {})
        own[link.is_adapted] = min(height, own.get(link.is_adapted, 0.0))
    return {item: sorted(own, key=lambda kind: -own[kind]) for item, own in heights.items()}


def _within(column: Column, item: Item) -> Within:
    kind = "page" if column.continues else "network"
    return ((kind, column.title or column.key), *item.within)


def _continue(sheet: Sheet, last: _Drawing, one: _Drawing) -> None:
    """The way from the end of one row to the beginning of the next, between the two."""
    final = max(range(len(last.one.pieces)), key=lambda item: last.one.lanes.rank[item])
    end, begin = last.one.end(final), one.one.begin(0)
    leaves, enters = last.move.down + last.one.middle[final], one.move.down + one.one.middle[0]
    gutter = one.move.down - one.one.above - _BETWEEN / 2
    right = max(last.one.width, end) + _AROUND
    points = ((end, leaves), (right, leaves), (right, gutter), (begin - _AROUND, gutter), (begin - _AROUND, enters))
    way, of = (*points, (one.one.end(0), enters)), (one.column.key_of(0),)
    sheet.paths.append(Path(way, arrow=False, classes=("main",), of=of))
