"""How a coordinate is said in the words of named rectangles that have their places already."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.targets.figure.formats.curves import decimal
from resnet_dsl.targets.figure.layout.geometry import Point
from resnet_dsl.targets.figure.layout.nearby import EXACT, At, Axis, Spot

_EDGES: tuple[At, ...] = (0, -1, 1)
_NAMES = {(0, -1): "west", (0, 1): "east", (1, -1): "north", (1, 1): "south"}
_ROUNDED = 0.021
"""What differences of coordinates are off by that are rounded to hundredths."""


class Tie(NamedTuple):
    """A coordinate on one axis: so far from an edge of a spot."""

    spot: Spot
    at: At
    shift: float


def tied(value: float, spot: Spot, axis: Axis) -> Tie:
    """To the nearest edge of the spot, its middle first; what stands beside a circle keeps to its middle."""
    ties = [Tie(spot, at, value - spot.edge(axis, at)) for at in _EDGES]
    nearest = min(ties, key=lambda tie: abs(tie.shift) if abs(tie.shift) > EXACT else 0.0)
    return ties[0] if spot.shape == "circle" and abs(nearest.shift) > EXACT else nearest


def anchor(across: At, down: At) -> str:
    """The name of a place on the edge of a node: ``north east``; its middle is ``center``."""
    words = [_NAMES[axis, at] for axis, at in ((1, down), (0, across)) if at]
    return " ".join(words) or "center"


class TikzUnit:
    """Lengths as TikZ has them: printed points (``bp``), down is negative."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def length(self, value: float) -> str:
        near = round(value, 1)
        return f"{decimal((near if abs(value - near) <= _ROUNDED else value) * self.scale)}bp"

    def shifts(self, across: float, down: float) -> list[str]:
        """Options that move a place."""
        found = [("xshift", across), ("yshift", -down)]
        return [f"{name}={self.length(value)}" for name, value in found if abs(value) > EXACT]

    def place(self, across: Tie, down: Tie) -> str:
        """A coordinate in TikZ's words: ``([yshift=-3bp]rd-conv.south)``."""
        moved = ",".join(self.shifts(across.shift, down.shift))
        options = f"[{moved}]" if moved else ""
        if across.spot.name == down.spot.name and not (across.spot.shape == "circle" and across.at and down.at):
            corner = "" if across.spot.is_point else f".{anchor(across.at, down.at)}"
            return f"({options}{across.spot.name}{corner})"
        ends = (across.spot, anchor(across.at, 0), across.at), (down.spot, anchor(0, down.at), down.at)
        one, other = (f"{spot.name}.{edge}" if at else spot.name for spot, edge, at in ends)
        return f"({options}{one} |- {other})"

    def point(self, point: Point, spot: Spot) -> str:
        """A point by one spot."""
        return self.place(tied(point[0], spot, 0), tied(point[1], spot, 1))
