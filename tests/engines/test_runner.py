"""The runner returns what the model returns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl import load, load_keras
from resnet_dsl.engines import runner
from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras import save, to_keras
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


def test_a_size_that_the_network_does_not_take_is_refused_before_it_runs() -> None:
    """In a plain Keras model the merge fails, with a message of the backend's."""
    text = """network u { input 8?x8?x3
      stage d { conv(4, 3) } stage e { maxpool(8) -> upsample(8) skip from d by concat conv(2, 3) } }"""
    network = load(text).network()
    for fast in (True, False):
        model = network.to_keras(seed=0, fast=fast)
        assert model.input_shape == (None, None, None, 3)
        run = runner(model)
        assert run(np.ones((1, 16, 24, 3), "float32")).shape == (1, 16, 24, 2)
        with pytest.raises(Failure, match=r"16x20x3: sides must be multiples of 8") as refused:
            run(np.ones((1, 16, 20, 3), "float32"))
        assert refused.value.remedy == "give it 16x16x3 or 16x24x3"
        with pytest.raises(Exception, match=r"(?i)concat|shape"):
            model(np.ones((1, 16, 20, 3), "float32"))


def test_another_input_size() -> None:
    network = load("network n { input 8?x8?x3 stage s { maxpool(8) -> upsample(8) } }").network()
    assert network.to_keras(input_size=(16, "24?", 3)).input_shape == (None, 16, None, 3)


def test_a_loaded_model_is_held_to_it_too(tmp_path: Path) -> None:
    network = load("network n { input 8?x8?x3 stage s { maxpool(8) -> upsample(8) } }").network()
    save(network.to_keras(), tmp_path / "n.keras", network.graph)
    with pytest.raises(Failure, match="multiples of 8"):
        runner(load_keras(tmp_path / "n.keras"))(np.ones((1, 8, 9, 3)))
