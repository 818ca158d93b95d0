"""`resize` and `crop`: to which size, what is read, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from resnet_dsl.analyses.foreign import UnsoundGraphError, read_json
from resnet_dsl.targets.figure import figure
from tests.elaborate.compiling import argument, compiled, drawn, operations, refused, refused_stage, staged


@pytest.mark.parametrize(
    ("body", "size", "shape"),
    [
        ("resize(16x24)", "8x8x4", "16x24x4"),
        ("resize(5)", "8x9x4", "5x5x4"),
        ("resize(64)", "5000x12", "64x12"),
        ("resize(2x3x4)", "8x8x8x1", "2x3x4x1"),
        ("resize(16x24)", "?x?x4", "16x24x4"),
        ("maxpool(3) resize(like = in)", "8x9x4", "8x9x4"),
        ("conv(8, 3, stride = 2) resize(like = in, method = bilinear)", "7x9x4", "7x9x8"),
        ("a = conv(8, 3, stride = 2) b = in -> resize(like = a) add(a, b) relu", "7x9x8", "4x5x8"),
        ("crop(1)", "8x9x4", "6x7x4"),
        ("crop(1x0)", "8x9x4", "6x9x4"),
        ("crop([0, 2])", "?x9x4", "?x7x4"),
        ("crop([[0, 2], [1, 0]])", "8x9x4", "6x8x4"),
        ("a = conv(4, 3, pad = valid) in -> crop(like = a)", "8x9x4", "6x7x4"),
    ],
)
def test_sizes(body: str, size: str, shape: str) -> None:
    assert drawn(staged(body, size))[-1].endswith(f" {shape}")


def test_a_u_net_of_any_size() -> None:
    """What comes up is resized, or cropped to what it meets: no size of the input is needed."""
    text = """network u { input ?x?x3 stage a { conv(4, 3) } stage b { maxpool(2) -> conv(4, 3) }
      stage c { maxpool(2) -> conv(4, 3) }
      stage d { resize(like = b) skip from b by concat conv(4, 3) }
      stage e { resize(like = a, method = bilinear) skip from a by concat } }"""
    opened = compiled(text)
    assert opened.facts.output_shape[:2] == opened.facts.input_shape[:2]
    for size in ((13, 22, 3), (16, 16, 3), ("4?", None, 3)):
        assert compiled(text, size=size).facts.output_shape[0] in (13, 16, compiled(text, size=size).shapes[0][0])


def test_what_is_known_is_a_plain_argument_and_nothing_is_read() -> None:
    known = staged("a = conv(4, 3, stride = 2) in -> resize(like = a)", "9x9x4")
    assert argument(known, "s_resize", "size") == (5, 5)
    assert operations(known) == ["resize"]
    cropped = staged("a = conv(4, 3, pad = valid) in -> conv(2, 1) crop(like = a)", "?x9x4")
    assert argument(cropped, "s_crop", "amounts") == ((1, 1), (1, 1))
    assert operations(cropped) == ["conv", "crop"]
    odd = staged("a = conv(4, 4, pad = valid) in -> crop(like = a)", "?x9x4")
    assert argument(odd, "s_crop", "amounts") == ((1, 2), (1, 2))


def test_what_depends_on_the_input_is_read_for_its_size_alone() -> None:
    """Its convolutions add nothing to depth and field, its edge is in no figure, and it is not lost."""
    text = """network n { input ?x?x4 stage s { a = conv(4, 7, stride = 3) -> conv(4, 7) -> conv(2, 7)
      in -> conv(4, 3) -> resize(like = a) relu } }"""
    network = compiled(text)
    assert network.graph.nodes[-2].inputs == (4, 3)
    assert network.graph.nodes[-2].reads == (4,)
    assert network.facts.depth == 1
    assert network.facts.receptive_field == 3
    assert "resize to match" in figure(network.facts, level="layer").svg()
    assert not network.warnings


@pytest.mark.parametrize(
    ("body", "field", "stride"),
    [
        ("conv(4, 3) resize(16)", 3, 0.5),
        ("conv(4, 3) resize(16, method = bilinear)", 4, 0.5),
        ("conv(4, 3) resize(4)", 3, 2),
        ("resize(4, method = bilinear)", 2, 2),
        ("resize(12, method = bilinear) -> conv(4, 3)", 4, 2 / 3),
        ("crop(2) -> conv(4, 3)", 3, 1),
    ],
)
def test_receptive_fields(body: str, field: int, stride: float) -> None:
    network = staged(body)
    assert network.facts.receptive_field == field
    assert network.facts.output_stride == pytest.approx(stride)


@pytest.mark.parametrize(
    ("body", "size", "code"),
    [
        ("resize", "8x8x4", "E0291"),
        ("crop", "8x8x4", "E0291"),
        ("resize(4, like = in)", "8x8x4", "E0291"),
        ("resize(4, like = in)", "?x?x4", "E0291"),
        ("crop(1, like = in)", "8x8x4", "E0291"),
        ("crop(4)", "8x8x4", "E0284"),
        ("crop(1x4)", "8x8x4", "E0284"),
        ("maxpool(2) crop(like = in)", "8x8x4", "E0292"),
        ("maxpool(2) -> upsample(2) -> crop(like = in)", "?x?x4", "E0292"),
        ("a = conv(4, 3) in -> resize(9x9) -> crop(like = a)", "?x?x4", "E0292"),
        ("resize(9, method = bilinear)", "8x4", "E0293"),
        ("resize(like = in, method = bilinear)", "8x8x8x4", "E0293"),
        ("resize(9x9x9)", "8x8x4", "E0301"),
        ("avgpool(global) -> resize(4)", "8x8x4", "E0301"),
        ("a = avgpool(global) in -> resize(like = a)", "8x8x4", "E0301"),
        ("a = avgpool(global) in -> crop(like = a)", "?x?x4", "E0301"),
        ("resize(like = true)", "8x8x4", "E0206"),
        ("resize(like = 4)", "8x8x4", "E0206"),
        ("resize(like = nothing)", "8x8x4", "E0208"),
        ("resize(0)", "8x8x4", "E0207"),
        ("resize(?x4)", "8x8x4", "E0206"),
        ("resize(32?x4)", "8x8x4", "E0206"),
        ("crop(half)", "8x8x4", "E0206"),
        ("resize(1_000_000)", "8x8x4", "E0503"),
        ("conv(like = in, 4, 3)", "8x8x4", "E0202"),
    ],
)
def test_what_is_refused(body: str, size: str, code: str) -> None:
    assert code in refused_stage(body, size)


def test_a_default_method_and_an_argument_of_a_block() -> None:
    text = """block up(to) { resize(like = to) conv(4, 3) }
      network n { input ?x?x4 default resize(method = bilinear) stage a { conv(4, 3) }
        stage b { maxpool(2) } stage c { up(a) } }"""
    assert argument(compiled(text), "c_block1_resize", "method") == "bilinear"


OPEN = "a = conv(4, 3, stride = 2) in -> conv(4, 3) -> resize(like = a) add(a, a)"


def test_the_graph_as_json() -> None:
    graph = staged("a = conv(4, 3, stride = 2) b = in -> resize(like = a) add(a, b)", "?x?x4").graph
    again, shapes = read_json(graph.model_dump_json())
    assert again == graph
    assert shapes[-1] == shapes[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": [0]},
        {"inputs": [0, 1, 1]},
        {"args": {"size": None, "like": None, "method": "nearest"}, "inputs": [0]},
        {"args": {"size": None, "like": None, "method": "nearest"}},
        {"args": {"size": None, "like": False, "method": "nearest"}, "inputs": [0]},
        {"args": {"size": [4, 4], "like": True, "method": "nearest"}},
        {"args": {"size": [4], "like": None, "method": "nearest"}, "inputs": [0]},
        {"args": {"size": None, "like": 1, "method": "nearest"}},
        {"args": {"size": [4, 4], "like": None, "method": "nearest"}},
        {"skip": "identity"},
        {"op": "crop", "args": {"amounts": [[1, 1], [1, -1]], "like": None}, "inputs": [0]},
        {"op": "crop", "args": {"amounts": [[1, 1]], "like": None}, "inputs": [0]},
        {"op": "crop", "args": {"amounts": [1, 1], "like": None}, "inputs": [0]},
        {"op": "relu", "args": {}},
    ],
)
def test_a_strangers_graph_is_held_to_it(changes: dict[str, Any]) -> None:
    graph = staged("a = conv(4, 3, stride = 2) b = in -> resize(like = a) add(a, b)", "?x?x4").graph
    data = json.loads(graph.model_dump_json())
    place = next(index for index, node in enumerate(data["nodes"]) if node["op"] == "resize")
    data["nodes"][place].update(changes)
    with pytest.raises(UnsoundGraphError):
        read_json(json.dumps(data))


def test_help_that_names_the_size_of_another_value() -> None:
    """Followed, it lets the skip connection meet."""
    text = """network n { input 64x64x3 stage a { maxpool(2) conv(4, 3) }
      stage b { conv(4, 3, pad = valid) skip from a by concat } }"""
    assert refused(text) == ["E0302"]
    assert refused(text.replace("skip", "resize(like = a) skip")) == []
