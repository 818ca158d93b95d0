"""What a frame is drawn around, beside the boxes that lie in it: lines, and places that keep it as large as it is."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.targets.figure.formats.tikz.holding import holds
from resnet_dsl.targets.figure.formats.tikz.spots import Tie, tied
from resnet_dsl.targets.figure.layout.geometry import Path, Point
from resnet_dsl.targets.figure.layout.nearby import AXES, EXACT, Axis, Bounds, Nearby, Spot


def farther(arcs: list[Path], bounds: Bounds) -> list[Point]:
    """Of lines the points that lie farthest out of a rectangle, one a side."""
    points = [point for path in arcs for point in path.points]
    if not points:
        return []
    ends = (min(points), max(points), min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1]))
    return [point for point in dict.fromkeys(ends) if not holds(bounds, (*point, *point))]


def pad_of(bounds: Bounds, outer: Bounds, ways: tuple[Spot | None, Spot | None]) -> float:
    """What lies between a frame and its contents: as much as can be on all sides."""
    free = [min(bounds[axis] - outer[axis], outer[axis + 2] - bounds[axis + 2]) for axis in AXES]
    bound = [room for room, way in zip(free, ways, strict=True) if way is None]
    return max(0.0, min(bound or free))


def sides(
    bounds: Bounds, outer: Bounds, axis: Axis, pad: float, way: Spot | None, near: Nearby
) -> Iterator[tuple[Tie, Tie]]:
    """Places that keep a frame as large as it is on one axis: about the lane that it stands in, or about its middle."""
    middle = [(outer[0] + outer[2]) / 2, (outer[1] + outer[3]) / 2]
    for side in (axis, axis + 2):
        wanted = outer[side] + (pad if side == axis else -pad)
        if way is None and abs(wanted - bounds[side]) <= EXACT:
            continue
        point = (wanted, middle[1]) if axis == 0 else (middle[0], wanted)
        across, down = by_one(point, near)
        if way is not None:
            own = Tie(way, 0, wanted - way.edge(axis, 0))
            across, down = (own, down) if axis == 0 else (across, own)
        yield across, down


def by_one(point: Point, near: Nearby) -> tuple[Tie, Tie]:
    """A place by the spot that is nearest to it."""
    spot = near.nearest((*point, *point)) or Spot("current bounding box", (0, 0, 0, 0))
    return tied(point[0], spot, 0), tied(point[1], spot, 1)
