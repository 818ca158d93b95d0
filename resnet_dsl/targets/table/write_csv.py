"""A table as comma-separated values, for a spreadsheet."""

from __future__ import annotations

from resnet_dsl.tabular import comma_separated
from resnet_dsl.targets.table.gather import Table, in_a_line


def write_csv(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    rows = [[row.name, row.size, *(in_a_line(cell, "; ") for cell in row.cells), *row.counts] for row in table.rows]
    sums = [[name, "", *values, *[""] * more] for name, values in table.sums]
    notes = [[note, *[""] * (len(table.header) - 1)] for note in table.notes]
    return comma_separated(map(_inert, row) for row in [table.header, *rows, *sums, *notes])


def _inert(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; a stranger's name is none."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
