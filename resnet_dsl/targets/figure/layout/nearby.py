"""Named rectangles, and what lies near a place, without a look at everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import hypot
from typing import Literal, NamedTuple, TypeAlias

Bounds: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Axis: TypeAlias = Literal[0, 1]
"""Across the page, down the page."""
At: TypeAlias = Literal[-1, 0, 1]
"""The low edge of a thing on an axis (left, top), its middle, the high edge."""

AXES: tuple[Axis, Axis] = (0, 1)
EXACT = 0.06
"""Points that count as none: coordinates are rounded to hundredths, once for each thing."""
_CELL = 120.0


class Spot(NamedTuple):
    """A rectangle that has a name."""

    name: str
    bounds: Bounds
    shape: str = ""

    @property
    def is_point(self) -> bool:
        return self.bounds[0] == self.bounds[2] and self.bounds[1] == self.bounds[3]

    @property
    def area(self) -> float:
        return (self.bounds[2] - self.bounds[0]) * (self.bounds[3] - self.bounds[1])

    def edge(self, axis: Axis, at: At) -> float:
        low, high = self.bounds[axis], self.bounds[axis + 2]
        return {-1: low, 0: (low + high) / 2, 1: high}[at]

    def distance(self, other: Bounds) -> float:
        """Between the nearest points of two rectangles."""
        left, top, right, bottom = self.bounds
        across = max(left - other[2], other[0] - right, 0.0)
        return hypot(across, max(top - other[3], other[1] - bottom, 0.0))


class Nearby:
    """Finds what lies near a rectangle, without a look at everything."""

    def __init__(self, spots: Iterable[Spot] = ()) -> None:
        self._cells: dict[tuple[int, int], list[Spot]] = defaultdict(list)
        self._reach = [0, 0, 0, 0]
        self._any = False
        for spot in spots:
            self.add(spot)

    def add(self, spot: Spot) -> None:
        left, top, right, bottom = _cells(spot.bounds)
        reach = self._reach
        self._reach = (
            [min(reach[0], left), min(reach[1], top), max(reach[2], right), max(reach[3], bottom)]
            if self._any
            else [left, top, right, bottom]
        )
        self._any = True
        for cell in _covered((left, top, right, bottom)):
            self._cells[cell].append(spot)

    def touching(self, bounds: Bounds) -> list[Spot]:
        """What meets a rectangle, in the order in which it was added, nearly."""
        found = {
            spot.name: spot for cell in _covered(self._within(_cells(bounds))) for spot in self._cells.get(cell, ())
        }
        return [spot for spot in found.values() if spot.distance(bounds) <= EXACT]

    def around(self, bounds: Bounds) -> list[Spot]:
        """Those near a rectangle: of its own and the neighbouring cells, or of further ones where these are empty."""
        if not self._any:
            return []
        reach = 1
        while True:
            left, top, right, bottom = _cells(bounds)
            wide = self._within((left - reach, top - reach, right + reach, bottom + reach))
            found = {spot.name: spot for cell in _covered(wide) for spot in self._cells.get(cell, ())}
            if found or list(wide) == self._reach:
                return list(found.values())
            reach *= 2

    def nearest(self, bounds: Bounds) -> Spot | None:
        """Of several that it touches the smallest."""

        def order(spot: Spot) -> tuple[float, float]:
            apart = spot.distance(bounds)
            return apart if apart > EXACT else 0.0, spot.area

        return min(self.around(bounds), key=order, default=None)

    def _within(self, cells: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        low = self._reach
        return max(cells[0], low[0]), max(cells[1], low[1]), min(cells[2], low[2]), min(cells[3], low[3])


def _cells(bounds: Bounds) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(value // _CELL) for value in bounds)
    return left, top, right, bottom


def _covered(cells: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = cells
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def joined(all_bounds: Iterable[Bounds]) -> Bounds:
    """The smallest rectangle around others; there is one at least."""
    lefts, tops, rights, bottoms = zip(*all_bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
