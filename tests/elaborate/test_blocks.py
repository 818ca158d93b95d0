"""Blocks: named, parametrised flows."""

from __future__ import annotations

import pytest

from tests.elaborate.compiling import argument, blocked, compiled, drawn, operations, refused, refused_stage, staged

WIDE = "block wide(width, kernel = 3, twice = 2 * width) { conv(width, kernel) conv(twice, 1) }"


@pytest.mark.parametrize(
    ("call", "widths", "kernel"),
    [
        ("wide(6)", (6, 12), 3),
        ("wide(6, 5)", (6, 12), 5),
        ("wide(kernel = 1, width = 6)", (6, 12), 1),
        ("wide(6, twice = 7)", (6, 7), 3),
        ("wide(6, 5, 7,)", (6, 7), 5),
    ],
)
def test_arguments_are_positional_or_named_and_defaults_see_the_parameters_before(
    call: str, widths: tuple[int, int], kernel: int
) -> None:
    network = staged(call, before=WIDE)
    convolutions = [node.args for node in network.graph.nodes if node.op == "conv"]
    assert tuple(one["channels"] for one in convolutions) == widths
    assert convolutions[0]["kernel"] == (kernel, kernel)


def test_a_default_may_use_what_enters_the_block() -> None:
    network = blocked("conv(width, 3)", call="conv(6, 1) -> b", parameters="(width = 2 * in.channels)")
    assert network.facts.output_shape == (8, 8, 12)


def test_a_default_sees_the_entry_of_its_own_call() -> None:
    network = blocked("conv(width, 3)", call="3 x b", parameters="(width = 2 * in.channels)")
    assert network.facts.output_shape == (8, 8, 32)


@pytest.mark.parametrize("call", ["b", "b()"])
def test_brackets_may_be_left_out_where_none_are_needed(call: str) -> None:
    assert operations(blocked("relu", call=call)) == ["relu"]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("wide", "E0204"),
        ("wide()", "E0204"),
        ("wide(1, 2, 3, 4)", "E0203"),
        ("wide(6, depth = 2)", "E0202"),
        ("wide(6, width = 7)", "E0205"),
        ("wid(6)", "E0201"),
        ("wide(missing)", "E0208"),
    ],
)
def test_calls_that_do_not_fit_the_parameters(call: str, code: str) -> None:
    assert refused_stage(call, before=WIDE) == [code]


def test_blocks_call_blocks() -> None:
    before = "block inner(width) { conv(width, 3) act } block outer(width) { inner(width) inner(2 * width) skip act }"
    network = staged("outer(4)", before=before)
    assert operations(network) == ["conv", "relu", "conv", "relu", "conv", "batchnorm", "add", "relu"]
    assert network.facts.output_shape == (8, 8, 8)


def test_blocks_may_be_defined_behind_their_use_and_in_any_order() -> None:
    text = "network n { input 8x8x4 stage s { outer } } block outer { inner } block inner { relu }"
    assert operations(compiled(text)) == ["relu"]


@pytest.mark.parametrize("blocks", ["block b { b }", "block b { c } block c { b }", "block b { if false { b } }"])
def test_a_block_may_not_call_itself(blocks: str) -> None:
    from resnet_dsl import pipeline

    text = f"{blocks} network n {{ input 8x8x4 stage s {{ relu }} }}"
    assert [one.code for one in pipeline.load_text(text).check() if one.severity == "error"] == ["E0211"]


@pytest.mark.parametrize(
    ("blocks", "path"), [(8, "b0 b1 b2 b3 b4 b5 b6 b7 b0"), (9, "b0 b1 b2 b3 … b6 b7 b8 b0")], ids=["whole", "cut"]
)
def test_a_circle_of_nine_names_is_told_whole_and_of_a_longer_one_both_ends(blocks: int, path: str) -> None:
    from resnet_dsl import pipeline

    circle = " ".join(f"block b{one} {{ b{(one + 1) % blocks} }}" for one in range(blocks))
    found = pipeline.load_text(f"{circle} network n {{ input 8x8x4 stage s {{ relu }} }}").check()
    names = " -> ".join(name if name == "…" else f"`{name}`" for name in path.split())
    assert f"block `b0` calls itself: {names}" in [one.message for one in found]


def test_a_value_can_be_handed_to_a_block() -> None:
    lines = drawn(staged("a = relu conv(4, 3) merge(a)", before="block merge(other) { b = sigmoid add(b, other) }"))
    assert lines[-1] == "s_block1_add(s_block1_sigmoid, s_relu) 8x8x4"


def test_names_of_one_call_are_unknown_in_another() -> None:
    before = "block first { a = relu add(a, in) } block second { c = relu add(c, a) }"
    assert refused_stage("first second", before=before) == ["E0208"]


def test_a_block_does_not_see_the_names_of_its_caller() -> None:
    assert refused_stage("a = relu b", before="block b { c = sigmoid add(c, a) }") == ["E0208"]


def test_a_file_may_define_a_block_of_the_preludes_name() -> None:
    assert operations(staged("basic(4)", before="block basic(width) { conv(width, 1) }")) == ["conv"]


def test_lets_of_a_block() -> None:
    network = blocked(
        "let half = width // 2 conv(half, 3) let more = half + 1 conv(more, 3)", "8x8x4", "b(9)", "(width)"
    )
    assert [argument(network, f"s_block1_conv{i}", "channels") for i in (1, 2)] == [4, 5]


def test_the_scope_of_a_call_says_which_block_it_was_and_with_what() -> None:
    network = staged("basic(4) -> bottleneck(2, expansion = 2)")
    scopes = [scope for scope in network.graph.scopes if scope.kind == "block"]
    assert [(scope.name, scope.block, dict(scope.args)) for scope in scopes] == [
        ("block1", "basic", {"width": 4}),
        ("block2", "bottleneck", {"width": 2, "expansion": 2}),
    ]


@pytest.mark.parametrize(
    ("call", "layers", "channels"),
    [
        ("basic(8)", 2, 8),
        ("bottleneck(8)", 3, 32),
        ("preact_basic(8)", 2, 8),
        ("preact_bottleneck(8)", 3, 32),
    ],
)
def test_the_blocks_of_the_prelude(call: str, layers: int, channels: int) -> None:
    """He et al. 2015, Figure 5, and He et al. 2016, Figure 4(e): weighted layers, and the bottleneck's factor of 4."""
    network = staged(call)
    assert network.facts.output_shape == (8, 8, channels)
    assert network.facts.depth == layers


def test_recursion_is_refused_at_once_where_a_network_runs_into_it() -> None:
    assert refused("block b { b } network n { input 8x8x4 stage s { b } }") == ["E0211"]
