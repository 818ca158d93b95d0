"""Graphs in a stranger's file: they keep the limits of specs, and ask for no more numbers than the file has."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import call

FIXTURE = Path(__file__).parents[1] / "fixtures" / "0.1.0" / "small.keras"


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The file of a small network with another graph."""
    with zipfile.ZipFile(FIXTURE) as whole, zipfile.ZipFile(path, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("ir.json"):
                graph = json.loads(content)
                change(graph)
                content = json.dumps(graph).encode()
            archive.writestr(name, content)
    return path


def dense(graph: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in graph["nodes"] if node["op"] == "dense")


def conv(graph: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in graph["nodes"] if node["op"] == "conv")


def repeated(graph: dict[str, Any]) -> None:
    last = graph["nodes"][-1]
    graph["nodes"] += [
        {**last, "name": f"more{index}", "op": "relu", "args": {}, "inputs": [0], "skip": None}
        for index in range(125_000)
    ]


CASES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a layer too large": (lambda g: dense(g)["args"].update(units=10**9), "1,000,000,000 are the most"),
    "a map too large": (lambda g: g["nodes"][0]["args"].update(shape=[10**5, 10**5, 3]), "are the most"),
    "too many operations": (repeated, "125,000 are the most"),
    "more weights than the file": (lambda g: dense(g)["args"].update(units=10**7), "numbers of"),
    "other weights than the file": (lambda g: dense(g)["args"].update(units=4), "the file has 16x5, 5, the network"),
    "an unknown operation": (lambda g: dense(g).update(op="exec"), "unknown operation"),
    "a later input": (lambda g: dense(g).update(inputs=[999]), "must read nodes before it"),
    "no input": (lambda g: dense(g).update(inputs=[]), "wrong number of inputs"),
    "a name twice": (lambda g: dense(g).update(name=conv(g)["name"]), "two nodes have one name"),
    "a name that is a path": (lambda g: dense(g).update(name="../x"), "cannot be a name"),
    "a name with an escape": (lambda g: g.update(name="\x1b[31m"), "cannot be a name"),
    "a number that is none": (lambda g: dense(g)["args"].update(units=float("nan")), "cannot have units"),
    "an infinite number": (lambda g: dense(g)["args"].update(units=float("inf")), "cannot have units"),
    "an argument of another type": (lambda g: conv(g)["args"].update(kernel="3"), "cannot have kernel"),
    "an argument too many": (lambda g: conv(g)["args"].update(code="x"), "has other arguments"),
    "a field too many": (lambda g: g.update(code="x"), "not permitted"),
    "another format": (lambda g: g.update(format=2), "format"),
    "a scope that does not exist": (lambda g: conv(g).update(scope=99), "lie in a scope"),
    "an output that does not exist": (lambda g: g.update(output=10**6), "an output is not a node"),
    "a layer that is shared with another": (lambda g: dense(g).update(shares=1), "they are not the same operation"),
}


@pytest.mark.keras
@pytest.mark.parametrize("case", CASES)
def test_a_graph_that_no_spec_gives_is_refused(tmp_path: Path, case: str) -> None:
    change, why = CASES[case]
    ended = call("load", str(changed(tmp_path / "net.keras", change)))
    assert ended.code == 2, ended.err
    assert "net.keras" in ended.err
    assert why in ended.err


@pytest.mark.keras
def test_the_unchanged_one_loads(tmp_path: Path) -> None:
    assert call("load", str(changed(tmp_path / "net.keras", lambda graph: None))).code == 0
