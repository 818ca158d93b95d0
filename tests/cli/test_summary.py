"""`summary`: its JSON, and the same numbers as CSV, Markdown and text."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")


def data(*arguments: str) -> dict[str, Any]:
    ended = call("summary", *arguments, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_resnet50_as_json_has_the_keys_that_programs_read() -> None:
    found = data("resnet50")
    assert found["network"] == "resnet50"
    assert found["input_shape"] == [224, 224, 3]
    assert found["output_shape"] == [1000]
    assert found["params"] == 25_557_032
    assert found["total_params"] == 25_610_152
    assert found["macs"] == 4_089_184_256
    assert found["depth"] == 50
    stages = found["stages"]
    assert [stage["name"] for stage in stages] == ["stem", "conv2", "conv3", "conv4", "conv5", "head"]
    assert stages[4]["output_shape"] == [7, 7, 2048]
    assert sum(stage["params"] for stage in stages) == found["params"]
    assert sum(stage["macs"] for stage in stages) == found["macs"]


def test_open_lengths_are_null() -> None:
    found = data("small.resnet", "--input", "?x32x3")
    assert found["input_shape"] == [None, 32, 3]
    assert found["stages"][1]["output_shape"] == [None, 32, 8]
    assert found["macs"] is None
    assert found["params"] > 0


def test_the_memory_of_the_activations_is_told_in_mebibytes() -> None:
    """The input and what `relu` makes of it: twice 512 · 512 numbers of four bytes, 2 · 2^20 bytes."""
    Path("one.resnet").write_text("network one { input 512x512x1 stage s { relu } }", encoding="utf-8")
    assert "524,288 a sample (2.0 MiB in float32)" in call("summary", "one.resnet").out


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("1x1x1", "2 a sample (8 bytes in float32)"),
        ("4x4x1", "32 a sample (0.1 KiB in float32)"),
        ("64x64x1", "8,192 a sample (32.0 KiB in float32)"),
        ("128x128x1", "32,768 a sample (0.1 MiB in float32)"),
    ],
)
def test_few_activations_are_told_in_a_smaller_unit(size: str, told: str) -> None:
    Path("one.resnet").write_text(f"network one {{ input {size} stage s {{ relu }} }}", encoding="utf-8")
    assert told in call("summary", "one.resnet").out


@pytest.mark.parametrize(("by", "key", "first"), [("block", "blocks", "stem"), ("layer", "layers", "stem_conv")])
def test_finer_tables_come_beside_the_stages(by: str, key: str, first: str) -> None:
    found = data("small.resnet", "--by", by)
    rows = found[key]
    assert rows[0]["name"] == first
    assert sum(row["params"] for row in rows) == found["params"]
    assert [stage["name"] for stage in found["stages"]] == ["stem", "a", "b", "head"]


@pytest.mark.parametrize("by", ["stage", "block", "layer"])
def test_csv_has_the_same_rows(by: str) -> None:
    found = data("small.resnet", "--by", by)
    wanted = found["stages"] if by == "stage" else found[f"{by}s"]
    rows = list(csv.DictReader(io.StringIO(call("summary", "small.resnet", "--by", by, "--format", "csv").out)))
    assert [row["name"] for row in rows] == [row["name"] for row in wanted]
    assert [int(row["params"]) for row in rows] == [row["params"] for row in wanted]
    assert [int(row["macs"]) for row in rows] == [row["macs"] for row in wanted]
    assert rows[0]["output_shape"] == "32x32x8"


def test_markdown_is_a_table() -> None:
    lines = call("summary", "small.resnet", "--format", "md").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 4
    assert len({line.count("|") for line in table}) == 1
    assert "| a | 2 | 32x32x8 |" in table[3]


def test_text_is_plain_when_piped() -> None:
    out = call("summary", "small.resnet").out
    assert "\x1b" not in out
    assert out.startswith("small: 32x32x3 -> 10\n")
    assert "10 weighted layers" in out
    assert f"{data('small.resnet')['params']:,}" in out


def in_a_terminal(**variables: str) -> str:
    """What a terminal of 40 columns is sent, with these variables of the environment."""
    leading, following = pty.openpty()
    free = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    ended = subprocess.run(
        [sys.executable, "-m", "resnet_dsl", "summary", "small.resnet"],
        stdout=following,
        env={**free, "TERM": "xterm-256color", "COLUMNS": "40", **variables},
        check=False,
    )
    os.close(following)
    shown = os.read(leading, 100_000).decode()
    os.close(leading)
    assert ended.returncode == 0
    return shown.replace("\r\n", "\n")


def test_text_is_coloured_in_a_terminal_and_the_same_otherwise() -> None:
    """However narrow it is: no number is cut."""
    shown = in_a_terminal()
    assert "\x1b[1msmall: 32x32x3 -> 10\x1b[0m\n" in shown
    assert "\x1b[36mstem \x1b[0m" in shown
    assert re.sub(r"\x1b\[\d+m", "", shown) == call("summary", "small.resnet").out


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colours_gets_none(variables: dict[str, str]) -> None:
    assert in_a_terminal(**variables) == call("summary", "small.resnet").out


def test_warnings_go_to_the_standard_error_and_leave_the_data_alone() -> None:
    ended = call("summary", "warned.resnet", "--format", "json")
    assert "W0302" in ended.err
    assert json.loads(ended.out)["network"] == "warned"
