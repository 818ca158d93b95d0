"""The forms of figures and tables: what the ending of a name says, and which packages it needs.

The other outputs, those of ``compile --to``, are the rows of TARGETS in ``targets/__init__.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
