"""Networks as a table, the ResNet paper's Table 1: ``write(tabulate([resnet18, resnet34]), "latex")``.

gather (what stands in which cell) -> formats (how it is written). With a row for each network (``list_networks``):
listing -> listing_formats.
"""

from __future__ import annotations

from pathlib import Path

from resnet_dsl.failure import Failure
from resnet_dsl.targets.forms import TABLES, renamed
from resnet_dsl.targets.table import listing_formats
from resnet_dsl.targets.table.formats import FORMATS
from resnet_dsl.targets.table.gather import NetworkTable, tabulate
from resnet_dsl.targets.table.listing import Listed, Listing, list_networks

ENDINGS = {form.ending: name for name, form in TABLES.items() if name != "text"}
"""What the ending of a file's name says of its form. In a ``.txt`` any of them may stand."""


def form_of(path: str, asked: str | None = None) -> str:
    """The form of a table that goes there: the one that was asked for, or that of the ending, or text.

    Raises Failure where the two differ, and where nothing was asked for and the ending says no form.
    """
    ending = Path(path).suffix.lower()
    said = ENDINGS.get(ending)
    if asked is None and said is None and ending not in ("", ".txt"):
        remedy = renamed(path, [form.ending for form in TABLES.values()])
        raise Failure(f"`{path}` says no form", f"{remedy}; or choose the form: `--to`")
    if asked is not None and said not in (None, asked):
        raise Failure(
            f"`{path}` is the name of a table in the form {said}, not {asked}", "leave `--to` out, or rename it"
        )
    return asked or said or "text"


def write(table: NetworkTable | Listing, form: str = "text", siunitx: bool = False) -> str:
    """The table in one of FORMATS. ``siunitx``: that package aligns the numbers of a Listing."""
    if isinstance(table, NetworkTable):
        return FORMATS[form](table)
    return listing_formats.siunitx(table) if siunitx else listing_formats.FORMATS[form](table)


__all__ = ["FORMATS", "Listed", "Listing", "NetworkTable", "form_of", "list_networks", "tabulate", "write"]
