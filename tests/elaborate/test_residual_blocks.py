"""One definition of a residual block, for `progress` and for `blocks`: steps may move into a helper and out of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_dsl import pipeline, shipped
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.graph import Graph
from resnet_dsl.pipeline import Compiled, load_text
from resnet_dsl.targets.figure.outline.scopes import read_scopes
from tests.elaborate.compiling import compiled

DROP = "use drop = dropout(0.1 + 0.4 * progress)"
BLOCKS = """
block by_hand(width) { y = conv(width, 3) -> norm -> drop add(in, y) }
block unit(width) { conv(width, 3) -> norm -> drop -> act }
block transition { norm -> act -> conv(in.channels, 1) }
block dense_layer { conv(8, 3) -> drop skip by concat conv(8, 1) }
block choosing(width, residual = true) { unit(width) unit(width) if residual { skip } }
block nested { basic(8) basic(8) drop skip }
block gated { avgpool(global, keepdims = true) -> conv(in.channels, 1) -> sigmoid skip by mul }
block staged(width, count) { basic(width) repeat count - 1 { basic(width) } }
block up(other) { upsample(1) skip from other basic(8) }
block deeper { staged(8, 2) transition staged(8, 2) }
"""


def network(stages: str, settings: str = DROP, before: str = "") -> Compiled:
    return compiled(f"{BLOCKS}{before}\nnetwork n {{ input 8x8x8 {settings} {stages} }}")


def rates(found: Compiled) -> list[float]:
    return [node.args["rate"] for node in found.graph.nodes if node.op == "dropout"]


def essence(found: Compiled) -> list[tuple[object, ...]]:
    """The graph without names and scopes."""
    return [(node.op, dict(node.args), node.inputs, node.skip) for node in found.graph.nodes]


def test_a_stage_through_a_helper_is_the_stage_written_directly() -> None:
    """With helpers for blocks, 0.1 is the first block's rate and 0.5 the last one's, in steps of a sixth."""
    directly = network("stage one { 3 x basic(8) } stage two { 4 x basic(16) }")
    helped = network("stage one { staged(8, 3) } stage two { staged(16, 4) }")
    assert essence(helped) == essence(directly)
    assert rates(helped) == pytest.approx([0.1 + 0.4 * place / 6 for place in range(7)])
    assert helped.facts.blocks == directly.facts.blocks == 7
    assert [stage.blocks for stage in helped.facts.stages] == [3, 4]
    assert {part.block for part in helped.facts.parts_by_block} == {"basic"}


@pytest.mark.parametrize(
    ("stage", "blocks"),
    [
        ("3 x basic(8)", 3),
        ("3 x by_hand(8)", 3),
        ("3 x unit(8)", 3),
        ("conv(8, 1) 2 x unit(8) norm", 2),
        ("basic(8) transition basic(8)", 2),
        ("basic(8) unit(8) basic(8)", 2),
        ("2 x dense_layer transition 2 x dense_layer", 4),
        ("2 x choosing(8)", 2),
        ("choosing(8) choosing(8, residual = false)", 2),
        ("nested", 3),
        ("basic(8) gated", 1),
        ("deeper", 4),
        ("basic(8) up(stem)", 2),
        ("conv(8, 3) skip from stem", 0),
        ("conv(8, 3)", 0),
    ],
)
def test_what_counts(stage: str, blocks: int) -> None:
    assert network(f"stem {{ conv(8, 3) }} stage s {{ {stage} }}", "").facts.blocks == blocks


def test_blocks_without_their_skip_connections_count_the_same() -> None:
    stage = "stage s { basic(8) unit(8) staged(8, 3) nested }"
    assert network(stage, "skips off").facts.blocks == network(stage, "").facts.blocks == 7


@pytest.mark.parametrize("part", ["stem", "head"])
def test_blocks_of_stem_and_head_do_not_count(part: str) -> None:
    assert network(f"{part} {{ basic(8) deep_stem unit(8) }}", "").facts.blocks == 0


def test_what_fills_a_slot_and_adapters_do_not_count() -> None:
    adapter = "block adapter(channels, stride) { conv(channels, 1, stride = stride) by_hand(channels) }"
    settings = "use attn = by_hand(16) skips always via adapter"
    assert network("stage s { 2 x basic(16) }", settings, adapter).facts.blocks == 2


def test_arguments_of_a_call_know_the_progress_of_the_block_that_is_called() -> None:
    before = "block mine(rate) { conv(8, 3) -> dropout(rate) skip }"
    found = network("stage s { 3 x mine(0.1 + 0.4 * progress) }", "", before)
    assert rates(found) == pytest.approx([0.1, 0.3, 0.5])


def test_a_block_around_others_has_its_own_progress_behind_them_again() -> None:
    assert rates(network("stage s { nested }")) == pytest.approx([0.3, 0.5, 0.1])


@pytest.mark.parametrize(
    ("said", "worked_out"),
    [
        ("3 x basic(8) repeat 2 { choosing(8) }", "c x basic(8) repeat c - 1 { choosing(8) }"),
        ("3 x basic(8) if true { basic(8) }", "c x basic(8) if c == 3 { basic(8) }"),
        ("3 x basic(8) if false { 5 x basic(8) }", "c x basic(8)"),
        ("deeper", "if c > 0 { deeper }"),
        ("3 x unit(8)", "c x unit(8)"),
        ("3 x unit(8) if true { basic(8) }", "c x unit(8) if c == 3 { basic(8) }"),
    ],
)
def test_progress_is_the_same_where_the_text_says_how_many_blocks_there_are(said: str, worked_out: str) -> None:
    """The first run goes by the text; where that says too little, a second one goes by what the first has found."""
    found = network(f"stage one {{ {said} }} stage two {{ 2 x basic(8) }}")
    counted = network(f"stage one {{ {worked_out} }} stage two {{ d x basic(8) }}", f"{DROP} let c = 3 let d = 2")
    assert rates(found) == rates(counted)
    assert max(rates(found)) == pytest.approx(0.5)


PAPERS = {
    "resnet18": 8, "resnet50": 16, "resnet152": 50, "resnet50d": 16, "cifar_resnet110": 54, "cifar_plain110": 54,
    "convnext_tiny": 18, "densenet121": 58, "densenet169": 82, "hrnet_w18": 112, "dla34": 12, "dm_nfnet_f0": 12,
    "regnetx_032": 25, "regnety_032": 21, "cifar_wrn28_10": 12, "keras_hub_resnet_vd50": 16, "fixup_resnet50": 16,
}  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_shipped_networks_have_the_blocks_that_their_papers_count(name: str) -> None:
    found = next(file for file in shipped.shipped_files() if name in file.networks)
    assert pipeline.load(found.path).compile(name).facts.blocks == PAPERS[name]


def test_stochastic_depth_is_timms_linear_rule() -> None:
    """timm's ConvNeXt-T: ``torch.linspace(0, rate, sum(depths))``, depths 3, 3, 9, 3, no step between."""
    file = next(file for file in shipped.shipped_files() if "convnext_tiny" in file.networks)
    text = f'import "{file.path}"\nnetwork n from convnext_tiny {{ use drop = drop_path(0.1 * progress) }}'
    drawn = [node.args["rate"] for node in load_text(text).compile().graph.nodes if node.op == "drop_path"]
    assert drawn == pytest.approx([0.1 * place / 17 for place in range(1, 18)])


def test_a_graph_without_marks_counts_the_blocks_that_lie_in_its_stages() -> None:
    """As the first version of the format was written."""
    data = json.loads(network("stage s { 2 x basic(8) conv(8, 1) unit(8) }").graph.model_dump_json())
    for scope in data["scopes"]:
        del scope["counts"]
    graph = Graph.model_validate_json(json.dumps(data))
    assert Facts(graph, infer_shapes(graph)).blocks == 3


def test_figures_leave_helpers_out() -> None:
    graph = network("stage s { deeper }").graph
    blocks = {graph.scopes[block].block for block in read_scopes(graph).block if block is not None}
    assert blocks == {"basic", "transition"}


RESIDUAL = ("basic(8)", "bottleneck(2)", "by_hand(8)", "unit(8)", "transition", "conv(8, 3) -> norm", "gated", "nested")
PLAIN = ("unit(8)", "transition")


@st.composite
def wrapped(draw: st.DrawFn, steps: Sequence[str], names: Sequence[str], helpers: list[str]) -> list[str]:
    """The steps with some runs of them in helper blocks, and runs of those in others."""
    found = list(steps)
    for name in names:
        start = draw(st.integers(0, len(found) - 1))
        end = draw(st.integers(start + 1, len(found)))
        helpers.append(f"block {name} {{ {' '.join(found[start:end])} }}")
        found[start:end] = [name]
    return found


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str, str]:
    """The stages of a network written directly and through helpers, and the helpers."""
    kinds = draw(st.sampled_from((RESIDUAL, PLAIN)))
    number = count()
    helpers: list[str] = []
    directly, helped = "", ""
    for stage in range(draw(st.integers(1, 3))):
        steps = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=6))
        steps += ["basic(8)" if kinds is RESIDUAL else "unit(8)"]
        names = [f"helper{next(number)}" for _ in range(draw(st.integers(1, 3)))]
        directly += f"stage s{stage} {{ {' '.join(steps)} }} "
        helped += f"stage s{stage} {{ {' '.join(draw(wrapped(steps, names, helpers)))} }} "
    return directly, helped, "\n".join(helpers)


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_steps_may_move_into_helpers(pair: tuple[str, str, str]) -> None:
    directly, helped, helpers = pair
    one, other = network(directly), network(helped, before=helpers)
    assert essence(one) == essence(other)
    assert [stage.blocks for stage in one.facts.stages] == [stage.blocks for stage in other.facts.stages]
    assert [part.block for part in one.facts.parts_by_block] == [part.block for part in other.facts.parts_by_block]
