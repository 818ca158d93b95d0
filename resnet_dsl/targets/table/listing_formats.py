"""The forms of a table of networks, one a row: a function each, from a Listing to its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from resnet_dsl.tabular import columns, comma_separated, markdown, plain
from resnet_dsl.targets.figure.formats.tex import escape_tex
from resnet_dsl.targets.table.formats import inert, wrapped
from resnet_dsl.targets.table.listing import Listing, ListingColumn, Value

_LETTERS = {"words": "l", "number": "r", "change": "r", "mark": "c"}
_MARK = r"$\bullet$"
"""Not a bullet of text, which TeX often takes from a bitmap."""


def _said(listing: Listing) -> list[list[str]]:
    return [[column.said(value) for column, value in zip(listing.columns, row, strict=True)] for row in listing.rows]


def text(listing: Listing) -> str:
    """For a terminal."""
    table = columns([column.title for column in listing.columns], _said(listing))
    return table + "".join(f"{line}\n" for line in wrapped(listing.notes, len(table.partition("\n")[0])))


def csv(listing: Listing) -> str:
    """For a spreadsheet: whole numbers, whatever unit people read them in."""
    rows = [[_raw(value) for value in row] for row in listing.rows]
    return comma_separated([[inert(column.name) for column in listing.columns], *rows])


def _raw(value: Value) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else inert(value) if isinstance(value, str) else value


def pipes(listing: Listing) -> str:
    """In Markdown."""
    rules = ("---" if column.kind == "words" else ":---:" if column.kind == "mark" else "---:"
             for column in listing.columns)  # fmt: skip
    lines = [markdown(plain(column.title) for column in listing.columns), markdown(rules)]
    lines += [markdown(map(plain, row)) for row in _said(listing)]
    return "\n".join([*lines, *(line for note in listing.notes for line in ("", plain(note)))]) + "\n"


def html(listing: Listing) -> str:
    """A ``table`` element with headings that a screen reader can follow."""
    heads = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in listing.columns)
    lines = ["<table>", f"<thead><tr>{heads}</tr></thead>", "<tbody>"]
    for name, *cells in _said(listing):
        row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(name)}</th>{row}</tr>')
    notes = [f'<tr><td colspan="{len(listing.columns)}">{escape(note)}</td></tr>' for note in listing.notes]
    return "\n".join([*lines, "</tbody>", "<tfoot>", *notes, "</tfoot>", "</table>", ""])


def latex(listing: Listing) -> str:
    """A ``tabular`` that needs booktabs."""
    letters = "".join(_LETTERS[column.kind] for column in listing.columns)
    heads = [*map(_stacked, listing.columns)]
    return _tabular(listing, "booktabs", letters, heads, _plain_cell)


def siunitx(listing: Listing) -> str:
    """The same whose numbers are aligned by siunitx at their points."""
    letters = "".join(f" {_number_format(listing, at)} " for at in range(len(listing.columns)))
    heads = [f"{{{_stacked(column)}}}" for column in listing.columns]
    return _tabular(listing, "booktabs and siunitx", letters.strip(), heads, _siunitx_cell)


def _stacked(column: ListingColumn) -> str:
    """A heading in lines, since columns of a page have little room; a change stands behind what it is of."""
    title = column.title.replace(column.name, "Δ") if column.kind == "change" else column.title
    lines = re.split(r"(?<![=+]) (?!\+)" if column.kind == "mark" else r" (?=\()", title)
    said = r"\\".join(map(escape_tex, lines))
    return rf"\shortstack{{{said}}}" if len(lines) > 1 else said


def _tabular(
    listing: Listing, packages: str, letters: str, heads: list[str], write: Callable[[ListingColumn, Value], str]
) -> str:
    rows = [[write(column, value) for column, value in zip(listing.columns, row, strict=True)] for row in listing.rows]
    lines = [" & ".join(row) + r" \\" for row in rows]
    parts = [*lines[:1], *([r"\midrule"] if listing.baseline and lines[1:] else []), *lines[1:]]
    wide = rf"\multicolumn{{{len(listing.columns)}}}{{p{{0.9\linewidth}}}}"
    notes = [rf"{wide}{{\footnotesize {escape_tex(note)}}} \\" for note in listing.notes]
    head = [f"% needs {packages}", rf"\begin{{tabular}}{{{letters}}}", r"\toprule", " & ".join(heads) + r" \\"]
    return "\n".join([*head, r"\midrule", *parts, r"\bottomrule", *notes, r"\end{tabular}", ""])


def _plain_cell(column: ListingColumn, value: Value) -> str:
    if isinstance(value, bool):
        return _MARK if value else ""
    said = column.said(value)
    return escape_tex(said) if isinstance(value, str) or not said else f"${said.replace('−', '-')}$"


def _siunitx_cell(column: ListingColumn, value: Value) -> str:
    if isinstance(value, bool) or column.kind == "words":
        return _plain_cell(column, value)
    said = column.said(value)
    return f"{{{escape_tex(said)}}}" if isinstance(value, str) or not said else said.replace("−", "-")


def _number_format(listing: Listing, at: int) -> str:
    """``S[table-format=+2.3]``: as many digits as the widest number of the column has."""
    column = listing.columns[at]
    if column.kind in ("words", "mark"):
        return _LETTERS[column.kind]
    said = [column.said(row[at]) for row in listing.rows if isinstance(row[at], int | float)]
    digits = max((len(one.lstrip("+−").partition(".")[0]) for one in said), default=1)
    sign = "+" if column.kind == "change" else ""
    more = ", retain-explicit-plus" if sign else ""
    return f"S[table-format={sign}{digits}.{column.decimals}{more}]"


FORMATS: dict[str, Callable[[Listing], str]] = {"text": text, "md": pipes, "latex": latex, "html": html, "csv": csv}
