"""A table in Markdown (pipes), for a README."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from resnet_dsl.targets.table.gather import Cell, Table


def write_markdown(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    lines = [_line(map(_plain, table.header)), _line(["---"] * len(table.header))]
    lines += [_line([_plain(row.name), row.size, *map(_cell, row.cells), *row.counts]) for row in table.rows]
    lines += [_line([f"**{name}**", "", *values, *[""] * more]) for name, values in table.sums]
    notes = [line for note in table.notes for line in ("", _plain(note))]
    return "\n".join([*lines, *notes]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Cell) -> str:
    return "<br>".join(
        rows
        if group.repeat == 1 and len(group.rows) == 1
        else f"[{rows}]" + (f" × {group.repeat}" if group.repeat > 1 else "")
        for group in cell
        for rows in ["<br>".join(map(_plain, group.rows))]
    )


def _plain(text: str) -> str:
    """Text that means itself: no markup of Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", escape(text, quote=False))
