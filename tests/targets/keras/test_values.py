"""What the layers compute, against plain NumPy written from the definitions."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras import to_keras
from tests.targets.keras.graphs import Sketch, one_op

keras = pytest.importorskip("keras")

Array = np.ndarray[Any, Any]


def _run(size: tuple[int, ...], op: str, /, **args: Any) -> tuple[Array, Array, list[Array]]:
    """(input, output, weights) of one operation on random numbers."""
    model = to_keras(*one_op(size, op, **args), seed=1)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(size=weight.shape).astype("float32") for weight in model.get_weights()])
    values = random.normal(size=(2, *size)).astype("float32")
    return values, keras.ops.convert_to_numpy(model(values)), model.get_weights()


def _windows(
    values: Array, kernel: tuple[int, ...], stride: int, dilation: int, pad: int, fill: float
) -> dict[Any, Array]:
    """For each tap of the window: the numbers that it meets at every place."""
    rank = len(kernel)
    padded = np.pad(values, ((0, 0), *[(pad, pad)] * rank, (0, 0)), constant_values=fill)
    places = [
        (length + 2 * pad - (k - 1) * dilation - 1) // stride + 1
        for length, k in zip(values.shape[1:-1], kernel, strict=True)
    ]
    return {
        tap: padded[
            (
                slice(None),
                *(
                    slice(t * dilation, t * dilation + (n - 1) * stride + 1, stride)
                    for t, n in zip(tap, places, strict=True)
                ),
            )
        ]
        for tap in product(*map(range, kernel))
    }


def _convolved(values: Array, kernel: Array, stride: int, dilation: int, pad: int, groups: int = 1) -> Array:
    taps = _windows(values, kernel.shape[:-2], stride, dilation, pad, 0.0)
    width, filters = kernel.shape[-2], kernel.shape[-1] // groups
    parts = [
        sum(
            taps[tap][..., g * width : (g + 1) * width] @ kernel[tap][:, g * filters : (g + 1) * filters]
            for tap in taps
        )
        for g in range(groups)
    ]
    return np.concatenate(parts, axis=-1)


SIZES = ((9, 4), (9, 8, 4), (5, 7, 6, 4))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("stride", "dilation", "groups"), [(1, 1, 1), (2, 1, 1), (2, 2, 1), (1, 2, 2), (2, 1, 4)])
def test_convolution_pads_both_sides_alike(size: tuple[int, ...], stride: int, dilation: int, groups: int) -> None:
    values, result, (kernel, bias) = _run(
        size, "conv", channels=8, kernel=3, stride=stride, dilation=dilation, groups=groups, bias=True
    )
    kernel = kernel.reshape(*kernel.shape[:-2], size[-1] // groups, 8)  # a depthwise layer keeps it (in, multiplier)
    expected = _convolved(values, kernel, stride, dilation, dilation, groups) + bias
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scaled", [False, True])
def test_standardised_weights(size: tuple[int, ...], scaled: bool) -> None:
    args = {"standardize": "scaled", "gamma": 1.7} if scaled else {"standardize": "plain"}
    values, result, (kernel, bias, *gain) = _run(size, "conv", channels=8, kernel=3, epsilon=1e-3, bias=True, **args)
    axes = tuple(range(len(size)))
    standard = (kernel - kernel.mean(axes)) / np.sqrt(kernel.var(axes) + 1e-3)
    factor = gain[0] * 1.7 / np.sqrt(3 ** (len(size) - 1) * 4) if scaled else 1.0
    expected = _convolved(values, standard * factor, 1, 1, 1) + bias
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("fill", "number"), [("lowest", -np.inf), ("zeros", 0.0)])
def test_what_stands_in_the_border_of_a_max_pool(size: tuple[int, ...], fill: str, number: float) -> None:
    for stride, pad in ((1, "half"), (2, "half"), (1, "same")):
        graph, shapes = one_op(size, "maxpool", kernel=3, stride=stride, fill=fill, pad=pad)
        values = -np.random.default_rng(0).uniform(1, 2, size=(2, *size)).astype("float32")
        result = keras.ops.convert_to_numpy(to_keras(graph, shapes)(values))
        expected = np.max(list(_windows(values, (3,) * (len(size) - 1), stride, 1, 1, number).values()), axis=0)
        np.testing.assert_array_equal(result, expected)


def test_zeros_around_a_map_of_open_lengths_need_to_know_where_it_ends() -> None:
    assert to_keras(*one_op((None, 4), "maxpool", kernel=3, stride=1, fill="zeros", pad="same"))
    with pytest.raises(Failure, match="a stride and `fill = zeros`"):
        to_keras(*one_op((None, 4), "maxpool", kernel=3, stride=2, fill="zeros", pad="same"))


def test_zeros_stand_in_the_border_where_nothing_is_negative() -> None:
    net = Sketch(8, 8, 3)
    net.add("relu")
    net.add("maxpool", kernel=3, stride=2, name="pool")
    model = to_keras(*net.graph())
    assert [type(layer).__name__ for layer in model.layers[2:]] == ["ZeroPadding2D", "MaxPooling2D"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("counted", [True, False])
def test_average_pool(size: tuple[int, ...], counted: bool) -> None:
    for stride in (1, 2):
        values, result, _ = _run(size, "avgpool", kernel=3, stride=stride, count_border=counted)
        kernel = (3,) * (len(size) - 1)
        total = np.sum(list(_windows(values, kernel, stride, 1, 1, 0.0).values()), axis=0)
        ones = np.sum(list(_windows(np.ones_like(values), kernel, stride, 1, 1, 0.0).values()), axis=0)
        np.testing.assert_allclose(result, total / (3 ** len(kernel) if counted else ones), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("taps", "weights"), [(2, [1, 1]), (3, [1, 2, 1]), (5, [1, 4, 6, 4, 1])])
def test_blur_is_binomial_and_mirrors_the_border(taps: int, weights: list[int]) -> None:
    values, result, _ = _run((9, 4), "blurpool", kernel=taps)
    padded = np.pad(values, ((0, 0), ((taps - 1) // 2, taps // 2), (0, 0)), mode="reflect")
    expected = [
        np.tensordot(np.array(weights) / sum(weights), padded[:, start : start + taps], (0, 1))
        for start in range(0, 9, 2)
    ]
    np.testing.assert_allclose(result, np.stack(expected, 1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [(6, 6), (5, 4, 6), (None, None, 6)])
def test_softmax_over_splits(size: tuple[int | None, ...]) -> None:
    model = to_keras(*one_op(size, "softmax", splits=3))
    values = np.random.default_rng(0).normal(size=(2, *(length or 5 for length in size))).astype("float32")
    parts = np.exp(values.reshape(*values.shape[:-1], 3, 2))
    expected = (parts / parts.sum(-2, keepdims=True)).reshape(values.shape)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(values)), expected, rtol=1e-5, atol=1e-6)


def test_activations_that_keras_calls_otherwise() -> None:
    values, result, _ = _run((50,), "hard_swish")
    np.testing.assert_allclose(result, values * np.clip(values / 6 + 0.5, 0, 1), rtol=1e-5, atol=1e-6)
    values, result, _ = _run((50,), "leaky_relu", slope=0.1)
    np.testing.assert_allclose(result, np.where(values > 0, values, 0.1 * values), rtol=1e-6)
    values, result, _ = _run((50,), "leaky_relu", slope=-0.5)
    np.testing.assert_allclose(result, np.where(values > 0, values, -0.5 * values), rtol=1e-6)
    values, result, (slope,) = _run((5, 4), "prelu")
    np.testing.assert_allclose(result, np.where(values > 0, values, slope * values), rtol=1e-6)


def test_scalars_and_channel_factors() -> None:
    for size in ((6,), (5, 4, 6)):
        values, result, (factor,) = _run(size, "scale", learned=True)
        np.testing.assert_allclose(result, values * factor.item(), rtol=1e-6)
        values, result, (offset,) = _run(size, "shift", learned=True)
        np.testing.assert_allclose(result, values + offset.item(), rtol=1e-6)
        values, result, (factors,) = _run(size, "channel_scale")
        np.testing.assert_allclose(result, values * factors, rtol=1e-6)
        values, result, _ = _run(size, "shift", value=0.25)
        np.testing.assert_allclose(result, values + 0.25, rtol=1e-6)


def test_small_rearrangements() -> None:
    values, result, _ = _run((7, 8, 4), "subsample", stride=(2, 3))
    np.testing.assert_array_equal(result, values[:, ::2, ::3])
    values, result, _ = _run((7, 4), "pad_channels", channels=9, side="both")
    np.testing.assert_array_equal(result, np.pad(values, ((0, 0), (0, 0), (2, 3))))
    values, result, _ = _run((7, 4), "channels", start=1, count=2)
    np.testing.assert_array_equal(result, values[..., 1:3])


def test_transposed_convolution_with_a_stride_beyond_its_kernel() -> None:
    values, result, (kernel,) = _run((4, 3), "conv_transpose", channels=2, kernel=2, stride=3)
    expected = np.zeros((2, 11, 2))
    for place in range(4):
        for tap in range(2):
            expected[:, place * 3 + tap] += values[:, place] @ kernel[tap].T
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def test_drop_path_takes_whole_samples_and_scales_the_rest() -> None:
    model = to_keras(*one_op((4, 5, 3), "drop_path", rate=0.25), seed=3)
    ones = np.ones((2000, 4, 5, 3), "float32")
    result = keras.ops.convert_to_numpy(model(ones, training=True))
    per_sample = result.reshape(2000, -1)
    assert np.all(per_sample == per_sample[:, :1])
    np.testing.assert_allclose(sorted(set(per_sample[:, 0].tolist())), [0, 1 / 0.75], rtol=1e-6)
    assert abs((per_sample[:, 0] == 0).mean() - 0.25) < 0.04
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(ones)), ones)


def test_drop_block_clears_whole_regions_and_keeps_the_mean() -> None:
    model = to_keras(*one_op((16, 16, 8), "dropblock", rate=0.1, size=3), seed=3)
    ones = np.ones((50, 16, 16, 8), "float32")
    result = keras.ops.convert_to_numpy(model(ones, training=True))
    np.testing.assert_allclose(result.mean((1, 2, 3)), 1, rtol=1e-4)
    dropped = result == 0
    assert abs(dropped.mean() - 0.1) < 0.015  # a little less than the rate: regions may overlap
    corners = np.all([dropped[:, i : 14 + i, j : 14 + j] for i in range(3) for j in range(3)], axis=0)
    covered = np.zeros_like(dropped)
    for i, j in product(range(3), range(3)):
        covered[:, i : 14 + i, j : 14 + j] |= corners
    np.testing.assert_array_equal(covered, dropped)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(ones)), ones)
