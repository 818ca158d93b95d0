"""Unknown lengths: what is known to agree is accepted, what might not is refused with the formulas that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl import resources
from resnet_dsl.ir.lengths import OpenLength, as_json
from tests.elaborate.compiling import compiled, reasons, refused, staged

RESIDUAL = """network n {{ input {size} stem {{ conv(8, 7, stride = 2) -> norm -> act maxpool(3, stride = 2) }}
  stage a {{ 2 x basic(8) }} stage b(stride = 2) {{ 2 x basic(16) }} head {{ avgpool(global) -> dense(10) }} }}"""


@pytest.mark.parametrize("size", ["?x?x3", "?x32x3", "?x3", "?x?x?x3"])
def test_a_strided_residual_network_is_accepted_at_any_length(size: str) -> None:
    """Each projection's lengths follow from the same arithmetic as the main path's."""
    network = compiled(RESIDUAL.format(size=size))
    assert network.facts.output_shape == (10,)
    assert network.facts.count.macs is None
    assert network.facts.count.activations is None


def test_parameters_do_not_depend_on_lengths() -> None:
    assert (
        compiled(RESIDUAL.format(size="?x?x3")).facts.count.params
        == compiled(RESIDUAL.format(size="64x64x3")).facts.count.params
    )


def test_shapes_are_null_where_they_are_unknown() -> None:
    network = staged("conv(4, 3, stride = 2)", size="?x32x3")
    assert as_json(network.facts.input_shape) == [None, 32, 3]
    assert as_json(network.facts.output_shape) == [None, 16, 4]


def test_lengths_of_different_axes_are_not_known_to_agree() -> None:
    network = staged("conv(4, 3)", size="?x?x3")
    height, width = network.facts.output_shape[0], network.facts.output_shape[1]
    assert isinstance(height, OpenLength)
    assert isinstance(width, OpenLength)
    assert height != width


def test_the_u_net_of_the_tutorial_is_refused_where_lengths_are_open() -> None:
    """A height that is halved and doubled is the same only where it was even."""
    text = Path(resources.specs_folder(), "tutorial", "long_skip.resnet").read_text(encoding="utf-8")
    text = text.replace("input 256x256x3", "input ?x?x3")
    assert "E0302" in refused(text)
    said = reasons(text)
    assert "floor((h + 1) / 2)" in said or "floor((h + 7) / 8)" in said or "floor((h + 3) / 4)" in said
    assert "2 * " in said


def test_a_u_net_that_crops_nothing_is_accepted_where_lengths_are_known() -> None:
    text = Path(resources.specs_folder(), "tutorial", "long_skip.resnet").read_text(encoding="utf-8")
    assert compiled(text).facts.output_shape == (256, 256, 2)
    assert refused(text.replace("input 256x256x3", "input 250x250x3")) != []


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ("a = conv(4, 3) b = conv(4, 5) add(a, b)", True),
        ("a = conv(4, 3, stride = 2) b = in -> maxpool(3, stride = 2) concat(a, b)", True),
        ("a = conv(4, 3, stride = 2) -> conv(4, 3, stride = 2) b = in -> subsample(4) concat(a, b)", True),
        ("a = upsample(2) -> subsample(2) add(a, in)", True),
        ("a = upsample(4) -> maxpool(3, stride = 2) b = in -> upsample(2) add(a, b)", True),
        ("a = upsample(6) -> subsample(4) b = in -> upsample(3) -> subsample(2) add(a, b)", True),
        ("a = subsample(2) -> upsample(2) add(a, in)", False),
        ("a = conv(4, 3, stride = 2) b = in -> conv(4, 2, stride = 2) add(a, b)", False),
        ("a = conv(4, 3, pad = valid) b = in -> conv(4, 5, pad = valid) add(a, b)", False),
        ("a = conv(4, 3, pad = valid) -> conv(4, 3, pad = valid) b = in -> conv(4, 5, pad = valid) add(a, b)", True),
    ],
)
def test_equal_whatever_the_length_or_refused(body: str, accepted: bool) -> None:
    found = refused(f"network n {{ input ?x?x4 stage s {{ {body} }} }}")
    assert found == ([] if accepted else ["E0305"])


@pytest.mark.parametrize("body", ["flatten", "reshape(16)", "conv(12, 1) attention(key = 1)"])
def test_what_needs_a_known_length_says_so(body: str) -> None:
    assert refused(f"network n {{ input ?x?x4 stage s {{ {body} }} }}") == ["E0301"]


@pytest.mark.parametrize("step", ["if s[0] > 8 { relu }", "conv(s[0], 1)", "repeat s[0] { relu }", "conv(s[0] * 2, 1)"])
def test_an_open_length_is_no_number_and_called_by_its_name(step: str) -> None:
    text = f"block b {{ let s = in.shape {step} }} network n {{ input ?x8x4 stage s {{ b relu }} }}"
    assert "open length" in reasons(text)
    assert "None" not in reasons(text)
    assert refused(text)[0] in ("E0206", "E0220", "E0221")


def test_an_open_length_from_outside() -> None:
    text = RESIDUAL.format(size="32x32x3")
    assert compiled(text, size=(None, None, 3)).graph == compiled(text.replace("32x32x3", "?x?x3")).graph


def test_every_accepted_length_gives_the_shapes_that_it_has_when_it_is_known() -> None:
    """The formulas hold: worked out for lengths 33 to 64, they are the shapes of networks of these lengths."""
    text = RESIDUAL.format(size="?x48x3")
    opened = compiled(text)
    for length in range(33, 65):
        closed = compiled(text, size=(length, 48, 3))
        for unknown, known in zip(opened.shapes, closed.shapes, strict=True):
            assert tuple(_at(one, length) for one in unknown) == known


def _at(length: int | OpenLength, n: int) -> int:
    if isinstance(length, int):
        return length
    return length.times * ((length.step * n + length.before) // length.by) + length.after


ROUNDED = "repeat {} {{ conv(4, 3, stride = 3) upsample(2) }}"


def test_a_length_that_is_rounded_often_meets_itself() -> None:
    """Two paths through the same roundings have equal lengths; one that is rounded once more has another."""
    steps = ROUNDED.format(9)
    paths = f"in -> conv(4, 1) {steps} a = conv(4, 1) in -> conv(4, 1) {steps} b = conv(4, 1)"
    assert refused(f"network n {{ input ?x3 stem {{ {paths} add(a, b) }} }}") == []
    assert refused(f"network n {{ input ?x3 stem {{ {paths} {ROUNDED.format(1)} c = relu add(a, c) }} }}")


@pytest.mark.parametrize("rounds", [22, 1_000])
def test_a_length_that_is_rounded_too_often_is_refused(rounds: int) -> None:
    assert refused(f"network n {{ input ?x3 stem {{ {ROUNDED.format(rounds)} }} }}") == ["E0508"]


def test_lengths_that_are_given_may_be_rounded_as_often() -> None:
    assert refused(f"network n {{ input 59049x3 stem {{ {ROUNDED.format(22)} }} }}") == []
