"""Borders: how much stands in front and behind, and of what; beside sums worked out by hand, Keras and PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resnet_dsl.targets.keras import lower, to_keras
from tests.elaborate.compiling import argument, refused_stage, staged
from tests.interpreter.windows import RULES
from tests.targets.keras.graphs import one_op

keras = pytest.importorskip("keras")

BY_HAND = {
    "pad = causal": [1, 3, 6, 9, 12, 15],
    "pad = causal, stride = 2": [1, 6, 12],
    "pad = causal, dilation = 2": [1, 2, 4, 6, 9, 12],
    "pad = causal, dilation = 2, stride = 2": [1, 4, 9],
    "pad = causal, fill = edge": [3, 4, 6, 9, 12, 15],
    "pad = causal, fill = reflect": [6, 5, 6, 9, 12, 15],
    "pad = causal, fill = reflect, dilation = 2": [9, 8, 7, 8, 9, 12],
    "pad = [2, 0]": [1, 3, 6, 9, 12, 15],
    "pad = [[2, 0]]": [1, 3, 6, 9, 12, 15],
    "pad = [0, 1]": [6, 9, 12, 15, 11],
    "pad = [0, 3], fill = edge": [6, 9, 12, 15, 17, 18, 18],
    "fill = reflect": [5, 6, 9, 12, 15, 16],
    "fill = edge": [4, 6, 9, 12, 15, 17],
    "fill = reflect, stride = 2": [5, 9, 15],
    "pad = same, fill = edge, stride = 2": [6, 12, 17],
    "pad = same, fill = reflect, stride = 2, dilation = 2": [8, 12, 14],
    "pad = valid, fill = reflect": [6, 9, 12, 15],
}
"""The signal 1 to 6 under a window of three ones."""


@pytest.mark.parametrize("given", BY_HAND)
def test_a_window_of_ones_sums_up(given: str) -> None:
    assert _computed(f"conv(1, 3, {given}, init = ones)") == BY_HAND[given]


@pytest.mark.parametrize("given", [given for given in BY_HAND if "dilation" not in given and "same" not in given])
def test_a_mean_is_a_third_of_the_sum(given: str) -> None:
    stride = "" if "stride" in given else ", stride = 1"
    assert _computed(f"avgpool(3, {given}{stride}) scale(3)") == pytest.approx(BY_HAND[given], rel=1e-6)


def _computed(body: str) -> list[float]:
    found = staged(body, size="6x1")
    model = to_keras(found.graph, found.shapes, seed=1)
    numbers = keras.ops.convert_to_numpy(model(np.arange(1.0, 7).reshape(1, 6, 1)))
    return list(numbers.ravel())


def test_causal_is_what_keras_means_by_it() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(2, 11, 3)).astype("float32")
    for stride, dilation in ((1, 1), (2, 1), (1, 3), (3, 1)):
        found = staged(f"conv(4, 4, stride = {stride}, dilation = {dilation}, pad = causal)", size="11x3")
        ours = to_keras(found.graph, found.shapes, seed=1)
        theirs = keras.layers.Conv1D(4, 4, stride, "causal", dilation_rate=dilation, use_bias=False)
        theirs.build(values.shape)
        theirs.set_weights(ours.get_weights())
        got, wanted = (keras.ops.convert_to_numpy(one(values)) for one in (ours, theirs))
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("given", "size", "settled"),
    [
        ("pad = [1, 2]", "9x9x4", ((1, 2), (1, 2))),
        ("pad = [[1, 2], [0, 1]]", "9x9x4", ((1, 2), (0, 1))),
        ("pad = [[1, 2]]", "5x6x7x4", ((1, 2),) * 3),
        ("pad = 2x1", "9x9x4", ((2, 2), (1, 1))),
        ("pad = causal, dilation = 3", "9x4", ((6, 0),)),
    ],
)
@pytest.mark.parametrize("call", ["conv(4, 3, {})", "maxpool(3, stride = 1, {})", "avgpool(3, stride = 1, {})"])
def test_a_border_is_a_pair_an_axis(call: str, given: str, size: str, settled: Any) -> None:
    if "dilation" in given and "conv" not in call:
        given, settled = "pad = causal", ((2, 0),)
    found = staged(call.format(given), size=size)
    assert argument(found, found.graph.nodes[1].name, "pad") == settled


@pytest.mark.parametrize(
    ("body", "size", "code"),
    [
        ("conv(4, 3, pad = [1])", "9x9x4", "E0206"),
        ("conv(4, 3, pad = [1, 2, 3])", "9x9x4", "E0206"),
        ("conv(4, 3, pad = [])", "9x9x4", "E0206"),
        ("conv(4, 3, pad = [1, -1])", "9x9x4", "E0207"),
        ("conv(4, 3, pad = [1, 0.5])", "9x9x4", "E0206"),
        ("conv(4, 3, pad = [[1, 2], 3])", "9x9x4", "E0206"),
        ("conv(4, 3, pad = [[1, 2], [1, 2], [1, 2]])", "9x9x4", "E0301"),
        ("conv(4, 3, pad = causal)", "9x9x4", "E0281"),
        ("maxpool(3, pad = causal)", "4x5x6x4", "E0281"),
        ("conv(4, 3, fill = lowest)", "9x9x4", "E0206"),
        ("conv(4, 7, fill = reflect)", "3x9x4", "E0282"),
        ("conv(4, 3, pad = [9, 0], fill = reflect)", "9x4", "E0282"),
        ("conv(4, 5, dilation = 5, pad = same, fill = reflect)", "9x4", "E0282"),
        ("maxpool(3, pad = [0, 9], fill = reflect)", "9x4", "E0282"),
        ("avgpool(3, pad = 9, fill = reflect)", "9x9x4", "E0282"),
        ("avgpool(3, fill = reflect, count_border = false)", "9x9x4", "E0283"),
        ("avgpool(3, fill = edge, count_border = false)", "9x4", "E0283"),
    ],
)
def test_what_does_not_fit_is_told(body: str, size: str, code: str) -> None:
    assert refused_stage(body, size) == [code]


def test_the_widest_border_that_can_be_mirrored_is_fine() -> None:
    assert refused_stage("conv(4, 3, pad = [8, 0], fill = reflect)", "9x4") == []
    assert refused_stage("conv(4, 3, pad = [9, 0], fill = edge)", "9x4") == []


@pytest.mark.parametrize("fill", ["reflect", "edge"])
def test_a_wide_border_takes_few_layers(fill: str) -> None:
    for size in ((100_000, 1), (100_000, 2, 1), (100_000, 2, 2, 1)):
        pad = ((99_999, 99_999), *((0, 0),) * (len(size) - 2))
        assert len(lower(*one_op(size, "conv", channels=1, kernel=1, pad=pad, fill=fill)).calls) <= 7


def test_a_graph_without_fill_is_as_it_was() -> None:
    """Graphs were written before there was one: it stands in those alone that are not at its default."""
    for op in ("conv", "avgpool"):
        given = {"channels": 4, "kernel": 3} if op == "conv" else {"kernel": 3}
        for fill in ("zeros", "edge"):
            node = one_op((9, 9, 4), op, fill=fill, **given)[0].nodes[1]
            assert node.args.get("fill") == (None if fill == "zeros" else fill)


@pytest.mark.backends
@pytest.mark.parametrize("fill", ["zeros", "reflect", "edge"])
@pytest.mark.parametrize("size", [(7,), (6, 8), (5, 6, 4)], ids=str)
def test_the_definitions_are_those_of_pytorch(size: tuple[int, ...], fill: str) -> None:
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    values = random.normal(size=(2, *size, 4))
    kernel = random.normal(size=(*(3,) * len(size), 4, 5))
    mode = {"zeros": "constant", "reflect": "reflect", "edge": "replicate"}[fill]
    for border, stride, dilation in (((1, 1), 1, 1), ((2, 0), 2, 1), ((1, 3), 1, 2)):
        args = {"kernel": (3,) * len(size), "stride": (stride,) * len(size), "dilation": (dilation,) * len(size)}
        args |= {"pad": (border,) * len(size), "fill": fill, "groups": 1, "standardize": "none"}
        padded = torch.nn.functional.pad(torch.tensor(np.moveaxis(values, -1, 1)), border * len(size), mode=mode)
        convolve = getattr(torch.nn.functional, f"conv{len(size)}d")
        wanted = convolve(padded, torch.tensor(np.moveaxis(kernel, (-1, -2), (0, 1))), None, stride, 0, dilation)
        got = RULES["conv"](args, values, {"kernel": kernel})
        np.testing.assert_allclose(np.moveaxis(got, -1, 1), wanted.numpy(), rtol=1e-9, atol=1e-9)
