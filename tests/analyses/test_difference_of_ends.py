"""What tells networks of several inputs and outputs apart: which there are, what flows into and out of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from resnet_dsl import pipeline
from resnet_dsl.analyses.difference import Difference, as_data, describe, difference
from resnet_dsl.analyses.network import Facts

HEADS = """input 32x32x3  stem { conv(8, 3) }  stage one { conv(8, 3) }  stage two(stride = 2) { conv(8, 3) }
  head { avgpool(global) -> dense(4) }"""
PAIR = "input left 16x16x3  input right 16x16x3"
NETWORKS = {
    "plain": HEADS,
    "auxiliary": f"{HEADS} head aux {{ one -> conv(2, 1) }}",
    "smaller": f"{HEADS} head aux {{ two -> conv(2, 1) }}",
    "turned": f"{HEADS} head aux {{ one -> conv(2, 1) }} output aux, head",
    "early": f"{HEADS} output one, stem, head",
    "pair": f"{PAIR} head {{ a = left -> conv(4, 3)  b = right -> conv(4, 5)  add(a, b) }}",
    "crossed": f"{PAIR} head {{ a = right -> conv(4, 3)  b = left -> conv(4, 5)  add(a, b) }}",
    "other_way": "input right 16x16x3  input left 16x16x3 "
    " head { a = left -> conv(4, 3)  b = right -> conv(4, 5)  add(a, b) }",
    "renamed": "input left 16x16x3  input facts 16x16x1 "
    " head { a = left -> conv(4, 3)  b = facts -> conv(4, 5)  add(a, b) }",
}


def facts(name: str) -> Facts:
    return pipeline.load_text(f"network {name} {{ {NETWORKS[name]} }}").compile().facts


def between(left: str, right: str) -> Difference:
    return difference(facts(left), facts(right))


def said(left: str, right: str) -> list[str]:
    """The sentences on inputs, outputs and wiring."""
    return [one for one in describe(between(left, right)) if "put" in one.split(":")[0] or " reads " in one]


@pytest.mark.parametrize(
    ("left", "right", "sentences"),
    [
        ("plain", "auxiliary", ["output aux: 32x32x2 in auxiliary alone"]),
        ("auxiliary", "plain", ["output aux: 32x32x2 in auxiliary alone"]),
        ("auxiliary", "smaller", ["output aux: 32x32x2 and 16x16x2",
                                  "in aux conv (1×1) reads one_conv in auxiliary, two_conv in smaller"]),
        ("auxiliary", "turned", ["order of outputs: head then aux and aux then head"]),
        ("pair", "crossed", ["in head conv1 (3×3) reads left in pair, right in crossed",
                             "in head conv2 (5×5) reads right in pair, left in crossed"]),
        ("pair", "other_way", ["order of inputs: left then right and right then left"]),
        ("pair", "renamed", ["input right: 16x16x3 in pair alone", "input facts: 16x16x1 in renamed alone"]),
    ],
)  # fmt: skip
def test_in_words(left: str, right: str, sentences: list[str]) -> None:
    assert said(left, right) == sentences


def test_a_second_head_is_told_as_a_part() -> None:
    (pair,) = between("plain", "auxiliary").parts
    assert (pair.place, pair.left) == ("aux", None)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_network_differs_from_itself(name: str) -> None:
    assert describe(between(name, name)) == ()


@pytest.mark.parametrize(("left", "right"), [*permutations(NETWORKS, 2)])
def test_any_two_of_them_differ_alike_from_both_sides(left: str, right: str) -> None:
    one, other = between(left, right), between(right, left)
    assert describe(one)
    assert {(end.kind, end.name, end.left, end.right) for end in one.ends} == {
        (end.kind, end.name, end.right, end.left) for end in other.ends
    }
    assert one.quantities == {name: pair[::-1] for name, pair in other.quantities.items()}
    assert as_data(one)["ends"] == [
        {"kind": end.kind, "name": end.name, "left": end.left and [*end.left], "right": end.right and [*end.right]}
        for end in one.ends
    ]


def test_an_output_that_is_another_value_of_its_shape_is_told() -> None:
    found = facts("early")
    outputs = tuple(
        replace(output, node=found.graph.outputs[1 - number].node) if number < 2 else output
        for number, output in enumerate(found.graph.outputs)
    )
    other = Facts(replace(found.graph, outputs=outputs), found.shapes)
    assert [one for one in describe(difference(found, other)) if "output" in one] == [
        "in the network output one reads one_conv in early, stem_conv in early",
        "in the network output stem reads stem_conv in early, one_conv in early",
    ]


def test_layers_that_are_shared_are_told() -> None:
    text = PAIR + " head { a = left -> conv(4, 3)  b = right -> conv(4, 3)  add(a, b) }"
    found = pipeline.load_text(f"network twins {{ {text} }}").compile().facts
    nodes = [*found.graph.nodes]
    nodes[3] = replace(nodes[3], shares=2)
    shared = Facts(replace(found.graph, nodes=tuple(nodes)), found.shapes)
    assert "conv: weights is own and shared at head_conv2" in describe(difference(found, shared))
