"""A table for a terminal; blocks in brackets, as the paper's Table 1 prints them."""

from __future__ import annotations

from textwrap import wrap

from resnet_dsl.showing import width
from resnet_dsl.tabular import padded
from resnet_dsl.targets.table.gather import Cell, Table

_SHORTEST = 60
"""Letters of a line of notes, under however narrow a table."""


def write_text(table: Table) -> str:
    body = [
        [[row.name], [row.size], *(_cell(cell) for cell in row.cells), *([value] for value in row.counts)]
        for row in table.rows
    ]
    more = len(table.header) - len(table.networks) - 2
    sums = [[[name], [""], *([value] for value in values), *([[""]] * more)] for name, values in table.sums]
    head = [[title] for title in table.header]
    widths = [max(width(line) for row in [head, *body, *sums] for line in row[column]) for column in range(len(head))]
    rule = ["-" * (sum(widths) + 2 * (len(widths) - 1))]
    lines = [*_lines(head, widths), *rule]
    for row in body:
        lines += _lines(row, widths)
    lines += rule
    for row in sums:
        lines += _lines(row, widths)
    wide = max(_SHORTEST, len(rule[0]))
    lines += [line for note in table.notes for line in wrap(note, wide, subsequent_indent="  ")]
    return "\n".join(lines) + "\n"


def _cell(cell: Cell) -> list[str]:
    lines: list[str] = []
    for group in cell:
        if group.repeat == 1 and len(group.rows) == 1:
            lines.append(group.rows[0])
            continue
        inner = max(map(width, group.rows))
        middle = len(group.rows) // 2
        for at, row in enumerate(group.rows):
            left, right = _bracket(at, len(group.rows))
            times = f" × {group.repeat}" if at == middle and group.repeat > 1 else ""
            lines.append(f"{left} {padded(row, inner)} {right}{times}")
    return lines or [""]


def _bracket(at: int, rows: int) -> tuple[str, str]:
    if rows == 1:
        return "[", "]"
    return ("⎡", "⎤") if at == 0 else ("⎣", "⎦") if at == rows - 1 else ("⎢", "⎥")


def _lines(row: list[list[str]], widths: list[int]) -> list[str]:
    """The lines of one row; cells of fewer lines stand in the middle."""
    tall = max(map(len, row))
    lines = []
    for at in range(tall):
        parts = []
        for cell, wide in zip(row, widths, strict=True):
            place = at - (tall - len(cell)) // 2
            parts.append(padded(cell[place] if 0 <= place < len(cell) else "", wide))
        lines.append("  ".join(parts).rstrip())
    return lines
