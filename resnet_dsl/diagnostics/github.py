"""Diagnostics as annotations of a commit or pull request: workflow commands, which GitHub reads from a step's output.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.diagnostics.repository import also, path_of, sentences, shown_region

_OF_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_OF_PROPERTIES = _OF_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_commands(diagnostics: Iterable[Diagnostic]) -> str:
    """A line each, in order; what GitHub shows of a step's are its first ten errors and ten warnings."""
    return "".join(f"{_command(one)}\n" for one in in_order(diagnostics))


def _command(one: Diagnostic) -> str:
    properties = {**_place(one.place), "title": one.code}
    given = ",".join(f"{name}={str(value).translate(_OF_PROPERTIES)}" for name, value in properties.items())
    words = "\n".join([*sentences(one), *map(also, one.others)])
    return f"::{one.severity} {given}::{words.translate(_OF_DATA)}"


def _place(place: Label | None) -> dict[str, object]:
    """Columns are for places within one line: GitHub refuses them elsewhere. A text that is no file has no place."""
    path = path_of(place.span.source) if place else None
    if place is None or path is None:
        return {}
    line, column, end_line, end_column = shown_region(place.span)
    columns = {"col": column, "endColumn": end_column} if line == end_line else {}
    return {"file": path, "line": line, "endLine": end_line, **columns}
