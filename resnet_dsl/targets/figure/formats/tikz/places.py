"""Where boxes stand: each by boxes before it, frames and parts of the network around what lies in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from resnet_dsl.targets.figure.formats.groups import grouped
from resnet_dsl.targets.figure.formats.tikz.framing import by_one, farther, pad_of, sides
from resnet_dsl.targets.figure.formats.tikz.holding import (
    HoldingFrame,
    HoldingPart,
    column_of,
    frames_of,
    outwards,
    parts_of,
)
from resnet_dsl.targets.figure.formats.tikz.names import Names, names_of
from resnet_dsl.targets.figure.formats.tikz.spots import Tie
from resnet_dsl.targets.figure.formats.tikz.standing import TWO, Stand, relation
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry
from resnet_dsl.targets.figure.layout.nearby import AXES, Axis, Bounds, Nearby, Spot, joined


@dataclass(frozen=True)
class TikzNode:
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


class Places:
    """All nodes of a picture, in an order in which each stands behind what it is placed by."""

    def __init__(self, geometry: Geometry) -> None:
        found = grouped(geometry)
        self.names = names_of(found, geometry)
        self.nodes: list[TikzNode] = []
        self.spots = Nearby()
        self.parts = Nearby()
        self._sources = _sources(geometry, self.names)
        self._near: dict[tuple[str, str], Nearby] = defaultdict(Nearby)
        self._lanes: dict[tuple[str, str, Axis, float], Spot] = {}
        self._frames, self._frame_of = frames_of(geometry)
        self._part_of = dict(parts_of(found, self.names, self._frame_of))
        for box in geometry.boxes:
            if box.key not in self._frames:
                self._add(box)

    def _add(self, box: Box) -> None:
        spot = Spot(self.names[box.key], box.bounds, box.shape)
        frame = self._frame_of[box.key]
        stands, inside = self._stands(box, spot)
        self._place(TikzNode(spot, box, stands, framed=frame is not None, inside=inside), frame)

    def _place(self, node: TikzNode, frame: HoldingFrame | None) -> None:
        box = node.box
        assert box is not None
        self.nodes.append(node)
        self.spots.add(node.spot)
        home = frame.box.key if frame else "", column_of(box)
        self._near[home].add(node.spot)
        if node.kind != "frame":
            for axis in AXES:
                self._lanes.setdefault((*home, axis, round(node.spot.edge(axis, 0), 1)), node.spot)
        if frame:
            self._fill(frame, node.spot)
        else:
            self._near["", ""].add(node.spot)
        self._complete(self._part_of.get(box.key), node.spot)

    def _fill(self, frame: HoldingFrame, spot: Spot) -> None:
        frame.inside.append(spot)
        frame.waiting -= 1
        if not frame.waiting:
            self._place(self._framed(frame), self._frame_of[frame.box.key])

    def _framed(self, frame: HoldingFrame) -> TikzNode:
        """The frame around all that lies in it; points are added where that alone would not give its bounds."""
        around: list[str | tuple[Tie, Tie]] = [spot.name for spot in frame.inside]
        bounds = joined(spot.bounds for spot in frame.inside)
        near = Nearby(frame.inside)
        for point in farther(frame.arcs, bounds):
            bounds = joined((bounds, (*point, *point)))
            around.append(by_one(point, near))
        outer = frame.box.bounds
        ways = self.lane(frame.box, 0), self.lane(frame.box, 1)
        pad = pad_of(bounds, outer, ways)
        for axis in AXES:
            around += sides(bounds, outer, axis, pad, ways[axis], near)
        spot = Spot(self.names[frame.box.key], outer, "frame")
        return TikzNode(spot, frame.box, None, tuple(around), pad, frame.depth, "frame", frame.depth > 1)

    def lane(self, box: Box, axis: Axis) -> Spot | None:
        """The first box that stands in line with another one, in the same frame: it stays if that one grows."""
        frame = self._frame_of[box.key]
        middle = round((box.x, box.y)[axis], 1)
        return self._lanes.get((frame.box.key if frame else "", column_of(box), axis, middle))

    def _complete(self, part: HoldingPart | None, spot: Spot) -> None:
        """One more of the things in a part, and in those around it, is placed; the last of them makes the part one."""
        for one in outwards(part):
            one.waiting -= 1
        while part is not None:
            part.inside.append(spot)
            if part.waiting:
                return
            if len(part.inside) > 1:
                spot = Spot(part.name, joined(one.bounds for one in part.inside))
                self.nodes.append(TikzNode(spot, around=tuple(one.name for one in part.inside), kind=part.kind))
                self.parts.add(spot)
                if part.outer is None:
                    self._near["", ""].add(spot)
            part = part.outer

    def _stands(self, box: Box, spot: Spot) -> tuple[tuple[Stand, Stand] | None, bool]:
        near, inside = self._candidates(box, spot.bounds)
        if not near:
            return None, False
        linked = self._sources.get(box.key, set())
        each = [tuple(relation(spot, one, axis, one.name in linked, inside) for axis in AXES) for one in near]
        single = min(each, key=lambda pair: pair[0].cost + pair[1].cost)
        apart = [min((pair[axis] for pair in each), key=lambda one: one.cost) for axis in AXES]
        together = single[0].cost + single[1].cost <= apart[0].cost + apart[1].cost + TWO
        across, down = single if together else apart
        return (across.stand, down.stand), inside

    def _candidates(self, box: Box, bounds: Bounds) -> tuple[list[Spot], bool]:
        """What is near in the same frame, else around it; for the first thing of a network, whatever there is.

        And whether that is in the same frame.
        """
        home = self._frame_of[box.key]
        network = column_of(box)
        for frame in (*self._frames_around(box), None):
            near = self._near[frame.box.key if frame else "", network].around(bounds)
            if near:
                return self._with_lanes(near, box if frame is home else home.box if home else box), bool(
                    home
                ) and frame is home
        return self._near["", ""].around(bounds), False

    def _frames_around(self, box: Box) -> Iterator[HoldingFrame]:
        frame = self._frame_of[box.key]
        while frame:
            yield frame
            frame = self._frame_of[frame.box.key]

    def _with_lanes(self, near: list[Spot], box: Box) -> list[Spot]:
        lanes = (self.lane(box, axis) for axis in AXES)
        return [*near, *(lane for lane in lanes if lane and lane not in near)]


def _sources(geometry: Geometry, names: Names) -> dict[str, set[str]]:
    """Of each box the names of those from which a line leads to it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in geometry.paths:
        if path.source:
            found[path.target].add(names[path.source])
    return found
