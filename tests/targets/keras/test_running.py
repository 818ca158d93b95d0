"""The runner returns what the model returns."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from resnet_dsl.targets.keras.running import runner
from tests.targets.keras.graphs import Sketch, residual

keras = pytest.importorskip("keras")


def test_the_runner_equals_the_model_for_any_batch() -> None:
    model = to_keras(*residual(3).graph(), seed=0)
    run = runner(model)
    for samples in (1, 4):
        values = np.random.default_rng(0).normal(size=(samples, 32, 32, 3)).astype("float32")
        expected = keras.ops.convert_to_numpy(model(values, training=False))
        np.testing.assert_allclose(run(values), expected, atol=1e-6)
        np.testing.assert_allclose(run(values.astype("float64")), expected, atol=1e-6)


def test_noise_is_silent_and_open_lengths_stay_open() -> None:
    net = Sketch(None, None, 3)
    net.add("conv", channels=4, kernel=3)
    net.add("dropout", rate=0.5)
    run = runner(to_keras(*net.graph(), seed=0))
    for length in (5, 9):
        values = np.ones((2, length, length, 3), "float32")
        np.testing.assert_array_equal(run(values), run(values))
        assert run(values).shape == (2, length, length, 4)


def test_the_weights_are_those_of_the_moment_and_training_goes_on() -> None:
    model = to_keras(*residual(3, width=4, size=(16, 16, 3)).graph(), seed=0)
    values = np.random.default_rng(0).normal(size=(8, 16, 16, 3)).astype("float32")
    run = runner(model)
    before = run(values)
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(values, np.arange(8), epochs=2, verbose=0)
    np.testing.assert_array_equal(run(values), before)
    expected = keras.ops.convert_to_numpy(model(values, training=False))
    assert np.abs(expected - before).max() > 1e-4
    np.testing.assert_allclose(runner(model)(values), expected, atol=1e-6)
