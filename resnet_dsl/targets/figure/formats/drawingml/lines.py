"""The words of a box as lines of one text, where they stand so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.targets.figure.layout.geometry import Box, TextLine

LEADING = 1.2
"""Height of a line of words over the font's size."""
_NEAR = 0.6
"""Points by which words may stand beside the middle of the box that holds them."""


class LineOfWords(NamedTuple):
    """Words beside each other, and how high their line is."""

    texts: list[TextLine]
    height: float


def lines_of(box: Box) -> list[LineOfWords]:
    """Its words line by line, where they stand as those of one text around its middle; else none: they stand alone."""
    rows: dict[float, list[TextLine]] = {}
    for text in sorted(box.texts, key=lambda text: (text.y, text.bounds[0])):
        rows.setdefault(text.y, []).append(text)
    middles = ((row[0].bounds[0] + row[-1].bounds[2]) / 2 for row in rows.values())
    if any(abs(middle - box.x) > _NEAR for middle in middles):
        return []
    for heights in _heights(rows):
        if all(abs(y - box.y - place) < _NEAR for y, place in zip(rows, _places(heights), strict=True)):
            return [LineOfWords(row, height) for row, height in zip(rows.values(), heights, strict=True)]
    return []


def _heights(rows: dict[float, list[TextLine]]) -> Iterator[list[float]]:
    """How high lines may be: as their letters ask for, or all as far apart as the first two."""
    yield [max(text.size for text in row) * LEADING for row in rows.values()]
    first, second, *_ = [*rows, 0.0, 0.0]
    yield [second - first] * len(rows)


def _places(heights: list[float]) -> Iterator[float]:
    """Where the middles of lines are, from the middle of all."""
    top = -sum(heights) / 2
    for height in heights:
        yield top + height / 2
        top += height
