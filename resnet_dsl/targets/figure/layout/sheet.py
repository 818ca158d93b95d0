"""Collects what is drawn, in (along, across), and makes the geometry of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from textwrap import wrap

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Ink, Path, Point, Polygon, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.sizes import MERGE
from resnet_dsl.targets.figure.layout.sums import draw_sums
from resnet_dsl.targets.figure.outline.outline import Outline, Way

_SHORTEST = 40
"""Letters of a line of remarks, in however narrow a figure."""
_APART = 18.0
"""From what stands above to the legend, and to remarks."""

_BETWEEN = 20.0
"""Between the entries of the legend."""
_RISES = {"up": 5.0, "down": -5.0}
"""How far a line of the legend goes up, from its middle."""
_STYLES: dict[Way, tuple[Ink, float]] = {
    "adapted": ("projection", 1.0),
    "copy": ("faint", 1.0),
    "learned-down": ("line", 1.8),
    "learned-up": ("line", 1.8),
}
"""Ink and thickness of ways that are no usual lines; those on which there are weights are thick."""


def style_of(way: Way) -> tuple[Ink, float]:
    """The ink and the thickness of a line."""
    return _STYLES.get(way, ("line", 1.0))


_Of = Callable[[Way], tuple[str, ...]]


class Sheet:
    """Collects what is drawn, in (along, across), and turns it to (x, y)."""

    def __init__(self, wide: bool, measures: Measures) -> None:
        self.wide = wide
        self.measures = measures
        self.offset = 0.0
        self.boxes: list[Box] = []
        self.texts: list[TextLine] = []
        self.paths: list[Path] = []

    def at(self, along: float, across: float) -> Point:
        return (along, across + self.offset) if self.wide else (across + self.offset, along)

    @property
    def bottom(self) -> float:
        """Of all that is drawn so far."""
        return bounds_of(self.boxes, self.texts, self.paths)[3]

    def add(self, geometry: Geometry, down: float) -> None:
        """What was laid out by itself, that far down."""
        move = Move(0.0, down)
        self.boxes += map(move.box, geometry.boxes)
        self.texts += map(move.text, geometry.texts)
        self.paths += map(move.path, geometry.paths)

    def _drawn_as(self, way: Way) -> tuple[str, ...]:
        """The keys of the boxes at which lines of a kind end, or around which they are drawn."""
        lines = (path for path in self.paths if way in path.classes)
        return tuple(key for path in lines for key in ((path.target,) if path.target else path.of))

    def finish(self, outline: Outline) -> Geometry:
        bounds = bounds_of(self.boxes, self.texts, self.paths)
        legend_texts, legend_paths = _legend(outline, bounds, self.measures, self._drawn_as)
        paths = [*self.paths, *legend_paths]
        texts = [*self.texts, *legend_texts]
        if outline.sums:
            sums = draw_sums(outline.sums, bounds_of(self.boxes, texts, paths), self.measures)
            texts, paths = [*texts, *sums[0]], [*paths, *sums[1]]
        texts += _remarks(outline, bounds_of(self.boxes, texts, paths), self.measures)
        left, top, right, bottom = bounds_of(self.boxes, texts, paths)
        margin = self.measures.margin
        move = Move(margin - left, margin - top)
        frames = sorted(self.boxes, key=lambda box: box.shape != "frame")
        begun = [column for column in outline.columns if not column.continues]
        named = [column for column in begun if not column.inset] or begun
        title = " and ".join(column.title or column.key for column in named)
        return Geometry(
            ceil(right - left + 2 * margin),
            ceil(bottom - top + 2 * margin),
            tuple(map(move.box, frames)),
            tuple(map(move.text, texts)),
            tuple(map(move.path, paths)),
            title,
            " ".join([*(column.summary for column in begun), *(f"{remark}." for remark in outline.remarks)]),
        )


@dataclass(frozen=True)
class Move:
    """Puts things elsewhere, so far to the right and down."""

    right: float
    down: float

    def text(self, text: TextLine) -> TextLine:
        return replace(text, x=round(text.x + self.right, 2), y=round(text.y + self.down, 2))

    def box(self, box: Box) -> Box:
        texts, planes = tuple(map(self.text, box.texts)), tuple(map(self.plane, box.planes))
        return replace(box, x=round(box.x + self.right, 2), y=round(box.y + self.down, 2), texts=texts, planes=planes)

    def plane(self, plane: Polygon) -> Polygon:
        return replace(plane, points=self._points(plane.points))

    def path(self, path: Path) -> Path:
        return replace(path, points=self._points(path.points))

    def _points(self, points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((round(x + self.right, 2), round(y + self.down, 2)) for x, y in points)


def centred(geometry: Geometry, width: float) -> Geometry:
    """The figure in the middle of a sheet that is at least as wide as it."""
    return replace(moved(geometry, (width - geometry.width) / 2, 0.0), width=width)


def trimmed(geometry: Geometry, margin: float = 0.0) -> Geometry:
    """The figure without the room around what is drawn, but for a margin."""
    left, top, right, bottom = bounds_of(list(geometry.boxes), list(geometry.texts), list(geometry.paths))
    inside = moved(geometry, margin - left, margin - top)
    return replace(inside, width=ceil(right - left + 2 * margin), height=ceil(bottom - top + 2 * margin))


def moved(geometry: Geometry, right: float, down: float) -> Geometry:
    """The same, so far to the right and down."""
    move = Move(right, down)
    return replace(
        geometry,
        boxes=tuple(map(move.box, geometry.boxes)),
        texts=tuple(map(move.text, geometry.texts)),
        paths=tuple(map(move.path, geometry.paths)),
    )


def bounds_of(
    boxes: Sequence[Box], texts: Sequence[TextLine], paths: Sequence[Path]
) -> tuple[float, float, float, float]:
    """Left, top, right, bottom; the words of a solid stand around it."""
    corners = [box.bounds for box in boxes] + [text.bounds for text in texts]
    corners += [text.bounds for box in boxes if box.shape == "solid" for text in box.texts]
    corners += [(x, y, x, y) for path in paths for x, y in path.points]
    if not corners:
        return 0.0, 0.0, 0.0, 0.0
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _legend(
    outline: Outline, bounds: tuple[float, float, float, float], m: Measures, of: _Of
) -> tuple[list[TextLine], list[Path]]:
    texts: list[TextLine] = []
    paths: list[Path] = []
    if outline.legend_place == "right":
        return _legend_beside(outline, (bounds[2] + _BETWEEN, bounds[1]), m, of)
    y = bounds[3] + _APART + MERGE / 2
    for line in _lines_of_legend(outline, bounds[2] - bounds[0], m):
        left = (bounds[0] + bounds[2]) / 2 - (sum(length for *_, length in line) + _BETWEEN * (len(line) - 1)) / 2
        for way, words, length in line:
            paths.append(_sample(way, left, y, of))
            texts.append(TextLine(words, left + 34, y, m.label, anchor="start", of=of(way)))
            left += length + _BETWEEN
        y += _APART
    return texts, paths


def _legend_beside(outline: Outline, corner: Point, m: Measures, of: _Of) -> tuple[list[TextLine], list[Path]]:
    """One entry below the other."""
    left, top = corner
    heights = [top + m.leading * 1.5 * (at + 0.5) for at in range(len(outline.legend))]
    entries = list(zip(outline.legend, heights, strict=True))
    texts = [TextLine(words, left + 34, y, m.label, anchor="start", of=of(way)) for (way, words), y in entries]
    return texts, [_sample(way, left, y, of) for (way, _), y in entries]


def _lines_of_legend(outline: Outline, whole: float, m: Measures) -> list[list[tuple[Way, str, float]]]:
    """Its entries with their lengths; more than two go on in another line where they are longer than the figure."""
    entries = [(way, words, 34 + width(words, m.label)) for way, words in outline.legend]
    lines: list[list[tuple[Way, str, float]]] = []
    for entry in entries:
        taken = sum(length + _BETWEEN for *_, length in lines[-1]) if lines else 0.0
        if not lines or (len(entries) > 2 and taken + entry[2] > whole):
            lines.append([])
        lines[-1].append(entry)
    return lines


def _sample(way: Way, left: float, y: float, of: _Of) -> Path:
    """A line of the legend."""
    rise = _RISES.get(way.removeprefix("learned-"), 0.0)
    ink, thickness = style_of(way)
    points = ((left, y + rise), (left + 28, y - rise))
    return Path(points, ink, way == "adapted", thickness=thickness, classes=("legend",), of=of(way))


def _remarks(outline: Outline, bounds: tuple[float, float, float, float], m: Measures) -> list[TextLine]:
    """Below everything else, no wider than the figure where that is wide enough to be read."""
    letters = max(_SHORTEST, int((bounds[2] - bounds[0]) / width("n", m.small)))
    lines = [line for remark in outline.remarks for line in wrap(remark, letters)]
    middle = (bounds[0] + bounds[2]) / 2
    return [
        TextLine(line, middle, bounds[3] + _APART + at * max(10.0, 1.05 * m.small), m.small, ink="faint")
        for at, line in enumerate(lines)
    ]
