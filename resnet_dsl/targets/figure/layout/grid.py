"""Where the items of a network in lanes stand to each other, and which way each link takes between them.

A column for each step of the longest path, rows within a lane where several items stand below each other. A link runs
along rows and tracks in which nothing stands, and from one to another in the gaps between columns: none crosses a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.targets.figure.outline.outline import Column, Link


class Cell(NamedTuple):
    """Where an item stands."""

    column: int
    lane: int
    row: int


Form: TypeAlias = Literal["straight", "fall", "rise", "run", "arch", "track"]
"""``straight``: to the next column, or along a free row. ``fall``: down out of an item and along the row of the other.
``rise``: along its own row and up into the other. ``run``: along a free row between two gaps; ``track``: along a line
above the lane, and so is ``arch``, from the top of one to the top of the other."""


class Route(NamedTuple):
    """The way of a link; lane and row of what it runs along, of a track its number from the lowest one."""

    form: Form
    lane: int
    row: int


@dataclass(frozen=True)
class Grid:
    """cells: of the items. routes: of the links. rows, tracks: how many each lane has."""

    cells: tuple[Cell, ...]
    routes: tuple[Route, ...]
    rows: tuple[int, ...]
    tracks: tuple[int, ...]

    @property
    def columns(self) -> int:
        return max(cell.column for cell in self.cells) + 1


def arrange(column: Column) -> Grid:
    cells = _cells(column)
    rows = [0] * len(column.sections)
    for cell in cells:
        rows[cell.lane] = max(rows[cell.lane], cell.row + 1)
    router = _Router(cells, rows)
    order = sorted(range(len(column.links)), key=lambda number: router.effort(column.links[number]))
    found = {number: router.route(column.links[number]) for number in order}
    routes = tuple(found[number] for number in range(len(column.links)))
    return Grid(tuple(cells), routes, tuple(rows), tuple(map(len, router.tracks)))


def _cells(column: Column) -> list[Cell]:
    """The main path in the first rows; what else there is goes on in the row of what it reads, or below."""
    columns = _columns(column)
    main = {end for link in column.links if link.way == "main" for end in (link.source, link.target)}
    main |= {link.target for link in column.links if link.target in main}
    cells: dict[int, Cell] = {}
    taken: set[Cell] = set()
    for item in sorted(range(len(columns)), key=lambda item: (item not in main, columns[item], item)):
        lane = column.items[item].section
        before = [cells[link.source] for link in column.links if link.target == item and link.source in cells]
        rows = [cell.row for cell in before if cell.lane == lane and _passes(cell, columns[item], taken)]
        free = (row for row in range(len(taken) + 1) if Cell(columns[item], lane, row) not in taken)
        cells[item] = Cell(columns[item], lane, rows[0] if rows and item not in main else next(free))
        taken.add(cells[item])
    return [cells[item] for item in range(len(columns))]


def _passes(start: Cell, column: int, taken: set[Cell]) -> bool:
    """Whether a row is free behind a cell up to a column."""
    return all(start._replace(column=other) not in taken for other in range(start.column + 1, column + 1))


def _columns(column: Column) -> list[int]:
    """The longest path to each item; modules begin in one column, an input stands right before what reads it first."""
    depth, begins = _depths(column, {}), dict[int, int]()
    for module in column.modules:
        fed = {link.target for link in column.links if link.source in module.items}
        entered = [item for item in module.items if item not in fed]
        begins |= dict.fromkeys(entered, max((depth[item] for item in entered), default=0))
        depth = _depths(column, begins)
    read = {link.target for link in column.links}
    for item in (item for item in range(len(depth)) if item not in read):
        readers = [depth[link.target] for link in column.links if link.source == item]
        depth[item] = min(readers, default=1) - 1
    return depth


def _depths(column: Column, begins: Mapping[int, int]) -> list[int]:
    """The longest path to each item; ``begins``: of some the least."""
    depth = [begins.get(item, 0) for item in range(len(column.items))]
    for link in sorted(column.links, key=lambda link: link.target):
        depth[link.target] = max(depth[link.target], depth[link.source] + 1)
    return depth


_Line: TypeAlias = tuple[int, bool]
"""What may lie upon itself: the lines from one item, the dashed ones apart."""


class _Router:
    """Finds ways, the easy ones first, and keeps what is taken by then."""

    def __init__(self, cells: list[Cell], rows: list[int]) -> None:
        self.cells, self.rows = cells, rows
        self.taken = set(cells)
        self.runs: dict[tuple[int, int], list[tuple[int, int, _Line]]] = {}
        self.tracks: list[list[list[tuple[int, int, _Line]]]] = [[] for _ in rows]
        self.below: dict[int, _Line] = {}
        """What leaves or enters an item from below."""

    def effort(self, link: Link) -> tuple[int, bool, bool]:
        """In what order ways are looked for: short ones first, of those the ones that stay in their row."""
        source, target = self.cells[link.source], self.cells[link.target]
        return target.column - source.column, source[1:] != target[1:], link.is_adapted

    def route(self, link: Link) -> Route:
        line = link.source, link.is_adapted
        source, target = self.cells[link.source], self.cells[link.target]
        found = next(self._possible(link, line, source, target))
        if found.form in ("track", "arch"):
            self._take_track(found, (source.column, target.column, line))
        elif found.form != "straight" or source[1:] == target[1:]:
            self.runs.setdefault((found.lane, found.row), []).append((source.column, target.column, line))
        if found.form in ("fall", "rise"):
            self.below[link.source if found.form == "fall" else link.target] = line
        return found

    def _possible(self, link: Link, line: _Line, source: Cell, target: Cell) -> Iterator[Route]:
        if source[1:] == target[1:] and self._free(source, target, target[1:], line):
            yield Route("straight", *target[1:])
        if self.below.get(link.source, line) == line and self._falls(source, target, line):
            yield Route("fall", *target[1:])
        if self.below.get(link.target, line) == line and self._rises(source, target, line):
            yield Route("rise", *source[1:])
        if target.column == source.column + 1:
            yield Route("straight", *target[1:])
        for row in self._rows_between(source, target):
            if self._free(source, target, row, line):
                yield Route("run", *row)
        form: Form = "arch" if source.lane == target.lane and source.row == target.row == 0 else "track"
        yield Route(form, target.lane, self._track(target.lane, (source.column, target.column, line)))

    def _rows_between(self, source: Cell, target: Cell) -> Iterator[tuple[int, int]]:
        """The row of the target, that of the source, and the others of the target's lane."""
        yield from {(target.lane, target.row): None, (source.lane, source.row): None}
        yield from ((target.lane, row) for row in range(self.rows[target.lane]) if row != target.row)

    def _free(self, source: Cell, target: Cell, row: tuple[int, int], line: _Line) -> bool:
        """Whether nothing stands in a row between two columns, and nothing else runs there."""
        between = range(source.column + 1, target.column)
        taken = any(Cell(column, *row) in self.taken for column in between)
        return not taken and _alone((source.column, target.column, line), self.runs.get(row, ()))

    def _falls(self, source: Cell, target: Cell, line: _Line) -> bool:
        corner = target._replace(column=source.column)
        below = target[1:] > source[1:] and corner not in self.taken
        return below and self._clear(source.column, source, target) and self._free(source, target, target[1:], line)

    def _rises(self, source: Cell, target: Cell, line: _Line) -> bool:
        corner = source._replace(column=target.column)
        below = target[1:] < source[1:] and corner not in self.taken
        return below and self._clear(target.column, target, source) and self._free(source, target, source[1:], line)

    def _clear(self, column: int, upper: Cell, lower: Cell) -> bool:
        """Whether nothing stands in a column between two rows."""
        return not any(cell.column == column and upper[1:] < cell[1:] < lower[1:] for cell in self.taken)

    def _track(self, lane: int, run: tuple[int, int, _Line]) -> int:
        """The lowest track above a lane in which nothing else runs there."""
        free = (number for number, taken in enumerate(self.tracks[lane]) if _alone(run, taken))
        return next(free, len(self.tracks[lane]))

    def _take_track(self, found: Route, run: tuple[int, int, _Line]) -> None:
        tracks = self.tracks[found.lane]
        if found.row == len(tracks):
            tracks.append([])
        tracks[found.row].append(run)


def _alone(run: tuple[int, int, _Line], others: Iterable[tuple[int, int, _Line]]) -> bool:
    """Whether none of the others runs between the same columns, but what comes from the same item."""
    start, end, line = run
    return all(other == line or last <= start or first >= end for first, last, other in others)
