"""What lies in what: the frames of a picture and the parts of its network, with how much of them is not placed yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resnet_dsl.targets.figure.formats.groups import DrawnGroup, Grouped
from resnet_dsl.targets.figure.formats.tikz.names import Names
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Within
from resnet_dsl.targets.figure.layout.nearby import EXACT, Bounds, Nearby, Spot, joined


@dataclass
class HoldingFrame:
    """A frame while what lies in it is placed."""

    box: Box
    depth: int
    waiting: int = 0
    inside: list[Spot] = field(default_factory=list)
    arcs: list[Path] = field(default_factory=list)


@dataclass
class HoldingPart:
    """A part of the network while what lies in it is placed."""

    name: str
    kind: str
    outer: HoldingPart | None
    waiting: int = 0
    inside: list[Spot] = field(default_factory=list)


def column_of(box: Box) -> str:
    """The column that a box stands in: a network, a page of it, a close-up."""
    return " ".join(box.within[0]) if box.within else ""


def frames_of(geometry: Geometry) -> tuple[dict[str, HoldingFrame], dict[str, HoldingFrame | None]]:
    """The frames that have something in them, and of each box the innermost one that it lies in."""
    frames = [box for box in geometry.boxes if box.shape == "frame"]
    index = Nearby(Spot(box.key, box.bounds) for box in frames)
    by_key = {box.key: box for box in frames}

    def holder(bounds: Bounds, key: str) -> str:
        around = [spot for spot in index.touching(bounds) if spot.name != key and holds(spot.bounds, bounds)]
        smaller = [spot for spot in around if not (key in by_key and holds(bounds, spot.bounds))]
        return min(smaller, key=lambda spot: _area(spot.bounds)).name if smaller else ""

    above = {box.key: holder(box.bounds, box.key) for box in geometry.boxes}
    found = {key: HoldingFrame(by_key[key], _depth(key, above)) for key in dict.fromkeys(above.values()) if key}
    for box in geometry.boxes:
        if above[box.key]:
            found[above[box.key]].waiting += 1
    for path in geometry.paths:
        inside = "" if path.source else holder(joined((*point, *point) for point in path.points), "")
        if inside in found:
            found[inside].arcs.append(path)
    return found, {key: found.get(holding) for key, holding in above.items()}


def _depth(key: str, above: dict[str, str]) -> int:
    depth = 0
    while key:
        key, depth = above[key], depth + 1
    return depth


def holds(outer: Bounds, inner: Bounds) -> bool:
    return (
        outer[0] - EXACT <= inner[0]
        and outer[1] - EXACT <= inner[1]
        and inner[2] <= outer[2] + EXACT
        and inner[3] <= outer[3] + EXACT
    )


def _area(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def parts_of(
    found: Grouped, names: Names, frame_of: dict[str, HoldingFrame | None]
) -> Iterator[tuple[str, HoldingPart]]:
    """Of each box that no frame holds the part that it lies in."""
    waiting: list[tuple[DrawnGroup, HoldingPart | None, Within]] = [
        (part, None, ((part.kind, part.name),)) for part in found.parts if isinstance(part, DrawnGroup)
    ]
    while waiting:
        group, outer, way = waiting.pop()
        part = HoldingPart(names[way], group.kind, outer)
        boxes = [one for one in group.parts if isinstance(one, Box) and frame_of[one.key] is None]
        for one in outwards(part):
            one.waiting += len(boxes)
        waiting += [(one, part, (*way, (one.kind, one.name))) for one in group.parts if isinstance(one, DrawnGroup)]
        yield from ((box.key, part) for box in boxes)


def outwards(part: HoldingPart | None) -> Iterator[HoldingPart]:
    """A part and those around it."""
    while part is not None:
        yield part
        part = part.outer
