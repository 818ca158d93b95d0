"""Axes: what PyTorch computes with an array is what we compute with it turned."""

from __future__ import annotations

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.weights.layouts import places
from resnet_dsl.weights.layouts.arrays import returned, turned

RANDOM = np.random.default_rng(5)


def test_a_dense_layer_behind_a_flattened_map_takes_the_channels_last() -> None:
    """PyTorch flattens (channels, height, width), and the text (height, width, channels)."""
    seen = RANDOM.normal(size=(2, 3, 5))
    kernel, mean = RANDOM.normal(size=(7, 30)), RANDOM.normal(size=30)
    theirs = kernel @ (seen.transpose(2, 0, 1).ravel() - mean)
    ours = (seen.ravel() - turned(mean, "moving_mean", (30,), (2, 3, 5))) @ turned(kernel, "kernel", (30, 7), (2, 3, 5))
    assert np.allclose(ours, theirs)
    for array, weight in ((kernel, "kernel"), (mean, "moving_mean")):
        shape = turned(array, weight, array.shape[::-1], (2, 3, 5)).shape
        back = returned(turned(array, weight, shape, (2, 3, 5)), weight, None, (2, 3, 5))
        assert (back == array).all()


def test_the_map_is_found_behind_what_keeps_every_number_in_its_place() -> None:
    head = "flatten -> batchnorm -> relu -> dropout(0.5) -> dense(9) -> relu -> dense(3)"
    text = f"network n {{ input 4x6x3 stem {{ conv(5, 3, stride = 2) }} head {{ {head} }} }}"
    compiled = resnet_dsl.load(text).network().compiled
    found = {one.path: one.map for one in places(compiled.graph, compiled.shapes)}
    assert found == {"stem/conv": (), "head/norm": (2, 3, 5), "head/dense1": (2, 3, 5), "head/dense2": ()}


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_kernels_are_turned(groups: int) -> None:
    """Each output channel's window over the channels of its group, at one position."""
    own = 4 // groups
    kernel, seen = RANDOM.normal(size=(8, own, 3, 2)), RANDOM.normal(size=(3, 2, 4))
    starts = [channel * groups // 8 * own for channel in range(8)]
    ours = turned(kernel, "kernel", (3, 2, own, 8))
    theirs = [(kernel[i] * seen.transpose(2, 0, 1)[start : start + own]).sum() for i, start in enumerate(starts)]
    mine = [(ours[..., i] * seen[..., start : start + own]).sum() for i, start in enumerate(starts)]
    assert np.allclose(mine, theirs)
    assert (returned(ours, "kernel", None) == kernel).all()


@pytest.mark.parametrize(
    ("theirs", "weight", "ours"),
    [((8, 4), "kernel", (1, 1, 4, 8)), ((8, 4, 1, 1), "kernel", (4, 8)), ((1, 1, 5), "kernel", (5, 1, 1)),
     ((6, 1, 1), "gamma", (6,)), ((6,), "tau", (1, 6)), ((), "factor", (1,)), ((6, 1, 1, 1), "gain", (6,))],
)  # fmt: skip
def test_axes_of_one_are_added_and_left_out(theirs: tuple[int, ...], weight: str, ours: tuple[int, ...]) -> None:
    array = RANDOM.normal(size=theirs)
    assert turned(array, weight, ours).shape == ours
    assert (returned(turned(array, weight, ours), weight, len(theirs)) == array).all()


@pytest.mark.parametrize(
    ("theirs", "weight", "ours"),
    [((8, 4, 3, 3), "kernel", (4, 8)), ((4,), "gamma", (5,)), ((2, 3), "gamma", (6,)), ((6,), "kernel", (4, 8))],
)
def test_other_shapes_stay_other_shapes(theirs: tuple[int, ...], weight: str, ours: tuple[int, ...]) -> None:
    assert turned(RANDOM.normal(size=theirs), weight, ours).shape != ours
