"""What SPEC may be: a path, one network of it, the standard input, the name of a network that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import NET, TWO, call

pytestmark = pytest.mark.usefixtures("folder")


def summary(*arguments: str, stdin: str = "") -> dict[str, Any]:
    ended = call("summary", *arguments, "--format", "json", stdin=stdin)
    assert ended.code == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_a_path_a_network_of_it_and_a_shipped_name() -> None:
    assert summary("small.resnet")["network"] == "small"
    assert summary("two.resnet:plain")["network"] == "plain"
    assert summary("./two.resnet:small")["network"] == "small"
    assert summary("resnet18")["network"] == "resnet18"


def test_the_standard_input() -> None:
    assert summary("-", stdin=NET)["network"] == "small"
    assert json.loads(call("summary", "--format", "json", "--", "-:plain", stdin=TWO).out)["network"] == "plain"
    assert call("check", "-", stdin=NET).code == 0
    assert call("check", "-", stdin="network {").code == 1


def test_several_networks_and_none_named() -> None:
    ended = call("summary", "two.resnet")
    assert ended.code == 2
    assert "`small`" in ended.err
    assert "`plain`" in ended.err
    assert "two.resnet:small" in ended.err


@pytest.mark.parametrize(
    ("spec", "suggestion"),
    [
        ("two.resnet:plane", "plain"),
        ("resnet5O", "resnet50"),
        ("resnet_50", "resnet50"),
        ("cifar_resnet2", "cifar_resnet20"),
        ("two", "two.resnet"),
        ("two:plain", "two.resnet:plain"),
        ("./two", "./two.resnet"),
        ("./two:plain", "./two.resnet:plain"),
    ],
)
def test_an_unknown_network_has_a_suggestion(spec: str, suggestion: str) -> None:
    ended = call("summary", spec)
    assert ended.code == 2
    assert f"did you mean `{suggestion}`?" in ended.err


def test_a_file_without_a_network() -> None:
    ended = call("summary", "-", stdin="block b { relu }")
    assert ended.code == 2
    assert "no network" in ended.err


def test_a_file_wins_over_a_shipped_name(folder: Path) -> None:
    (folder / "resnet18").write_text(NET, encoding="utf-8")
    assert summary("resnet18")["network"] == "small"


def test_a_path_that_holds_a_colon(folder: Path) -> None:
    (folder / "a:b.resnet").write_text(NET, encoding="utf-8")
    assert summary("a:b.resnet")["network"] == "small"
    assert summary("a:b.resnet:small")["network"] == "small"


def test_check_searches_folders(folder: Path) -> None:
    (folder / "deep" / "down").mkdir(parents=True)
    (folder / "deep" / "down" / "net.resnet").write_text(NET, encoding="utf-8")
    (folder / "deep" / "two.resnet").write_text(TWO, encoding="utf-8")
    (folder / "deep" / "notes.txt").write_text("no spec", encoding="utf-8")
    ended = call("check", "deep")
    assert (ended.code, ended.out) == (0, "fine: 3 networks\n")


def test_a_file_named_twice_is_checked_once() -> None:
    assert call("check", "small.resnet", "small.resnet").out == "fine: 1 network\n"


def test_set_and_input() -> None:
    found = summary("small.resnet", "--set", "classes=7", "--set", "width = 4", "--input", "16x16x1")
    assert found["input_shape"] == [16, 16, 1]
    assert found["output_shape"] == [7]
    assert found["stages"][1]["output_shape"] == [16, 16, 4]
    assert summary("small.resnet", "--input", "?x?x3")["input_shape"] == [None, None, 3]


@pytest.mark.parametrize(
    ("value", "shown"), [("3x1", "3x1"), ("half", "half"), ("true", "true"), ("0.5", "0.5"), ("2K", "2000")]
)
def test_values_of_set(value: str, shown: str) -> None:
    """Shown in the message of the parameter that cannot take them."""
    text = NET.replace("width = 8", "width = 8, odd = 1").replace("basic(width)", "conv(width, 3, groups = odd)")
    ended = call("summary", "-", "--set", f"odd={value}", stdin=text)
    assert ended.code == 1
    assert shown in ended.err


def test_set_reaches_a_base_through_a_derivation() -> None:
    assert summary("two.resnet:plain", "--set", "classes=3")["output_shape"] == [3]


def test_an_unknown_parameter_has_a_suggestion() -> None:
    ended = call("summary", "small.resnet", "--set", "clases=3")
    assert ended.code == 2
    assert "did you mean `classes`?" in ended.err


OPEN = "network net { input 32?x32?x3 stage a { maxpool(32) -> upsample(32) } }"


def test_an_input_of_a_network_of_multiples() -> None:
    assert summary("-", stdin=OPEN)["input_shape"] == [None, None, 3]
    assert summary("-", "--input", "320x64?x3", stdin=OPEN)["input_shape"] == [320, None, 3]
    ended = call("summary", "-", "--input", "300x300x3", stdin=OPEN)
    assert ended.code == 1
    assert "sides must be multiples of 32" in ended.err
    assert "288x288x3 or 320x320x3" in ended.err
    assert call("summary", "-", "--input", "32?x?3", stdin=OPEN).code == 2
