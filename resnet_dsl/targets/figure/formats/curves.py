"""Straight pieces with rounded corners, as the cubic curves that DOT and SVG have, and numbers as both write them."""

from __future__ import annotations

from collections.abc import Iterator
from math import dist

from resnet_dsl.targets.figure.layout.geometry import Path, Point

_SLIM = 5 / 12
"""Half of the width of an arrowhead, over its length."""
_CIRCLE = 0.5523
"""Where the control points of a cubic lie that draws a quarter of a circle."""


def tip_and_rest(path: Path) -> tuple[Point | None, tuple[Point, ...]]:
    """The arrow's tip, and the points of the line that ends where the arrowhead begins."""
    if not path.arrow:
        return None, path.points
    before, tip = path.points[-2:]
    length = dist(before, tip)
    back = min(path.head, length * 0.9)
    start = _towards(tip, before, back)
    return tip, (*path.points[:-1], start)


def arrowhead(base: Point, tip: Point, head: float) -> tuple[Point, Point, Point]:
    """The corners of an arrow's head, which stands on the end of its line; ``head``: how long it is by itself."""
    along = tip[0] - base[0], tip[1] - base[1]
    length = dist(base, tip) or 1.0
    across = -along[1] / length * head * _SLIM, along[0] / length * head * _SLIM
    return (base[0] + across[0], base[1] + across[1]), tip, (base[0] - across[0], base[1] - across[1])


def decimal(value: float) -> str:
    """At most two digits behind the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def corners(points: tuple[Point, ...], radius: float) -> Iterator[tuple[Point, Point, Point, Point]]:
    """Each corner as a curve: where it begins, two controls, where it ends; two share the piece between them."""
    last = len(points) - 2
    for number, (before, corner, after) in enumerate(zip(points, points[1:], points[2:], strict=False), 1):
        room = min(
            radius, dist(before, corner) / (1 if number == 1 else 2), dist(corner, after) / (1 if number == last else 2)
        )
        enter, leave = _towards(corner, before, room), _towards(corner, after, room)
        yield enter, _mix(enter, corner), _mix(leave, corner), leave


def spline(points: tuple[Point, ...], radius: float) -> list[Point]:
    """Start, then three points a piece (two controls and an end)."""
    result = [points[0]]
    for enter, *curve in corners(points, radius):
        _line(result, enter)
        result += curve
    _line(result, points[-1])
    return result


def _line(result: list[Point], end: Point) -> None:
    start = result[-1]
    result += [_towards(start, end, dist(start, end) / 3), _towards(end, start, dist(start, end) / 3), end]


def _mix(start: Point, corner: Point) -> Point:
    return start[0] + (corner[0] - start[0]) * _CIRCLE, start[1] + (corner[1] - start[1]) * _CIRCLE


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = dist(start, end)
    if whole == 0:
        return start
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole
