"""Straight pieces with rounded corners, as the cubic curves that Graphviz and SVG draw."""

from __future__ import annotations

from math import dist, hypot

from resnet_dsl.targets.figure.layout.geometry import Path, Point

ARROW = 6.0
"""Length of an arrowhead in points."""
_CIRCLE = 0.5523
"""Where the control points of a cubic lie that draws a quarter of a circle."""


def tip_and_rest(path: Path) -> tuple[Point | None, tuple[Point, ...]]:
    """The arrow's tip, and the points of the line that ends where the arrowhead begins."""
    if not path.arrow:
        return None, path.points
    before, tip = path.points[-2:]
    length = dist(before, tip)
    back = min(ARROW, length * 0.9)
    start = _towards(tip, before, back)
    return tip, (*path.points[:-1], start)


def spline(points: tuple[Point, ...], radius: float) -> list[Point]:
    """Start, then three points a piece (two controls and an end)."""
    result = [points[0]]
    for number in range(1, len(points)):
        corner = points[number]
        if number == len(points) - 1:
            _line(result, corner)
            continue
        before, after = points[number - 1], points[number + 1]
        room = min(radius, dist(before, corner) / (2 if number > 1 else 1), _half(points, number, corner, after))
        enter, leave = _towards(corner, before, room), _towards(corner, after, room)
        _line(result, enter)
        result += [_mix(enter, corner), _mix(leave, corner), leave]
    return result


def _half(points: tuple[Point, ...], number: int, corner: Point, after: Point) -> float:
    return dist(corner, after) / (2 if number < len(points) - 2 else 1)


def _line(result: list[Point], end: Point) -> None:
    start = result[-1]
    result += [_towards(start, end, dist(start, end) / 3), _towards(end, start, dist(start, end) / 3), end]


def _mix(start: Point, corner: Point) -> Point:
    return start[0] + (corner[0] - start[0]) * _CIRCLE, start[1] + (corner[1] - start[1]) * _CIRCLE


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = hypot(end[0] - start[0], end[1] - start[1])
    if whole == 0:
        return start
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole
