"""A table in HTML: a ``table`` element with headings that a screen reader can follow."""

from __future__ import annotations

from html import escape

from resnet_dsl.targets.table.gather import Table, in_a_line


def write_html(table: Table) -> str:
    more = len(table.header) - len(table.networks) - 2
    lines = ["<table>", f"<caption>{escape(', '.join(table.networks))}</caption>", "<thead>"]
    lines += [_row("".join(f'<th scope="col">{escape(title)}</th>' for title in table.header)), "</thead>", "<tbody>"]
    for row in table.rows:
        cells = [escape(row.size), *(in_a_line(cell, "<br/>", escape) for cell in row.cells), *map(escape, row.counts)]
        lines.append(_row(f'<th scope="row">{escape(row.name)}</th>' + "".join(f"<td>{cell}</td>" for cell in cells)))
    lines += ["</tbody>", "<tfoot>"]
    for name, values in table.sums:
        cells = ["", *map(escape, values), *[""] * more]
        lines.append(_row(f'<th scope="row">{name}</th>' + "".join(f"<td>{cell}</td>" for cell in cells)))
    lines += [_row(f'<td colspan="{len(table.header)}">{escape(note)}</td>') for note in table.notes]
    return "\n".join([*lines, "</tfoot>", "</table>", ""])


def _row(cells: str) -> str:
    return f"<tr>{cells}</tr>"
