"""Counts on the command line: the same units wherever one is written, and the right notation for any other."""

from __future__ import annotations

import argparse

import pytest

from resnet_dsl.cli.training import whole
from resnet_dsl.elaborate.arithmetic import meant_number, number
from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200,000", 200_000),
        ("1,234,567", 1_234_567),
        ("26.000.000", 26_000_000),
        ("1 000 000", 1_000_000),
        ("1'000", 1_000),
        ("10k", 10_000),
        ("25.6m", 25_600_000),
        ("25,6M", 25_600_000),
        ("25.6 M", 25_600_000),
        ("26 million", 26_000_000),
        ("4.1 billion", 4_100_000_000),
        ("4.1B", 4_100_000_000),
        ("3 thousand", 3_000),
        ("1,5", 1.5),
    ],
)
def test_numbers_of_other_notations(text: str, value: float) -> None:
    meant = meant_number(text)
    assert meant is not None
    assert number(meant) == value


@pytest.mark.parametrize("text", ["26MB", "1,00", "x", "", "1,2,3", "1..2", "12,34,567", "5 apples", "-1k", "1" * 50])
def test_what_is_no_such_number_is_not_guessed(text: str) -> None:
    assert meant_number(text) in (None, "1.00")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("params < 200,000", "params < 200_000"),
        ("params <= 10k", "params <= 10K"),
        ("params<=25.6 million", "params <= 25.6M"),
        ("params =< 26m", "params <= 26M"),
        ("parms = 26M", "params == 26M"),
        ("macs ≤ 5", "macs <= 5"),
    ],
)
def test_a_demand_of_another_notation_is_told_as_one_that_is_taken(text: str, meant: str) -> None:
    ended = call("check", "small.resnet", "--expect", text)
    assert (ended.code, ended.err.splitlines()[1]) == (2, f"  = help: write `{meant}`")
    assert call("check", "small.resnet", "--expect", meant).code in (0, 1)


def test_a_misspelt_quantity() -> None:
    assert "= help: did you mean `params`?\n" in call("check", "small.resnet", "--expect", "parms < 26M").err


@pytest.mark.parametrize("text", ["params 26M", "params <= 26MB", "26M > params", "", "x" * 500])
def test_what_cannot_be_guessed_is_told_by_its_form(text: str) -> None:
    ended = call("check", "small.resnet", "--expect", text)
    assert ended.code == 2
    assert "`params <= 26M`, `params < 200_000`" in ended.err


@pytest.mark.parametrize(("text", "meant"), [("224,224,3", "224x224x3"), ("(8, 8, 3)", "8x8x3"), ("8X8×3", "8x8x3")])
def test_a_size_with_other_signs(text: str, meant: str) -> None:
    assert f"= help: write `--input {meant}`\n" in call("check", "small.resnet", "--input", text).err


def test_a_value_of_a_parameter() -> None:
    assert "= help: write `1_000`\n" in call("check", "small.resnet", "--set", "classes=1,000").err
    assert call("check", "small.resnet", "--set", "classes=1_000").code == 0
    assert call("check", "small.resnet", "--set", "classes=1K").code == 0


@pytest.mark.parametrize(
    ("text", "value"), [("10", 10), ("10_000", 10_000), ("10K", 10_000), ("1.5K", 1_500), ("-1", -1), ("2M", 2_000_000)]
)
def test_whole_numbers_of_options(text: str, value: int) -> None:
    assert whole(text) == value


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("10k", "write 10K"), ("10,000", "write 10_000"), ("1,5", "such as"), ("1.5", "such as"), ("", "such as")],
)
def test_what_is_no_whole_number(text: str, remedy: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"is no whole number; {remedy}"):
        whole(text)
