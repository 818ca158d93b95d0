"""Feature maps as solids in cabinet projection: height times thickness in front, the width recedes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import cos, log2, radians, sin, sqrt

from resnet_dsl.targets.figure.layout.geometry import Point, Polygon
from resnet_dsl.targets.figure.outline.outline import Law, Laws, Volume

LARGEST = 62.0
"""The longest side of a figure, before it recedes."""
_THICKNESS = 2.6
"""Of one unit of a logarithm; other laws make the thickest volume as thick as this one does."""
_STEP = 0.34
"""From one slice to the next, over their thickness."""
_LAWS: dict[Law, Callable[[float], float]] = {"linear": float, "sqrt": sqrt, "log": lambda number: log2(1 + number)}


@dataclass(frozen=True)
class Scale:
    """How long the edges of a figure's volumes are: one scale for all of them."""

    laws: Laws
    longest: float
    """Positions of the longest side."""
    thickest: int
    """Channels of the thickest part."""

    @classmethod
    def of(cls, laws: Laws, volumes: Iterable[Volume]) -> Scale:
        drawn = [one for volume in volumes for one in volume.maps]
        longest = max((side for one in drawn for side in (one.height, one.width)), default=1.0)
        return cls(laws, longest, max((part for one in drawn for part in one.parts), default=1))

    def side(self, positions: float) -> float:
        law = _LAWS[self.laws.side]
        return LARGEST * law(positions) / law(self.longest)

    def thickness(self, channels: int) -> float:
        law = _LAWS[self.laws.thickness]
        return _THICKNESS * log2(1 + self.thickest) * law(channels) / law(self.thickest)

    def receding(self, positions: float) -> Point:
        """How far to the right and up an edge of the width goes."""
        length, angle = self.laws.depth * self.side(positions), radians(self.laws.angle)
        return length * cos(angle), length * sin(angle)


@dataclass(frozen=True)
class Slice:
    """One map with its lengths: where it begins, how wide its parts are, how high its front is.

    over, up: how far to the right and up its width goes.
    """

    start: float
    widths: tuple[float, ...]
    front: float
    over: float
    up: float

    @property
    def end(self) -> float:
        """Of its front."""
        return self.start + sum(self.widths)

    @property
    def height(self) -> float:
        return self.front + self.up


@dataclass(frozen=True)
class Solid:
    """A volume with its lengths: its slices from left to right, their middles at one height."""

    slices: tuple[Slice, ...]

    @classmethod
    def of(cls, volume: Volume, scale: Scale) -> Solid:
        slices: list[Slice] = []
        start = 0.0
        for one in volume.maps:
            widths = tuple(map(scale.thickness, one.parts))
            slices.append(Slice(start, widths, scale.side(one.height), *scale.receding(one.width)))
            start += sum(widths) + slices[-1].over if volume.apart else sum(widths) * _STEP
        return cls(tuple(slices))

    @property
    def thickness(self) -> float:
        """Of all slices together."""
        return self.slices[-1].end

    @property
    def width(self) -> float:
        return max(one.end + one.over for one in self.slices)

    @property
    def height(self) -> float:
        return max(one.height for one in self.slices)

    def planes(self) -> Iterator[Polygon]:
        """Those that are seen, the farthest first, the upper left corner of the whole at (0, 0)."""
        for one in self.slices:
            left, top = one.start, (self.height - one.height) / 2 + one.up
            for width in one.widths:
                yield from _block(left, top, width, one)
                left += width


def _block(left: float, top: float, width: float, one: Slice) -> Iterator[Polygon]:
    """``top``: of its front."""
    right, bottom, over, up = left + width, top + one.front, one.over, one.up
    yield Polygon(((left, top), (left + over, top - up), (right + over, top - up), (right, top)), 97)
    yield Polygon(((right, top), (right + over, top - up), (right + over, bottom - up), (right, bottom)), 86)
    yield Polygon(((left, top), (right, top), (right, bottom), (left, bottom)))
