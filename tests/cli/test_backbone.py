"""`compile --features`, `--no-top` and `--pooling`: every target sees the part, and what is wrong ends with 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import NET, call

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(autouse=True)
def _written(folder: None) -> None:
    Path("net.resnet").write_text(NET, encoding="utf-8")
    Path("headless.resnet").write_text("network n { input 8x8x3 stage a { conv(2, 3) } }", encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "outputs"),
    [
        (["--features", "b,a"], ["b", "a"]),
        (["--features", " a , b "], ["a", "b"]),
        (["--features", "all"], ["a", "b"]),
        (["--features", "stem"], ["stem"]),
        (["--no-top"], ["b"]),
        (["--no-top", "--pooling", "max"], ["head"]),
    ],
)
def test_every_target_sees_the_part(options: list[str], outputs: list[str]) -> None:
    ended = call("compile", "net.resnet", "--to", "ir", "-o", "part.json", *options)
    assert (ended.code, ended.err) == (0, "")
    written = json.loads(Path("part.json").read_text())
    assert [one["name"] for one in written["outputs"]] == outputs
    assert "head_dense" not in {node["name"] for node in written["nodes"]}
    assert "head_dense" not in call("compile", "net.resnet", "--to", "calls", *options).out
    assert "dense" not in call("compile", "net.resnet", "--to", "graph", *options).out
    assert "parameters" in ended.out


def test_a_part_is_drawn() -> None:
    assert call("compile", "net.resnet", "--to", "svg", "--no-top", "--quiet").code == 0
    assert "softmax" not in Path("small.svg").read_text()


@pytest.mark.parametrize(
    ("spec", "options", "words"),
    [
        ("net", ["--features", "c"], "`small` has no stage `c`"),
        ("net", ["--features", "stam"], "did you mean `stem`?"),
        ("net", ["--features", "a,a"], "names `a` twice"),
        ("net", ["--features", ","], "names no stage"),
        ("net", ["--features", "a", "--no-top"], "leave one of them out"),
        ("net", ["--pooling", "avg"], "leave out the top, too: `--no-top`"),
        ("net", ["--features", "a", "--pooling", "avg"], "leave out the top, too: `--no-top`"),
        ("net", ["--no-top", "--pooling", "mean"], "invalid choice: 'mean'"),
        ("net", ["--no-top", "--to", "tree"], "use `--to graph`"),
        ("headless", ["--no-top"], "`n` has no head"),
    ],
)
def test_what_makes_no_sense_is_refused(spec: str, options: list[str], words: str) -> None:
    ended = call("compile", f"{spec}.resnet", *options)
    assert ended.code == 2
    assert words in ended.err
    assert not [*Path().glob("*.keras")]
