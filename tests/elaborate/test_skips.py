"""Skip connections: every form of the statement, by the graph that it makes."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import blocked, compiled, drawn, operations, reasons, refused, refused_stage, staged


def merges(network: Compiled) -> list[tuple[str, str | None]]:
    """The merges of skips: the operation, and whether the value was adapted."""
    return [(node.op, node.skip) for node in network.graph.nodes if node.skip]


def test_a_skip_adds_what_entered_the_block() -> None:
    network = blocked("conv(4, 3) skip")
    assert drawn(network)[-1] == "s_block1_add(s_block1_conv, input) 8x8x4"
    assert merges(network) == [("add", "identity")]


def test_the_main_path_is_the_first_input_and_the_skip_the_second() -> None:
    network = blocked("conv(6, 3) skip")
    lines = drawn(network)
    assert lines[-1] == "s_block1_add(s_block1_conv, s_block1_skip_batchnorm) 8x8x6"
    assert merges(network) == [("add", "adapted")]


@pytest.mark.parametrize(
    ("by", "operation", "channels"),
    [("", "add", 4), ("by add", "add", 4), ("by mul", "mul", 4), ("by concat", "concat", 8)],
)
def test_by_says_how_they_are_merged(by: str, operation: str, channels: int) -> None:
    network = blocked(f"conv(4, 3) skip {by}")
    assert network.graph.nodes[-1].op == operation
    assert network.facts.output_shape == (8, 8, channels)


def test_concat_needs_no_equal_channels_and_so_no_adapter() -> None:
    network = blocked("conv(6, 3) skip by concat")
    assert merges(network) == [("concat", "identity")]
    assert network.facts.output_shape == (8, 8, 10)


def test_concat_adapts_lengths_and_keeps_the_channels_of_the_skip() -> None:
    network = blocked("conv(6, 3, stride = 2) skip by concat")
    assert network.facts.output_shape == (4, 4, 10)
    assert merges(network) == [("concat", "adapted")]


def test_from_names_another_value() -> None:
    network = blocked("conv(4, 3) early = relu conv(4, 3) skip from early")
    assert drawn(network)[-1] == "s_block1_add(s_block1_conv2, s_block1_relu) 8x8x4"


def test_from_in_is_the_default() -> None:
    assert blocked("conv(4, 3) skip from in").graph == blocked("conv(4, 3) skip").graph


def test_from_a_member_of_a_family() -> None:
    network = blocked("a[0] = conv(4, 3) a[1] = relu conv(4, 3) skip from a[1]")
    assert drawn(network)[-1] == "s_block1_add(s_block1_conv2, s_block1_relu) 8x8x4"


def test_via_is_the_adapter_of_this_skip() -> None:
    network = blocked("conv(8, 3, stride = 2) skip via avgpool(2) -> conv(8, 1)")
    assert operations(network) == ["conv", "avgpool", "conv", "add"]


def test_via_is_given_the_channels_and_the_stride_that_are_needed() -> None:
    network = blocked("conv(8, 3, stride = 2) skip via conv(kernel = 1)")
    assert drawn(network)[1] == "s_block1_skip_conv(input) 4x4x8"


def test_what_an_adapter_is_told_is_what_is_still_missing() -> None:
    network = blocked("conv(8, 3, stride = 4) skip via avgpool(2, stride = 2) -> conv(kernel = 1)")
    lines = drawn(network)[1:3]
    assert lines == ["s_block1_skip_avgpool(input) 4x4x4", "s_block1_skip_conv(s_block1_skip_avgpool) 2x2x8"]


def test_arguments_that_are_written_win_over_what_is_needed() -> None:
    assert refused_stage("b", before="block b { conv(8, 3, stride = 2) skip via conv(8, 1, stride = 1) }") == ["E0302"]


def test_via_is_left_out_where_shapes_agree() -> None:
    assert operations(blocked("conv(4, 3) skip via project")) == ["conv", "add"]


def test_always_takes_the_adapter_where_shapes_agree_too() -> None:
    assert operations(blocked("conv(4, 3) skip always")) == ["conv", "conv", "batchnorm", "add"]
    assert operations(blocked("conv(4, 3) skip always via conv(4, 1)")) == ["conv", "conv", "add"]


def test_via_value_starts_the_adapter_from_that_value() -> None:
    network = blocked("pre = norm -> act conv(8, 3) skip via pre -> project_only")
    assert "s_block1_skip_conv(s_block1_relu) 8x8x8" in drawn(network)
    same = blocked("pre = norm -> act conv(4, 3) skip via pre -> project_only")
    assert drawn(same)[-1] == "s_block1_add(s_block1_conv, input) 8x8x4"


def test_from_via_always_and_by_together() -> None:
    network = blocked("a = conv(4, 3) c = relu conv(4, 3) skip always from a via c -> conv(4, 1) by mul")
    assert drawn(network)[-1] == "s_block1_mul(s_block1_conv2, s_block1_skip_conv) 8x8x4"


def test_several_skips_of_one_block() -> None:
    network = blocked("conv(4, 3) a = relu conv(4, 3) skip conv(4, 3) skip from a")
    assert len(merges(network)) == 2


def test_a_skip_across_stages() -> None:
    text = """network n { input 8x8x4 stage down { conv(4, 3) } stage deep(stride = 2) { conv(8, 3) }
      stage up { upsample(2) skip from down by concat } }"""
    assert drawn(compiled(text))[-1] == "up_concat(up_upsample, down_conv) 8x8x12"


def test_a_skip_across_stages_is_projected_to_the_smaller_map() -> None:
    text = """network n { input 8x8x4 stage first { conv(4, 3) } stage second(stride = 2) { conv(8, 3) }
      stage third(stride = 2) { conv(6, 3) skip from first } }"""
    network = compiled(text)
    assert network.facts.output_shape == (2, 2, 6)
    projection = next(node for node in network.graph.nodes if node.name == "third_skip_conv")
    assert (projection.args["stride"], projection.args["channels"]) == ((4, 4), 6)


def test_a_skip_from_the_stem() -> None:
    text = "network n { input 8x8x4 stem { conv(4, 3) } stage s { relu skip from stem } }"
    assert drawn(compiled(text))[-1] == "s_add(s_relu, stem_conv) 8x8x4"


def test_a_bare_skip_in_a_stage_goes_around_it() -> None:
    text = "network n { input 8x8x4 stem { conv(4, 3) } stage s { conv(4, 3) conv(4, 3) skip } }"
    assert drawn(compiled(text))[-1] == "s_add(s_conv2, stem_conv) 8x8x4"
    around = "network n { input 8x8x4 stage s(stride = 2) { basic(8) 2 x basic(8) skip } expect blocks == 3 }"
    assert [line.split("(")[0] for line in drawn(compiled(around))[-3:]] == ["s_skip_conv", "s_skip_batchnorm", "s_add"]


def test_a_stem_has_no_entry_to_skip_from() -> None:
    assert refused("network n { input 8x8x4 stem { conv(4, 3) skip } }") == ["E0218"]


def test_a_stage_may_skip_from_the_networks_input() -> None:
    assert drawn(staged("conv(4, 3) skip from in"))[-1] == "s_add(s_conv, input) 8x8x4"


def test_the_default_projection_is_the_papers_option_b() -> None:
    """He et al. 2015, section 3.3: 1x1 convolutions match dimensions, with a stride of 2 across two sizes."""
    network = blocked("conv(8, 3, stride = 2) skip")
    projection = next(node for node in network.graph.nodes if node.name == "s_block1_skip_conv")
    assert (projection.args["kernel"], projection.args["stride"], projection.args["bias"]) == ((1, 1), (2, 2), False)
    assert operations(network) == ["conv", "conv", "batchnorm", "add"]


def test_an_adapter_may_stride_differently_along_the_axes() -> None:
    network = blocked("conv(8, 3, stride = 2x1) skip")
    assert network.facts.output_shape == (4, 8, 8)


@pytest.mark.parametrize(
    "body",
    [
        "avgpool(global) skip",
        "conv(4, 3, pad = valid) skip",
        "upsample(2) skip",
        "conv(6, 3) skip via relu",
        "conv(6, 3) skip via conv(5, 1)",
        "conv(4, 3, stride = 2) skip via pad_channels(4)",
    ],
)
def test_what_no_adapter_can_make_fit_is_refused(body: str) -> None:
    assert refused_stage("b", before=f"block b {{ {body} }}") == ["E0302"]


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        ("upsample(2) skip", "cannot be met by a stride"),
        ("conv(4, 3, pad = valid) skip", "cannot be met by a stride"),
        ("avgpool(global) skip", "cannot change the number of axes"),
        ("conv(6, 3, stride = 2) skip via relu", "leave out `via relu` to project it"),
    ],
)
def test_a_refusal_says_what_to_do_instead(body: str, remedy: str) -> None:
    assert remedy in reasons(f"block b {{ {body} }} network n {{ input 8x8x4 stage s {{ b }} }}")


def test_a_refusal_shows_both_shapes() -> None:
    said = reasons("block b { conv(6, 3) skip via relu } network n { input 8x8x4 stage s { b } }")
    assert "8x8x6" in said
    assert "8x8x4" in said


def test_a_skip_never_broadcasts_even_where_an_operation_would() -> None:
    gate = "g = avgpool(global, keepdims = true)"
    assert blocked(f"{gate} mul(in, g)").facts.output_shape == (8, 8, 4)
    assert refused_stage("b", before=f"block b {{ {gate} in skip from g via identity by mul }}") == ["E0302"]
    adapted = blocked("avgpool(global, keepdims = true) skip by mul")
    assert (adapted.facts.output_shape, merges(adapted)) == ((1, 1, 4), [("mul", "adapted")])


def test_an_unknown_merge_is_refused() -> None:
    assert refused_stage("b", before="block b { conv(4, 3) skip by max }") == ["E0206"]
