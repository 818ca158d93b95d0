"""Several inputs, several outputs, heads by name: what they mean, and what is lost."""

from __future__ import annotations

import pytest

from resnet_dsl import pipeline
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.ir.graph import Graph
from tests.elaborate.compiling import compiled, refused

BASE = """network base {
  input 32x32x3
  stem { conv(8, 3) }
  stage a { conv(8, 3) }
  stage b(stride = 2) { conv(16, 3) }
  head { avgpool(global) -> dense(10) -> softmax }
}
"""
PAIR = """network pair {
  input left 16x16x3
  input right 8x8x1
  head {
    l = left -> conv(4, 3) -> avgpool(global)
    r = right -> conv(4, 5) -> avgpool(global)
    add(l, r)
  }
}
"""


def derived(members: str) -> Graph:
    return compiled(f"{BASE}network d from base {{ {members} }}", "d").graph


def returned(graph: Graph) -> dict[str, str]:
    return {output.name: graph.nodes[output.node].name for output in graph.outputs}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("", {"head": "head_softmax"}),
        ("head {}", {"b": "b_conv"}),
        ("head aux { a -> relu }", {"head": "head_softmax", "aux": "aux_relu"}),
        ("head {} head aux { relu }", {"aux": "aux_relu"}),
        ("head {} output stem, b, a", {"stem": "stem_conv", "b": "b_conv", "a": "a_conv"}),
        ("output b, head", {"b": "b_conv", "head": "head_softmax"}),
        ("head two { head -> relu }", {"head": "head_softmax", "two": "two_relu"}),
        ("head two { head -> relu } output two", {"two": "two_relu"}),
        ("head same { a }", {"head": "head_softmax", "same": "a_conv"}),
        ("stage output { conv(16, 1) } output output, head", {"output": "output_conv", "head": "head_softmax"}),
    ],
)  # fmt: skip
def test_what_a_network_returns(members: str, expected: dict[str, str]) -> None:
    assert returned(derived(members)) == expected


def test_outputs_stand_in_the_order_of_the_text() -> None:
    graph = derived("head z { a -> relu } head c { b -> relu } head a_ { relu }")
    assert [output.name for output in graph.outputs] == ["head", "z", "c", "a_"]


def test_a_head_is_replaced_in_its_place() -> None:
    graph = compiled(
        f"{BASE}network two from base {{ head aux {{ a -> relu }} }} network d from two {{ head {{ flatten }} }}", "d"
    ).graph
    assert returned(graph) == {"head": "head_flatten", "aux": "aux_relu"}


def test_inputs_come_first_and_carry_their_names() -> None:
    graph = compiled(PAIR).graph
    assert graph.inputs == 2
    assert [node.name for node in graph.nodes[:2]] == ["left", "right"]
    assert [scope.kind for scope in graph.scopes] == ["network", "head"]


def test_an_input_without_a_name_is_called_input_beside_others() -> None:
    found = compiled(
        f"{BASE}network d from base {{ input facts 8 head {{ a = avgpool(global) concat(a, facts) }} }}", "d"
    )
    assert list(found.facts.input_shapes) == ["input", "facts"]
    assert found.under(dict(found.facts.input_shapes)).facts.input_shapes == found.facts.input_shapes


def test_an_input_keeps_its_name_beside_a_label() -> None:
    found = refused(PAIR.replace("conv(4, 3)", 'conv(4, 3) as "left"'))
    assert found == ["E0231"]


def test_the_first_input_flows_and_the_others_are_values() -> None:
    graph = compiled(
        """network n { input image 8x8x3 input mask 8x8x3
        stem { seen = conv(3, 3) mul(seen, mask) } stage one { skip from input skip from mask } }"""
    ).graph
    assert [[graph.nodes[one].name for one in node.inputs] for node in graph.nodes if node.op == "conv"] == [["image"]]


def test_an_input_is_replaced_by_its_name() -> None:
    graph = compiled(f"{PAIR} network d from pair {{ input right 4x4x2 }}", "d").graph
    assert [node.args["shape"] for node in graph.nodes[:2]] == [(16, 16, 3), (4, 4, 2)]


@pytest.mark.parametrize("size", ["8x3", "?x3", "n x 3", "m", "8 x (n + 1) x 3", "n x n x n x k", "8x8 x 3"])
def test_a_size_behind_a_name(size: str) -> None:
    text = (
        f"network net(n = 8, m = 8x3, k = 3) {{ input left {size} head {{ flatten }} expect depth == 0 + 0 * n * k }}"
    )
    expected = compiled(text.replace("left ", "").replace("flatten", "relu"))
    assert compiled(text.replace("flatten", "relu")).shapes[0] == expected.shapes[0]


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ("head aux { a -> relu } head aux { b -> relu }", ["E0209"]),
        ("head { relu } head { relu }", ["E0209"]),
        ("output a, head output b", ["E0209"]),
        ("input 32x32x3 input 16x16x3", ["E0209"]),
        ("input x1 32x32x3", ["E0260"]),
        ("head a { relu }", ["E0261"]),
        ("input b 32x32x3", ["E0261"]),
        ("head conv { relu }", ["E0210"]),
        ("input conv 32x32x3", ["E0210"]),
        ("input act 32x32x3", ["E0210"]),
        ("head aux {}", ["E0262"]),
        ("output a", ["E0265"]),
        ("head aux { a -> relu } output head", ["E0265"]),
        ("output a, nothing, head", ["E0208"]),
        ("output head, head", ["E0209"]),
        ("output b, nothing expect b.depth == 3", ["E0208"]),
        ("head aux { a -> nothing } expect aux.depth == 3", ["E0201"]),
        ("stage b { v = relu conv(4, 1) } head v { relu }", ["E0209"]),
        ("head aux { a -> relu } expect output == 10", ["E0267"]),
        ("head aux { later -> relu } head later { relu }", ["E0201"]),
        ("head aux { a -> relu a -> relu }", ["E0224"]),
    ],
)
def test_what_is_refused(members: str, codes: list[str]) -> None:
    assert refused(f"{BASE}network d from base {{ {members} }}", "d") == codes


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        ("aux.output == 8x8x4", True), ("aux.output == 8x8x5", False), ("aux.depth == 2", True),
        ("head.depth == 4", True), ("depth == 4", True), ("aux.receptive_field == 3", True),
        ("head.receptive_field == 7", True), ("receptive_field == 7", True), ("head.output_stride == 2", True),
        ("aux.output_stride == 1", True), ("output_stride == 2", True), ("head.params == 170", True),
        ("aux.params == 32", True),
    ],
)  # fmt: skip
def test_what_is_expected_of_an_output(expectation: str, holds: bool) -> None:
    """Widths: 3x3 convolutions over 3, 8, 8 channels; 8*4 weights of the second head, 16*10 + 10 of the first."""
    text = BASE.replace("32x32x3", "8x8x3")
    text += f"network d from base {{ head aux {{ stem -> conv(4, 1) }} expect {expectation} }}"
    found = [one.code for one in pipeline.load_text(text).check("d")]
    assert found == ([] if holds else ["E0401"])


def test_an_input_has_a_receptive_field_of_its_own() -> None:
    assert not pipeline.load_text(
        PAIR[:-2] + "expect left.receptive_field == 3 expect right.receptive_field == 5 expect receptive_field == 5 }"
    ).check()


def test_what_sees_nothing_of_an_input_is_told() -> None:
    network = compiled(PAIR)
    of_left, of_right = network.facts.fields
    names = [node.name for node in network.graph.nodes]
    assert of_right[names.index("head_conv1")] is None
    assert of_left[names.index("head_conv2")] is None
    assert of_left[-1] == of_right[-1] == "all"


def test_a_gate_from_another_input_is_seen_by_every_position() -> None:
    network = compiled(
        "network n { input one 8x8x4 input two 1x1x4 "
        "head { g = two -> sigmoid h = two -> relu a = mul(one, g) mul(a, h) } }"
    )
    assert network.facts.fields[1][-1] == "all"


def test_sizes_are_asked_for_by_name() -> None:
    spec = pipeline.load_text(PAIR)
    assert spec.compile(input_size={"right": (4, 4, 2)}).shapes[:2] == ((16, 16, 3), (4, 4, 2))
    for wrong in ({"middle": (4, 4, 2)}, (4, 4, 2)):
        with pytest.raises(Refusal) as refusal:
            spec.compile(input_size=wrong)  # type: ignore[arg-type]
        assert [one.code for one in refusal.value.diagnostics] == ["E0263"]


def test_a_size_by_name_is_one_without_where_there_is_one_input() -> None:
    asked = pipeline.load_text(BASE).compile(input_size={"input": (16, 16, 3)}).asked
    assert asked.input_size == (16, 16, 3)


def test_a_label_in_a_named_head_stands_behind_its_name() -> None:
    graph = derived(
        'head aux { a -> flatten -> dense(5) as "predictions" } head { flatten -> dense(3) as "predictions" }'
    )
    assert {"predictions", "aux_predictions"} <= {node.name for node in graph.nodes}


def test_a_number_behind_a_name_is_a_vector() -> None:
    text = "network n { input v 8 stage a { dense(16) relu } head { concat(a, v) dense(3) } expect a.output == 16 }"
    network = compiled(text)
    assert network.shapes[0] == (8,)
    assert network.facts.receptive_field is None
    assert refused("network n { input 8 stage a { dense(16) } }") == ["E0221"]
    assert refused("network n { input v ? stage a { dense(16) } }") == ["E0221"]


def test_a_named_head_is_named_where_a_block_is_called() -> None:
    text = f"block wrong {{ conv(0, 3) }} {BASE}network d from base {{ head aux {{ a -> wrong }} }}"
    with pytest.raises(Refusal, match="called from head `aux`"):
        compiled(text, "d")


@pytest.mark.parametrize(
    ("head", "entry"),
    [
        ("relu", "b_conv"),
        ("a -> relu", "a_conv"),
        ("one = a -> maxpool(2) concat(one, b)", "b_conv"),
    ],
)
def test_a_head_is_entered_by_the_value_that_it_starts_from(head: str, entry: str) -> None:
    graph = derived(f"head aux {{ {head} }}")
    scope = next(scope for scope in graph.scopes if scope.name == "aux")
    assert graph.nodes[scope.entry].name == entry


def test_a_head_may_be_an_earlier_value_whose_steps_others_read() -> None:
    """Its part then ends before its steps, which another head keeps."""
    graph = derived("head aux { mine = a -> relu a } head two { mine -> flatten }")
    assert returned(graph)["aux"] == "a_conv"
