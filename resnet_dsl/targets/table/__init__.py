"""Networks as a table, the ResNet paper's Table 1: ``write(tabulate([resnet18, resnet34]), "latex")``.

gather (what stands in which cell) -> one file a format, each a function from a Table to its text.
"""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.targets.table.gather import Table, tabulate
from resnet_dsl.targets.table.write_csv import write_csv
from resnet_dsl.targets.table.write_html import write_html
from resnet_dsl.targets.table.write_latex import write_latex
from resnet_dsl.targets.table.write_markdown import write_markdown
from resnet_dsl.targets.table.write_text import write_text

FORMATS: dict[str, Callable[[Table], str]] = {
    "text": write_text,
    "md": write_markdown,
    "latex": write_latex,
    "html": write_html,
    "csv": write_csv,
}


def write(table: Table, form: str = "text") -> str:
    """The table in one of FORMATS."""
    return FORMATS[form](table)


__all__ = ["FORMATS", "Table", "tabulate", "write"]
