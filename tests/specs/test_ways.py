"""Every network that ships, in each way of building it: fast and plain, optimised for inference and not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from resnet_dsl.pipeline import Compiled
from resnet_dsl.shipped import find
from resnet_dsl.targets.keras import lower
from resnet_dsl.targets.keras.building import build, room_for_depth
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.inference import optimize_for_inference
from tests.specs.family import MEMBERS, classifiers, spec
from tests.targets.keras.sameness import assert_equal, random_input

keras = pytest.importorskip("keras")

QUICK = {
    *("first_smooth", "two_view_network", "resnet18", "plain18", "cifar_resnet20", "resnetv2_18", "resnet10t"),
    *("seresnet18", "skresnet18", "ecaresnet26t", "keras_resnet50v2", "resnet50_dropblock", "botnet26t_256", "dla34"),
}
"""The kinds among the ordinary tests."""

LARGEST = 250_000_000
"""Parameters of the largest network for which the machine's memory is asked."""


def _calibrate(model: Any, values: Any) -> None:
    """Weights as after some training: no factor is 1, no offset 0, the moving statistics half those of some values."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.name == "gamma":
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif weight.name in {"beta", "bias"}:
            weight.assign(random.normal(0, 0.2, weight.shape))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.5
    model(values, training=True)
    _soften(model, values)


def _soften(model: Any, values: Any) -> None:
    """Scales the last dense layer so that its results are about 1: a softmax of large ones would hide differences."""
    last = next((layer for layer in reversed(model.layers) if isinstance(layer, keras.layers.Dense)), None)
    if last is not None:
        with room_for_depth(len(model.layers)):
            before = keras.Model(model.input, last.output)
        scale = float(np.abs(_output(before, values)).max())
        last.kernel.assign(last.kernel / scale)
        last.bias.assign(last.bias / scale)


def _output(model: Any, values: Any) -> Any:
    return keras.ops.convert_to_numpy(model(values, training=False)).astype("float64")


def _assert_one_function(network: Compiled) -> None:
    """Fast equals plain to the bit; optimised equals both as far as rounding lets it."""
    calls = lower(network.graph, network.shapes)
    plain, quick = build(calls, 1), build_fast(calls, 1)
    assert_equal(plain, quick)
    values = random_input(plain)
    _calibrate(plain, values)
    quick.set_weights(plain.get_weights())
    np.testing.assert_array_equal(_output(quick, values), _output(plain, values))
    del quick
    assert _change_by_optimising(network, plain, values) <= max(1e-5, 10 * _change_by_rounding(plain, values))


def _change(result: Any, expected: Any) -> float:
    return float(np.abs(result - expected).max() / np.abs(expected).max())


def _change_by_optimising(network: Compiled, model: Any, values: Any) -> float:
    optimised = optimize_for_inference(network.graph, network.shapes, model).model
    assert len(optimised.layers) < len(model.layers)
    return _change(_output(optimised, values), _output(model, values))


def _change_by_rounding(model: Any, values: Any) -> float:
    """What a rounding of the input alone does: in deep plain networks it grows to much more than 1e-5."""
    signs = np.random.default_rng(1).choice([-1.0, 1.0], values.shape)
    return _change(_output(model, (values * (1 + 2.0**-24 * signs)).astype(values.dtype)), _output(model, values))


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    keras.config.set_dtype_policy("float32")
    keras.utils.clear_session()
    gc.collect()


def _kinds() -> list[Any]:
    marks = {True: (), False: pytest.mark.slow}
    return [pytest.param(*member, id=member[1], marks=marks[member[1] in QUICK]) for member in MEMBERS]


@pytest.mark.parametrize(("file", "name", "pixels"), _kinds())
def test_one_of_every_kind_is_one_function(file: str, name: str, pixels: int) -> None:
    _assert_one_function(spec(file).compile(name, overrides={"classes": 10}, input_size=(pixels, pixels, 3)))


def _shipped(name: str) -> Compiled:
    path = find(name)
    assert path is not None
    network = spec(path).compile(name)
    if network.facts.count.total_params > LARGEST:
        pytest.skip("too large for the memory of ordinary machines")
    return network


@pytest.mark.slow
@pytest.mark.parametrize("name", classifiers())
def test_every_shipped_network_is_one_function(name: str) -> None:
    _assert_one_function(_shipped(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", classifiers())
def test_optimising_is_exact(name: str) -> None:
    """In float64 nothing is left of the differences that float32 makes."""
    keras.config.set_dtype_policy("float64")
    network = _shipped(name)
    model = build_fast(lower(network.graph, network.shapes), 1)
    values = random_input(model).astype("float64")
    _calibrate(model, values)
    assert _change_by_optimising(network, model, values) <= 1e-10
