"""Tables as text: in columns for a terminal, in Markdown, in HTML, and as comma-separated values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from html import escape

from resnet_dsl.showing import BOLD, CYAN, line, painted, width

Cells = Sequence[str]


def columns(header: Cells, rows: Sequence[Cells], names: int = 1, colours: bool = False) -> str:
    """Lines for a terminal, under a ruled header: the first ``names`` columns to the left, numbers to the right.

    Strangers' words are spelt out; ``colours``: the header is bold, and what the rows are called in colour.
    """
    header, *rows = [[line(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    table = [[*_aligned(row, widths, names)] for row in (header, ["-" * wide for wide in widths], *rows)]
    if colours:
        table[0] = [painted(cell, BOLD) for cell in table[0]]
        table[2:] = [[painted(name, CYAN), *cells] for name, *cells in table[2:]]
    return "".join(f"{'  '.join(row).rstrip()}\n" for row in table)


def _aligned(row: Cells, widths: Sequence[int], names: int) -> Iterable[str]:
    for number, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        yield padded(cell, wide) if number < names else " " * (wide - width(cell)) + cell


def padded(text: str, wide: int) -> str:
    """The text with spaces behind it, so many columns wide."""
    return text + " " * (wide - width(text))


def markdown(cells: Iterable[str]) -> str:
    """A row of a table in Markdown, whose cells hold no pipe."""
    return f"| {' | '.join(cells)} |"


def html(title: str, header: Cells, rows: Sequence[Cells], names: int = 1) -> str:
    """A ``table`` element with a caption, and headings that a screen reader can follow; numbers to the right."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    lines = ["<table>", f"<caption>{escape(title)}</caption>", f"<thead><tr>{heads}</tr></thead>", "<tbody>"]
    for name, *cells in rows:
        body = "".join(_cell(cell, number >= names) for number, cell in enumerate(cells, 1))
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{body}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>", ""])


def _cell(cell: str, is_number: bool) -> str:
    style = ' style="text-align:right"' if is_number else ""
    return f"<td{style}>{escape(cell)}</td>"


def plain(text: str) -> str:
    """Text that means itself in Markdown: no markup of it or of HTML, no link, and on GitHub no mention."""
    signs = re.sub(r"([\\`*_{}\[\]#|~$]|:(?=\S))", r"\\\1", escape(text, quote=False))
    return re.sub(r"(@|\\#|[Ww][Ww][Ww](?=\.))(?=\S)", rf"\1{_JOINER}", signs)


_JOINER = "\N{WORD JOINER}"
"""It has no width: what stands on its two sides is no name of somebody, no number of an issue, no address."""


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """A row a line, with quotes where a value needs them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
