"""Tables as text: in columns for a terminal, in Markdown, and as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from resnet_dsl.showing import width

Cells = Sequence[str]


def columns(header: Cells, rows: Sequence[Cells], names: int = 1) -> str:
    """Lines for a terminal, under a ruled header: the first ``names`` columns to the left, numbers to the right."""
    widths = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    table = [header, ["-" * wide for wide in widths], *rows]
    return "".join(f"{'  '.join(_aligned(row, widths, names)).rstrip()}\n" for row in table)


def _aligned(row: Cells, widths: Sequence[int], names: int) -> Iterable[str]:
    for number, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        yield padded(cell, wide) if number < names else " " * (wide - width(cell)) + cell


def padded(text: str, wide: int) -> str:
    """The text with spaces behind it, so many columns wide."""
    return text + " " * (wide - width(text))


def markdown(cells: Iterable[str]) -> str:
    """A row of a table in Markdown, whose cells hold no pipe."""
    return f"| {' | '.join(cells)} |"


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """A row a line, with quotes where a value needs them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
