"""A table in LaTeX: a ``tabular`` to put into a paper, which needs the package booktabs."""

from __future__ import annotations

from resnet_dsl.targets.figure.formats.tex import escape_tex
from resnet_dsl.targets.table.gather import Cell, Table


def write_latex(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    lines = [
        rf"\begin{{tabular}}{{ll{'c' * len(table.networks)}{'r' * more}}}",
        r"\toprule",
        _line([escape_tex(title) for title in table.header]),
        r"\midrule",
    ]
    for row in table.rows:
        cells = [escape_tex(row.name), escape_tex(row.size), *map(_cell, row.cells), *row.counts]
        lines.append(_line(cells))
    lines.append(r"\midrule")
    lines += [_line([name, "", *values, *[""] * more]) for name, values in table.sums]
    width = rf"\multicolumn{{{len(table.header)}}}{{p{{0.9\linewidth}}}}"
    notes = [rf"{width}{{{escape_tex(note)}}} \\" for note in table.notes]
    return "\n".join([*lines, r"\bottomrule", *notes, r"\end{tabular}", ""])


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(cell: Cell) -> str:
    if not cell:
        return ""
    lines = []
    for group in cell:
        rows = [escape_tex(row) for row in group.rows]
        if group.repeat == 1 and len(rows) == 1:
            lines.append(rows[0])
            continue
        inner = r"\\ ".join(rows)
        times = rf"\times {group.repeat}" if group.repeat > 1 else ""
        lines.append(rf"$\left[\begin{{tabular}}{{@{{}}c@{{}}}}{inner}\end{{tabular}}\right]{times}$")
    stacked = r"\\ ".join(lines)
    return lines[0] if len(lines) == 1 else rf"\begin{{tabular}}{{@{{}}c@{{}}}}{stacked}\end{{tabular}}"
