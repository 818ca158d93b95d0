"""A line with corners as one of the connectors that Office has, which it bends by itself when a box is moved.

The forms are those of presetShapeDefinitions.xml (ECMA-376): ``bentConnector3`` goes across, down and across again; its
corners stand at shares of its frame, in 1/100,000 of the width or the height. One that begins downwards is turned by a
quarter and mirrored.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Spot: TypeAlias = tuple[int, int]
"""A place on the slide, in Office's units: 12,700 are a point."""

_STRAIGHT = "straightConnector1"
_LEAST = 12_700
"""What a frame measures at least where corners are shares of it: those of nothing are nowhere."""
_WHOLE = 100_000
_QUARTER = 5_400_000
"""A quarter of a turn."""
_MOST_CORNERS = 4


class Connector(NamedTuple):
    """form: of the preset shapes. frame: left, top, width and height, before it is turned."""

    form: str
    frame: tuple[int, int, int, int]
    turned: int = 0
    mirrored: tuple[bool, bool] = (False, False)
    corners: tuple[int, ...] = ()

    @property
    def is_straight(self) -> bool:
        return self.form == _STRAIGHT


def connector(points: Sequence[Spot]) -> Connector | None:
    """The connector that runs so; None where there is none: a slanting line with corners, or too many of them."""
    points = _cornered(points)
    if len(points) == 2:
        return _straight(*points)
    if len(points) > _MOST_CORNERS + 2 or any(x != u and y != v for (x, y), (u, v) in pairwise(points)):
        return None
    turned = points[0][0] == points[1][0]
    return _bent([(y, x) for x, y in points] if turned else points, turned)


def _cornered(points: Sequence[Spot]) -> list[Spot]:
    """Without those at which a line goes straight on."""
    kept = list(points[:1])
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        if not any(before[axis] == point[axis] == after[axis] for axis in (0, 1)):
            kept.append(point)
    return [*kept, points[-1]]


def _straight(start: Spot, end: Spot) -> Connector:
    size = abs(end[0] - start[0]), abs(end[1] - start[1])
    corner = min(start[0], end[0]), min(start[1], end[1])
    return Connector(_STRAIGHT, (*corner, *size), 0, (end[0] < start[0], end[1] < start[1]))


def _bent(points: list[Spot], turned: bool) -> Connector:
    """Of points that begin across; the frame of one that is turned lies around the same middle."""
    start, end = _apart(points)
    across, down = end[0] - start[0], end[1] - start[1]
    corners = tuple(
        round((points[at + 1][at % 2] - start[at % 2]) * _WHOLE / (down if at % 2 else across))
        for at in range(len(points) - 3)
    )
    middle = [(one + other) / 2 for one, other in zip(start, end, strict=True)]
    left, top = middle[::-1] if turned else middle
    wide, tall = abs(across), abs(down)
    frame = (round(left - wide / 2), round(top - tall / 2), wide, tall)
    mirrored = across < 0, down > 0 if turned else down < 0
    return Connector(f"bentConnector{len(points) - 1}", frame, _QUARTER if turned else 0, mirrored, corners)


def _apart(points: list[Spot]) -> tuple[Spot, Spot]:
    """The ends, the start moved back by a hair's breadth, into its box, where the frame between them has no extent."""
    start, end = list(points[0]), points[-1]
    for axis in range(min(len(points) - 3, 2)):
        if abs(end[axis] - start[axis]) < _LEAST:
            onwards = points[axis + 1][axis] >= points[axis][axis]
            start[axis] = end[axis] - (_LEAST if onwards else -_LEAST)
    return (start[0], start[1]), end
