"""Flow: steps from top to bottom and along `->`, values to start from, names, families of names, merges."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import argument, blocked, compiled, drawn, operations, refused, refused_stage, staged


def test_steps_run_from_top_to_bottom() -> None:
    assert drawn(staged("conv(6, 3) relu")) == ["s_conv(input) 8x8x6", "s_relu(s_conv) 8x8x6"]


@pytest.mark.parametrize(
    "body", ["conv(6, 3) -> relu", "conv(6, 3)\n-> relu", "conv(6, 3)\nrelu", "conv(6, 3,) relu()"]
)
def test_an_arrow_is_the_same_as_a_new_step(body: str) -> None:
    assert staged(body).graph == staged("conv(6, 3) relu").graph


def test_a_named_result_is_the_current_value_too() -> None:
    assert drawn(staged("a = conv(4, 3) b = relu add(a, b)")) == [
        "s_conv(input) 8x8x4",
        "s_relu(s_conv) 8x8x4",
        "s_add(s_conv, s_relu) 8x8x4",
    ]


def test_a_chain_may_start_at_a_named_value() -> None:
    lines = drawn(staged("a = conv(4, 3) b = relu c = a -> sigmoid add(b, c)"))
    assert lines[2:] == ["s_sigmoid(s_conv) 8x8x4", "s_add(s_relu, s_sigmoid) 8x8x4"]


def test_a_name_alone_makes_the_value_current() -> None:
    assert drawn(staged("a = conv(4, 3) b = relu a c = sigmoid add(b, c)"))[2] == "s_sigmoid(s_conv) 8x8x4"


def test_a_value_inside_a_chain_is_refused() -> None:
    assert refused_stage("a = conv(4, 3) relu -> a") == ["E0226"]


def test_in_is_what_entered_the_block() -> None:
    lines = drawn(blocked("p = relu q = in -> sigmoid mul(p, q)", call="conv(4, 1) -> b"))
    assert lines[1:] == [
        "s_block1_relu(s_conv) 8x8x4",
        "s_block1_sigmoid(s_conv) 8x8x4",
        "s_block1_mul(s_block1_relu, s_block1_sigmoid) 8x8x4",
    ]


@pytest.mark.parametrize("part", ["stage last", "head"])
@pytest.mark.parametrize(
    ("body", "inputs"),
    [
        ("a = relu add(a, in)", (2, 1)),
        ("a = relu repeat 1 { if true { add(a, in) } }", (2, 1)),
        ("relu skip from in", (2, 1)),
        ("a = relu add(a, input)", (2, 0)),
        ("relu skip from input", (2, 0)),
        ("relu add(relu(), input -> relu)", (3, 4)),
    ],
)
def test_in_is_what_entered_the_part_and_input_the_networks(part: str, body: str, inputs: tuple[int, int]) -> None:
    network = compiled(f"network n {{ input 8x8x4 stem {{ conv(4, 3) }} {part} {{ {body} }} }}")
    assert network.graph.nodes[-1].inputs == inputs
    assert [one.code for one in network.warnings] == (["W0231"] if " in" in body.replace("input", "") else [])


def test_where_in_means_what_it_meant_nothing_is_said() -> None:
    for text in ("stem { a = relu add(a, in) }", "stage s { a = relu add(a, in) }", "head { a = relu add(a, in) }"):
        assert compiled(f"network n {{ input 8x8x4 {text} }}").warnings == ()
    assert compiled("network n { input 8x8x4 stem { relu } stage s { basic(4) } }").warnings == ()


def test_the_networks_input_is_seen_by_its_parts_alone() -> None:
    assert refused("block b { skip from input } network n { input 8x8x4 stage s { b } }") == ["E0208"]
    assert refused("network n { input 8x8x4 let a = input.channels stage s { conv(a, 1) } }") == ["E0208"]
    assert refused("let a = input.channels network n { input 8x8x4 stage s { conv(a, 1) } }") == ["E0208"]
    text = "block b(side) { skip from side } network n { input 8x8x4 stem { relu } stage s { b(input) } }"
    assert compiled(text).graph.nodes[-1].inputs == (1, 0)


def test_many_places_are_no_reason_to_refuse() -> None:
    stages = " ".join(f"stage s{index} {{ relu skip from in }}" for index in range(300))
    assert len(compiled(f"network n {{ input 8x8x4 {stages} }}").warnings) == 20


def test_in_has_no_meaning_where_nothing_flows() -> None:
    assert refused("network n { input 8x8x4 use act = se(in.channels) stage s { act } }") == ["E0217"]


def test_a_name_may_be_given_anew_from_itself() -> None:
    lines = drawn(staged("a = conv(4, 3) b = conv(4, 3) a = a -> relu add(a, b)"))
    assert lines[-1] == "s_add(s_relu, s_conv2) 8x8x4"


@pytest.mark.parametrize("name", ["conv", "basic", "norm", "add"])
def test_a_value_may_not_be_called_like_an_operation_a_block_or_a_slot(name: str) -> None:
    assert refused_stage(f"{name} = conv(4, 3) relu") == ["E0210"]


def test_families_are_built_in_a_repeat_and_merged_by_their_name() -> None:
    lines = drawn(staged("repeat 3 as i { b[i] = in -> conv(i + 1, 3) } concat(b)"))
    assert lines[-1] == "s_concat(s_conv1, s_conv2, s_conv3) 8x8x6"


def test_a_family_is_merged_in_the_order_of_its_indices() -> None:
    lines = drawn(staged("repeat 3 as i { b[2 - i] = in -> conv(i + 1, 3) } concat(b)"))
    assert lines[-1] == "s_concat(s_conv3, s_conv2, s_conv1) 8x8x6"


def test_a_member_of_a_family_is_a_value_like_any_other() -> None:
    lines = drawn(staged("b[0] = conv(4, 3) b[1] = b[0] -> relu add(b[0], b[1], in)"))
    assert lines[-1] == "s_add(s_conv, s_relu, input) 8x8x4"


def test_a_member_that_is_not_there_is_refused() -> None:
    assert refused_stage("b[0] = conv(4, 3) b[1] = relu b[2] -> relu") == ["E0230"]


def test_merges_take_any_number_of_values() -> None:
    network = staged("a = conv(4, 3) b = conv(4, 3) c = conv(4, 3) add(a, b, c, in)")
    assert len(network.graph.nodes[-1].inputs) == 4


def test_a_merge_of_one_value_is_refused() -> None:
    assert refused_stage("a = conv(4, 3) add(a)") == ["E0227"]


@pytest.mark.parametrize(
    ("merge", "shape"), [("add(a, b)", (8, 8, 4)), ("mul(a, b)", (8, 8, 4)), ("concat(a, b)", (8, 8, 8))]
)
def test_shapes_of_merges(merge: str, shape: tuple[int, ...]) -> None:
    assert staged(f"a = conv(4, 3) b = conv(4, 3) {merge}").facts.output_shape == shape


def test_add_never_broadcasts() -> None:
    assert refused_stage("a = conv(4, 3) b = a -> avgpool(global, keepdims = true) add(a, b)") == ["E0305"]


def test_a_gate_is_repeated_over_the_map() -> None:
    network = staged("a = conv(4, 3) g = a -> avgpool(global, keepdims = true) mul(a, g)")
    assert network.facts.output_shape == (8, 8, 4)


def test_a_slice_of_the_channels() -> None:
    assert drawn(staged("a = conv(6, 3) b = a -> channels(4, 2) c = a -> channels(0, 2) add(b, c)"))[-1].endswith(
        "8x8x2"
    )
    assert refused_stage("channels(3, 2)") == ["E0307"]


def test_what_reaches_nothing_is_an_error_and_a_name_that_is_never_used_a_warning() -> None:
    assert refused_stage("conv(4, 3) in -> relu") == ["E0224"]
    network = staged("a = conv(4, 3) in -> relu")
    assert operations(network) == ["relu"]
    assert [one.code for one in network.warnings] == ["W0203"]


def test_the_outputs_of_stem_and_stages_are_values_for_those_behind_them() -> None:
    parts = "stem { conv(4, 3) } stage first { conv(4, 3) } stage second { a = relu add(a, first, stem) }"
    assert (
        drawn(compiled(f"network n {{ input 8x8x4 {parts} }}"))[-1]
        == "second_add(second_relu, first_conv, stem_conv) 8x8x4"
    )


def test_a_stage_that_comes_later_is_no_value_yet() -> None:
    assert refused("network n { input 8x8x4 stage a { b -> relu } stage b { relu } }") == ["E0201"]


def test_lists_are_indexed_from_zero_and_have_a_length() -> None:
    network = staged("repeat len(widths) as i { conv(widths[i], 3) }", before="let widths = [5, 6, 7]")
    assert [argument(network, f"s_conv{i}", "channels") for i in (1, 2, 3)] == [5, 6, 7]


@pytest.mark.parametrize("index", ["3", "-1", "100"])
def test_an_index_outside_a_list_is_refused(index: str) -> None:
    assert refused_stage(f"conv(widths[{index}], 3)", before="let widths = [5, 6, 7]") == ["E0230"]


LATER = "block b(width) {{ s = in conv(width, 3) -> norm {} }} network n {{ input 8x8x8 stage a {{ b(8) }} }}"
ABOVE = "name the result of the steps above: `out = conv(width, 3) -> norm`"


@pytest.mark.parametrize(
    ("steps", "remedy"),
    [
        ("out = add(out, s)", ABOVE),
        ("out = out -> conv(8, 3)", ABOVE),
        ("skip from out out = act", "write `out = act` in front of this"),
        ("add(out, s) out = norm", "write `out = norm` in front of this"),
        ("conv(w2, 3) let w2 = 8", "write `let w2 = 8` in front of this"),
        ("let w2 = w2 + 1 conv(w2, 3)", "write what it starts from: a number, a parameter or another `let`"),
        ("a = act out = add(out, a)", "write another value's name: `in` is what entered these braces"),
    ],
)
def test_a_name_that_is_given_later_is_told_as_such(steps: str, remedy: str) -> None:
    text = LATER.format(steps)
    (found,) = [one for one in load_text(text).check() if one.severity == "error"]
    assert found.code == "E0208"
    assert found.message.endswith("is not known yet")
    assert found.help == remedy
    for edit in found.edits:
        fixed = text[: edit.span.start] + edit.text + text[edit.span.end :]
        assert load_text(fixed).compile().graph


def test_a_name_that_another_block_gives_is_not_known_at_all() -> None:
    text = LATER.format("add(side, s)") + " block c { side = act norm }"
    assert "E0208 there is no parameter, `let` or value called `side` here" in [
        f"{one.code} {one.message}" for one in load_text(text).check()
    ]
