"""Several inputs of open lengths: each has lengths of its own, and multiples of its own."""

from __future__ import annotations

import pytest

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.lengths import as_json
from tests.elaborate.compiling import compiled, reasons, refused

MEETINGS = {
    "add(left, right)": "E0305",
    "sub(left, right)": "E0305",
    "mul(left, right)": "E0305",
    "concat(left, right)": "E0305",
    "left -> tanh skip from right": "E0302",
    "left -> tanh skip from right by concat": "E0302",
    "left -> tanh skip from right by mul": "E0302",
}


def two(first: str, second: str, body: str) -> str:
    return f"network n {{ input {first} input {second} stage s {{ {body} }} }}"


@pytest.mark.parametrize("body", MEETINGS)
@pytest.mark.parametrize("size", ["?x3", "?x?x3", "8x?x3", "32?x32?x3", "?x?x?x3"])
def test_they_are_not_known_to_meet_until_one_has_the_size_of_the_other(body: str, size: str) -> None:
    text = two(f"left {size}", f"right {size}", body)
    assert refused(text) == [MEETINGS[body]]
    assert "`resize(like = " in reasons(text)
    met = body.replace("left", "left -> resize(like = right)", 1)
    if body.startswith("left"):
        assert refused(text.replace(body, met)) == []
    named = body.replace("left", "a")
    assert refused(text.replace(body, f"a = left -> resize(like = right) {named}")) == []


def test_the_words_say_whose_lengths_they_are() -> None:
    found = reasons(two("left ?x?x3", "right ?x?x3", "a = left -> maxpool(2) add(a, right)"))
    assert "?x?x3 with floor(h / 2) and floor(w / 2) and ?x?x3 with right.h and right.w" in found
    assert refused(two("left ?x?x3", "right ?x?x3", "left -> crop(like = right) -> tanh")) == ["E0292"]


def test_one_input_meets_itself_whichever_it_is() -> None:
    """Behind strides, too, where a multiple says so; of the other input nothing follows."""
    half = "a = NAME -> conv(3, 3, stride = 2) -> upsample(2) b = OTHER -> resize(like = a) add(a, b, NAME)"
    for name, other in (("left", "right"), ("right", "left")):
        body = half.replace("NAME", name).replace("OTHER", other)
        sizes = {name: "2?x2?x3", other: "?x?x3"}
        assert refused(two(f"left {sizes['left']}", f"right {sizes['right']}", body)) == []
        assert refused(two(f"left {sizes['right']}", f"right {sizes['left']}", body)) == ["E0305"]


@pytest.mark.parametrize("second", ["right ?x?x3", "_ ?x?x3", "été 4?x?x3", "?x?x3", f"{'floor' * 20} ?x?x3"])
def test_a_graph_that_is_read_has_the_lengths_of_one_that_is_elaborated(second: str) -> None:
    name = second.rpartition(" ")[0] or "input"
    body = f"a = {name} -> maxpool(2) -> upsample(3) -> maxpool(2) left -> resize(like = a) skip from a"
    network = compiled(two("left ?x?x3", second, body))
    assert infer_shapes(network.graph) == network.shapes
    assert list(network.facts.input_shapes)[1] in (name, "u005f", "u00e9tu00e9")
    assert network.shapes[0] != network.shapes[1]
    assert as_json(network.shapes[-1]) == [None, None, 3]


def test_sizes_asked_for_are_held_to_the_multiples_of_their_input() -> None:
    text = two("left ?x?x3", "right 4?x?x3", "left -> resize(like = right) skip from right")
    assert refused(text, size={"left": (7, 7, 3)}) == []
    assert refused(text, size={"right": (8, 7, 3)}) == []
    assert refused(text, size={"right": (7, 7, 3)}) == ["E0290"]


def test_an_input_that_only_lends_a_size_is_read_where_that_is_open() -> None:
    text = two("left 8x8x3", "right SIZE", "a = right -> tanh left -> resize(like = a) -> relu")
    network = compiled(text.replace("SIZE", "?x?x3"))
    assert network.graph.inputs == 2
    assert refused(text.replace("SIZE", "5x5x3")) == ["E0260"]
    assert "it only lends a size" in reasons(text.replace("SIZE", "5x5x3"))
    alone = "network n { input left 8x8x3 stage s { left -> resize(5x5) -> relu } }"
    assert compiled(alone).shapes[-1] == (5, 5, 3)
