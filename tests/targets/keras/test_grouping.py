"""Grouped convolutions that are convolved group by group: the same numbers, from the same variables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.engines import runner
from resnet_dsl.targets.keras import to_keras
from tests.targets.keras.graphs import Sketch

keras = pytest.importorskip("keras")

from resnet_dsl.targets.keras.private.grouping import groups_apart  # noqa: E402


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, ...]]]:
    """The shapes of all kernels that the backend itself is given."""
    functions = keras.src.backend.nn
    known, seen = functions.conv, []

    def conv(
        inputs: Any,
        kernel: Any,
        strides: Any = 1,
        padding: Any = "valid",
        data_format: Any = None,
        dilation_rate: Any = 1,
    ) -> Any:
        seen.append(tuple(kernel.shape))
        return known(inputs, kernel, strides, padding, data_format, dilation_rate)

    monkeypatch.setattr(functions, "conv", conv)
    yield seen
    assert functions.conv is conv


CASES: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "one axis": ((20, 8), {"kernel": 3, "groups": 2}),
    "two axes, strides": ((9, 11, 8), {"kernel": 3, "groups": 4, "stride": (2, 2), "pad": "same"}),
    "two axes, dilated": ((9, 11, 8), {"kernel": 3, "groups": 2, "dilation": (2, 2), "bias": True}),
    "three axes": ((5, 6, 7, 8), {"kernel": 3, "groups": 4}),
    "standardised": ((9, 9, 8), {"kernel": 3, "groups": 2, "standardize": "scaled"}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_results_are_those_of_the_backend(case: str, kernels: list[tuple[int, ...]]) -> None:
    size, arguments = CASES[case]
    net = Sketch(*size)
    net.add("conv", channels=16, **arguments)
    model = to_keras(*net.graph(), seed=0)
    values = np.random.default_rng(0).normal(size=(2, *size)).astype("float32")
    expected = keras.ops.convert_to_numpy(model(values, training=False))
    kernels.clear()
    with groups_apart():
        found = keras.ops.convert_to_numpy(model(values, training=False))
    if keras.backend.backend() in ("tensorflow", "jax"):
        assert [shape[-1] for shape in kernels] == [16 // arguments["groups"]] * arguments["groups"]
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_one_group_and_a_channel_alone_are_left_as_they_are(kernels: list[tuple[int, ...]]) -> None:
    net = Sketch(8, 8, 4)
    net.add("conv", channels=4, kernel=3)
    net.add("conv", channels=8, kernel=(3, 1), groups=4, stride=(2, 1))
    model = to_keras(*net.graph(), seed=0)
    kernels.clear()
    with groups_apart():
        model(np.ones((1, 8, 8, 4), "float32"))
    assert kernels == [(3, 3, 4, 4), (3, 1, 1, 8)]


def test_the_runner_convolves_group_by_group(kernels: list[tuple[int, ...]]) -> None:
    if keras.backend.backend() not in ("tensorflow", "jax"):
        pytest.skip("PyTorch's kernels need no help")
    net = Sketch(8, 8, 8)
    net.add("conv", channels=8, kernel=3, groups=2)
    model = to_keras(*net.graph(), seed=0)
    kernels.clear()
    values = np.ones((1, 8, 8, 8), "float32")
    np.testing.assert_allclose(
        runner(model, engine="keras")(values), keras.ops.convert_to_numpy(model(values)), atol=1e-6
    )
    assert kernels[:2] == [(3, 3, 4, 4)] * 2


def test_training_follows_the_same_losses(tmp_path: Path) -> None:
    """Losses of Keras' own ``fit``, with and without, from the same weights on the same batches."""
    net = Sketch(8, 8, 3)
    net.add("conv", channels=8, kernel=3)
    net.add("conv", channels=8, kernel=3, groups=2)
    net.add("avgpool", kernel="global")
    net.add("dense", units=3)
    model = to_keras(*net.graph(), seed=0)
    start = model.get_weights()
    values = np.random.default_rng(0).normal(size=(32, 8, 8, 3)).astype("float32")
    classes = np.arange(32) % 3

    def losses() -> list[float]:
        model.set_weights(start)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(0.1), loss, jit_compile=False)
        fitted: list[float] = model.fit(values, classes, batch_size=8, epochs=3, shuffle=False, verbose=0).history[
            "loss"
        ]
        return fitted

    with groups_apart():
        found = losses()
    np.testing.assert_allclose(found, losses(), rtol=1e-5)


def test_what_fails_within_leaves_the_backend_as_it_was(kernels: list[tuple[int, ...]]) -> None:
    with pytest.raises(ZeroDivisionError), groups_apart():
        raise ZeroDivisionError
