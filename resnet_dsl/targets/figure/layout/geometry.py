"""A figure with a place for everything: boxes, texts and paths in points, x to the right and y down. Only data.

Whatever writes a figure (formats/) reads this and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from resnet_dsl.targets.figure.layout.metrics import ASCENT, Face, width

Point: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Literal["start", "middle", "end"]
Ink: TypeAlias = Literal["text", "faint", "line", "projection"]
Shape: TypeAlias = Literal["round", "frame", "circle", "pill", "bare", "solid"]
Shade: TypeAlias = Literal[100, 97, 86]
"""How light a plane is, in percent of its colour: one in front, one on top, one at the side."""
SHADES: tuple[Shade, ...] = (100, 97, 86)


Within: TypeAlias = tuple[tuple[str, str], ...]
"""What something lies in, outermost first, each by its kind and its name: ``(("network", "resnet50"), ("stage",
"conv2"), ("block", "conv2_block1"))``."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line: its anchor at ``x``, the middle of its capitals at ``y``.

    ``of``: the keys of the boxes that free words are about; empty where they are about the whole figure.
    """

    words: str
    x: float
    y: float
    size: float
    face: Face = "plain"
    anchor: Anchor = "middle"
    ink: Ink = "text"
    of: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        wide = width(self.words, self.size, self.face)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        half = self.size * ASCENT / 2
        return left, self.y - half, left + wide, self.y + half


@dataclass(frozen=True, slots=True)
class Polygon:
    """A plane with three corners or more, in the colour of the solid whose it is, shaded."""

    points: tuple[Point, ...]
    shade: Shade = 100

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        across, down = zip(*self.points, strict=True)
        return min(across), min(down), max(across), max(down)


@dataclass(frozen=True, slots=True)
class Box:
    """A shape around (x, y) with the texts inside it. ``tone``: the palette's colour; None grey, -1 no fill.

    planes: what a ``solid`` is drawn by instead, within the same bounds, the farthest first; its texts stand around it.
    """

    key: str
    shape: Shape
    x: float
    y: float
    width: float
    height: float
    tone: int | None = None
    texts: tuple[TextLine, ...] = ()
    tip: str = ""
    classes: tuple[str, ...] = ()
    filled: bool = True
    within: Within = ()
    planes: tuple[Polygon, ...] = ()
    thickness: float = 1.0
    rounding: float | None = None

    @property
    def corner(self) -> float:
        """The radius of its corners, ``rounding`` where that is said: a circle has nothing else."""
        half = min(self.width, self.height) / 2
        if self.rounding is not None and self.shape != "circle":
            return min(self.rounding, half)
        return half if self.shape == "circle" else min(self.width, self.height, 36) / 3.5

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        across, down = self.width / 2, self.height / 2
        return self.x - across, self.y - down, self.x + across, self.y + down


@dataclass(frozen=True, slots=True)
class Path:
    """Straight pieces with rounded corners; ``source`` and ``target`` are keys of boxes (empty: it joins none).

    ``within``: of a line inside an item alone; one that joins boxes lies where both do. ``head``: length of the arrow's
    head. ``dashes``: drawn and left out, of a dashed line. ``of``: the keys of the boxes that a line is about which
    joins none.
    """

    points: tuple[Point, ...]
    ink: Ink = "line"
    dashed: bool = False
    arrow: bool = True
    thickness: float = 1.0
    source: str = ""
    target: str = ""
    tip: str = ""
    classes: tuple[str, ...] = ()
    radius: float = 7.0
    within: Within = ()
    head: float = 6.0
    dashes: tuple[float, float] = (5.0, 2.0)
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Geometry:
    """A whole figure, its upper left corner at (0, 0); boxes lie in drawing order (frames first).

    language: that of its words, as HTML has it (``de``).
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    texts: tuple[TextLine, ...]
    paths: tuple[Path, ...]
    title: str = ""
    description: str = ""
    language: str = "en"

    @property
    def smallest(self) -> float:
        """The size in points of the smallest text."""
        inside = [text.size for box in self.boxes for text in box.texts]
        return min([*inside, *(text.size for text in self.texts)], default=0.0)
