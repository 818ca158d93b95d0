"""The forms of figures and tables: what the ending of a name says, and which packages it needs.

The other outputs, those of ``compile --to``, are the rows of TARGETS in ``targets/__init__.py``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.sentences import either


class Form(NamedTuple):
    """ending: of its files. words: what it is. packages: those that it needs and the light install does not bring."""

    ending: str
    words: str
    packages: tuple[str, ...] = ()


FIGURES = {
    "svg": Form(".svg", "for pages and papers, text as text"),
    "png": Form(".png", "pixels, drawn by Graphviz"),
    "pdf": Form(".pdf", "a page of the figure's size, fonts embedded", ("reportlab",)),
    "dot": Form(".dot", "Graphviz, all places given"),
    "tex": Form(".tex", "TikZ, to be put into a paper and edited there"),
    "drawio": Form(".drawio", "for draw.io: shapes, groups and lines that hold on"),
    "pptx": Form(".pptx", "a slide of shapes, groups and connectors", ("pptx",)),
    "html": Form(".html", "a page on which blocks unfold"),
}
TABLES = {
    "md": Form(".md", "pipes"),
    "latex": Form(".tex", "a tabular of LaTeX"),
    "html": Form(".html", "a table of HTML"),
    "csv": Form(".csv", "values for a spreadsheet"),
    "text": Form(".txt", "columns and brackets, for a terminal"),
}


def endings(forms: Mapping[str, Form]) -> str:
    """What a name may end in: ``.svg, .png or .html``."""
    return either([form.ending for form in forms.values()])


_OTHERS = {
    ".png": (".gif", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"),
    ".pdf": (".eps", ".ps"),
    ".dot": (".gv",),
    ".tex": (".tikz", ".latex", ".pgf"),
    ".pptx": (".ppt", ".key", ".odp"),
    ".drawio": (".vsd", ".vsdx"),
    ".csv": (".tsv", ".xls", ".xlsx", ".ods"),
    ".md": (".markdown",),
}
"""Endings that nothing is written with, by the one of what serves the same."""


def renamed(path: str, known: Sequence[str]) -> str:
    """The remedy for a name whose ending says no form: the same name with the ending that was probably meant."""
    stem, ending = os.path.splitext(path)
    others = (own for own, others in _OTHERS.items() if own in known and ending.lower() in others)
    meant = nearest(ending, known) or next(others, known[0])
    return f"write `{stem}{meant}`; the endings are {either(known)}"
