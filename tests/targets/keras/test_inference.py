"""Optimised models compute what the originals compute."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.keras.inference import optimize_for_inference, weights_of
from tests.targets.keras.graphs import Sketch, bottlenecks, residual

keras = pytest.importorskip("keras")


def _mixed() -> Sketch:
    """What a pass must see: read twice, depthwise, standardised, no gamma, odd lengths, noise, a dense layer."""
    net = Sketch(33, 33, 3)
    net.add("conv", name="odd", channels=8, kernel=3, stride=2)
    net.add("batchnorm", name="odd_norm", scale=False)
    net.add("relu", name="odd_act")
    net.add("conv", name="depthwise", channels=16, kernel=3, groups=8, bias=True)
    net.add("batchnorm", name="depthwise_norm", center=False)
    net.add("silu", name="depthwise_act")
    net.add("drop_path", name="path", rate=0.5)
    net.add("conv", name="standard", channels=16, kernel=3, standardize="plain")
    net.add("batchnorm", name="standard_norm")
    shared = net.add("conv", name="shared", channels=16, kernel=1)
    norm = net.add("batchnorm", shared, name="shared_norm")
    net.add("add", norm, shared, name="sum")
    net.add("identity", name="same")
    net.add("avgpool", kernel="global", name="pool")
    net.add("dense", units=5, name="fc")
    net.add("batchnorm", name="fc_norm")
    net.add("dropout", name="drop", rate=0.5)
    net.add("softmax", name="probabilities")
    return net


def _shaken(model: Any) -> Any:
    """The model with weights as after training: statistics that are not 0 and 1."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        if weight.name in {"gamma", "moving_variance"}:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif weight.name in {"beta", "moving_mean", "bias"}:
            weight.assign(random.normal(0, 0.2, weight.shape))
    return model


def _assert_equal(graph: Any, shapes: Any, size: tuple[int, ...], tolerance: float) -> Any:
    model = _shaken(to_keras(graph, shapes, seed=0))
    optimized = optimize_for_inference(graph, shapes, model)
    values = np.random.default_rng(1).normal(size=(2, *size)).astype("float32")
    expected, got = (keras.ops.convert_to_numpy(one(values)) for one in (model, optimized.model))
    assert np.abs(got - expected).max() < tolerance * np.abs(expected).max()
    return optimized


def test_all_passes_on_every_case_they_must_see() -> None:
    graph, shapes = _mixed().graph()
    optimized = _assert_equal(graph, shapes, (33, 33, 3), 1e-5)
    names = [layer.name for layer in optimized.model.layers][1:]
    left = ["odd", "depthwise", "standard", "standard_norm", "shared", "shared_norm", "sum", "pool", "fc"]
    assert names == left  # the last activation is fused into the dense layer
    assert optimized.said == (
        "removed 3 operations idle at inference",
        "folded 3 batch normalisations",
        "merged the padding of 1 convolution",
        "fused 3 activations",
    )


@pytest.mark.parametrize("net", [residual(9), bottlenecks((1, 2, 2, 1), (64, 64, 3), 8)])
def test_networks_of_the_paper(net: Sketch) -> None:
    graph, shapes = net.graph()
    optimized = _assert_equal(graph, shapes, shapes[0], 1e-5)
    assert not any(type(layer).__name__ == "BatchNormalization" for layer in optimized.model.layers)


@pytest.mark.parametrize("size", [(6, 3, 12), (4, 4, 12)])
def test_distances_in_height_and_width_are_told_apart(size: tuple[int, ...]) -> None:
    net = Sketch(*size)
    net.add("attention", name="it", heads=1, key=4, position="relative")
    graph, shapes = net.graph()
    model = to_keras(graph, shapes, seed=0)
    table = weights_of(model, lower(graph, shapes), shapes)["it"]
    for axis in ("height", "width"):
        np.testing.assert_array_equal(table[axis], model.get_layer(f"it_{axis}").kernel.numpy())
    _assert_equal(graph, shapes, size, 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50", "seresnet50", "resnext50_32x4d", "resnet50d", "resnetv2_50"])
def test_members_of_the_family(name: str) -> None:
    network = resnet_dsl.load(name).network(name)
    _assert_equal(network.graph, network.compiled.shapes, (224, 224, 3), 1e-4)


def test_deep_networks_are_optimised_without_recursion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "setrecursionlimit", lambda limit: pytest.fail("the recursion limit was touched"))
    graph, shapes = residual(600, width=2, size=(8, 8, 3)).graph()
    optimized = optimize_for_inference(graph, shapes, to_keras(graph, shapes, seed=0))
    assert not any(type(layer).__name__ == "BatchNormalization" for layer in optimized.model.layers)
