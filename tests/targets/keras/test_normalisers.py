"""Filter response normalisation, thresholded units, EvoNorm-S0, pools over channels, attention: from their papers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from tests.targets.keras.graphs import one_op

keras = pytest.importorskip("keras")

Array = np.ndarray[Any, Any]
SIZES = [(6, 8), (6, 5, 8), (3, 4, 5, 8)]


def _run(size: tuple[int, ...], op: str, /, **args: Any) -> tuple[Array, Array, list[Array]]:
    """(input, output, weights) of one operation on random numbers."""
    model = to_keras(*one_op(size, op, **args), seed=1)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(size=weight.shape).astype("float32") for weight in model.get_weights()])
    values = (random.normal(size=(3, *size)) + 1).astype("float32")
    return values, np.asarray(keras.ops.convert_to_numpy(model(values))), model.get_weights()


def _places(values: Array) -> tuple[int, ...]:
    return tuple(range(1, values.ndim - 1))


@pytest.mark.parametrize("size", SIZES)
def test_filter_response_normalisation_is_over_the_root_mean_square(size: tuple[int, ...]) -> None:
    values, result, (gamma, beta) = _run(size, "frn", epsilon=1e-3)
    square = (values**2).mean(_places(values), keepdims=True)
    np.testing.assert_allclose(result, values / np.sqrt(square + 1e-3) * gamma + beta, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", SIZES)
def test_instance_normalisation_is_that_of_pytorch(size: tuple[int, ...]) -> None:
    """``torch.nn.InstanceNorm2d(C, affine=True)``: (x - E[x]) / sqrt(Var[x] + eps) * gamma + beta over H and W of each
    sample's channel, with the biased variance and eps = 1e-5."""
    values, result, (gamma, beta) = _run(size, "instancenorm")
    mean, variance = values.mean(_places(values), keepdims=True), values.var(_places(values), keepdims=True)
    expected = (values - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [(8,), *SIZES])
def test_a_thresholded_unit_is_at_least_tau(size: tuple[int, ...]) -> None:
    values, result, (tau,) = _run(size, "tlu")
    np.testing.assert_array_equal(result, np.maximum(values, tau[0]))


@pytest.mark.parametrize("size", SIZES)
def test_evonorm_s0(size: tuple[int, ...]) -> None:
    values, result, (v, gamma, beta) = _run(size, "evonorm", groups=2, epsilon=1e-3)
    groups = values.reshape(3, -1, 2, size[-1] // 2)
    deviation = np.sqrt(groups.var((1, 3)) + 1e-3).repeat(size[-1] // 2, axis=1)
    deviation = deviation.reshape(3, *(1,) * (len(size) - 1), size[-1])
    expected = values / (1 + np.exp(-v * values)) / deviation * gamma + beta
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("by", "function"), [("mean", np.mean), ("max", np.max)])
def test_pools_over_channels(by: str, function: Any) -> None:
    values, result, _ = _run((4, 5, 6), "channel_pool", by=by)
    np.testing.assert_allclose(result, function(values, axis=-1, keepdims=True), rtol=1e-6)


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_attention_one_position_after_the_other() -> None:
    heads, key, share = 2, 3, 4
    values, result, _ = _run((5, 2 * heads * key + heads * share), "attention", heads=heads, key=key)
    for sample, mixed in zip(values, result, strict=True):
        q, k, v = np.split(sample, [heads * key, 2 * heads * key], axis=-1)
        for head in range(heads):
            mine = slice(head * key, (head + 1) * key)
            scores = _softmax(q[:, mine] @ k[:, mine].T / np.sqrt(key))
            part = slice(head * share, (head + 1) * share)
            np.testing.assert_allclose(mixed[:, part], scores @ v[:, part], rtol=1e-4, atol=1e-5)


def test_attention_looks_up_the_distance_of_each_pair() -> None:
    height, width, key = 3, 4, 2
    values, result, (down, across) = _run((height, width, 3 * key), "attention", heads=1, key=key, position="relative")
    assert across.shape == (key, 2 * width - 1)
    assert down.shape == (key, 2 * height - 1)
    q, k, v = np.split(values.reshape(3, height * width, 3 * key), 3, axis=-1)
    scores = q @ k.swapaxes(1, 2) / np.sqrt(key)
    for one in range(height * width):
        for other in range(height * width):
            rows, columns = other // width - one // width, other % width - one % width
            scores[:, one, other] += q[:, one] @ (across[:, columns + width - 1] + down[:, rows + height - 1])
    expected = (_softmax(scores) @ v).reshape(result.shape)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)
