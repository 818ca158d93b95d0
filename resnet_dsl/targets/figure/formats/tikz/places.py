"""Where boxes stand: each by boxes before it, frames and parts of the network around what lies in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from resnet_dsl.targets.figure.formats.groups import Group, Grouped, Ids, grouped
from resnet_dsl.targets.figure.formats.tikz.spots import Tie, tied
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Within
from resnet_dsl.targets.figure.layout.nearby import AXES, EXACT, At, Axis, Bounds, Nearby, Spot, joined

Names: TypeAlias = "dict[str | Within, str]"
"""Of boxes by their keys, of parts by their ways."""

_GAP, _BEFORE, _SHIFTED, _TWO, _UNSTEADY, _LINKED = 5.0, 25.0, 60.0, 8.0, 12.0, 3.0
"""What it costs to stand behind a spot, before it, somewhere beside it; to be placed by two spots instead of one; by
the middle of a frame, which moves with what lies in it; and what it saves that a line leads from it."""


class Stand(NamedTuple):
    """One coordinate of a box: which of its edges lies where."""

    own: At
    tie: Tie


@dataclass(frozen=True)
class Node:
    """A node of the picture.

    stands: its coordinates, across and down; None for what is first, and for what is drawn around others.
    around: the names of these, and places. pad: from them to its border. depth: of frames within frames.
    box: None for a part of the network, which is not drawn.
    """

    spot: Spot
    box: Box | None = None
    stands: tuple[Stand, Stand] | None = None
    around: tuple[str | tuple[Tie, Tie], ...] = ()
    pad: float = 0.0
    depth: int = 0
    kind: str = ""
    framed: bool = False
    inside: bool = False


@dataclass
class _Frame:
    """A frame while what lies in it is placed."""

    box: Box
    depth: int
    waiting: int = 0
    inside: list[Spot] = field(default_factory=list)
    arcs: list[Path] = field(default_factory=list)


@dataclass
class _Part:
    """A part of the network while what lies in it is placed."""

    name: str
    kind: str
    outer: _Part | None
    waiting: int = 0
    inside: list[Spot] = field(default_factory=list)


class Places:
    """All nodes of a picture, in an order in which each stands behind what it is placed by."""

    def __init__(self, geometry: Geometry) -> None:
        found = grouped(geometry)
        self.names = _names(found, geometry)
        self.nodes: list[Node] = []
        self.spots = Nearby()
        self.parts = Nearby()
        self._sources = _sources(geometry, self.names)
        self._near: dict[tuple[str, str], Nearby] = defaultdict(Nearby)
        self._lanes: dict[tuple[str, str, Axis, float], Spot] = {}
        self._frames, self._frame_of = _frames(geometry)
        self._part_of = dict(_parts(found, self.names, self._frame_of))
        for box in geometry.boxes:
            if box.key not in self._frames:
                self._add(box)

    def _add(self, box: Box) -> None:
        spot = Spot(self.names[box.key], box.bounds, box.shape)
        frame = self._frame_of[box.key]
        stands, inside = self._stands(box, spot)
        self._place(Node(spot, box, stands, framed=frame is not None, inside=inside), frame)

    def _place(self, node: Node, frame: _Frame | None) -> None:
        box = node.box
        assert box is not None
        self.nodes.append(node)
        self.spots.add(node.spot)
        home = frame.box.key if frame else "", _network(box)
        self._near[home].add(node.spot)
        if node.kind != "frame":
            for axis in AXES:
                self._lanes.setdefault((*home, axis, round(node.spot.edge(axis, 0), 1)), node.spot)
        if frame:
            self._fill(frame, node.spot)
        else:
            self._near["", ""].add(node.spot)
        self._complete(self._part_of.get(box.key), node.spot)

    def _fill(self, frame: _Frame, spot: Spot) -> None:
        frame.inside.append(spot)
        frame.waiting -= 1
        if not frame.waiting:
            self._place(self._framed(frame), self._frame_of[frame.box.key])

    def _framed(self, frame: _Frame) -> Node:
        """The frame around all that lies in it; points are added where that alone would not give its bounds."""
        around: list[str | tuple[Tie, Tie]] = [spot.name for spot in frame.inside]
        bounds = joined(spot.bounds for spot in frame.inside)
        near = Nearby(frame.inside)
        for point in _farther(frame.arcs, bounds):
            bounds = joined((bounds, (*point, *point)))
            around.append(_by_one(point, near))
        outer = frame.box.bounds
        ways = self.lane(frame.box, 0), self.lane(frame.box, 1)
        pad = _pad(bounds, outer, ways)
        for axis in AXES:
            around += _sides(bounds, outer, axis, pad, ways[axis], near)
        spot = Spot(self.names[frame.box.key], outer, "frame")
        return Node(spot, frame.box, None, tuple(around), pad, frame.depth, "frame", frame.depth > 1)

    def lane(self, box: Box, axis: Axis) -> Spot | None:
        """The first box that stands in line with another one, in the same frame: it stays if that one grows."""
        frame = self._frame_of[box.key]
        middle = round((box.x, box.y)[axis], 1)
        return self._lanes.get((frame.box.key if frame else "", _network(box), axis, middle))

    def _complete(self, part: _Part | None, spot: Spot) -> None:
        """One more of the things in a part, and in those around it, is placed; the last of them makes the part one."""
        for one in _outwards(part):
            one.waiting -= 1
        while part is not None:
            part.inside.append(spot)
            if part.waiting:
                return
            if len(part.inside) > 1:
                spot = Spot(part.name, joined(one.bounds for one in part.inside))
                self.nodes.append(Node(spot, around=tuple(one.name for one in part.inside), kind=part.kind))
                self.parts.add(spot)
                if part.outer is None:
                    self._near["", ""].add(spot)
            part = part.outer

    def _stands(self, box: Box, spot: Spot) -> tuple[tuple[Stand, Stand] | None, bool]:
        near, inside = self._candidates(box, spot.bounds)
        if not near:
            return None, False
        linked = self._sources.get(box.key, set())
        each = [tuple(_relation(spot, one, axis, one.name in linked, inside) for axis in AXES) for one in near]
        single = min(each, key=lambda pair: pair[0].cost + pair[1].cost)
        apart = [min((pair[axis] for pair in each), key=lambda one: one.cost) for axis in AXES]
        together = single[0].cost + single[1].cost <= apart[0].cost + apart[1].cost + _TWO
        across, down = single if together else apart
        return (across.stand, down.stand), inside

    def _candidates(self, box: Box, bounds: Bounds) -> tuple[list[Spot], bool]:
        """What is near in the same frame, else around it; for the first thing of a network, whatever there is.

        And whether that is in the same frame.
        """
        home = self._frame_of[box.key]
        network = _network(box)
        for frame in (*self._frames_around(box), None):
            near = self._near[frame.box.key if frame else "", network].around(bounds)
            if near:
                return self._with_lanes(near, box if frame is home else home.box if home else box), bool(
                    home
                ) and frame is home
        return self._near["", ""].around(bounds), False

    def _frames_around(self, box: Box) -> Iterator[_Frame]:
        frame = self._frame_of[box.key]
        while frame:
            yield frame
            frame = self._frame_of[frame.box.key]

    def _with_lanes(self, near: list[Spot], box: Box) -> list[Spot]:
        lanes = (self.lane(box, axis) for axis in AXES)
        return [*near, *(lane for lane in lanes if lane and lane not in near)]


def _network(box: Box) -> str:
    """The column that a box stands in: a network, a page of it, a close-up."""
    return " ".join(box.within[0]) if box.within else ""


def _names(found: Grouped, geometry: Geometry) -> Names:
    """The names of boxes by their keys, and of parts by their ways: letters, digits and hyphens, ``rd-`` before."""
    ids = Ids([])
    plain: dict[str, str] = {}
    for one in (*found.ids.values(), *found.ends.values()):
        if one not in plain:
            plain[one] = ids.of(f"rd-{one}".replace("_", "-").replace(".", "-").replace("--", "-"))
    wanted: list[tuple[str | Within, str]] = [(box.key, found.ends[box.key]) for box in geometry.boxes]
    names: Names = {}
    free = dict(plain)
    for key, one in (*wanted, *found.ids.items()):
        names[key] = free.pop(one) if one in free else ids.of(plain[one])
    return names


def _sources(geometry: Geometry, names: Names) -> dict[str, set[str]]:
    """Of each box the names of those from which a line leads to it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in geometry.paths:
        if path.source:
            found[path.target].add(names[path.source])
    return found


def _frames(geometry: Geometry) -> tuple[dict[str, _Frame], dict[str, _Frame | None]]:
    """The frames that have something in them, and of each box the innermost one that it lies in."""
    frames = [box for box in geometry.boxes if box.shape == "frame"]
    index = Nearby(Spot(box.key, box.bounds) for box in frames)
    by_key = {box.key: box for box in frames}

    def holder(bounds: Bounds, key: str) -> str:
        around = [spot for spot in index.touching(bounds) if spot.name != key and _holds(spot.bounds, bounds)]
        smaller = [spot for spot in around if not (key in by_key and _holds(bounds, spot.bounds))]
        return min(smaller, key=lambda spot: _area(spot.bounds)).name if smaller else ""

    above = {box.key: holder(box.bounds, box.key) for box in geometry.boxes}
    found = {key: _Frame(by_key[key], _depth(key, above)) for key in dict.fromkeys(above.values()) if key}
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


def _holds(outer: Bounds, inner: Bounds) -> bool:
    return (
        outer[0] - EXACT <= inner[0]
        and outer[1] - EXACT <= inner[1]
        and inner[2] <= outer[2] + EXACT
        and inner[3] <= outer[3] + EXACT
    )


def _area(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def _parts(found: Grouped, names: Names, frame_of: dict[str, _Frame | None]) -> Iterator[tuple[str, _Part]]:
    """Of each box that no frame holds the part that it lies in."""
    waiting: list[tuple[Group, _Part | None, Within]] = [
        (part, None, ((part.kind, part.name),)) for part in found.parts if isinstance(part, Group)
    ]
    while waiting:
        group, outer, way = waiting.pop()
        part = _Part(names[way], group.kind, outer)
        boxes = [one for one in group.parts if isinstance(one, Box) and frame_of[one.key] is None]
        for one in _outwards(part):
            one.waiting += len(boxes)
        waiting += [(one, part, (*way, (one.kind, one.name))) for one in group.parts if isinstance(one, Group)]
        yield from ((box.key, part) for box in boxes)


def _outwards(part: _Part | None) -> Iterator[_Part]:
    """A part and those around it."""
    while part is not None:
        yield part
        part = part.outer


class _Relation(NamedTuple):
    """How a box may stand by another one on one axis, and what that costs."""

    cost: float
    stand: Stand


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes are one thing, as a concatenation and its plates are."""
    across, down = (min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis]) for axis in AXES)
    return min(across, down) > EXACT


def _relation(own: Spot, other: Spot, axis: Axis, linked: bool, inside: bool) -> _Relation:
    middle = own.edge(axis, 0) - other.edge(axis, 0)
    behind, before = own.edge(axis, -1) - other.edge(axis, 1), other.edge(axis, -1) - own.edge(axis, 1)
    beside = (_UNSTEADY if other.shape == "frame" else 0.0) - (_LINKED if linked else 0.0)
    if _overlap(own.bounds, other.bounds):
        return _Relation(0.0, Stand(0, tied(own.edge(axis, 0), other, axis)))
    if abs(middle) <= EXACT:
        return _Relation(beside, Stand(0, Tie(other, 0, 0.0)))
    if behind >= -EXACT:
        return _Relation(_GAP + behind - (_LINKED if linked else 0.0), Stand(-1, Tie(other, 1, behind)))
    if before >= -EXACT:
        return _Relation(_BEFORE + before, Stand(1, Tie(other, -1, -before)))
    tie = tied(own.edge(axis, 0), other, axis) if inside else Tie(other, 0, middle)
    return _Relation(_SHIFTED + abs(middle) + beside, Stand(0, tie))


def _farther(arcs: list[Path], bounds: Bounds) -> list[Point]:
    """Of lines the points that lie farthest out of a rectangle, one a side."""
    points = [point for path in arcs for point in path.points]
    if not points:
        return []
    ends = (min(points), max(points), min(points, key=lambda p: p[1]), max(points, key=lambda p: p[1]))
    return [point for point in dict.fromkeys(ends) if not _holds(bounds, (*point, *point))]


def _pad(bounds: Bounds, outer: Bounds, ways: tuple[Spot | None, Spot | None]) -> float:
    """What lies between a frame and its contents: as much as can be on all sides."""
    free = [min(bounds[axis] - outer[axis], outer[axis + 2] - bounds[axis + 2]) for axis in AXES]
    bound = [room for room, way in zip(free, ways, strict=True) if way is None]
    return max(0.0, min(bound or free))


def _sides(
    bounds: Bounds, outer: Bounds, axis: Axis, pad: float, way: Spot | None, near: Nearby
) -> Iterator[tuple[Tie, Tie]]:
    """Places that keep a frame as large as it is on one axis: about the lane that it stands in, or about its middle."""
    middle = [(outer[0] + outer[2]) / 2, (outer[1] + outer[3]) / 2]
    for side in (axis, axis + 2):
        wanted = outer[side] + (pad if side == axis else -pad)
        if way is None and abs(wanted - bounds[side]) <= EXACT:
            continue
        point = (wanted, middle[1]) if axis == 0 else (middle[0], wanted)
        across, down = _by_one(point, near)
        if way is not None:
            own = Tie(way, 0, wanted - way.edge(axis, 0))
            across, down = (own, down) if axis == 0 else (across, own)
        yield across, down


def _by_one(point: Point, near: Nearby) -> tuple[Tie, Tie]:
    spot = near.nearest((*point, *point)) or Spot("current bounding box", (0, 0, 0, 0))
    return tied(point[0], spot, 0), tied(point[1], spot, 1)
