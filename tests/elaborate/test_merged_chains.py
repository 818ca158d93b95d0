"""Chains as arguments of merges: the same network as with names, and what is refused."""

from __future__ import annotations

import pytest

from resnet_dsl.pipeline import load_text
from tests.elaborate.compiling import blocked, compiled, drawn, operations, refused, refused_stage, staged

SAME = [
    ("add(in -> conv(8, 1), out)", "side = in -> conv(8, 1) add(side, out)"),
    ("add(out, conv(8, 3))", "side = conv(8, 3) add(out, side)"),
    ("mul(out, sigmoid())", "gate = sigmoid mul(out, gate)"),
    (
        "mul(out, avgpool(global, keepdims = true) -> conv(8, 1) -> sigmoid)",
        "gate = avgpool(global, keepdims = true) -> conv(8, 1) -> sigmoid mul(out, gate)",
    ),
    ("concat(in -> 2 x conv(4, 3), norm() -> act)", "a = in -> 2 x conv(4, 3) d = out -> norm -> act concat(a, d)"),
    ("add(out, unit(8))", "a = unit(8) add(out, a)"),
    ("add(out, norm(gamma = zeros))", "a = norm(gamma = zeros) add(out, a)"),
    ("add(out -> act, conv(8, 1) as \"1_conv\")", "a = out -> act d = out -> conv(8, 1) as \"1_conv\" add(a, d)"),
    ("add(conv(8, 1) as \"1_conv\" -> norm, out)", "a = conv(8, 1) as \"1_conv\" -> norm add(a, out)"),
    (
        "add(out, concat(conv(4, 1), in -> mul(in, tanh()) -> conv(4, 1)))",
        "a = conv(4, 1) t = in -> tanh d = mul(in, t) -> conv(4, 1) c = concat(a, d) add(out, c)",
    ),
    ("act -> add(in -> conv(8, 1), norm()) -> act", "c = act a = in -> conv(8, 1) d = c -> norm add(a, d) -> act"),
]  # fmt: skip
FRAME = """
block unit(width) {{ conv(width, 3) -> norm -> act }}
block b {{ out = conv(8, 3) {body} }}
network n {{ input 8x8x4 stage s {{ conv(6, 1) 2 x b -> conv(6, 1) }} }}
"""


@pytest.mark.parametrize(("chained", "named"), SAME)
def test_a_chain_is_what_its_name_would_be(chained: str, named: str) -> None:
    named = named.replace("gate = sigmoid", "gate = out -> sigmoid")
    assert drawn(compiled(FRAME.format(body=chained))) == drawn(compiled(FRAME.format(body=named)))


def test_it_starts_from_its_value_or_from_the_current_one() -> None:
    network = staged("a = conv(3, 1) norm add(tanh() -> conv(5, 1), a -> conv(5, 3))")
    assert drawn(network)[2:] == [
        "s_tanh(s_batchnorm) 8x8x3",
        "s_conv2(s_tanh) 8x8x5",
        "s_conv3(s_conv1) 8x8x5",
        "s_add(s_conv2, s_conv3) 8x8x5",
    ]


def test_what_goes_around_the_block_is_counted_as_with_names() -> None:
    """`in` by hand makes a residual block; a chain from it is a branch like another."""
    blocks = ["add(in, conv(4, 3))", "add(conv(4, 3), in)", "add(in -> conv(4, 1), conv(4, 3))"]
    text = "".join(f"block b{index} {{ {body} }} " for index, body in enumerate(blocks))
    network = compiled(f"{text} network n {{ input 8x8x4 stage s {{ b0 b1 b2 }} expect blocks == 2 }}")
    assert operations(network).count("add") == 3


def test_steps_of_an_adapter_are_told_what_is_needed() -> None:
    network = blocked("conv(8, 3, stride = 2) skip via add(avgpool(2, stride = 2) -> project, project())")
    assert network.facts.output_shape == (4, 4, 8)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("add(in, sigmoid)", ["E0249"]),
        ("add(in, attn)", ["E0249"]),
        ("add(in, 3 x conv(4, 1))", ["E0249"]),
        ("add(in -> conv(4, 1))", ["E0227"]),
        ("add(in, max(1, 2))", ["E0221"]),
        ("add(in, conf(4, 1))", ["E0201"]),
        ("add(in, in -> conf(4, 1))", ["E0201"]),
        ("add(in, conv(4, 1, stirde = 2))", ["E0305", "E0202"]),  # the stride was meant
        ("add(in, other -> conv(4, 1))", ["E0201"]),
        ("add(in, conv(4, 1) -> in)", ["E0226"]),
        ("add(in, conv(5, 1))", ["E0305"]),
        ("conv(in -> act, 3)", ["E0248"]),
        ("conv(4, kernel = in -> act)", ["E0248"]),
        ("norm(in -> act)", ["E0248"]),
        ("default conv(bias = in -> act) conv(4, 3)", ["E0248"]),
        ("let a = max(1, in -> act) conv(a, 3)", ["E0248"]),
    ],
)
def test_what_is_no_chain(body: str, codes: list[str]) -> None:
    assert refused_stage(body) == codes


def test_names_in_chains_are_looked_up_in_blocks_that_nothing_calls() -> None:
    body = "add(in, concat(conf(3), conv(4, 1, stirde = missing)))"
    found = load_text(f"block b {{ {body} }} network n {{ input 8x8x4 stage s {{ conv(3, 1) }} }}").check()
    assert [one.code for one in found] == ["E0201", "E0202", "E0208"]


def test_blocks_that_call_each_other_in_merges_are_a_circle() -> None:
    text = "block a { add(in, concat(in, b())) } block b { a } network n { input 8x8x4 stage s { conv(3, 1) } }"
    assert [one.code for one in load_text(text).check()] == ["E0211"]
    assert refused(text.replace("conv(3, 1)", "b")) == ["E0211"]


def test_what_merges_expand_to_is_foreseen() -> None:
    blocks = "".join(f"block b{n} {{ add(b{n - 1}(), in -> b{n - 1}) }}\n" for n in range(1, 40))
    text = f"block b0 {{ act }} {blocks} network n {{ input 8x8x4 stage s {{ b39 }} }}"
    assert refused(text) == ["E0502"]


def test_merges_in_one_another_end_before_python_does() -> None:
    text = "add(in, " * 90 + "act()" + ")" * 90
    assert refused_stage(text) in ([], ["E0504"])


def test_a_chain_starts_from_a_value_that_was_passed() -> None:
    """Also one whose parameter has the name of a step: then the name is the step's, as it was."""
    gate = "block gate(other, width) {{ side = {0} -> conv(width, 1)\nkept = conv(width, 1)\nadd(side, kept) }}"
    network = " network n { input 8x8x4 stage a { conv(4, 3) } stage b { gate(a, 6) } }"
    named = compiled(gate.format("other") + network).graph
    assert [node.inputs for node in named.nodes if node.op == "conv"] == [(0,), (1,), (2,)]
    as_argument = "block gate(other, width) { kept = conv(width, 1)\nadd(other -> conv(width, 1), kept) }" + network
    assert len(compiled(as_argument).graph.nodes) == len(named.nodes)
    shadowed = "block b(relu) { relu -> conv(relu, 1) } network n { input 8x8x4 stage a { b(6) } }"
    assert [node.op for node in compiled(shadowed).graph.nodes] == ["input", "relu", "conv"]


def test_a_chain_starts_from_no_number() -> None:
    text = "block b(width) { width -> conv(8, 1) } network n { input 8x8x4 stage a { b(6) } }"
    assert refused(text) == ["E0221"]
    assert refused("block b(other) { relu -> other } network n { input 8x8x4 stage a { b(input) } }") != []


@pytest.mark.parametrize(
    ("merge", "right"),
    [
        ("concat(left, right)", "concat(left, right -> resize(like = left))"),
        ("concat(right, left, right)", "concat(right -> resize(like = left), left, right -> resize(like = left))"),
        ("concat(right -> conv(8, 1), left)", "concat(right -> conv(8, 1) -> resize(like = left), left)"),
        ("add(left, right)", "add(left, right -> resize(like = left))"),
        ("mul(right, left)", "mul(right -> resize(like = left), left)"),
    ],
)
def test_values_of_two_sizes_are_brought_to_that_of_the_larger(merge: str, right: str) -> None:
    text = f"network n {{ input left 9x9x3 input right 7x6x3 head {{ {merge} conv(1, 1) }} }}"
    (found,) = load_text(text).check()
    assert right in (found.help or "")
    for edit in reversed(found.edits):
        text = f"{text[: edit.span.start]}{edit.text}{text[edit.span.end :]}"
    assert right in text
    assert load_text(text).check() == ()


@pytest.mark.parametrize(
    "merge",
    [
        "concat(left -> conv(8, 1), right)",  # the larger one has no name
        "add(left, right -> conv(8, 1, stride = 1x2))",  # another number of channels, too
        "concat(left, right -> avgpool(global))",
    ],
)
def test_where_a_size_alone_does_not_do_nothing_is_written(merge: str) -> None:
    (found, *_) = load_text(f"network n {{ input left 9x9x3 input right 7x6x3 head {{ {merge} conv(1, 1) }} }}").check()
    assert found.edits == ()
