"""One item of a figure of volumes by itself: its solid, the words around it, the brackets of its skip connections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from resnet_dsl.targets.figure.layout.geometry import Box, Ink, Path, Point, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.sheet import bounds_of
from resnet_dsl.targets.figure.layout.sizes import place_item, size_of
from resnet_dsl.targets.figure.layout.solids import Scale, Solid
from resnet_dsl.targets.figure.outline.outline import Item, Shortcut, Volume, VolumeSkips

_LEADING = 1.2
"""From one line of words to the next, over their size."""
_NEAR = 2.0
"""Between an edge and the words at it."""
_CLEAR = 3.0
"""Between the middle of a solid, where lines come and go, and the words at its side."""
_BRACKET = 8.0
"""From a solid to the first bracket above it, and from one to the next."""
_INSET, _INNER = 2.5, 4.0
"""From the end of an edge to the foot of a bracket that stands on it; from one foot to the next, at least."""
_LETTERS = 16
"""Of a line below a solid."""
_INKS: dict[Shortcut, Ink] = {"identity": "text", "adapted": "projection"}


@dataclass(frozen=True)
class DrawnPiece:
    """What is drawn of an item, the upper left corner of its solid (or box) at (0, 0).

    left, right: how far words reach beyond it. above, below: from its middle to where nothing more stands.
    recedes: how far its top goes over and up; None of what is no solid.
    """

    box: Box
    paths: tuple[Path, ...]
    left: float
    right: float
    above: float
    below: float
    recedes: Point | None = None

    @property
    def width(self) -> float:
        return self.box.width

    @property
    def height(self) -> float:
        return self.box.height


def piece_of(item: Item, key: str, scale: Scale, m: Measures) -> DrawnPiece:
    if item.volume is None:
        wide, tall = size_of(item, m)
        (box, *_), _ = place_item(item, key, (wide / 2, tall / 2), (wide, tall), m)
        return _bounded(box, (), None)
    solid = Solid.of(item.volume, scale)
    words = (*_on_edges(item.volume, solid, m), *_below(item, solid, m))
    brackets = list(_brackets(item.volume, solid, m))
    texts = (*words, *(text for _, text in brackets if text.words))
    classes = (item.kind, "volume")
    middle, size = (solid.width / 2, solid.height / 2), (solid.width, solid.height)
    planes = tuple(solid.planes())
    filled = item.kind != "thin"
    box = Box(key, "solid", *middle, *size, item.tone, texts, item.tip, classes, filled, planes=planes)
    return _bounded(box, tuple(path for path, _ in brackets), (solid.slices[0].over, solid.slices[0].up))


def _bounded(box: Box, paths: tuple[Path, ...], recedes: Point | None) -> DrawnPiece:
    left, top, right, bottom = bounds_of((box,), (), paths)
    middle = box.height / 2
    return DrawnPiece(box, paths, -left, right - box.width, middle - top, bottom - middle, recedes)


def _on_edges(volume: Volume, solid: Solid, m: Measures) -> Iterator[TextLine]:
    """The channels below the front, the size beside the receding edge."""
    last = solid.slices[-1]
    channels = TextLine(volume.said, solid.thickness / 2, solid.height + _NEAR + m.small / 2, m.small)
    yield channels
    if volume.size:
        x = max(last.end + last.over / 2, channels.bounds[2]) + _NEAR
        bottom = (solid.height + last.height) / 2
        y = max(bottom - last.up / 2, solid.height / 2 + _CLEAR) + m.small / 2
        yield TextLine(volume.size, x, y, m.small, anchor="start", ink="faint")


def _below(item: Item, solid: Solid, m: Measures) -> Iterator[TextLine]:
    y = solid.height + _NEAR + m.small / 2
    for line in (line for words in item.lines for line in wrap(words, _LETTERS, break_long_words=False)):
        y += m.small * _LEADING
        yield TextLine(line, solid.thickness / 2, y, m.small, ink="faint")


def _brackets(volume: Volume, solid: Solid, m: Measures) -> Iterator[tuple[Path, TextLine]]:
    """Above the blocks, that of the first block alone nearest; beside each how many blocks have one."""
    ordered = sorted(volume.skips, key=lambda skips: not skips.first)
    start, end = solid.slices[0].over, solid.width
    for level, skips in enumerate(ordered, 1):
        half = max((end - start) / 2 - _INSET - _INNER * (len(ordered) - level), _INNER * level)
        left, right, y = (start + end) / 2 - half, (start + end) / 2 + half, -level * _BRACKET
        ink: Ink = "projection" if skips.way == "adapted" else "line"
        points = ((left, 0.0), (left, y), (right, y), (right, 0.0))
        words = TextLine(_count(skips), max(end, right) + 1, y + 1, m.small, anchor="start", ink=_INKS[skips.way])
        yield Path(points, ink, skips.way == "adapted", classes=(skips.way, "around"), radius=4), words


def _count(skips: VolumeSkips) -> str:
    parts = [skips.first_word] if skips.first else []
    return " ".join([*parts, *([f"×{skips.count}"] if skips.count > 1 else [])])
