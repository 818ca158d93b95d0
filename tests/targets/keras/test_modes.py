"""Training and inference: who behaves differently in the two, and how; everything else must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import to_keras
from tests.targets.keras.graphs import one_op

keras = pytest.importorskip("keras")

DIFFERENT = {"batchnorm", "dropout", "drop_path", "dropblock"}
SIZE = (8, 8, 12)
NEEDED: dict[str, dict[str, Any]] = {
    "conv": {"channels": 6, "kernel": 3, "standardize": "scaled"},
    "conv_transpose": {"channels": 6, "kernel": 2},
    "maxpool": {"kernel": 2},
    "avgpool": {"kernel": 2},
    "channels": {"start": 0, "count": 4},
    "pad_channels": {"channels": 16},
    "subsample": {"stride": 2},
    "resize": {"size": 5, "method": "bilinear"},
    "normalize": {"mean": 0.5, "std": 2},
    "zero_pad": {"amounts": 1},
    "crop": {"amounts": 1},
    "reshape": {"size": (12, 64)},
    "attention": {"heads": 2, "key": 2, "position": "relative"},
    "groupnorm": {"groups": 4},
    "evonorm": {"groups": 4},
    "scale": {"learned": True},
    "shift": {"learned": True},
}
PLAIN = [
    name for name, one in OPERATIONS.items() if not one.many and name not in {"input", "dense", "identity", *DIFFERENT}
]


def _values(count: int = 4) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).normal(size=(count, *SIZE)).astype("float32") + 0.5


def _run(model: Any, values: Any, training: bool) -> np.ndarray[Any, Any]:
    return np.asarray(keras.ops.convert_to_numpy(model(values, training=training)))


@pytest.mark.parametrize("op", PLAIN)
def test_most_operations_do_the_same_in_training(op: str) -> None:
    model = to_keras(*one_op(SIZE, op, **NEEDED.get(op, {})), seed=1)
    before = [array.copy() for array in model.get_weights()]
    np.testing.assert_array_equal(_run(model, _values(), True), _run(model, _values(), False))
    for was, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_batch_normalisation_uses_the_batch_and_remembers_a_tenth_of_it() -> None:
    model = to_keras(*one_op(SIZE, "batchnorm"), seed=1)
    values = _values()
    mean, variance = values.mean((0, 1, 2)), values.var((0, 1, 2))
    np.testing.assert_allclose(_run(model, values, False), values / np.sqrt(1 + 1e-5), rtol=1e-5)
    trained = _run(model, values, True)
    np.testing.assert_allclose(trained, (values - mean) / np.sqrt(variance + 1e-5), rtol=1e-3, atol=1e-4)
    _, _, moving_mean, moving_variance = model.get_weights()
    np.testing.assert_allclose(moving_mean, 0.1 * mean, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(moving_variance, 0.9 + 0.1 * variance, rtol=1e-3)


@pytest.mark.parametrize("op", ["dropout", "drop_path", "dropblock"])
def test_noise_is_for_training_alone_and_keeps_the_mean(op: str) -> None:
    model = to_keras(*one_op(SIZE, op, rate=0.25), seed=1)
    values = np.ones((512, *SIZE), "float32")
    np.testing.assert_array_equal(_run(model, values, False), values)
    noisy = _run(model, values, True)
    assert (noisy == 0).any()
    assert noisy.mean() == pytest.approx(1, abs=0.08)
    again = _run(model, values, True)
    assert (noisy != again).any()


def test_dropped_paths_are_a_quarter_of_the_samples_and_the_rest_is_a_third_larger() -> None:
    model = to_keras(*one_op(SIZE, "drop_path", rate=0.25), seed=1)
    noisy = _run(model, np.ones((512, *SIZE), "float32"), True)
    assert set(np.unique(noisy.round(4))) == {0, np.float32(4 / 3).round(4)}
    whole = noisy.reshape(512, -1)
    assert ((whole == 0).all(1) | (whole > 0).all(1)).all()
    assert (whole[:, 0] == 0).mean() == pytest.approx(0.25, abs=0.06)
