"""Parameters, multiply-accumulates and activations: of single layers by hand, of whole networks from other people."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl.pipeline import Compiled
from resnet_dsl.shipped import names
from tests.analyses.classic_networks import ALEXNET, MOBILENET, VGG16
from tests.elaborate.compiling import compiled, staged


def of_last(network: Compiled) -> tuple[int, int, int | None]:
    count = network.facts.counts[-1]
    return count.params, count.total_params, count.macs


@pytest.mark.parametrize(
    ("text", "params", "macs"),
    [
        (ALEXNET, 61_100_840, 714_188_480),
        (VGG16, 138_357_544, 15_470_264_320),
        (MOBILENET, 4_231_976, 568_740_352),
    ],
    ids=["alexnet", "vgg16", "mobilenet"],
)
def test_classic_networks(text: str, params: int, macs: int) -> None:
    """torchvision (AlexNet 0.714 GMACs, VGG-16 15.47); Keras' MobileNet, Howard et al. 2017 (569 million)."""
    count = compiled(text).facts.count
    assert (count.params, count.macs) == (params, macs)


@pytest.mark.parametrize(
    ("body", "params", "total", "macs"),
    [
        ("conv(6, 3)", 9 * 4 * 6, 9 * 4 * 6, 64 * 9 * 4 * 6),
        ("conv(6, 3, bias = true)", 9 * 4 * 6 + 6, 9 * 4 * 6 + 6, 64 * 9 * 4 * 6),
        ("conv(6, 3x1, stride = 2)", 3 * 4 * 6, 3 * 4 * 6, 16 * 3 * 4 * 6),
        ("conv(6, 3, groups = 2)", 9 * 2 * 6, 9 * 2 * 6, 64 * 9 * 2 * 6),
        ("conv(4, 3, groups = 4)", 9 * 4, 9 * 4, 64 * 9 * 4),
        ("conv(6, 3, dilation = 2)", 9 * 4 * 6, 9 * 4 * 6, 64 * 9 * 4 * 6),
        ("conv(6, 3, standardize = scaled)", 9 * 4 * 6 + 6, 9 * 4 * 6 + 6, 64 * 9 * 4 * 6),
        ("conv_transpose(6, 2)", 4 * 4 * 6, 4 * 4 * 6, 64 * 4 * 4 * 6),
        ("flatten dense(5)", 256 * 5 + 5, 256 * 5 + 5, 256 * 5),
        ("flatten dense(5, bias = false)", 256 * 5, 256 * 5, 256 * 5),
        ("batchnorm", 8, 16, 0),
        ("batchnorm(scale = false)", 4, 12, 0),
        ("batchnorm(center = false)", 4, 12, 0),
        ("layernorm", 8, 8, 0),
        ("groupnorm(2)", 8, 8, 0),
        ("prelu", 4, 4, 0),
        ("channel_scale", 4, 4, 0),
        ("scale(0.5)", 0, 0, 0),
        ("scale(0.5, learned = true)", 1, 1, 0),
        ("maxpool(2)", 0, 0, 0),
        ("avgpool(global)", 0, 0, 0),
        ("blurpool", 0, 0, 0),
        ("relu", 0, 0, 0),
    ],
)
def test_single_layers(body: str, params: int, total: int, macs: int) -> None:
    assert of_last(staged(body, size="8x8x4")) == (params, total, macs)


@pytest.mark.parametrize(("size", "taps", "places"), [("9x4", 3, 9), ("9x8x4", 9, 72), ("2x9x8x4", 27, 144)])
def test_every_rank(size: str, taps: int, places: int) -> None:
    assert of_last(staged("conv(6, 3)", size=size)) == (taps * 24, taps * 24, places * taps * 24)


def test_counts_are_exact_beyond_what_a_float_holds() -> None:
    """9 * 33,333 * 33,333 weights a layer: the sum of an odd number of them is odd."""
    network = staged("conv(3333, 3) 2_000 x conv(3333, 3)", size="8x8x3333")
    assert network.facts.count.params == 2_001 * 9 * 3333 * 3333
    assert network.facts.count.macs == 64 * 2_001 * 9 * 3333 * 3333


def test_activations_are_the_numbers_that_all_values_hold() -> None:
    network = staged("conv(6, 3, stride = 2) relu", size="8x8x4")
    assert network.facts.count.activations == 8 * 8 * 4 + 2 * 4 * 4 * 6
    assert network.facts.stages[0].activations == 2 * 4 * 4 * 6


def test_open_lengths_leave_macs_and_activations_open_and_parameters_known() -> None:
    count = staged("conv(6, 3)", size="?x8x4").facts.count
    assert (count.params, count.macs, count.activations) == (216, None, None)


def test_squeeze_and_excitation_by_hand() -> None:
    """Hu et al. 2018: 2 C^2 / r weights, here with their biases."""
    network = staged("se(2)", size="8x8x16")
    assert network.facts.count.params == 2 * 16 * 16 // 2 + 8 + 16
    assert network.facts.count.macs == 2 * 16 * 16 // 2


def test_resnext_and_wide_blocks_by_hand() -> None:
    """Xie et al. 2017, section 3.1: C (256 d + 3 3 d d + d 256), about 70k for C = 32, d = 4."""
    plain = staged("use norm = identity bottleneck(64, groups = 32, base_width = 4)", size="8x8x256")
    assert plain.facts.count.params == 32 * (256 * 4 + 3 * 3 * 4 * 4 + 4 * 256) == 70_144
    wide = staged("use norm = identity bottleneck(64, base_width = 128)", size="8x8x256")
    assert wide.facts.count.params == 256 * 128 + 9 * 128 * 128 + 128 * 256


def test_nodes_share_their_arguments_only_where_they_cost_the_same() -> None:
    shared = 0
    for name in names():
        network = resnet_dsl.load(name).network(name).compiled
        first: dict[int, tuple[object, ...]] = {}
        for node, shape in zip(network.graph.nodes, network.shapes, strict=True):
            kind = (node.op, [network.shapes[one] for one in node.inputs], shape)
            assert first.setdefault(id(node.args), kind) == kind
        shared += len(network.graph.nodes) - len(first)
    assert shared > 1000
