"""Where the columns of a figure by lanes stand, one a step of the longest path.

Usually one behind the other. Dense ones reach over each other where they hold nothing in the same row and no line
slants between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from resnet_dsl.targets.figure.layout.grid import Grid, Route
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.outline.outline import Link

_SLANT = 14.0
"""More room between columns for lines that change rows there."""
_STEEP = 8.0
"""The same where columns are dense."""
PANEL = 5.0
"""From what stands in a panel to its border."""
_ARROW = 11.0
"""A line that turns at an item's middle is at least so long behind that."""
_BESIDE = 5.0
"""From a line that goes up or down to what stands beside it."""

_Row = tuple[int, int]
"""A lane and a row of it."""


@dataclass(frozen=True)
class Columns:
    """panels: the items of each; all numbers count from the left of the first column."""

    grid: Grid
    links: Sequence[Link]
    sizes: Sequence[tuple[float, float]]
    panels: Mapping[str, Sequence[int]]
    measures: Measures
    dense: bool

    @cached_property
    def widths(self) -> list[float]:
        """Of each column."""
        found = [0.0] * self.grid.columns
        for cell, size in zip(self.grid.cells, self.sizes, strict=True):
            found[cell.column] = max(found[cell.column], size[0])
        return found

    @cached_property
    def middles(self) -> list[float]:
        if self.dense:
            return list(_Dense(self).middles())
        steps = (wide + gap for wide, gap in zip(self.widths, self.gaps, strict=True))
        lefts = accumulate(steps, initial=0.0)
        return [left + wide / 2 for left, wide in zip(lefts, self.widths, strict=False)]

    @cached_property
    def lefts(self) -> list[float]:
        """Where something of a column, or of a later one, begins."""
        own = [middle - wide / 2 for middle, wide in zip(self.middles, self.widths, strict=True)]
        return list(accumulate(reversed(own), min))[::-1]

    @cached_property
    def rights(self) -> list[float]:
        """Where all of a column, and of those before it, has ended."""
        own = (middle + wide / 2 for middle, wide in zip(self.middles, self.widths, strict=True))
        return list(accumulate(own, max))

    @cached_property
    def gaps(self) -> list[float]:
        """Behind each column."""
        least = self.measures.gap + self.measures.wide
        gaps = [least] * self.grid.columns
        for gap, lanes in self.slants:
            gaps[gap] = max(gaps[gap], least + (_STEEP if self.dense else _SLANT) * min(lanes, 3) ** 0.5)
        for start, end in self.spans:
            for gap in (start - 1, end):
                gaps[gap] += PANEL if gap >= 0 else 0.0
        return gaps

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The first and the last column of each panel."""
        columns = [[self.grid.cells[item].column for item in items] for items in self.panels.values()]
        return [(min(own), max(own)) for own in columns]

    @cached_property
    def slants(self) -> list[tuple[int, int]]:
        """The gaps in which links change rows, and over how many lanes."""
        pairs = zip(self.links, self.grid.routes, strict=True)
        return [slant for link, route in pairs for slant in self._slants(link, route)]

    def _slants(self, link: Link, route: Route) -> Iterator[tuple[int, int]]:
        source, target = self.grid.cells[link.source], self.grid.cells[link.target]
        across = {"straight": source[1:] != target[1:], "run": True, "track": True}.get(route.form, False)
        if across and route.form == "straight":
            yield source.column, max(abs(source.lane - target.lane), 1)
        elif across:
            yield source.column, max(abs(source.lane - route.lane), 1)
            yield target.column - 1, max(abs(target.lane - route.lane), 1)


class _Dense:
    """Each column as far left as rows, arrows, slanting lines and panels let it."""

    def __init__(self, columns: Columns) -> None:
        self.columns, self.grid = columns, columns.grid
        self.least = columns.measures.gap + columns.measures.wide
        self.reach: list[dict[_Row, float]] = [{} for _ in columns.widths]
        self._of_items()
        self._of_lines()
        self._of_panels()
        inside = {gap for start, end in columns.spans for gap in range(start, end)}
        self.whole = inside | {gap for gap, _ in columns.slants}

    def _take(self, column: int, row: _Row, half: float) -> None:
        """A column takes so much of a row on both sides of its middle."""
        self.reach[column][row] = max(self.reach[column].get(row, 0.0), half)

    def _of_items(self) -> None:
        for cell, size in zip(self.grid.cells, self.columns.sizes, strict=True):
            self._take(cell.column, cell[1:], size[0] / 2)

    def _of_lines(self) -> None:
        """What goes up or down in the middle of a column."""
        for link, route in zip(self.columns.links, self.grid.routes, strict=True):
            source, target = self.grid.cells[link.source], self.grid.cells[link.target]
            if route.form in ("fall", "rise"):
                column = source.column if route.form == "fall" else target.column
                low, high = sorted((source[1:], target[1:]))
                for row in self._rows(low, high):
                    self._take(column, row, _BESIDE)

    def _of_panels(self) -> None:
        for items, span in zip(self.columns.panels.values(), self.columns.spans, strict=True):
            rows = [self.grid.cells[item][1:] for item in items]
            lanes = min(rows)[0], max(rows)[0]
            for row in self._rows((lanes[0], 0), (lanes[1], self.grid.rows[lanes[1]] - 1)):
                for column in span:
                    self._take(column, row, self.columns.widths[column] / 2 + PANEL)

    def _rows(self, low: _Row, high: _Row) -> Iterator[_Row]:
        every = ((lane, row) for lane, rows in enumerate(self.grid.rows) for row in range(rows))
        return (row for row in every if low <= row <= high)

    def middles(self) -> Iterator[float]:
        found: list[float] = []
        floor = right = 0.0
        for column, wide in enumerate(self.columns.widths):
            middle = max(floor + wide / 2, self._behind(found), self._behind_arrows(column, found))
            found.append(middle)
            right = max(right, middle + wide / 2)
            if column in self.whole:
                floor = right + self.columns.gaps[column]
            yield middle

    def _behind(self, found: list[float]) -> float:
        """Right of all columns that take something of the same row."""
        own = self.reach[len(found)]
        pairs = ((middle, self.reach[one]) for one, middle in enumerate(found))
        return max(
            (middle + taken[row] + self.least + own[row] for middle, taken in pairs for row in own if row in taken),
            default=0.0,
        )

    def _behind_arrows(self, column: int, found: list[float]) -> float:
        """As far right as lines that turn into the column, or in it, need for their arrows."""
        ends = [found[-1] + _ARROW] if found else [0.0]
        for link, route in zip(self.columns.links, self.grid.routes, strict=True):
            before = self.grid.cells[link.source].column
            if self.grid.cells[link.target].column == column and route.form in ("fall", "rise"):
                turned = link.target if route.form == "fall" else link.source
                ends.append(found[before] + _ARROW + self.columns.sizes[turned][0] / 2)
        return max(ends)
