"""Lines as a theme draws them: how thick, how they are dashed, how large heads are and how round boxes."""

from __future__ import annotations

from dataclasses import replace

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path
from resnet_dsl.targets.figure.theme.theme import Lines


def stroked(geometry: Geometry, lines: Lines, point: float) -> Geometry:
    """The figure with its lines drawn so; ``point``: points, as printed, of one of its units."""
    if lines == Lines():
        return geometry
    boxes = tuple(_box(box, lines, point) for box in geometry.boxes)
    return replace(geometry, boxes=boxes, paths=tuple(_path(path, lines, point) for path in geometry.paths))


def _box(box: Box, lines: Lines, point: float) -> Box:
    rounding = box.rounding if lines.corner is None or box.shape == "pill" else lines.corner / point
    return replace(box, thickness=box.thickness * _thickness(lines, point), rounding=rounding)


def _path(path: Path, lines: Lines, point: float) -> Path:
    dashes = path.dashes if lines.dash is None else (lines.dash[0] / point, lines.dash[1] / point)
    head = path.head if lines.arrow is None else lines.arrow / point
    return replace(path, thickness=path.thickness * _thickness(lines, point), dashes=dashes, head=head)


def _thickness(lines: Lines, point: float) -> float:
    """Of a line in units; what is thicker than a line stays so."""
    return 1.0 if lines.width is None else lines.width / point
