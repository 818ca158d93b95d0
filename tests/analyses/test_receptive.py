"""Receptive fields against the published table of Araujo, Norris & Sim (2019), and by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from resnet_dsl import pipeline, resources
from resnet_dsl.pipeline import Compiled
from tests.analyses.classic_networks import ALEXNET, MOBILENET, VGG16
from tests.elaborate.compiling import compiled, staged


def shipped(path: str, name: str) -> Compiled:
    return pipeline.load(f"{resources.specs_folder()}/{path}").compile(name)


@pytest.mark.parametrize(
    ("text", "size"), [(ALEXNET, 195), (VGG16, 212), (MOBILENET, 315)], ids=["alexnet", "vgg16", "mobilenet"]
)
def test_classic_networks_have_the_published_fields(text: str, size: int) -> None:
    """https://distill.pub/2019/computing-receptive-fields: `alexnet_v2`, `vgg_16` at its last pool, `mobilenet_v1`."""
    network = compiled(text)
    assert (network.facts.receptive_field, network.facts.output_stride) == (size, 32)


@pytest.mark.parametrize(
    ("name", "size"), [("keras_resnet50", 483), ("keras_resnet101", 1027), ("keras_resnet152", 1507)]
)
def test_resnets_that_stride_at_a_1x1_have_the_published_fields(name: str, size: int) -> None:
    """The same table, `resnet_v1_50`, `_101` and `_152`: 3x3 convolutions see the strided map."""
    network = shipped("keras_applications/v1.resnet", name)
    assert (network.facts.receptive_field, network.facts.output_stride) == (size, 32)


@pytest.mark.parametrize(("name", "blocks"), [("resnet50", (3, 4, 6, 3)), ("resnet101", (3, 4, 23, 3))])
def test_resnets_that_stride_at_the_3x3_see_less(name: str, blocks: tuple[int, ...]) -> None:
    """By hand: a first 3x3 of a stage still lies on the larger map. 427 for ResNet-50."""
    size, stride = 7 + 2 * 2, 4
    for stage, count in enumerate(blocks):
        for block in range(count):
            size += 2 * stride
            if stage and block == 0:
                stride *= 2
    assert (size, stride) == ((427, 32) if name == "resnet50" else (971, 32))
    network = shipped("resnet/imagenet.resnet", name)
    assert (network.facts.receptive_field, network.facts.output_stride) == (size, stride)


def test_skips_do_not_widen_the_field() -> None:
    assert staged("2 x basic(4)").facts.receptive_field == 9


@pytest.mark.parametrize(
    ("body", "size", "stride"),
    [
        ("relu", 1, 1),
        ("conv(4, 1)", 1, 1),
        ("conv(4, 5)", 5, 1),
        ("conv(4, 3, dilation = 4)", 9, 1),
        ("conv(4, 3, stride = 2) conv(4, 3)", 7, 2),
        ("subsample(2) conv(4, 3)", 5, 2),
        ("maxpool(3, stride = 2) maxpool(3, stride = 2)", 7, 4),
        ("blurpool conv(4, 3)", 7, 2),
        ("conv(4, 3x1)", 3, 1),
        ("maxpool(2) upsample(2)", 2, 1),
        ("maxpool(2) conv(4, 3) upsample(2) conv(4, 3)", 8, 1),
        ("maxpool(2) conv_transpose(4, 2)", 2, 1),
        ("a = conv(4, 3) b = in -> conv(4, 7) add(a, b)", 7, 1),
        ("conv(4, 3, stride = 2) conv(4, 3, stride = 2) repeat 2 { upsample(2) conv(4, 3) }", 15, 1),
        ("upsample(2, bilinear)", 2, 0.5),
        ("upsample(1, bilinear)", 1, 1),
        ("a = maxpool(2) b = in -> conv(4, 3, stride = 2) add(a, b)", 3, 2),
        ("a = conv(4, 2, stride = 2, pad = 0) b = in -> conv(4, 3, stride = 2, pad = 1) add(a, b)", 3, 2),
        ("a = conv(4, 7, stride = 2, pad = same) b = in -> conv(4, 5, stride = 2) add(a, b)", 7, 2),
        ("a = conv(4, 3, stride = 2, pad = same) b = in -> conv(4, 5, stride = 2) add(a, b)", 5, 2),
        ("a = conv(4, 3, stride = 2, pad = same) b = in -> conv(4, 3, stride = 2) add(a, b)", 4, 2),
        ("a = blurpool(4, stride = 2) b = in -> conv(4, 3, stride = 2, pad = same) add(a, b)", 4, 2),
        ("a = conv(4, 3) g = avgpool(global, keepdims = true) mul(a, g)", 3, 1),
        ("a = conv(4, 3) g = avgpool(global, keepdims = true) mul(g, a)", 3, 1),
        ("a = conv(4, 3) g = conv(1, 7) -> sigmoid mul(a, g)", 9, 1),
        ("conv(4, 3) avgpool(global) dense(5)", 3, 1),
    ],
)
def test_by_hand(body: str, size: int, stride: int) -> None:
    network = staged(body, size="32x32x4")
    assert (network.facts.receptive_field, network.facts.output_stride) == (size, stride)


def test_neighbours_on_a_longer_map_see_different_numbers_and_the_largest_counts() -> None:
    field = staged("maxpool(2) conv(4, 3) upsample(2) conv(4, 3) upsample(2) conv(4, 3)", size="32x4").facts.fields[0][
        -1
    ]
    assert field is not None
    assert field != "all"
    axis = field.axes[0]
    assert [last - first + 1 for first, last in zip(axis.first, axis.last, strict=True)] == [8, 10, 10, 8]
    assert field.size == (10,)


def test_a_product_of_what_sees_everything_does() -> None:
    network = staged("a = conv(12, 1) -> attention(1, 4) b = in -> conv(4, 3) mul(a, b)", size="8x8x4")
    assert network.facts.fields[0][-1] == "all"


def test_long_periods_are_bounded_from_above() -> None:
    """Factors whose common multiple nobody could follow: the size is a bound, a little too large."""
    network = staged("maxpool(2) upsample(999983) maxpool(999979, stride = 999979, pad = 0)", size="1000x1")
    assert 2 <= (network.facts.receptive_field or 0) <= 6


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("kernels", "strides", "size", "stride"),
    [
        ((3, 7), (1, 2), 11, 2),
        ((7, 3), (1, 2), 9, 2),
        ((9, 3), (1, 3), 11, 3),
        ((1, 1), (4, 1), 9, 4),
        ((5, 3), (1, 1), 7, 1),
    ],
)
def test_of_several_axes_each_number_is_the_largest(
    kernels: tuple[int, int], strides: tuple[int, int], size: int, stride: int, turned: bool
) -> None:
    """A 3x3 behind it: each axis sees ``kernel + 2 * stride``; both numbers need not be of one axis."""
    order = slice(None, None, -1 if turned else 1)
    kernel, step = ("x".join(map(str, numbers[order])) for numbers in (kernels, strides))
    facts = staged(f"conv(4, {kernel}, stride = {step}) conv(4, 3)", size="32x32x4").facts
    assert (facts.receptive_field, facts.output_stride) == (size, stride)


def test_a_field_is_known_for_each_axis() -> None:
    network = staged("conv(4, 3x7, stride = 1x2) conv(4, 3)", size="32x32x4")
    field = network.facts.fields[0][-1]
    assert field is not None
    assert field != "all"
    assert field.size == (Fraction(5), Fraction(11))
    assert field.stride == (Fraction(1), Fraction(2))


def test_a_finer_map_than_the_input_has_a_stride_below_one() -> None:
    """Twice the length: neighbours lie half an input position apart; a window over two of them sees two positions."""
    network = staged("upsample(2) conv(4, 2, pad = valid)", size="32x32x4")
    assert network.facts.output_stride == 0.5
    assert network.facts.receptive_field == 2


def test_behind_dense_layers_everything_is_seen() -> None:
    network = staged("conv(4, 3) flatten dense(3) relu", size="8x8x4")
    assert network.facts.fields[0][-1] == "all"
