"""Collects what is drawn, in (along, across), and makes the geometry of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from textwrap import wrap

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Polygon, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.sizes import MERGE
from resnet_dsl.targets.figure.layout.sums import draw_sums
from resnet_dsl.targets.figure.outline.outline import Outline

_SHORTEST = 40
"""Letters of a line of remarks, in however narrow a figure."""
_APART = 18.0
"""From what stands above to the legend, and to remarks."""


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

    def finish(self, outline: Outline) -> Geometry:
        bounds = _bounds(self.boxes, self.texts, self.paths)
        legend_texts, legend_paths = _legend(outline, bounds, self.measures)
        paths = [*self.paths, *legend_paths]
        texts = [*self.texts, *legend_texts]
        if outline.sums:
            sums = draw_sums(outline.sums, _bounds(self.boxes, texts, paths), self.measures)
            texts, paths = [*texts, *sums[0]], [*paths, *sums[1]]
        texts += _remarks(outline, _bounds(self.boxes, texts, paths), self.measures)
        left, top, right, bottom = _bounds(self.boxes, texts, paths)
        margin = self.measures.margin
        move = _Move(margin - left, margin - top)
        frames = sorted(self.boxes, key=lambda box: box.shape != "frame")
        begun = [column for column in outline.columns if not column.continues]
        title = " and ".join(column.title or column.key for column in begun)
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
class _Move:
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
    move = _Move((width - geometry.width) / 2, 0.0)
    return replace(
        geometry,
        width=width,
        boxes=tuple(map(move.box, geometry.boxes)),
        texts=tuple(map(move.text, geometry.texts)),
        paths=tuple(map(move.path, geometry.paths)),
    )


def _bounds(boxes: list[Box], texts: list[TextLine], paths: list[Path]) -> tuple[float, float, float, float]:
    corners = [box.bounds for box in boxes] + [text.bounds for text in texts]
    corners += [(x, y, x, y) for path in paths for x, y in path.points]
    if not corners:
        return 0.0, 0.0, 0.0, 0.0
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _legend(
    outline: Outline, bounds: tuple[float, float, float, float], m: Measures
) -> tuple[list[TextLine], list[Path]]:
    texts: list[TextLine] = []
    paths: list[Path] = []
    lengths = [34 + width(words, m.label) for _, words in outline.legend]
    left = (bounds[0] + bounds[2]) / 2 - (sum(lengths) + 20 * (len(lengths) - 1)) / 2
    y = bounds[3] + _APART + MERGE / 2
    for (way, words), length in zip(outline.legend, lengths, strict=True):
        adapted = way == "adapted"
        points = ((left, y), (left + 28, y))
        paths.append(Path(points, "projection" if adapted else "line", adapted, classes=("legend",)))
        texts.append(TextLine(words, left + 34, y, m.label, anchor="start"))
        left += length + 20
    return texts, paths


def _remarks(outline: Outline, bounds: tuple[float, float, float, float], m: Measures) -> list[TextLine]:
    """Below everything else, no wider than the figure where that is wide enough to be read."""
    letters = max(_SHORTEST, int((bounds[2] - bounds[0]) / width("n", m.small)))
    lines = [line for remark in outline.remarks for line in wrap(remark, letters)]
    middle = (bounds[0] + bounds[2]) / 2
    return [
        TextLine(line, middle, bounds[3] + _APART + at * max(10.0, 1.05 * m.small), m.small, ink="faint")
        for at, line in enumerate(lines)
    ]
