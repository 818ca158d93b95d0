"""Where a figure lies on a slide."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.targets.figure.formats.bends import Spot
from resnet_dsl.targets.figure.formats.groups import Bounds
from resnet_dsl.targets.figure.layout.geometry import Point

POINT = 12_700
"""Office's units (EMU) of a point."""


class SlideSheet(NamedTuple):
    """Where the figure lies on a slide: its upper left corner in EMU, and how many EMU one of its points has."""

    left: float
    top: float
    unit: float

    def spot(self, point: Point) -> Spot:
        return round(self.left + point[0] * self.unit), round(self.top + point[1] * self.unit)

    def frame(self, around: Bounds) -> tuple[int, int, int, int]:
        """Left, top, width, height."""
        (left, top), (right, bottom) = self.spot(around[:2]), self.spot(around[2:])
        return left, top, right - left, bottom - top
