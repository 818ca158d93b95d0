"""Settings: slots, defaults, where they hold, and which one wins."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import Compiled
from tests.elaborate.compiling import argument, compiled, operations, refused, refused_stage, staged

UNIT = "block unit(width = 4) { conv(width, 3) -> norm -> act }"


def network(settings: str, stages: str, before: str = "") -> Compiled:
    return compiled(f"{UNIT} {before} network n {{ input 8x8x4 {settings} {stages} }}")


def test_slots_have_a_filling_of_their_own() -> None:
    assert operations(network("", "stage a { unit }")) == ["conv", "batchnorm", "relu"]


def test_use_fills_a_slot_for_the_network() -> None:
    found = network("use norm = groupnorm(2) use act = silu", "stage a { unit } stage b { unit }")
    assert operations(found) == ["conv", "groupnorm", "silu"] * 2


def test_use_with_several_steps() -> None:
    assert operations(network("use act = relu -> dropout(0.5)", "stage a { unit }"))[2:] == ["relu", "dropout"]


def test_use_with_a_block_and_identity() -> None:
    found = network("use norm = own use act = identity", "stage a { unit }", "block own { batchnorm sigmoid }")
    assert operations(found) == ["conv", "batchnorm", "sigmoid"]


def test_a_setting_of_a_stage_holds_for_the_stage() -> None:
    assert operations(network("", "stage a { use act = silu unit } stage b { unit }"))[2::3] == ["silu", "relu"]


def test_a_setting_of_a_block_holds_for_what_it_calls() -> None:
    outer = "block outer { use act = silu unit }"
    assert operations(network("use act = gelu", "stage a { outer unit }", outer))[2::3] == ["silu", "gelu"]


def test_the_innermost_setting_wins() -> None:
    blocks = "block inner { use act = tanh unit } block outer { use act = sigmoid unit inner unit }"
    found = network("use act = gelu", "stage a { use act = silu unit outer unit } stage b { unit }", blocks)
    assert operations(found)[2::3] == ["silu", "sigmoid", "tanh", "sigmoid", "silu", "gelu"]


def test_a_setting_of_a_branch_holds_for_the_branch() -> None:
    found = network("", "stage a { if true { use act = silu unit } unit repeat 1 { use act = gelu unit } }")
    assert operations(found)[2::3] == ["silu", "relu", "gelu"]


def test_settings_hold_for_all_of_their_braces_wherever_they_stand() -> None:
    assert operations(network("", "stage a { unit use act = silu }")) == ["conv", "batchnorm", "silu"]


def test_settings_hold_for_adapters_too() -> None:
    found = network("use norm = layernorm", "stage a { b }", "block b { conv(6, 3) skip }")
    assert operations(found) == ["conv", "conv", "layernorm", "add"]


def test_a_file_declares_slots_of_its_own() -> None:
    before = "slot tail = sigmoid block tailed { conv(4, 3) -> tail }"
    assert operations(network("", "stage a { tailed }", before)) == ["conv", "sigmoid"]
    assert operations(network("use tail = tanh", "stage a { tailed }", before)) == ["conv", "tanh"]


def test_a_slot_may_be_filled_through_another() -> None:
    assert operations(network("use norm = layernorm", "stage a { basic(4) }")).count("layernorm") == 2
    only_last = network("use last_norm = layernorm", "stage a { basic(4) }")
    assert [one for one in operations(only_last) if "norm" in one] == ["batchnorm", "layernorm"]


def test_a_slot_filled_with_itself_is_refused() -> None:
    assert refused_stage("use act = act relu act") == ["E0228"]


def test_a_slot_is_called_with_named_arguments_for_what_fills_it() -> None:
    found = staged("conv(4, 3) norm(gamma = zeros, epsilon = 0.001)")
    assert argument(found, "s_batchnorm", "gamma") == "zeros"
    assert argument(found, "s_batchnorm", "epsilon") == 0.001


def test_arguments_of_the_call_win_over_those_of_the_filling() -> None:
    found = staged("use norm = groupnorm(2, epsilon = 0.1) conv(4, 3) norm(epsilon = 0.001)")
    assert argument(found, "s_groupnorm", "epsilon") == 0.001
    assert argument(found, "s_groupnorm", "groups") == 2


@pytest.mark.parametrize(("call", "code"), [("norm(zeros)", "E0203"), ("norm(groups = 2)", "E0202")])
def test_arguments_that_a_slot_cannot_take(call: str, code: str) -> None:
    assert refused_stage(f"conv(4, 3) {call}") == [code]


def test_names_in_a_filling_are_those_of_where_it_was_written() -> None:
    before = "block b(ratio) { use act = scale(ratio) inner(1) } block inner(ratio) { conv(ratio, 1) act }"
    assert argument(network("", "stage a { b(0.25) }", before), "a_block1_inner_scale", "value") == 0.25


def test_in_of_a_filling_is_that_of_where_it_was_written() -> None:
    before = "block b { use act = scale(1 / in.channels) conv(8, 3) act }"
    assert argument(network("", "stage a { b }", before), "a_block1_scale", "value") == 0.25


def test_default_changes_an_operations_arguments() -> None:
    found = network("default conv(bias = true, pad = same) default batchnorm(epsilon = 1.001e-5)", "stage a { unit }")
    assert argument(found, "a_block1_conv", "bias") is True
    assert argument(found, "a_block1_conv", "pad") == "same"
    assert argument(found, "a_block1_batchnorm", "epsilon") == 1.001e-5


def test_default_changes_a_blocks_arguments() -> None:
    assert network("default unit(width = 6)", "stage a { unit unit(5) }").facts.stages[0].output_shape == (8, 8, 5)
    assert network("default unit(width = 6)", "stage a { unit(5) unit }").facts.stages[0].output_shape == (8, 8, 6)


def test_a_default_may_fill_a_required_argument() -> None:
    assert staged("default conv(kernel = 3) conv(6)").facts.output_shape == (8, 8, 6)


def test_the_innermost_default_wins_argument_by_argument() -> None:
    found = network("default conv(bias = true, init = he_uniform)", "stage a { default conv(bias = false) conv(4, 3) }")
    assert argument(found, "a_conv", "bias") is False
    assert argument(found, "a_conv", "init") == "he_uniform"


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("default conv(true)", "E0232"),
        ("default conv(colour = 1)", "E0202"),
        ("default missing(width = 1)", "E0201"),
        ("default conv(bias = true) default conv(bias = false)", "E0205"),
        ("use missing = relu", "E0214"),
        ("use conv = relu", "E0214"),
        ("use act = relu use act = silu", "E0209"),
        ("use drop = dropout(0.5)", "E0229"),
        ("default dense(bias = false)", "E0229"),
    ],
)
def test_settings_that_are_refused(setting: str, code: str) -> None:
    assert refused(f"{UNIT} network n {{ input 8x8x4 {setting} stage a {{ unit }} }}") == [code]


def rates(found: Compiled) -> list[float]:
    return [node.args["rate"] for node in found.graph.nodes if node.op in ("dropout", "drop_path")]


def test_progress_is_0_at_the_first_block_and_1_at_the_last() -> None:
    """Stochastic depth with linear decay (Huang et al. 2016): the first block never drops, so it needs no node."""
    found = network(
        "use drop = drop_path(0.2 * progress)", "stage a { 2 x basic(4) } stage b(stride = 2) { 3 x basic(8) }"
    )
    assert rates(found) == pytest.approx([0.05, 0.1, 0.15, 0.2])


def test_progress_of_a_network_with_one_block_is_0() -> None:
    assert rates(network("use drop = dropout(0.1 + progress / 2)", "stage a { basic(4) }")) == [0.1]


def test_progress_in_defaults_and_arguments() -> None:
    found = network("default scale(value = 1 + progress)", "stage a { 2 x b }", "block b { scale relu }")
    assert [node.args["value"] for node in found.graph.nodes if node.op == "scale"] == [1.0, 2.0]


def test_noise_that_never_strikes_needs_no_layer() -> None:
    assert operations(staged("dropout(0) relu drop_path(0.0) identity")) == ["relu"]


CHOSEN = f"""{UNIT}
network n(kind = 0, silent = false) {{
  input 8x8x4
  let other = kind + 1
  if kind == 1 {{ use act = silu }} else if other == 3 {{ if not silent {{ use act = tanh }} else {{}} }}
  if silent {{ default conv(bias = true) }}
  stage a {{ unit }}
}}
network m from n(kind = 1) {{ if true {{ use norm = identity }} stage b {{ unit }} }}
"""


@pytest.mark.parametrize(("given", "act"), [({}, "relu"), ({"kind": 1}, "silu"), ({"kind": 2}, "tanh")])
def test_an_if_among_the_members_of_a_network_chooses_settings(given: dict[str, int], act: str) -> None:
    assert operations(compiled(CHOSEN, "n", **given)) == ["conv", "batchnorm", act]


def test_what_an_if_chooses_is_inherited_as_other_settings_are() -> None:
    assert operations(compiled(CHOSEN, "m")) == ["conv", "silu"] * 2
    assert argument(compiled(CHOSEN, "n", silent=True), "a_block1_conv", "bias") is True
    assert argument(compiled(CHOSEN, "n"), "a_block1_conv", "bias") is False


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ("if true { conv(3, 3) }", ["E0247"]),
        ("if false { use act = silu let a = 3 }", ["E0247"]),
        ("if false { use act = silu } else if true { skip from stem }", ["E0247"]),
        ("if true { repeat 2 { norm } }", ["E0247"]),
        ("if true { use act = silu } use act = tanh", ["E0209"]),
        ("if in.channels == 4 { use act = silu }", ["E0217"]),
        ("if progress == 0 { use act = silu }", ["E0242"]),
        ("if 1 { use act = silu }", ["E0221"]),
        ("if true { use attn = silu }", ["E0229"]),
    ],
)
def test_what_does_not_stand_in_an_if_among_members(members: str, codes: list[str]) -> None:
    assert refused(f"{UNIT} network n {{ input 8x8x4 {members} stage a {{ unit }} }}") == codes
