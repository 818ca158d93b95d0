"""A table in Markdown (pipes), for a README."""

from __future__ import annotations

import re
from html import escape

from resnet_dsl.tabular import markdown
from resnet_dsl.targets.table.gather import Table, in_a_line


def write_markdown(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    lines = [markdown(map(_plain, table.header)), markdown(["---"] * len(table.header))]
    lines += [
        markdown([_plain(row.name), row.size, *(in_a_line(cell, "<br>", _plain) for cell in row.cells), *row.counts])
        for row in table.rows
    ]
    lines += [markdown([f"**{name}**", "", *values, *[""] * more]) for name, values in table.sums]
    notes = [line for note in table.notes for line in ("", _plain(note))]
    return "\n".join([*lines, *notes]) + "\n"


def _plain(text: str) -> str:
    """Text that means itself: no markup of Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", escape(text, quote=False))
