"""Tables and sentences, as all commands print them."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from resnet_dsl.analyses.paths import paths
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.ir.lengths import OpenLength, show
from resnet_dsl.ir.notation import once, signed, times, written
from resnet_dsl.pipeline import load_text
from resnet_dsl.sentences import an, article, counted, either, first, listed, plural, there_are
from resnet_dsl.showing import line, width
from resnet_dsl.tabular import columns, comma_separated, markdown, plain
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.outline.words import label
from resnet_dsl.targets.summary import Granularity, write
from resnet_dsl.targets.table import tabulate

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


@pytest.mark.parametrize("by", ["stage", "block", "layer"])
def test_a_summary_in_markdown_aligns_names_to_the_left_and_numbers_to_the_right(by: Granularity) -> None:
    """In Markdown, by the colons."""
    facts = load_text("network n { input 8x8x3 stage a { 2 x basic(8) } head { avgpool(global) } }").compile().facts
    head, ruled, *rows = [line for line in write(facts, by, "md").splitlines() if line.startswith("|")]
    names = [cell.strip() for cell in head.strip("|").split("|")]
    columns_of = list(zip(*([cell.strip() for cell in row.strip("|").split("|")] for row in rows), strict=True))
    for name, rule, cells in zip(names, ruled.strip("|").split("|"), columns_of, strict=True):
        assert (rule == "---:") == (name in ("params", "MACs", "activations")), name
        assert rule == "---" or all(cell.replace(",", "").isdigit() for cell in cells)


def test_columns_are_as_wide_as_what_is_shown() -> None:
    """A stranger's name is spelt out before it is measured; escapes of our own have no width."""
    rows = [["a\x1b", "1"], ["b", "22"]]
    assert columns(["name", "n"], rows) == "name      n\n-------  --\na\\u001b   1\nb        22\n"
    coloured = columns(["name", "n"], rows, colours=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == columns(["name", "n"], rows)
    assert coloured.count("\x1b[1m") == coloured.count("\x1b[36m") == 2


def test_comma_separated_values_are_read_as_they_were() -> None:
    rows = [["a", 'says "b, c"', "1"], ["", "two\nlines", "0.1"]]
    assert list(csv.reader(io.StringIO(comma_separated(rows)))) == rows


def test_sentences() -> None:
    assert markdown(["a", "1"]) == "| a | 1 |"
    assert listed(["conv", "norm"]) == "`conv`, `norm`"
    assert [either(["a", "b", "c"][:count]) for count in (1, 2, 3)] == ["a", "a or b", "a, b or c"]
    assert [first("abcd"[:count], 2) for count in (1, 2, 3)] == ["a", "a, b", "a, b and 1 more"]
    assert [counted(count, "network") for count in (0, 1, 2)] == ["0 networks", "1 network", "2 networks"]
    assert [plural(what, 2) for what in ("branch", "class", "path", "axe")] == ["branches", "classes", "paths", "axes"]
    assert [there_are(["a", "b"][:count]) for count in (1, 2)] == ["there is `a`", "there are `a`, `b`"]
    assert suggestion("cnv", ["dense", "conv"]) == "did you mean `conv`?"
    assert suggestion("maxpool", ["dense", "conv"]) is None


ONE = """
block lone { scale(1, learned = true) skip }
block fork { one = in -> conv(1, 1, bias = false)  two = in -> relu  add(one, two) }
network n {
  input 8x8x1
  stage s { STEPS }
}
"""
OF_ONE = re.compile(r"(?<![\w.,^×])1 (?:[a-z]+ )?[a-z]+s\b")


@pytest.mark.parametrize(
    "steps",
    ["lone", "fork", "relu", "lone -> fork", "scale(1, learned = true)", " -> ".join(["conv(1, 3)"] * 14 + ["fork"])],
)
def test_one_thing_is_not_told_as_several(steps: str) -> None:
    """Whatever is said of a network that has one of each: stages, blocks, layers, parameters, operations, branches."""
    facts = load_text(ONE.replace("STEPS", steps)).compile().facts
    shown = [block_figure(facts, ["s"]), *(figure(facts, level) for level in ("stage", "block", "layer"))]
    said = [write(facts), write(facts, form="md"), paths(facts.graph).words, "\n".join(tabulate([facts]).notes)]
    said += [drawn.geometry.description for drawn in shown]
    said += [thing.tip for drawn in shown for thing in (*drawn.geometry.boxes, *drawn.geometry.paths)]
    said += [text.words for drawn in shown for box in drawn.geometry.boxes for text in box.texts]
    assert [OF_ONE.findall(words) for words in said if OF_ONE.search(words)] == []


def test_the_measure_finds_one_thing_told_as_several() -> None:
    found = ["1 blocks", "of 1 residual branches.", "1 parameters", "… 1 more rows", "1 weighted layers on"]
    assert all(map(OF_ONE.search, found))
    assert not any(map(OF_ONE.search, ["1 block", "3,001 blocks", "0.1 blocks", "2^1 paths", "1×1 convs", "51 blocks"]))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Conv Relu GRU SELU UnitNormalization Unique Softmax NonZero RandomNormal Hardmax LayerNormalization", "a"),
        ("Add Erf If Identity ArgMax UpSampling2D Unsqueeze LSTM LRN RNN ELU input add out", "an"),
    ],
)
def test_names_have_the_article_with_which_they_are_said(names: str, expected: str) -> None:
    assert {article(name) for name in names.split()} == {expected}
    assert an("Erf") == "an `Erf`"


def test_values() -> None:
    shown = [written(one) for one in (True, 25_557_032, 0.1, 1e-5, (3, 1), (None, 3), "same")]
    assert shown == ["true", "25_557_032", "0.1", "1e-05", "3x1", "?x3", "same"]
    assert show((OpenLength("h"), None, 64)) == "?x?x64"
    assert (times((3, 1)), once((2, 2)), once((2, 1))) == ("3×1", "2", "2×1")
    assert [signed(one) for one in (-0.12345, 2.0)] == ["−0.123", "2"]


@pytest.mark.parametrize("stride", list(itertools.product((1, 2), repeat=3)))
def test_a_stride_is_told_by_one_number_only_where_all_axes_have_it(stride: tuple[int, ...]) -> None:
    """Of volumes, too, whose middle axis alone may differ: ``/2×1×2``."""
    said = "×".join(map(str, stride)) if {1, 2} == set(stride) else str(stride[0])
    assert once(stride) == said
    given = "x".join(map(str, stride))
    text = f"network n {{ input 8x8x8x4 head {{ conv(8, 3, stride = {given}) -> avgpool(global) }} }}"
    facts = load_text(text).compile().facts
    assert label(facts.graph.nodes[1]) == ("3×3×3 conv, 8" if said == "1" else f"3×3×3 conv, 8, /{said}")


WORDS = st.lists(
    st.sampled_from(
        [*"\\`*_{}[]()#+-.!|~<>&@:$'\" aZ1\n\t\x1b", "](", "http://x", "www.x", "<br>", "-->", "&lt;", "~~", "1. "]
    )
)


@settings(max_examples=200, deadline=None)
@given(WORDS.map(lambda words: line("".join(words))))
def test_a_stranger_s_words_mean_themselves_in_markdown(words: str) -> None:
    """In a cell, a list and a heading: read back by somebody else's parser, they are there, and nothing else is."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    cell = "\n".join([markdown(["a", "b"]), markdown(["---", "---"]), markdown([f"x{plain(words)}x", "c"])])
    for text, marks in (
        (cell, "table|thead|tbody|tr|th|td"),
        (f"- x{plain(words)}x", "ul|li"),
        (f"# x{plain(words)}x", "h1"),
    ):
        html = reader.render(text)
        shown = unescape(re.sub(rf"</?(?:{marks})>", "", html)).replace("\u2060", "")
        assert "".join(f"x{words}x".split()) in "".join(shown.split())


@pytest.mark.parametrize("name", ["@you", "a@b.example", "#12", "x/y#12", "www.example.org", "https://example.org"])
def test_what_only_looks_like_somebody_or_something_is_not_linked(name: str) -> None:
    told = plain(name)
    assert name not in told
    assert told.replace("\u2060", "").replace("\\", "") == name
