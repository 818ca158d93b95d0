"""Diagnostics as data, for editors and other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.order import in_order


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON list, all of them, in order."""
    return json.dumps([as_data(diagnostic) for diagnostic in in_order(diagnostics)], indent=2, ensure_ascii=False)


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """Lines and columns are counted from 1, a column is a character; the end is behind the last character.

    ``file`` to ``end_column`` are null where no text is at fault. ``edits``, made together, are the remedy: the
    ``text`` of each takes the place of what stands there. ``sure`` as in Diagnostic.
    """
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.place),
        "label": diagnostic.place.text if diagnostic.place else "",
        "labels": [{**_place(label), "text": label.text} for label in diagnostic.others],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "edits": [{**_place(edit), "text": edit.text} for edit in diagnostic.edits],
        "sure": diagnostic.sure,
    }


def _place(placed: Label | Edit | None) -> dict[str, Any]:
    if not placed:
        return dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    source, start, end = placed.span
    line, column = source.position(start)
    end_line, end_column = source.position(end)
    return {"file": source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
