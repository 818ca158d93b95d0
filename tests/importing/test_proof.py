"""The proof: a text is the source's network, or the first difference is told."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.importing.flat import Assembler, FlatNetwork
from resnet_dsl.importing.proof import Matched, Unequal, compare
from resnet_dsl.pipeline import Compiled, load_text
from tests.importing.taken_apart import flat, shipped

_SMALL = """
network small {{
  input 8x8x3
  stage body {{
    before = conv(4, 3{first}) -> batchnorm -> relu
    path = conv(4, {kernel}) -> tanh
    {merge}
  }}
}}
"""


def _small(first: str = "", kernel: int = 3, merge: str = "add(before, path)") -> Compiled:
    return load_text(_SMALL.format(first=first, kernel=kernel, merge=merge)).compile()


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "hrnet_w18", "siamese_omniglot", "cbam_resnet50"])
def test_a_network_is_itself_node_by_node(name: str) -> None:
    compiled = shipped(name)
    found = compare(flat(compiled), compiled)
    assert isinstance(found, Matched)
    assert len(found.pairs) == sum(node.op != "identity" for node in compiled.graph.nodes)
    assert all(compiled.graph.nodes[one].op == compiled.graph.nodes[other].op for one, other in found.pairs.items())


def test_a_sum_has_no_order_and_a_concatenation_has_one() -> None:
    assert isinstance(compare(flat(_small()), _small(merge="add(path, before)")), Matched)
    joined = flat(_small(merge="concat(before, path)"))
    assert isinstance(compare(joined, _small(merge="concat(path, before)")), Unequal)


def test_one_concatenation_is_the_same_as_two() -> None:
    once = flat(_small(merge="concat(before, path, before)"))
    twice = _small(merge="both = concat(before, path)\n concat(both, before)")
    assert isinstance(compare(once, twice), Matched)


def test_a_reshaping_back_to_the_shape_before_is_none() -> None:
    back = _small(merge="add(before, path -> flatten -> reshape(256) -> reshape(8x8x4))")
    assert isinstance(compare(flat(back), _small()), Matched)
    other = _small(merge="path -> reshape(4x16x4)")
    assert isinstance(compare(flat(other), _small(merge="path -> reshape(16x4x4)")), Unequal)


def test_the_first_difference_is_told() -> None:
    found = compare(flat(_small()), _small(kernel=1))
    assert isinstance(found, Unequal)
    assert found.why == "the source has conv(4, 3) as `body_conv2`, the text conv(4, 1) at <text>:6:12: conv(4, 1)"


def test_what_a_source_does_not_say_may_be_anything() -> None:
    source = flat(_small())
    other = _small(first=", init = zeros")
    assert isinstance(compare(source, other), Unequal)
    assert isinstance(compare(source._replace(unsaid=frozenset({"init"})), other), Matched)


def _twins(swapped: bool) -> FlatNetwork:
    assembler = Assembler("twins")
    image = assembler.input("image", (4, 4, 2))
    convs = [assembler.node("conv", [image], f"conv{one}", _kernel(one), channels=2, kernel=1) for one in range(2)]
    left = assembler.node("tanh", [convs[1 if swapped else 0]], "left")
    return assembler.finish("twins", {"out": assembler.node("concat", [left, convs[0 if swapped else 1]], "out")})


def _kernel(fill: int) -> dict[str, np.ndarray]:
    return {"kernel": np.full((1, 1, 2, 2), fill, "float32")}


@pytest.mark.parametrize("swapped", [False, True])
def test_twins_are_told_apart_by_what_reads_them(swapped: bool) -> None:
    text = "network twins { input 4x4x2 stage body { a = conv(2, 1)  b = input -> conv(2, 1)  concat(a -> tanh, b) } }"
    source, compiled = _twins(swapped), load_text(text).compile()
    found = compare(source, compiled)
    assert isinstance(found, Matched)
    weights = found.weights(source, compiled)
    assert weights is not None
    assert {name: float(one["kernel"].max()) for name, one in weights.items()} == {
        "body_conv1": 1.0 if swapped else 0.0,
        "body_conv2": 0.0 if swapped else 1.0,
    }


def test_layers_that_are_shared_must_be_shared() -> None:
    text = "block tower { conv(2, 3) } network net { input 4x4x2 stage s { add(in -> tower -> tanh, in -> tower) } }"
    one, other = load_text(text).compile(), load_text(f"shared {text}").compile()
    assert isinstance(compare(flat(other), other), Matched)
    for source, against in ((one, other), (other, one)):
        found = compare(flat(source), against)
        assert isinstance(found, Unequal)
        assert "shares it in the other" in found.why


def test_inputs_and_outputs_are_counted() -> None:
    found = compare(flat(shipped("siamese_omniglot")), _small())
    assert isinstance(found, Unequal)
    assert found.why == "the source has 2 inputs, the text 1"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("conv(4, 3, stride = 2, pad = same)", "conv(4, 3, stride = 2, pad = [0, 1])", True),
        ("conv(4, 3, stride = 2, pad = same)", "conv(4, 3, stride = 2)", False),
        ("avgpool(2, pad = same)", "avgpool(2)", True),
        ("avgpool(3, pad = same)", "avgpool(3, stride = 3, pad = [0, 1], count_border = false)", True),
        ("avgpool(3, stride = 1, pad = same)", "avgpool(3, stride = 1)", False),
        ("maxpool(3, stride = 2, pad = same)", "maxpool(3, stride = 2, pad = [0, 1])", True),
        ("avgpool(global, keepdims = true) -> flatten -> dense(2)", "avgpool(global) -> dense(2)", True),
        ("avgpool(global, keepdims = true) -> conv(2, 1)", "avgpool(global) -> reshape(1x1x3) -> conv(2, 1)", False),
        ("reshape(64x3) -> reshape(3x8x8)", "flatten -> reshape(3x8x8)", True),
        ("scale(1) -> dropout(0) -> identity -> relu", "relu", True),
        ("dropout(0.1) -> relu", "relu", False),
        ("scale(0.5, learned = true)", "scale(0.5)", False),
        ("groupnorm(1, epsilon = 1e-6)", "groupnorm(1, epsilon = 1e-5)", False),
    ],
)
def test_two_ways_to_write_one_thing_are_one(one: str, other: str, alike: bool) -> None:
    """Where `alike` is false, the two compute otherwise, or cannot be told to compute alike."""
    texts = [f"network n {{ input 8x8x3 stage s {{ {steps} }} }}" for steps in (one, other)]
    source, text = (load_text(text).compile() for text in texts)
    assert isinstance(compare(flat(source), text), Matched) is alike
