"""Layer names: what a reader finds in the Keras model, by stage, block and operation, or by a label of one's own."""

from __future__ import annotations

from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import compiled, refused, refused_stage, staged


def names(network: Compiled) -> list[str]:
    return [node.name for node in network.graph.nodes]


def test_names_are_made_of_stage_block_and_operation() -> None:
    text = """network n { input 8x8x3 stem { conv(4, 3) -> norm -> act } stage conv2 { 2 x basic(4) }
      head { avgpool(global) -> dense(3) } }"""
    assert names(compiled(text)) == [
        "input",
        "stem_conv",
        "stem_batchnorm",
        "stem_relu",
        "conv2_block1_conv1",
        "conv2_block1_batchnorm1",
        "conv2_block1_relu1",
        "conv2_block1_conv2",
        "conv2_block1_batchnorm2",
        "conv2_block1_add",
        "conv2_block1_relu2",
        "conv2_block2_conv1",
        "conv2_block2_batchnorm1",
        "conv2_block2_relu1",
        "conv2_block2_conv2",
        "conv2_block2_batchnorm2",
        "conv2_block2_add",
        "conv2_block2_relu2",
        "head_avgpool",
        "head_dense",
    ]


def test_blocks_in_blocks_add_their_name_and_a_number_from_the_second_on() -> None:
    before = "block inner { relu } block outer { inner conv(4, 3) inner }"
    assert names(staged("outer", before=before))[1:] == ["s_block1_inner_relu", "s_block1_conv", "s_block1_inner2_relu"]


def test_adapters_are_called_skip() -> None:
    found = names(staged("b", before="block b { conv(6, 3) skip }"))
    assert found[2:4] == ["s_block1_skip_conv", "s_block1_skip_batchnorm"]


def test_a_label_stands_behind_the_names_of_stage_and_block() -> None:
    found = names(staged('b -> relu as "out"', before='block b { conv(4, 3) as "first" }'))
    assert found[1:] == ["s_block1_first", "s_out"]


def test_stem_and_head_add_nothing_to_a_label() -> None:
    text = """network n { input 8x8x3 stem { conv(4, 3) as "conv1_conv" } stage a { relu }
      head { avgpool(global) -> dense(3) as "predictions" } }"""
    assert names(compiled(text)) == ["input", "conv1_conv", "a_relu", "head_avgpool", "predictions"]


def test_a_label_of_a_slot_and_in_an_adapter() -> None:
    found = names(staged("b", before='block b { conv(6, 3) -> norm as "bn" skip via conv(6, 1) as "0_conv" }'))
    assert found[1:] == ["s_block1_conv", "s_block1_bn", "s_block1_0_conv", "s_block1_add"]


def test_a_label_in_a_block_that_adapts() -> None:
    before = (
        'block narrow(channels, stride) { conv(channels, 1, stride = stride) as "0_conv" } block b { conv(6, 3) skip }'
    )
    found = names(staged("skips via narrow 2 x b", before=before))
    assert found[2] == "s_block1_0_conv"


def test_a_label_does_not_change_what_flows() -> None:
    labelled, plain = staged('conv(4, 3) as "a" -> relu'), staged("conv(4, 3) -> relu")
    assert [node.args for node in labelled.graph.nodes] == [node.args for node in plain.graph.nodes]


def test_the_same_label_twice_is_refused() -> None:
    assert refused_stage('conv(4, 3) as "a" relu as "a"') == ["E0231"]
    assert refused_stage("2 x b", before='block b { conv(4, 3) as "a" }') == []
    assert refused('network n { input 8x8x3 stem { relu as "a" } head { relu as "a" } }') == ["E0231"]


def test_a_label_that_an_unlabelled_layer_would_have_had_is_kept() -> None:
    found = names(staged('conv(4, 3) relu as "conv"'))
    assert sorted(found[1:]) == ["s_conv", "s_conv_2"]
    assert found[2] == "s_conv"


def test_names_are_unique_in_a_network_that_invites_clashes() -> None:
    text = """block block1 { relu } block basic_block1 { relu }
      network n { input 8x8x3 stage conv2 { block1 basic_block1 } stage conv2_block1 { relu }
        stage conv2_ { block1 } }"""
    found = names(compiled(text))
    assert len(set(found)) == len(found)
