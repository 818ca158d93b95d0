"""`check`: all that is wrong, drawn or as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")


def data(*arguments: str, code: int) -> list[dict[str, Any]]:
    ended = call("check", "--format", "json", *arguments)
    assert ended.code == code
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_what_is_fine_says_so() -> None:
    assert call("check", "small.resnet") == (0, "fine: 1 network\n", "")
    assert data("small.resnet", code=0) == []


def test_every_mistake_is_drawn_with_its_place_on_the_standard_error() -> None:
    ended = call("check", "wrong.resnet")
    assert ended.out == ""
    assert "error[E0201]" in ended.err
    assert "--> wrong.resnet:3:13" in ended.err
    assert "error[E0207]" in ended.err
    assert "did you mean `conv`?" in ended.err
    assert ended.err.endswith("2 errors\n")
    assert "\x1b" not in ended.err


def test_the_same_as_data() -> None:
    found = data("wrong.resnet", code=1)
    assert [(one["code"], one["severity"], one["file"], one["line"], one["column"]) for one in found] == [
        ("E0201", "error", "wrong.resnet", 3, 13),
        ("E0207", "error", "wrong.resnet", 4, 18),
    ]
    assert found[0]["end_column"] == 17
    assert found[0]["help"] == "did you mean `conv`?"


def test_warnings_fail_only_when_strict() -> None:
    assert [one["severity"] for one in data("warned.resnet", code=0)] == ["warning"]
    assert [one["code"] for one in data("warned.resnet", "--strict", code=1)] == ["W0302"]


def test_mistakes_of_several_files_come_file_by_file() -> None:
    found = data("wrong.resnet", "warned.resnet", "wrong.resnet", code=1)
    assert [one["file"] for one in found] == ["wrong.resnet", "wrong.resnet", "warned.resnet"]


def test_one_network_of_a_file(folder: Path) -> None:
    text = (
        "network good { input 8x8x3 stage s { relu } }\nnetwork bad { input 8x8x3 stage s { conv(4, 9, pad = 0) } }\n"
    )
    (folder / "mixed.resnet").write_text(text, encoding="utf-8")
    assert call("check", "mixed.resnet:good").code == 0
    assert call("check", "mixed.resnet:bad").code == 1
    assert call("check", "mixed.resnet").code == 1


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    found = data("missing.resnet", "wrong.resnet", code=2)
    assert [one["code"] for one in found][1:] == ["E0201", "E0207"]


def test_shipped_networks_by_name() -> None:
    assert call("check", "resnet50", "cifar_resnet20").out == "fine: 2 networks\n"


DOUBLING = "block mine(width) { conv(width, 3) skip }\nblock lost(width) { skip conv(width, 3) }\n"
NETWORK = "network {} {{ input 8x8x4 stage s {{ lost(4) }} }}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("two.resnet:a", "two.resnet:b"),
        ("two.resnet", "./two.resnet"),
        ("two.resnet", "link.resnet"),
        ("first.resnet", "second.resnet"),
        ("first.resnet", "lib.resnet", "second.resnet"),
        (".",),
    ],
)
def test_what_several_specs_say_of_one_place_is_said_once(folder: Path, arguments: tuple[str, ...]) -> None:
    """Whether the place is read through two networks, two names, a link, or as an import of several files."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "lib.resnet").write_text(DOUBLING)
    (folder / "first.resnet").write_text('import "lib.resnet"\n' + NETWORK.format("a"))
    (folder / "second.resnet").write_text('import "./lib.resnet"\n' + NETWORK.format("b"))
    if arguments != (".",):
        (folder / "two.resnet").write_text(DOUBLING + NETWORK.format("a") + NETWORK.format("b"))
        (folder / "link.resnet").symlink_to("two.resnet")
    found = data(*arguments, code=0)
    assert [one["code"] for one in found] == ["W0303"]
    assert call("check", *arguments).err.endswith("1 warning\n")


def test_under_strict_warnings_are_called_errors() -> None:
    ended = call("check", "--strict", "warned.resnet")
    assert ended.code == 1
    assert "error[W0302]" in ended.err
    assert ended.err.endswith("1 error\n")
    assert [one["severity"] for one in data("warned.resnet", "--strict", code=1)] == ["error"]


def test_one_line_says_how_to_ask() -> None:
    for arguments in (["check", "wrong.resnet"], ["summary", "wrong.resnet"]):
        assert call(*arguments).err.count("resnet-dsl explain") == 1
    assert "for more about E0201: `resnet-dsl explain E0201`\n" in call("check", "wrong.resnet").err
    assert "explain" not in call("check", "small.resnet").err


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_may_be_asked_for(variables: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in call("check", "wrong.resnet").err) is coloured


@pytest.mark.parametrize(("columns", "widest"), [("40", 40), ("200", 200), ("", 110), ("wide", 110), ("0", 110)])
def test_excerpts_are_as_wide_as_columns_says(
    columns: str, widest: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    long = f"network n {{ input 8x8x3 stage s {{ {'relu -> ' * 40}conf(4, 3){' -> relu' * 40} }} }}\n"
    (folder / "long.resnet").write_text(long, encoding="utf-8")
    excerpt = [line for line in call("check", "long.resnet").err.splitlines() if "|" in line]
    assert widest - 20 <= max(map(len, excerpt)) <= widest


def test_networks_are_checked_under_parameters_and_inputs() -> None:
    assert call("check", "small.resnet", "--set", "width=9", "--input", "16x16x1").code == 0
    assert [one["code"] for one in data("small.resnet", "--set", "width=0", code=1)][:1] == ["E0207"]
    assert [one["code"] for one in data("small.resnet", "--input", "left=8x8x3", code=1)] == ["E0263"]
    assert call("check", "small.resnet", "--set", "classes=5").out == "fine: 1 network\n"


def test_a_parameter_that_no_network_has_is_wrong_usage() -> None:
    assert [one["code"] for one in data("small.resnet", "--set", "depth=9", code=2)] == ["E0236"]
    assert call("check", "small.resnet", "--set", "depth").code == 2
    assert call("check", "small.resnet", "--input", "big").code == 2


def test_what_is_idle_is_judged_of_networks_as_they_are_written(folder: Path) -> None:
    text = "network n(gated = true) { input 8x8x4 stage s { basic(4) } if gated { use attn = se(2) } }\n"
    (folder / "set.resnet").write_text(text)
    assert data("set.resnet", code=0) == data("set.resnet", "--set", "gated=false", code=0) == []


@pytest.mark.parametrize(
    ("budget", "kept"),
    [
        ("params <= 12K", True),
        ("params <= 10K", False),
        ("macs<1G", True),
        ("macs < 1M", False),
        ("depth == 10", True),
        ("depth != 10", False),
        ("params ~= 11K", True),
        ("receptive_field >= 1K", False),
    ],
)
def test_every_network_is_held_to_a_budget(budget: str, kept: bool) -> None:
    found = data("two.resnet", "--expect", budget, code=0 if kept else 1)
    assert [(one["code"], one["line"]) for one in found] == ([] if kept else [("E0401", 2), ("E0401", 14)])


def test_each_budget_is_told_and_what_demands_it_is_shown() -> None:
    ended = call("check", "small.resnet", "--expect", "params < 1", "--expect", "macs < 2")
    assert ended.err.count("error[E0401]") == 2
    assert "1 | params < 1\n" in ended.err
    assert "^^^^^ it is 11_122" in ended.err


def test_a_budget_of_what_is_unknown_fails() -> None:
    ended = call("check", "small.resnet", "--input", "?x?x3", "--expect", "macs <= 1T")
    assert ended.code == 1
    assert "`macs` is unknown while an input length is open" in ended.err
    assert call("check", "small.resnet", "--input", "?x?x3", "--expect", "params <= 1T").code == 0


@pytest.mark.parametrize(
    "budget",
    ["", "params", "params <= ", "<= 3", "params = 3", "param <= 3", "output == 3x3", "params <= 1e400", "a\n"],
)
def test_what_is_no_budget_is_refused(budget: str) -> None:
    ended = call("check", "small.resnet", "--expect", budget)
    assert ended.code == 2
    assert "= help: " in ended.err
