"""`input 32?x32?x3`: open, and a multiple of 32. What must meet does, and every other size is refused."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl import pipeline
from resnet_dsl.analyses.foreign import UnsoundGraphError, read_json
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import Size
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text
from tests.elaborate.compiling import compiled, reasons, refused, staged

BY_POOL = "maxpool(2) -> conv(4, 3)"


def u_net(depth: int, size: str, down: str = BY_POOL, up: str = "upsample(2)", skip: str = "by concat") -> str:
    """Down and up again, with a skip connection on each level."""
    levels = range(1, depth + 1)
    downs = "".join(f"stage d{one} {{ {down} }} " for one in levels)
    ups = "".join(f"stage u{one - 1} {{ {up} skip from d{one - 1} {skip} conv(4, 3) }} " for one in reversed(levels))
    return f"network u {{ input {size} stage d0 {{ conv(4, 3) }} {downs} {ups} }}"


@pytest.mark.parametrize("depth", range(1, 7))
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"down": "conv(4, 3, stride = 2)"},
        {"down": "conv(4, 3, stride = 2, pad = same)"},
        {"down": "blurpool(3) -> conv(4, 3)"},
        {"down": "maxpool(3, stride = 2) -> conv(4, 3)", "up": "upsample(2) -> conv(4, 3)", "skip": ""},
        {"up": "conv_transpose(4, 2)"},
    ],
    ids=lambda form: " ".join(form.values()) or "pool",
)
def test_a_u_net_compiles_for_every_multiple(depth: int, form: dict[str, str]) -> None:
    needed = 2**depth
    open_u = compiled(u_net(depth, f"{needed}?x{3 * needed}?x3", **form))
    assert show(open_u.facts.output_shape[:2]) == f"{needed}?x{3 * needed}?"
    assert refused(u_net(depth, f"{needed // 2}?x{needed}?x3".replace("1?", "?"), **form)) != []
    text = u_net(depth, f"{needed}?x{needed}?x3", **form)
    for one in range(1, 4):
        assert compiled(text, size=(one * needed, needed, 3)).facts.output_shape[0] == one * needed


@pytest.mark.parametrize("size", ["16?x3", "16?x8?x24?x3"])
def test_signals_and_volumes_too(size: str) -> None:
    assert refused(u_net(3, size)) == []


@pytest.mark.parametrize(
    ("size", "written", "fitting"),
    [
        ((300, 300, 3), "300x300x3", ("288x288x3", "320x320x3")),
        ((300, 256, 3), "300x256x3", ("288x256x3", "320x256x3")),
        ((31, 64, 3), "31x64x3", ("32x64x3",)),
        ((None, None, 3), "?x?x3", ("32?x32?x3",)),
        (("16?", "64?", 3), "16?x64?x3", ("32?x64?x3",)),
    ],
)
def test_another_size_is_refused_with_those_that_fit(size: Size, written: str, fitting: tuple[str, ...]) -> None:
    text = u_net(5, "32?x32?x3")
    with pytest.raises(Refusal) as refusal:
        compiled(text, size=size)
    (found,) = refusal.value.diagnostics
    assert found.code == "E0290"
    assert f"{written}: sides must be multiples of 32" in found.message
    assert found.help == f"give it {' or '.join(fitting)}"
    network = resnet_dsl.load(text).network()
    with pytest.raises(Refusal, match="multiples of 32"):
        network.to_keras(input_size=size)


def test_a_multiple_of_the_multiple_fits() -> None:
    network = compiled(u_net(5, "32?x32?x3"), size=("64?", 96, 3))
    assert show(network.facts.output_shape) == "64?x96x4"


@pytest.mark.parametrize("size", [(5000, 12), (7, 7, 7, 3)])
def test_a_size_of_other_axes_is_not_held_to_it(size: Size) -> None:
    """What it is for must tell: here all is well, for there is nothing that has to meet."""
    text = "network n { input 32?x32?x3 stage s { conv(4, 3) } }"
    assert compiled(text, size=size).facts.output_shape == (*size[:-1], 4)


def test_only_the_axes_that_ask_are_held_to_it() -> None:
    text = "network n { input ?x4?x3 stage s { maxpool(1x4) a = upsample(1x4) add(in, a) } }"
    assert compiled(text, size=(7, 8, 3)).facts.output_shape == (7, 8, 3)
    assert "the width must be a multiple of 4" in reasons_of(text, (8, 7, 3))


def reasons_of(text: str, size: Size) -> str:
    with pytest.raises(Refusal) as refusal:
        compiled(text, size=size)
    return refusal.value.diagnostics[0].message


def test_a_multiple_as_a_value() -> None:
    """It can be named, given and asked for; as a number it is refused by its name."""
    text = """network n(side = 8?) { input side x side x 3
      stage s { conv(in.channels, 3) } expect output == 8?x8?x3 }"""
    assert refused(text) == []
    assert "open length" in reasons("block b { let s = in.shape conv(s[0], 1) } network n { input 8?x3 stage s { b } }")
    assert compiled(text, side=16).facts.output_shape == (16, 16, 3)


@pytest.mark.parametrize(
    ("expected", "holds"),
    [("?x?x4", True), ("16?x16?x4", True), ("4?x2?x4", True), ("32?x32?x4", False), ("16x16x4", False)],
)
def test_what_is_expected_of_an_open_length(expected: str, holds: bool) -> None:
    text = f"network n {{ input 32?x32?x3 stage s {{ conv(4, 3, stride = 2) }} expect output == {expected} }}"
    assert refused(text) == ([] if holds else ["E0401"])


@pytest.mark.parametrize(("size", "same"), [("1?x1?x3", "?x?x3"), ("032?x3_2?x3", "32?x32?x3")])
def test_one_length_has_one_form(size: str, same: str) -> None:
    assert staged("conv(4, 3)", size=size).graph == staged("conv(4, 3)", size=same).graph


@pytest.mark.parametrize("size", ["0?x32?x3", "32?x32?x3?", "2000000000?x3", "32 ? x 3"])
def test_what_is_no_size(size: str) -> None:
    assert refused(f"network n {{ input {size} stage s {{ conv(4, 3) }} }}") != []


def test_the_graph_as_json_keeps_it_in_words() -> None:
    graph = staged("conv(4, 3)", size="32?x?x3").graph
    text = graph.model_dump_json()
    assert '"shape":["32?",null,3]' in text
    again, shapes = read_json(text)
    assert again == graph
    assert show(shapes[0]) == "32?x?x3"


@pytest.mark.parametrize("length", ["1?", "0?", "032?", "?", "x", "-4?", "٤?", "9999999999?"])
def test_a_graph_with_another_word_is_refused(length: str) -> None:
    text = staged("conv(4, 3)", size="32?x?x3").graph.model_dump_json()
    with pytest.raises(UnsoundGraphError):
        read_json(text.replace("32?", length))


def test_a_derived_network_may_take_another_input() -> None:
    text = u_net(2, "4?x4?x3") + " network v from u { input 40x40x3 }"
    assert pipeline.load_text(text).compile("v").facts.output_shape == (40, 40, 4)


def test_formatted_as_written() -> None:
    assert "input 32?x32?x3" in format_text(Source("u", u_net(1, "32?x32?x3")))
    assert "(n = 32?)" in format_text(Source("n", "network n(n = 32?) { input n x 3 stage s { relu } }"))
