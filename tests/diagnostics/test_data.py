"""Diagnostics as data."""

import json

from resnet_dsl.diagnostics.data import as_json
from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Source, Span


def test_lines_and_columns_count_from_one() -> None:
    source = Source("a.resnet", "é two\nthree\n")
    diagnostic = Diagnostic(
        "E0302",
        "wrong",
        Label(Span(source, 2, 5), "this"),
        (Label(Span(source, 2, 9), "that"),),
        ("in block `b`",),
        "do",
        (Edit(Span(source, 2, 5), "one"),),
    )
    place = {"file": "a.resnet", "line": 1, "column": 3, "end_line": 1, "end_column": 6}
    assert json.loads(as_json([diagnostic])) == [
        {
            "code": "E0302",
            "severity": "error",
            "message": "wrong",
            **place,
            "label": "this",
            "labels": [{**place, "end_line": 2, "end_column": 4, "text": "that"}],
            "notes": ["in block `b`"],
            "help": "do",
            "edits": [{**place, "text": "one"}],
            "sure": False,
        }
    ]


def test_without_a_place() -> None:
    (data,) = json.loads(as_json([Diagnostic("W0001", "odd", None)]))
    assert data["severity"] == "warning"
    assert [data[key] for key in ("file", "line", "column", "end_line", "end_column", "help")] == [None] * 6


def test_in_order_and_each_once() -> None:
    source = Source("a", "0123456789")
    late, early = (Diagnostic("E0000", "wrong", Label(Span(source, start, 9))) for start in (5, 2))
    assert [data["column"] for data in json.loads(as_json([late, early, late]))] == [3, 6]
