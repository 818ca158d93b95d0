"""Measures what a reader would call broken: overlaps, text outside its box, lines through boxes and texts.

It works on the geometry alone and names each fault, so that an empty list means a clean figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from resnet_dsl.targets.figure.layout.geometry import Geometry

SLACK = 0.3
"""Points by which things may touch."""


def faults(geometry: Geometry) -> list[str]:
    checks = (_outside, _text_outside, _overlaps, _crossed, _shared)
    return [fault for check in checks for fault in check(geometry)]


def _things(geometry: Geometry):
    """Boxes and free texts as (bounds, name, holds others?): frames, and what is a row of plates."""
    joined = {box.key.rpartition("/")[0] for box in geometry.boxes if "leaf" in box.classes}
    for box in geometry.boxes:
        holds = box.shape == "frame" or box.key in joined
        yield box.bounds, box.key, holds
        if holds:
            yield from ((text.bounds, f"{box.key}: {text.words}", False) for text in box.texts)
    for text in geometry.texts:
        yield text.bounds, text.words, False


def _outside(geometry: Geometry) -> Iterator[str]:
    everything = [(bounds, name) for bounds, name, _ in _things(geometry)]
    everything += [((x, y, x, y), "path") for path in geometry.paths for x, y in path.points]
    for (left, top, right, bottom), name in everything:
        if left < 0 or top < 0 or right > geometry.width or bottom > geometry.height:
            yield f"{name!r} lies outside the figure"


def _text_outside(geometry: Geometry) -> Iterator[str]:
    for box in geometry.boxes:
        for text in box.texts:
            if not _inside(text.bounds, box.bounds):
                yield f"{text.words!r} is wider than its box {box.key!r}"


def _inside(inner, outer) -> bool:
    return (
        inner[0] >= outer[0] - SLACK
        and inner[1] >= outer[1] - SLACK
        and inner[2] <= outer[2] + SLACK
        and inner[3] <= outer[3] + SLACK
    )


def _meet(one, other) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > SLACK and down > SLACK


def _pairs(things):
    """Pairs whose vertical extents meet: a sweep from top to bottom."""
    active = []
    for thing in sorted(things, key=lambda thing: thing[0][1]):
        active = [other for other in active if other[0][3] > thing[0][1]]
        yield from ((other, thing) for other in active)
        active.append(thing)


def _overlaps(geometry: Geometry) -> Iterator[str]:
    for (one, name, frame), (other, second, framed) in _pairs(_things(geometry)):
        held = (frame and _inside(other, one)) or (framed and _inside(one, other))
        if _meet(one, other) and not held:
            yield f"{name!r} and {second!r} overlap"


def _crossed(geometry: Geometry) -> Iterator[str]:
    pieces = []
    for path in geometry.paths:
        for (a, b), (c, d) in zip(path.points, path.points[1:], strict=False):
            pieces.append(((min(a, c) - 1, min(b, d) - 1, max(a, c) + 1, max(b, d) + 1), path, True))
    panels = {box.key for box in geometry.boxes if "panel" in box.classes}
    things = [thing for thing in _things(geometry) if thing[1] not in panels]  # lines go into panels and out of them
    for one, other in _pairs([*pieces, *things]):
        if (one[2] is True and hasattr(one[1], "points")) == (other[2] is True and hasattr(other[1], "points")):
            continue
        (line, path, _), (bounds, name, frame) = (one, other) if hasattr(one[1], "points") else (other, one)
        inner = (bounds[0] + 1, bounds[1] + 1, bounds[2] - 1, bounds[3] - 1)
        if _meet(line, inner) and _cuts(path, inner) and not (frame and _inside(line, bounds)):
            yield f"a {'/'.join(path.classes)} line {path.source}-{path.target} runs through {name!r}"


def _cuts(path, bounds) -> bool:
    """Whether a piece of a line, slanted ones too, has a point in a rectangle (Liang and Barsky 1984)."""
    return any(_clipped(start, end, bounds) for start, end in pairwise(path.points))


def _clipped(start, end, bounds) -> bool:
    first, last = 0.0, 1.0
    for axis in (0, 1):
        way = end[axis] - start[axis]
        low, high = bounds[axis] - start[axis], bounds[axis + 2] - start[axis]
        if way == 0 and not low <= 0 <= high:
            return False
        if way:
            first, last = max(first, min(low / way, high / way)), min(last, max(low / way, high / way))
    return first < last


def _shared(geometry: Geometry) -> Iterator[str]:
    """Lines that lie upon each other although neither their beginning nor their end is the same, or one is dashed."""
    tracks = {}
    for path in geometry.paths:
        for (a, b), (c, d) in zip(path.points, path.points[1:], strict=False):
            if path.source:
                upright = a == c
                place, low, high = (a, min(b, d), max(b, d)) if upright else (b, min(a, c), max(a, c))
                tracks.setdefault((upright, round(place, 1)), []).append((low, high, path))
    for pieces in tracks.values():
        pieces.sort(key=lambda piece: piece[:2])
        for number, (_, high, path) in enumerate(pieces):
            for start, end, other in pieces[number + 1 :]:
                if start >= high:
                    break
                apart = path.source != other.source and path.target != other.target
                if min(high, end) - start > (3 if apart else 10 if path.dashed != other.dashed else inf):
                    yield f"lines {path.source}-{path.target} and {other.source}-{other.target} lie upon each other"
