"""The facts of a network: parts sum to the whole, whatever they are listed by."""

from __future__ import annotations

import pytest

from resnet_dsl.analyses.network import CountedPart
from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import compiled, staged

TEXT = """
block pair(width, stride = 1) { basic(width, stride) basic(width) }
network n(classes = 10) {
  input 32x32x3
  stem { conv(8, 3) -> norm -> act }
  stage a { 2 x basic(8) }
  stage b(stride = 2) { pair(16) conv(16, 3) pair(16) }
  stage c { relu }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""


@pytest.fixture(scope="module")
def network() -> Compiled:
    return compiled(TEXT)


@pytest.mark.parametrize("by", ["stages", "parts_by_block", "layers"])
def test_parts_sum_to_the_whole(network: Compiled, by: str) -> None:
    parts: tuple[CountedPart, ...] = getattr(network.facts, by)
    assert sum(part.params for part in parts) == network.facts.count.params
    assert sum(part.total_params for part in parts) == network.facts.count.total_params
    assert sum(part.macs or 0 for part in parts) == network.facts.count.macs
    assert sum(part.activations or 0 for part in parts) + 32 * 32 * 3 == network.facts.count.activations


def test_stages_say_how_many_blocks_lie_in_them(network: Compiled) -> None:
    assert [(part.name, part.blocks) for part in network.facts.stages] == [
        ("stem", 0),
        ("a", 2),
        ("b", 4),
        ("c", 0),
        ("head", 0),
    ]
    assert network.facts.blocks == 6


def test_blocks_are_listed_in_flow_order_with_what_lies_between_them(network: Compiled) -> None:
    assert [(part.name, part.block) for part in network.facts.parts_by_block] == [
        ("stem", None),
        ("a_block1", "basic"),
        ("a_block2", "basic"),
        ("b_block1_basic", "basic"),
        ("b_block1_basic2", "basic"),
        ("b", None),
        ("b_block2_basic", "basic"),
        ("b_block2_basic2", "basic"),
        ("c", None),
        ("head", None),
    ]


def test_layers_are_all_nodes_but_the_input(network: Compiled) -> None:
    assert [part.name for part in network.facts.layers] == [node.name for node in network.graph.nodes[1:]]
    assert [part.block for part in network.facts.layers][:3] == ["conv", "batchnorm", "relu"]


def test_outputs_of_parts(network: Compiled) -> None:
    outputs = {part.name: part.output_shape for part in network.facts.parts_by_block}
    assert outputs["a_block2"] == (32, 32, 8)
    assert outputs["b_block1_basic"] == (16, 16, 16)
    assert outputs["head"] == (10,)


def test_an_adapter_belongs_to_its_block() -> None:
    """3 * 3 convolutions, the 1x1 projection, and three norms."""
    found = compiled("network n { input 8x8x4 stage s { basic(8) } }").facts.parts_by_block
    assert [(part.name, part.params) for part in found] == [("s_block1", 9 * 4 * 8 + 9 * 8 * 8 + 4 * 8 + 3 * 16)]


def test_numbers_of_layers_of_repeated_blocks_are_the_same() -> None:
    found = staged("3 x basic(4)").facts.parts_by_block
    assert len({(part.params, part.macs, part.activations) for part in found}) == 1


def test_a_residual_block_around_others_counts_beside_them() -> None:
    """Each block with a skip connection: in `s` two around two each, in `t` one around one around one."""
    blocks = "block outer { basic(8) basic(8) skip } block more { relu basic(8) skip } block most { relu more skip }"
    facts = compiled(f"{blocks} network n {{ input 8x8x8 stage s {{ 2 x outer }} stage t {{ most }} }}").facts
    assert [(part.name, part.blocks) for part in facts.stages] == [("s", 6), ("t", 3)]
    assert facts.blocks == sum(part.blocks for part in facts.stages)
    assert [part.blocks for part in facts.parts_by_block] == [2, 2, 2]
