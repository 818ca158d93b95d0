"""A table as comma-separated values, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from resnet_dsl.targets.table.gather import Cell, Table


def write_csv(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_inert, table.header))
    for row in table.rows:
        writer.writerow(map(_inert, [row.name, row.size, *map(_cell, row.cells), *row.counts]))
    for name, values in table.sums:
        writer.writerow([name, "", *values, *[""] * more])
    for note in table.notes:
        writer.writerow([_inert(note), *[""] * (len(table.header) - 1)])
    return text.getvalue()


def _cell(cell: Cell) -> str:
    return "; ".join(
        f"[{'; '.join(group.rows)}]" + (f" × {group.repeat}" if group.repeat > 1 else "")
        if group.repeat > 1 or len(group.rows) > 1
        else group.rows[0]
        for group in cell
    )


def _inert(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; a stranger's name is none."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
