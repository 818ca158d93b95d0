"""Tables and sentences, as all commands print them."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest

from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.ir.lengths import OpenLength, show
from resnet_dsl.ir.notation import once, signed, times, written
from resnet_dsl.pipeline import load_text
from resnet_dsl.sentences import counted, either, first, listed
from resnet_dsl.showing import width
from resnet_dsl.tabular import columns, comma_separated, markdown
from resnet_dsl.targets.summary import write

ACCENT = unicodedata.normalize("NFD", "été")


def test_names_stand_to_the_left_and_numbers_to_the_right() -> None:
    assert columns(("stage", "n"), [("conv2", "5"), ("conv3", "1000")]) == (
        "stage     n\n-----  ----\nconv2     5\nconv3  1000\n"
    )
    assert columns(("a", "b", "n"), [("1", "", "2")], names=2) == "a  b  n\n-  -  -\n1     2\n"
    assert columns(("a", "n"), []) == "a  n\n-  -\n"


@pytest.mark.parametrize("name", ["卷积", ACCENT, "e\u0301", "abc"])
def test_columns_are_those_of_a_terminal(name: str) -> None:
    """Wide letters take two, combining ones none: the numbers stay below each other."""
    lines = columns(("name", "n"), [(name, "1"), ("plain", "22")]).splitlines()
    assert {width(line) for line in lines} == {len("plain  22")}


def test_a_summary_of_wide_names_stays_in_its_columns() -> None:
    text = "block 卷积 { conv(4, 3) } network n { input 8x8x3 stage a { 卷积 } head { avgpool(global) -> dense(2) } }"
    table = write(load_text(text).compile().facts, "block").split("\n\n")[1].splitlines()
    assert "卷积" in "".join(table)
    assert len({width(line) for line in table}) == 1


def test_comma_separated_values_are_read_as_they_were() -> None:
    rows = [["a", 'says "b, c"', "1"], ["", "two\nlines", "0.1"]]
    assert list(csv.reader(io.StringIO(comma_separated(rows)))) == rows


def test_sentences() -> None:
    assert markdown(["a", "1"]) == "| a | 1 |"
    assert listed(["conv", "norm"]) == "`conv`, `norm`"
    assert [either(["a", "b", "c"][:count]) for count in (1, 2, 3)] == ["a", "a or b", "a, b or c"]
    assert [first("abcd"[:count], 2) for count in (1, 2, 3)] == ["a", "a, b", "a, b and 1 more"]
    assert [counted(count, "network") for count in (0, 1, 2)] == ["0 networks", "1 network", "2 networks"]
    assert suggestion("cnv", ["dense", "conv"]) == "did you mean `conv`?"
    assert suggestion("maxpool", ["dense", "conv"]) is None


def test_values() -> None:
    shown = [written(one) for one in (True, 25_557_032, 0.1, 1e-5, (3, 1), (None, 3), "same")]
    assert shown == ["true", "25_557_032", "0.1", "1e-05", "3x1", "?x3", "same"]
    assert show((OpenLength("h"), None, 64)) == "?x?x64"
    assert (times((3, 1)), once((2, 2)), once((2, 1))) == ("3×1", "2", "2×1")
    assert [signed(one) for one in (-0.12345, 2.0)] == ["−0.123", "2"]
