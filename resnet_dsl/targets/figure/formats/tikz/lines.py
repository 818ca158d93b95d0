"""Lines by the boxes that they join: where they turn is said by what they go around."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from resnet_dsl.targets.figure.formats.tikz.places import Places
from resnet_dsl.targets.figure.formats.tikz.spots import Tie, TikzUnit, tied
from resnet_dsl.targets.figure.formats.tikz.styles import Styles
from resnet_dsl.targets.figure.layout.geometry import Path, Point
from resnet_dsl.targets.figure.layout.nearby import AXES, EXACT, At, Axis, Bounds, Spot

_REACHES = (30.0, 120.0, 480.0)
"""How far from a line to look for what it goes around."""
_ALIKE = 1.0
"""Points between edges that are taken as one."""


class TikzRoute(NamedTuple):
    """A line in TikZ's words. shortest: of its straight pieces, between whose ends corners are rounded."""

    words: str
    shortest: float


class LineRouter:
    """Says where lines go."""

    def __init__(self, places: Places, styles: Styles, unit: TikzUnit) -> None:
        self.places = places
        self.styles = styles
        self.unit = unit
        self._box_of = {node.box.key: node.box for node in places.nodes if node.box}
        self._of_key = {node.box.key: node.spot for node in places.nodes if node.box}

    def written(self, path: Path, on: list[str]) -> str:
        """``on``: options that say from when on it is seen."""
        words, shortest = self.route(path)
        radius = min(path.radius, shortest / 2)
        usual = len(path.points) < 3 or abs(radius - self.styles.radius) <= EXACT
        return self.drawn(path, words, [*([] if usual else [f"rounded corners={self.unit.length(radius)}"]), *on])

    def drawn(self, path: Path, words: str, options: list[str]) -> str:
        """A line that goes where the words say."""
        return rf"\draw[{', '.join([self.styles.of_line(path), *options])}] {words};"

    def route(self, path: Path) -> TikzRoute:
        points = _turns(path.points)
        start, end = self._end(path.source, points[0]), self._end(path.target, points[-1])
        if start is None or end is None:
            return TikzRoute(" -- ".join(f"({self.unit.length(x)},{self.unit.length(-y)})" for x, y in points), 0.0)
        upright = [_axis(one, other) for one, other in pairwise(points)]
        if len(points) == 2 and None not in upright and _faces(points[0], start) and _faces(points[1], end):
            return TikzRoute(self._straight(path, start, end), _length(*points))
        if None in upright or any(one == other for one, other in pairwise(upright)):
            return self._free(points, start, end)
        return self._turning(points, start, end)

    def _end(self, key: str, point: Point) -> Spot | None:
        return self._of_key[key] if key in self._of_key else self.places.spots.nearest((*point, *point))

    def _straight(self, path: Path, start: Spot, end: Spot) -> str:
        """From middle to middle; a frame's may move: it is left and entered where the boxes in line with it stand."""
        axis: Axis = 0 if abs(path.points[0][0] - path.points[-1][0]) <= EXACT else 1
        lane = next((spot for spot in (start, end, self._lane(path, axis)) if spot and spot.shape != "frame"), None)
        if lane is None or "frame" not in (start.shape, end.shape):
            return f"({start.name}) -- ({end.name})"
        sides: tuple[At, At] = (1, -1) if path.points[-1][1 - axis] > path.points[0][1 - axis] else (-1, 1)
        return " -- ".join(self._side(spot, axis, at, lane) for spot, at in zip((start, end), sides, strict=True))

    def _lane(self, path: Path, axis: Axis) -> Spot | None:
        box = self._box_of.get(path.source)
        return self.places.lane(box, axis) if box else None

    def _side(self, spot: Spot, axis: Axis, at: At, lane: Spot) -> str:
        if spot.shape != "frame":
            return f"({spot.name})"
        return self._at(axis, Tie(lane, 0, 0.0), Tie(spot, at, 0.0))

    def _free(self, points: list[Point], start: Spot, end: Spot) -> TikzRoute:
        """Straight pieces in any direction."""
        middle = [self.unit.point(point, self._end("", point) or start) for point in points[1:-1]]
        said = [self.unit.point(points[0], start), *middle, self.unit.point(points[-1], end)]
        return TikzRoute(" -- ".join(said), min(_length(*pair) for pair in pairwise(points)))

    def _turning(self, points: list[Point], start: Spot, end: Spot) -> TikzRoute:
        """Pieces along the axes: the first ones by their lengths, the last three by what they go around."""
        words = self.unit.point(points[0], start)
        shortest = min(_length(*pair) for pair in pairwise(points))
        origin: Spot | None = start
        while len(points) > 4:
            (x, y), (a, b) = points[:2]
            words += f" -- ++({self._moved(a - x)},{self._moved(y - b)})"
            points, origin = points[1:], None
        last = self.unit.point(points[-1], end)
        first = _axis(points[0], points[1])
        turn = ("-|", "|-") if first == 0 else ("|-", "-|")
        if len(points) == 2:
            return TikzRoute(f"{words} -- {last}", shortest)
        if len(points) == 3:
            return TikzRoute(f"{words} {turn[0]} {last}", shortest)
        return self._around(words, points, turn, (origin, end), shortest)

    def _around(
        self, words: str, points: list[Point], turn: tuple[str, str], ends: tuple[Spot | None, Spot], shortest: float
    ) -> TikzRoute:
        """Out, along, and back in: where it goes along is said by what lies beside it, by one name where that does."""
        axis: Axis = 0 if turn[0] == "-|" else 1
        other: Axis = 1 if axis == 0 else 0
        low, high = sorted((points[1][other], points[2][other]))
        last = self.unit.point(points[-1], ends[1])
        beside = self._beside(axis, points[1][axis], low, high)
        if beside is None:
            moved = points[1][axis] - points[0][axis]
            step = f"({self._moved(moved)},0)" if axis == 0 else f"(0,{self._moved(-moved)})"
            return TikzRoute(f"{words} -- ++{step} {turn[1]} {last}", shortest)
        tie, middle = tied(points[1][axis], beside, axis), beside.edge(other, 0)
        room = min(middle - low, high - middle)
        if room >= min(7.0, (high - low) / 3) or ends[0] is None:
            at = Tie(beside, 0, 0.0) if room > 0 else Tie(beside, 0, (low + high) / 2 - middle)
            return TikzRoute(
                f"{words} {turn[0]} {self._at(axis, tie, at)} {turn[1]} {last}",
                min(shortest, max(room, 0.0) or (high - low) / 2),
            )
        corners = [
            self._at(axis, tie, tied(point[other], spot, other))
            for point, spot in zip((points[0], points[-1]), (ends[0], ends[1]), strict=True)
        ]
        return TikzRoute(" -- ".join([words, *corners, last]), shortest)

    def _at(self, axis: Axis, along: Tie, other: Tie) -> str:
        return self.unit.place(along, other) if axis == 0 else self.unit.place(other, along)

    def _beside(self, axis: Axis, value: float, low: float, high: float) -> Spot | None:
        """What a line runs beside: the nearest box or part of the network on either side of it."""
        for reach in _REACHES:
            strip = (value - reach, low, value + reach, high)
            bounds: Bounds = strip if axis == 0 else (strip[1], strip[0], strip[3], strip[2])
            near = [*self.places.spots.touching(bounds), *self.places.parts.touching(bounds)]
            apart = [(gap, spot) for spot in near if (gap := _gap(spot, axis, value)) is not None]
            if apart:
                least = min(gap for gap, _ in apart)
                alike = [spot for gap, spot in apart if gap <= least + _ALIKE]
                return min(alike, key=lambda spot: _missed(spot, axis, low, high))
        return None

    def _moved(self, value: float) -> str:
        return self.unit.length(value) if abs(value) > EXACT else "0"


def _gap(spot: Spot, axis: Axis, value: float) -> float | None:
    """Between a line and what it passes; None where it runs through."""
    low, high = spot.edge(axis, -1), spot.edge(axis, 1)
    if high <= value + EXACT:
        return max(value - high, 0.0)
    return max(low - value, 0.0) if low >= value - EXACT else None


def _missed(spot: Spot, axis: Axis, low: float, high: float) -> float:
    """How far a spot reaches beyond a piece of a line, or falls short of it."""
    along: Axis = 1 if axis == 0 else 0
    return abs(spot.edge(along, -1) - low) + abs(spot.edge(along, 1) - high)


def _faces(point: Point, spot: Spot) -> bool:
    """Whether a point is the middle of a side."""
    ties = [tied(point[axis], spot, axis) for axis in AXES]
    return all(abs(tie.shift) <= EXACT for tie in ties) and sum(tie.at == 0 for tie in ties) == 1


def _turns(points: tuple[Point, ...]) -> list[Point]:
    """A line without points that change nothing."""
    return list(_turning(points))


def _turning(points: tuple[Point, ...]) -> Iterator[Point]:
    before = points[0]
    yield before
    for point, after in pairwise(points[1:]):
        axis = _axis(before, point)
        if _length(before, point) > EXACT and (axis is None or axis != _axis(point, after)):
            yield point
            before = point
    yield points[-1]


def _axis(one: Point, other: Point) -> Axis | None:
    """The axis that a piece runs along."""
    if abs(one[1] - other[1]) <= EXACT:
        return 0
    return 1 if abs(one[0] - other[0]) <= EXACT else None


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
