"""The forms of a table: a function each, from a NetworkTable to its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from textwrap import wrap

from resnet_dsl.showing import width
from resnet_dsl.tabular import comma_separated, markdown, padded, plain
from resnet_dsl.targets.figure.formats.tex import escape_tex
from resnet_dsl.targets.figure.outline.outline import Group
from resnet_dsl.targets.table.gather import Cell, NetworkTable

_SHORTEST = 60
"""Letters of a line of notes, under however narrow a table."""


def _in_a_line(cell: Cell, between: str, escape: Callable[[str], str] = str) -> str:
    """A cell's groups and their rows, with ``between`` between them: ``[3×3, 64; 3×3, 64] × 2``."""
    return between.join(_in_brackets(group, between.join(map(escape, group.rows))) for group in cell)


def _in_brackets(group: Group, rows: str) -> str:
    if group.repeat == 1 and len(group.rows) == 1:
        return rows
    return f"[{rows}]" + (f" × {group.repeat}" if group.repeat > 1 else "")


def csv(table: NetworkTable) -> str:
    """As comma-separated values, for a spreadsheet."""
    rows = [[row.name, row.size, *(_in_a_line(cell, "; ") for cell in row.cells), *row.counts] for row in table.rows]
    notes = [[note, *[""] * (len(table.header) - 1)] for note in table.notes]
    return comma_separated(map(inert, row) for row in [table.header, *rows, *table.footer, *notes])


def inert(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; a stranger's name is none."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def pipes(table: NetworkTable) -> str:
    """In Markdown, for a README."""
    lines = [markdown(map(plain, table.header)), markdown(["---"] * len(table.header))]
    lines += [
        markdown([plain(row.name), row.size, *(_in_a_line(cell, "<br>", plain) for cell in row.cells), *row.counts])
        for row in table.rows
    ]
    lines += [markdown([f"**{name}**", *values]) for name, *values in table.footer]
    notes = [line for note in table.notes for line in ("", plain(note))]
    return "\n".join([*lines, *notes]) + "\n"


def html(table: NetworkTable) -> str:
    """A ``table`` element with headings that a screen reader can follow."""
    lines = ["<table>", f"<caption>{escape(', '.join(table.networks))}</caption>", "<thead>"]
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in table.header)
    lines += [f"<tr>{titles}</tr>", "</thead>", "<tbody>"]
    for row in table.rows:
        cells = (_in_a_line(cell, "<br/>", escape) for cell in row.cells)
        lines.append(_html_row(escape(row.name), [escape(row.size), *cells, *map(escape, row.counts)]))
    lines += ["</tbody>", "<tfoot>", *(_html_row(name, map(escape, values)) for name, *values in table.footer)]
    lines += [f'<tr><td colspan="{len(table.header)}">{escape(note)}</td></tr>' for note in table.notes]
    return "\n".join([*lines, "</tfoot>", "</table>", ""])


def _html_row(name: str, cells: Iterable[str]) -> str:
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def latex(table: NetworkTable) -> str:
    """A ``tabular`` to put into a paper, which needs the package booktabs."""
    counts = len(table.header) - len(table.networks) - 2
    lines = [
        rf"\begin{{tabular}}{{ll{'c' * len(table.networks)}{'r' * counts}}}",
        r"\toprule",
        _latex_row(map(escape_tex, table.header)),
        r"\midrule",
    ]
    for row in table.rows:
        names = map(escape_tex, (row.name, row.size))
        lines.append(_latex_row([*names, *map(_stacked, row.cells), *row.counts]))
    lines += [r"\midrule", *map(_latex_row, table.footer)]
    wide = rf"\multicolumn{{{len(table.header)}}}{{p{{0.9\linewidth}}}}"
    notes = [rf"{wide}{{{escape_tex(note)}}} \\" for note in table.notes]
    return "\n".join([*lines, r"\bottomrule", *notes, r"\end{tabular}", ""])


def _latex_row(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _stacked(cell: Cell) -> str:
    lines = []
    for group in cell:
        rows = r"\\ ".join(map(escape_tex, group.rows))
        if group.repeat > 1 or len(group.rows) > 1:
            times = rf"\times {group.repeat}" if group.repeat > 1 else ""
            rows = rf"$\left[\begin{{tabular}}{{@{{}}c@{{}}}}{rows}\end{{tabular}}\right]{times}$"
        lines.append(rows)
    if len(lines) < 2:
        return "".join(lines)
    inner = r"\\ ".join(lines)
    return rf"\begin{{tabular}}{{@{{}}c@{{}}}}{inner}\end{{tabular}}"


def text(table: NetworkTable) -> str:
    """For a terminal; blocks in brackets, as the paper's Table 1 prints them."""
    head = [[title] for title in table.header]
    body = [
        [[row.name], [row.size], *map(_bracketed, row.cells), *([value] for value in row.counts)] for row in table.rows
    ]
    foot = [[[value] for value in row] for row in table.footer]
    widths = [max(width(line) for row in [head, *body, *foot] for line in row[column]) for column in range(len(head))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [*_lines(head, widths), rule]
    lines += [line for row in body for line in _lines(row, widths)]
    lines += [rule, *(line for row in foot for line in _lines(row, widths))]
    return "\n".join([*lines, *wrapped(table.notes, len(rule))]) + "\n"


def wrapped(notes: Iterable[str], wide: int) -> list[str]:
    """Notes below a table, in lines of its width."""
    return [line for note in notes for line in wrap(note, max(_SHORTEST, wide), subsequent_indent="  ")]


def _bracketed(cell: Cell) -> list[str]:
    """The lines of a cell."""
    lines: list[str] = []
    for group in cell:
        if group.repeat == 1 and len(group.rows) == 1:
            lines.append(group.rows[0])
            continue
        inner = max(map(width, group.rows))
        for at, row in enumerate(group.rows):
            left, right = _bracket(at, len(group.rows))
            times = f" × {group.repeat}" if at == len(group.rows) // 2 and group.repeat > 1 else ""
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


FORMATS: dict[str, Callable[[NetworkTable], str]] = {
    "text": text,
    "md": pipes,
    "latex": latex,
    "html": html,
    "csv": csv,
}
