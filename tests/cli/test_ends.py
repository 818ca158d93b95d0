"""Networks of several inputs and outputs: sizes by name, and what says that it takes no such network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")

PAIR = """network pair {
  input left 16x16x3
  input right 8x8x1
  head { l = left -> conv(4, 3) -> avgpool(global) r = right -> conv(4, 3) -> avgpool(global) add(l, r) }
}
"""
HEADS = """network heads {
  input 16x16x3
  stage one { conv(4, 3) }
  head { avgpool(global) -> dense(3) }
  head map { one -> conv(1, 1) }
}
"""


@pytest.fixture(autouse=True)
def _written(folder: None) -> None:
    Path("pair.resnet").write_text(PAIR, encoding="utf-8")
    Path("heads.resnet").write_text(HEADS, encoding="utf-8")


def test_a_summary_tells_all_of_them() -> None:
    assert call("summary", "pair.resnet").out.startswith("pair: left 16x16x3, right 8x8x1 -> 4\n")
    assert call("summary", "heads.resnet").out.startswith("heads: 16x16x3 -> head 3, map 16x16x1\n")
    found = json.loads(call("summary", "heads.resnet", "--format", "json").out)
    assert (found["input_shape"], found["output_shape"]) == ([16, 16, 3], None)
    assert (found["inputs"], found["outputs"]) == ({"input": [16, 16, 3]}, {"head": [3], "map": [16, 16, 1]})


def test_sizes_are_given_by_name() -> None:
    ended = call("summary", "pair.resnet", "--input", "left=32x32x3", "--input", "right=?x?x2")
    assert ended.out.startswith("pair: left 32x32x3, right ?x?x2 -> 4\n")
    assert call("summary", "heads.resnet", "--input", "input=8x8x3").out.startswith("heads: 8x8x3 -> ")


@pytest.mark.parametrize(
    ("sizes", "code", "words"),
    [
        (["32x32x3"], 1, "it is not said which has this size"),
        (["middle=32x32x3"], 1, "network `pair` has no input `middle`"),
        (["lefd=32x32x3"], 1, "did you mean `left`?"),
        (["left=0x3"], 1, "a length is at least 1"),
        (["left=wide"], 2, "`--input wide` is not a size"),
        (["left=3x3", "left=4x4"], 2, "`--input left=…` is given twice"),
        (["3x3", "left=4x4"], 2, "given a size without a name beside `left=…`"),
    ],
)
def test_sizes_that_say_too_little_are_refused(sizes: list[str], code: int, words: str) -> None:
    ended = call("summary", "pair.resnet", *(f"--input={size}" for size in sizes))
    assert ended.code == code
    assert words in ended.err


@pytest.mark.parametrize(("spec", "has"), [("pair", "2 inputs"), ("heads", "2 outputs")])
@pytest.mark.parametrize("command", [("paths", "SPEC")])
def test_what_takes_one_of_each_alone_says_so(command: tuple[str, ...], spec: str, has: str) -> None:
    before = sorted(Path().iterdir())
    ended = call(*(f"{spec}.resnet" if one == "SPEC" else one for one in command))
    assert ended.code == 2
    assert f"takes networks with one input and one output, and `{spec}` has {has}" in ended.err
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize(("spec", "ends"), [("pair", ["left", "right"]), ("heads", ["head", "map"])])
@pytest.mark.parametrize("ending", ["svg", "dot", "tex"])
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_a_figure_names_all_of_them(spec: str, ends: list[str], ending: str, level: str) -> None:
    ended = call("draw", f"{spec}.resnet", "--level", level, "-o", f"out.{ending}")
    assert ended.code == 0, ended.err
    drawn = Path(f"out.{ending}").read_text(encoding="utf-8")
    assert [end for end in ends if end not in drawn] == []


def test_a_page_names_all_of_them() -> None:
    for spec, said in [("pair", ["left 16×16×3 · right 8×8×1"]), ("heads", ["head 3-d", "map 16×16×1"])]:
        ended = call("draw", f"{spec}.resnet", "-o", "out.html")
        assert ended.code == 0, ended.err
        page = Path("out.html").read_text(encoding="utf-8")
        assert [words for words in said if json.dumps(words)[1:-1] not in page] == []


def test_networks_are_compared_by_the_names_of_their_ends() -> None:
    Path("one.resnet").write_text(HEADS.replace("head map { one -> conv(1, 1) }", ""), encoding="utf-8")
    assert "output map: 16x16x1 in heads.resnet:heads alone" in call("diff", "one.resnet", "heads.resnet").out
    found = json.loads(call("diff", "one.resnet", "heads.resnet", "--format", "json").out)
    assert found["ends"] == [{"kind": "output", "name": "map", "left": None, "right": [16, 16, 1]}]


def test_a_table_has_a_row_for_each_head() -> None:
    table = call("table", "heads.resnet", "--to", "csv").out
    assert [line.split(",")[0] for line in table.splitlines()[1:4]] == ["one", "head", ""]
    assert "\nmap,16×16," in table.replace("\r", "")


@pytest.mark.parametrize("spec", ["pair", "heads"])
@pytest.mark.parametrize("stage", ["tree", "graph", "calls", "ir"])
def test_every_stage_is_written(spec: str, stage: str) -> None:
    ended = call("compile", f"{spec}.resnet", "--to", stage, "-o", "stage.txt")
    assert ended.code == 0, ended.err
    assert {"pair": "right", "heads": "map"}[spec] in Path("stage.txt").read_text(encoding="utf-8")


def test_a_probe_of_several_inputs_says_what_to_do() -> None:
    ended = call("probe", "pair.resnet")
    assert (ended.code, "takes networks with one input, and `pair` has 2" in ended.err) == (2, True)
    assert "`resnet-dsl signal` predicts it" in ended.err

    shared = PAIR.replace("conv(4, 3) -> ", "tower -> ")
    Path("pair.resnet").write_text(f"shared block tower {{ conv(4, 3) }}\n{shared}", encoding="utf-8")
    assert "call each layer once" in call("probe", "pair.resnet", "--input", "right=8x8x3").err


def test_a_signal_is_predicted_for_each_way() -> None:
    ended = call("signal", "pair.resnet", "heads.resnet")
    assert ended.code == 0
    assert [line.split(":")[0] for line in ended.out.splitlines() if ":" in line] == [
        "pair (left to head)",
        "pair (right to head)",
        "heads (input to head)",
        "heads (input to map)",
    ]
    assert "gradient growth" in call("summary", "heads.resnet", "--signal").out
    assert call("check", "pair.resnet", "--signal").out == "fine: 1 network\n"


def test_check_warns_of_the_ways_that_vanish_or_explode() -> None:
    steps = " -> ".join(["conv(8, 3, init = glorot_uniform) -> relu"] * 30)
    text = f"network n {{ input 8x8x8 head deep {{ input -> {steps} }} head flat {{ input -> conv(8, 3) }} }}"
    Path("deep.resnet").write_text(text, encoding="utf-8")
    ended = call("check", "deep.resnet", "--signal")
    assert "n (input to deep): the gradient shrinks" in ended.err
    assert "input to flat" not in ended.err
