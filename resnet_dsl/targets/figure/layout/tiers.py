"""Networks in lanes, one a resolution, the finest on top: U-Net as a U, HRNet as its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from resnet_dsl.targets.figure.layout.columns import PANEL, Columns
from resnet_dsl.targets.figure.layout.geometry import Box, Path, Point, TextLine, Within
from resnet_dsl.targets.figure.layout.grid import Grid, Route, arrange
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import Face, width
from resnet_dsl.targets.figure.layout.sheet import Sheet, style_of
from resnet_dsl.targets.figure.layout.sizes import place_item, size_of
from resnet_dsl.targets.figure.outline.modules import stage_of
from resnet_dsl.targets.figure.outline.outline import Column, FigureModule, Item, Link

_TRACK = 9.0
"""From one track above a lane to the next."""
_LANES, _ROWS = 14.0, 8.0
"""Between two lanes, and two rows of one."""
_NAMES = 14.0
"""Between the names of the lanes and the network."""
_ASIDE = 3.0
"""Of a dashed line from the middle of a side: solid ones leave there."""


@dataclass
class Tiered:
    """A network in lanes while it gets its places; y counts from the top of the first lane, x from the first column."""

    column: Column
    grid: Grid
    sizes: list[tuple[float, float]]
    panels: dict[str, list[int]]
    """The items of each stage that has a panel, by the stage's name."""
    measures: Measures

    dense: bool = False

    @cached_property
    def columns(self) -> Columns:
        return Columns(self.grid, self.column.links, self.sizes, self.panels, self.measures, self.dense)

    @cached_property
    def heights(self) -> dict[tuple[int, int], float]:
        """Of each row of each lane."""
        found: dict[tuple[int, int], float] = {}
        for cell, size in zip(self.grid.cells, self.sizes, strict=True):
            found[cell[1:]] = max(found.get(cell[1:], 0.0), size[1])
        return found

    @cached_property
    def middles(self) -> dict[tuple[int, int], float]:
        """The middle of each row of each lane."""
        found: dict[tuple[int, int], float] = {}
        y = 0.0
        for lane, rows in enumerate(self.grid.rows):
            y += self.above[lane]
            for row in range(rows):
                found[lane, row] = y + self.heights[lane, row] / 2
                y += self.heights[lane, row] + _ROWS
            y += _LANES - _ROWS
        return found

    @cached_property
    def above(self) -> list[float]:
        """What each lane has above its first row: tracks, the names of panels that begin there."""
        framed: tuple[list[Sequence[int]], ...] = ([*self.panels.values()], [module.items for module in self.framed])
        begins = [set(map(self.lane, each)) for each in framed]
        levels = [sum(lane in lanes for lanes in begins) for lane in range(len(self.grid.rows))]
        named = [self.heading * level + PANEL * bool(level) for level in levels]
        least = max((len(section.words) * self.measures.leading for section in self.column.sections), default=0.0)
        tall = [self.heights[lane, 0] for lane in range(len(self.grid.rows))]
        tracks = [self.tracked(lane) for lane in range(len(self.grid.rows))]
        return [max(one + two, (least - own) / 2) for one, two, own in zip(named, tracks, tall, strict=True)]

    def lane(self, items: Sequence[int]) -> int:
        """The first one in which some of the items stand."""
        return min(self.grid.cells[item].lane for item in items)

    @property
    def heading(self) -> float:
        """What the words at the top of a frame take."""
        return self.measures.label + PANEL

    @cached_property
    def framed(self) -> list[FigureModule]:
        """The modules that are not the whole of a panel."""
        whole = list(map(sorted, self.panels.values()))
        return [module for module in self.column.modules if sorted(module.items) not in whole]

    def tracked(self, lane: int) -> float:
        """What its tracks take."""
        return self.grid.tracks[lane] * _TRACK + 3 * bool(self.grid.tracks[lane])

    def track(self, lane: int, number: int) -> float:
        return self.middles[lane, 0] - self.heights[lane, 0] / 2 - _TRACK * (number + 1) + 2

    def middle(self, item: int) -> Point:
        cell = self.grid.cells[item]
        return self.columns.middles[cell.column], self.middles[cell[1:]]

    def bounds(self, item: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        (x, y), (wide, tall) = self.middle(item), self.sizes[item]
        return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def place_tiers(column: Column, m: Measures, dense: bool = False) -> Tiered:
    grid = arrange(column)
    panels = dict(_panels(column, grid))
    items = tuple(_headed(column, panels))
    return Tiered(replace(column, items=items), grid, [size_of(item, m) for item in items], panels, m, dense)


def modules_stand_alone(column: Column) -> bool:
    """Whether each module has columns and lanes in which nothing else stands."""
    grid = arrange(column) if column.modules else None
    return grid is None or all(_is_alone(module.items, grid) for module in column.modules)


def _is_alone(items: Sequence[int], grid: Grid) -> bool:
    area = _area(items, grid)
    return all(not _holds(area, grid, item) for item in range(len(grid.cells)) if item not in items)


def _panels(column: Column, grid: Grid) -> Iterator[tuple[str, list[int]]]:
    """The stages of several items that stand together, in columns and lanes that no other item has."""
    stages: dict[str, list[int]] = {}
    for number, item in enumerate(column.items):
        stages.setdefault(stage_of(item), []).append(number)
    areas = {name: _area(items, grid) for name, items in stages.items() if name and len(items) > 1}
    for name, area in areas.items():
        if _is_alone(stages[name], grid) and not any(_meet(area, other) for one, other in areas.items() if one != name):
            yield name, stages[name]


_Area = tuple[int, int, int, int]


def _area(items: Sequence[int], grid: Grid) -> _Area:
    """The first and the last column, the first and the last lane."""
    columns, lanes = ([grid.cells[item][axis] for item in items] for axis in (0, 1))
    return min(columns), max(columns), min(lanes), max(lanes)


def _holds(area: _Area, grid: Grid, item: int) -> bool:
    column, lane, _ = grid.cells[item]
    return _meet(area, (column, column, lane, lane))


def _meet(one: _Area, other: _Area) -> bool:
    return one[0] <= other[1] and other[0] <= one[1] and one[2] <= other[3] and other[2] <= one[3]


def _headed(column: Column, panels: dict[str, list[int]]) -> Iterator[Item]:
    """The items; the first plate of each stage without a panel has the stage's name."""
    named = set(panels)
    for item in column.items:
        stage = stage_of(item)
        if item.kind == "plate" and stage and stage not in named:
            named.add(stage)
            yield replace(item, lines=(stage, *item.lines[1:]))
        else:
            yield item


def draw_tiers(sheet: Sheet, one: Tiered) -> None:
    """Panels below everything, then items and lines; the names of the lanes at the left."""
    within: Within = (("network", one.column.title or one.column.key),)
    for name, items in one.panels.items():
        sheet.boxes.append(_panel(sheet, one, name, items, (*within, ("stage", name))))
    for module in one.framed:
        sheet.boxes.append(_module(sheet, one, module, (*within, *one.column.items[module.items[0]].within[:1])))
    for number, item in enumerate(one.column.items):
        middle = sheet.at(*one.middle(number))
        key = one.column.key_of(number)
        boxes, paths = place_item(item, key, middle, one.sizes[number], one.measures)
        sheet.boxes += [replace(box, within=(*within, *item.within)) for box in boxes]
        sheet.paths += [replace(path, of=(key,)) for path in paths]
    for link, route in zip(one.column.links, one.grid.routes, strict=True):
        sheet.paths.append(_path(sheet, one, link, route))
    for lane, section in enumerate(one.column.sections):
        _draw_name(sheet, one, lane, section.words)


def _panel(sheet: Sheet, one: Tiered, name: str, items: list[int], within: Within) -> Box:
    """Round a stage, with its name; where all of it is a module, how often that comes stands behind the name."""
    letters = one.measures.label
    left, top, right, bottom = _around(one, items, PANEL)
    words = [TextLine(name, *sheet.at(left + PANEL, top + PANEL + letters / 2), letters, "bold", "start")]
    end = left + width(name, letters, "bold") + 2 * PANEL
    for times in (module.repeat for module in one.column.modules if sorted(module.items) == sorted(items)):
        words.append(_times(sheet, one, times, end, top))
        end = words[-1].bounds[2] + PANEL
    right = max(right, end)
    (x, y), size = sheet.at((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
    key, classes = f"{one.column.key}/stage {name}", ("stage", "panel")
    return Box(key, "frame", x, y, *size, None, tuple(words), name, classes, True, within)


def _module(sheet: Sheet, one: Tiered, module: FigureModule, within: Within) -> Box:
    """Round a module that is a part of a stage, with how often it comes."""
    left, top, right, bottom = _around(one, module.items, PANEL / 2)
    words = _times(sheet, one, module.repeat, left + PANEL / 2, top)
    (x, y), size = sheet.at((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
    key = f"{one.column.key}/modules {one.column.items[module.items[0]].key}"
    tip = f"{module.repeat} equal modules"
    return Box(key, "frame", x, y, *size, None, (words,), tip, ("panel",), True, within)


def _around(one: Tiered, items: Sequence[int], room: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a frame round items, with room for words above them."""
    bounds, lane = [one.bounds(item) for item in items], one.lane(items)
    left, right = min(left for left, *_ in bounds) - room, max(right for *_, right, _ in bounds) + room
    inside = any(set(items) > set(module.items) and one.lane(module.items) == lane for module in one.framed)
    above = one.heading * (1 + inside) + room / 2
    top = one.middles[lane, 0] - one.heights[lane, 0] / 2 - one.tracked(lane) - above
    return left, top, right, max(bottom for *_, bottom in bounds) + room


def _times(sheet: Sheet, one: Tiered, times: int, left: float, top: float) -> TextLine:
    letters = one.measures.text
    return TextLine(f"×{times}", *sheet.at(left, top + PANEL + one.measures.label / 2), letters, anchor="start")


def _draw_name(sheet: Sheet, one: Tiered, lane: int, words: tuple[str, ...]) -> None:
    held = tuple(one.column.key_of(item) for item, cell in enumerate(one.grid.cells) if cell.lane == lane)
    for at, line in enumerate(words):
        y = one.middles[lane, 0] + (at - (len(words) - 1) / 2) * one.measures.leading
        face: Face = "plain" if at else "bold"
        place = sheet.at(-_NAMES, y)
        sheet.texts.append(TextLine(line, *place, one.measures.label, face, "end", "faint" if at else "text", held))


def _path(sheet: Sheet, one: Tiered, link: Link, route: Route) -> Path:
    source, target = map(one.column.key_of, (link.source, link.target))
    ink, thickness = style_of(link.way)
    points = tuple(sheet.at(*point) for point in _clean(_points(one, link, route)))
    return Path(points, ink, link.is_adapted, True, thickness, source, target, link.tip, (link.way,))


def _clean(points: list[Point]) -> list[Point]:
    """Without points at which a line does not turn: an arrow's head needs the whole of its last piece."""
    found: list[Point] = []
    places = list(dict.fromkeys((round(x, 2), round(y, 2)) for x, y in points))
    for number, point in enumerate(places):
        following = places[number + 1] if number + 1 < len(places) else None
        if not (found and following and found[-1][1] == point[1] == following[1]):
            found.append(point)
    return found


def _points(one: Tiered, link: Link, route: Route) -> list[Point]:
    (x, y), (end_x, end_y) = one.middle(link.source), one.middle(link.target)
    aside = _ASIDE * link.is_adapted
    _, top, right, bottom = one.bounds(link.source)
    left, end_top, _, end_bottom = one.bounds(link.target)
    if route.form == "fall":
        return [(x, bottom), (x, end_y + aside), (left, end_y + aside)]
    if route.form == "rise":
        return [(right, y + aside), (end_x, y + aside), (end_x, end_bottom)]
    if route.form == "arch":
        room = min(one.sizes[end][0] for end in (link.source, link.target)) / 4
        off = 0.0 if link.is_adapted else min(_ASIDE + 1, room)
        high = one.track(route.lane, route.row)
        return [(x + off, top), (x + off, high), (end_x - off, high), (end_x - off, end_top)]
    return [(right, y + aside), *_slanted(one, link, route, aside), (left, end_y + aside)]


def _slanted(one: Tiered, link: Link, route: Route, aside: float) -> list[Point]:
    """Where a line begins and ceases to slant: at the edges of columns, so that it does so in gaps alone."""
    source, target = one.grid.cells[link.source], one.grid.cells[link.target]
    leaves = one.columns.rights[source.column], one.middles[source[1:]] + aside
    enters = one.columns.lefts[target.column], one.middles[target[1:]] + aside
    if route.form == "straight":
        return [leaves, enters]
    across = one.track(route.lane, route.row) if route.form == "track" else one.middles[route.lane, route.row]
    starts, stops = one.columns.lefts[source.column + 1], one.columns.rights[target.column - 1]
    return [leaves, (starts, across), (stops, across), enters]
