"""Measures what a reader would call broken in a figure of volumes: words upon words, planes or lines, and such.

It works on the geometry alone; a solid is what its planes cover, everything else its bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from resnet_dsl.targets.figure.layout.geometry import Geometry

SLACK = 0.4


def faults(geometry: Geometry) -> list[str]:
    return [*_outside(geometry), *_meetings(geometry)]


def _shapes(geometry: Geometry) -> Iterator[tuple[str, str, tuple]]:
    """What is drawn, piece by piece, as convex corners: whose it is, what it is."""
    for box in geometry.boxes:
        if box.planes:
            yield from ((box.key, "plane", plane.points) for plane in box.planes)
        elif box.shape != "bare":
            yield box.key, "sign", _corners(box.bounds)
        yield from ((box.key, f"words {text.words!r}", _corners(text.bounds)) for text in box.texts)
    for text in geometry.texts:
        yield f"text {text.words}", f"words {text.words!r}", _corners(text.bounds)
    for number, path in enumerate(geometry.paths):
        for start, end in pairwise(path.points):
            yield f"line {number} {path.source} {path.target}", "line", (start, end)


def _corners(bounds) -> tuple:
    left, top, right, bottom = bounds
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _outside(geometry: Geometry) -> Iterator[str]:
    for owner, what, points in _shapes(geometry):
        if any(not (0 <= x <= geometry.width and 0 <= y <= geometry.height) for x, y in points):
            yield f"{what} of {owner} lies outside the figure"


def _meetings(geometry: Geometry) -> Iterator[str]:
    shapes = sorted(_shapes(geometry), key=lambda shape: min(x for x, _ in shape[2]))
    active: list = []
    for shape in shapes:
        left = min(x for x, _ in shape[2])
        active = [other for other in active if max(x for x, _ in other[2]) > left]
        yield from (_told(shape, other) for other in active if _wrong(shape, other) and _meet(shape[2], other[2]))
        active.append(shape)


def _told(one, other) -> str:
    return f"{one[1]} of {one[0]} meets {other[1]} of {other[0]}"


def _wrong(one, other) -> bool:
    """Planes of one solid touch, lines cross, a sign has its word inside; nothing else may meet."""
    kinds = {one[1].split()[0], other[1].split()[0]}
    own = one[0] == other[0] and kinds in ({"plane"}, {"sign", "words"})
    return kinds != {"line"} and not own


def _meet(one, other) -> bool:
    """Whether two convex shapes overlap by more than the slack: no line between them parts them."""
    return all(_overlap(axis, one, other) > SLACK for axis in (*_normals(one), *_normals(other)))


def _normals(points) -> Iterator[tuple[float, float]]:
    for (a, b), (c, d) in pairwise((*points, points[0])):
        length = ((a - c) ** 2 + (b - d) ** 2) ** 0.5
        if length:
            yield (d - b) / length, (a - c) / length
            if len(points) == 2:
                yield (c - a) / length, (d - b) / length


def _overlap(axis, one, other) -> float:
    """A line has no breadth: it is as much inside as it is away from the edge."""
    first, second = ([x * axis[0] + y * axis[1] for x, y in points] for points in (one, other))
    return min(max(first) - min(second), max(second) - min(first))
