"""The table below a figure, and the list below that."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TypeAlias

from resnet_dsl.targets.figure.layout.geometry import Path, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.outline.outline import Sums

Bounds: TypeAlias = tuple[float, float, float, float]
_BETWEEN = 14.0
"""Between two columns of numbers."""
_ABOVE = 20.0
_SHORTEST = 48
"""Letters of a line of the list, in however narrow a figure."""


def draw_sums(sums: Sums, bounds: Bounds, m: Measures) -> tuple[list[TextLine], list[Path]]:
    """``bounds``: of what stands above, to whose middle it is centred."""
    columns = list(zip(sums.header, *sums.rows, strict=True))
    widths = [max(_wide(cell, at == 0, m) for at, cell in enumerate(column)) for column in columns]
    left = (bounds[0] + bounds[2] - sum(widths) - _BETWEEN * (len(widths) - 1)) / 2
    right = left + sum(widths) + _BETWEEN * (len(widths) - 1)
    top = bounds[3] + _ABOVE
    texts = [text for at, row in enumerate((sums.header, *sums.rows)) for text in _row(row, at, left, top, widths, m)]
    bottom = top + _height(m) * len(sums.rows)
    rules = (top - _height(m) / 2 - 1, top + _height(m) / 2, bottom + _height(m) / 2 + 1)
    paths = [Path(((left, y), (right, y)), "faint", arrow=False, thickness=0.6, classes=("bracket",)) for y in rules]
    return [*texts, *_told(sums, bounds, (left, bottom + _height(m) / 2), m)], paths


def _height(m: Measures) -> float:
    """Of a row."""
    return m.leading + 2


def _wide(cell: str, heading: bool, m: Measures) -> float:
    return width(cell, m.label, "bold" if heading else "plain")


def _row(
    cells: tuple[str, ...], at: int, left: float, top: float, widths: list[float], m: Measures
) -> Iterator[TextLine]:
    """Names at the left, numbers at the right of their columns."""
    y = top + _height(m) * at
    for number, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
        if cell:
            place = (left + (wide if number else 0.0), y)
            yield TextLine(cell, *place, m.label, "plain" if at else "bold", "end" if number else "start")
        left += wide + _BETWEEN


def _told(sums: Sums, bounds: Bounds, corner: tuple[float, float], m: Measures) -> Iterator[TextLine]:
    """The list: marks, and behind them the words, as wide as the figure where that is wide enough to be read."""
    marked = max((width(f"{mark} ", m.small) for mark, _ in sums.told), default=0.0) + 2
    left = min(corner[0], bounds[0])
    letters = max(_SHORTEST, int((bounds[2] - left - marked) / width("n", m.small)))
    y = corner[1] + _ABOVE
    for mark, words in sums.told:
        if mark:
            yield TextLine(mark, left, y, m.small, anchor="start", ink="faint")
        for line in wrap(words, letters):
            yield TextLine(line, left + marked, y, m.small, anchor="start", ink="faint")
            y += m.line
