"""Where lines meet boxes, for editors in which a line is held by the boxes that it joins."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import NamedTuple

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Within

_TOUCH = 1.0
"""Points between a line's end and what it touches."""


class Joint(NamedTuple):
    """A line with the boxes that it joins, and its corners from the border of the first one on."""

    source: Box
    target: Box
    points: tuple[Point, ...]


class Joints:
    """Finds the boxes that lines join: by their keys, or, of lines inside an item, by what they touch there."""

    def __init__(self, geometry: Geometry) -> None:
        self._keys = {box.key: box for box in geometry.boxes}
        self._inside: dict[Within, list[Box]] = {}
        for box in geometry.boxes:
            if box.shape not in ("frame", "bare"):
                self._inside.setdefault(box.within, []).append(box)

    def of(self, path: Path) -> Joint | None:
        """None where a line joins no boxes: brackets and the legend's."""
        source, target = self._ends(path)
        return Joint(source, target, _from_border(path.points, source)) if source and target else None

    def _ends(self, path: Path) -> tuple[Box | None, Box | None]:
        if path.source:
            return self._keys[path.source], self._keys[path.target]
        if not path.within:
            return None, None
        return self._touched(path.points[0], path.within), self._touched(path.points[-1], path.within)

    def _touched(self, point: Point, within: Within) -> Box | None:
        near = (box for box in self._inside.get(within, ()) if dist(point, _nearest(point, box)) < _TOUCH)
        return next(near, None)


def _from_border(points: tuple[Point, ...], source: Box) -> tuple[Point, ...]:
    """Where a line begins on another one, behind its source, it is led along that one."""
    border = _nearest(points[0], source)
    return points if dist(border, points[0]) < _TOUCH else (border, *points)


def _nearest(point: Point, box: Box) -> Point:
    left, top, right, bottom = box.bounds
    return min(max(point[0], left), right), min(max(point[1], top), bottom)


def within(point: Point, bounds: tuple[float, float, float, float]) -> Point:
    """Where a point stands in a rectangle: parts of its width and its height, from the upper left corner."""
    left, top, right, bottom = bounds
    return (point[0] - left) / ((right - left) or 1.0), (point[1] - top) / ((bottom - top) or 1.0)


def is_orthogonal(points: tuple[Point, ...]) -> bool:
    """Whether all its pieces go across or down."""
    return all(min(abs(x - u), abs(y - v)) < _TOUCH for (x, y), (u, v) in pairwise(points))
