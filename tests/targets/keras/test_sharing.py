"""Shared blocks as Keras has them: one layer that is called several times, in both ways to a model, and in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from resnet_dsl import pipeline
from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.graph import verified
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras import load, lower, save, to_keras
from resnet_dsl.targets.keras.building import build
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.inference import optimize_for_inference
from tests.interpreter.models import compare

PAIR = """
shared block tower(width) {
  conv(width, 3, stride = 2) -> norm -> act
  conv(2 * width, 3, bias = true) -> prelu
  avgpool(global)
}
network pair {
  input left 8x8x2
  input right 8x8x2
  head {
    a = left -> tower(4)
    b = right -> tower(4)
    concat(a, b)
    dense(1)
  }
}
"""
DEEP = """
shared block unit(width) { conv(width, 3) -> norm -> drop skip act }
network deep { input 8x8x3 use drop = dropout(0.5) stem { conv(4, 3) } stage s { 4 x unit(4) } }
"""
OTHERS = """
block inner(w) { conv(w, 3, groups = 2) -> groupnorm(2) skip act }
shared block mixed(w) { 2 x inner(w) -> se(2) -> evonorm(2) -> channel_scale -> conv(w, 3, standardize = scaled) skip }
shared block looks { conv(12, 1) -> attention(2, key = 2, position = relative) -> scale -> shift -> frn -> tlu }
shared block deep(w) { conv(w, 3, stride = 2, pad = same) -> norm conv_transpose(w, 2, stride = 2) skip by mul }
network others {
  input 8x8x4
  stage a { mixed(4) -> looks -> deep(4) -> mixed(4) -> looks }
  stage b(stride = 2) { basic(4) -> mixed(4) -> deep(4) }
}
"""
LATE = """
shared block linear(w) { conv(w, 3) }
shared block normed { norm -> act }
network late {
  input 8x8x4
  stage a { linear(4) -> norm -> act -> linear(4) -> relu6 -> normed -> linear(4) -> normed }
}
"""
SPECS = {"pair": PAIR, "deep": DEEP, "others": OTHERS, "late": LATE}


def compiled(name: str) -> Compiled:
    return pipeline.load_text(SPECS[name]).compile()


def some(network: Compiled, seed: int = 3, count: int = 5) -> Any:
    random = np.random.default_rng(seed)
    found = [random.normal(size=(count, *size)).astype("float32") for size in network.facts.input_shapes.values()]
    return found if len(found) > 1 else found[0]


@pytest.mark.parametrize("name", list(SPECS))
def test_every_node_is_what_the_interpreter_says(name: str) -> None:
    network = compiled(name)
    compare(network.graph, network.shapes, some(network, count=2), np.random.default_rng(1))


@pytest.mark.parametrize("name", list(SPECS))
def test_both_ways_are_equal_and_weights_count_once(name: str) -> None:
    network = compiled(name)
    calls = lower(network.graph, network.shapes)
    plain, fast = build(calls, 1), build_fast(calls, 1)
    assert plain.count_params() == fast.count_params() == network.facts.count.total_params
    assert sum(int(np.prod(one.shape)) for one in plain.trainable_weights) == network.facts.count.params
    assert [layer.name for layer in plain.layers] == [layer.name for layer in fast.layers]
    assert plain.get_config() == fast.get_config()


def test_a_pair_is_what_is_computed_by_hand() -> None:
    """The same convolution, normalisation and so on over both inputs, in NumPy and float64."""
    network = compiled("pair")
    model = to_keras(network.graph, network.shapes, seed=1)
    left, right = some(network)
    weights = {one.path: one.numpy().astype("float64") for one in model.weights}
    features = np.concatenate([_tower(left, weights), _tower(right, weights)], axis=-1)
    expected = features @ weights["head_dense/kernel"] + weights["head_dense/bias"]
    np.testing.assert_allclose(model([left, right], training=False).numpy(), expected, atol=1e-5)


def _tower(batch: Any, weights: dict[str, Any]) -> Any:
    value = _convolved(batch.astype("float64"), weights["tower_conv1/kernel"], 2)
    norm = {name: weights[f"tower_batchnorm/{name}"] for name in ("gamma", "beta", "moving_mean", "moving_variance")}
    value = (value - norm["moving_mean"]) / np.sqrt(norm["moving_variance"] + 1e-5) * norm["gamma"] + norm["beta"]
    value = _convolved(np.maximum(value, 0), weights["tower_conv2/kernel"], 1) + weights["tower_conv2/bias"]
    alpha = weights["tower_prelu/alpha"]
    return np.where(value > 0, value, alpha * value).mean(axis=(1, 2))


def _convolved(batch: Any, kernel: Any, stride: int) -> Any:
    padded = np.pad(batch, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("nhwcij,ijco->nhwo", windows, kernel)


@pytest.mark.parametrize("fast", [True, False])
def test_gradients_flow_from_both_calls(fast: bool) -> None:
    tf = pytest.importorskip("tensorflow")
    network = compiled("pair")
    model = to_keras(network.graph, network.shapes, seed=1, fast=fast)
    left, right = some(network)
    kernel = next(one for one in model.weights if one.path == "tower_conv1/kernel")

    def gradient(watch_left: bool, watch_right: bool) -> Any:
        """Of the sum over both calls, where a call that is not watched takes inputs of nothing."""
        with tf.GradientTape() as tape:
            given = [left if watch_left else left * 0, right if watch_right else right * 0]
            loss = tf.reduce_sum(model(given, training=False))
        return tape.gradient(loss, kernel.value).numpy()

    both, alone = gradient(True, True), [gradient(True, False), gradient(False, True)]
    assert all(np.abs(one).max() > 0 for one in alone)
    np.testing.assert_allclose(both, alone[0] + alone[1], atol=1e-5)


def test_moving_statistics_follow_every_call() -> None:
    network = pipeline.load_text(
        "shared block unit { norm }\n"
        "network n { input l 4x4x1 input r 4x4x1 head { a = l -> unit b = r -> unit add(a, b) } }"
    ).compile()
    model = to_keras(network.graph, network.shapes)
    ones = np.ones((2, 4, 4, 1), "float32")
    model([ones, 3 * ones], training=True)
    mean = next(one for one in model.weights if one.path.endswith("moving_mean")).numpy()
    np.testing.assert_allclose(mean, [(0 * 0.9 + 1 * 0.1) * 0.9 + 3 * 0.1], rtol=1e-5)


def test_each_call_draws_noise_of_its_own() -> None:
    network = pipeline.load_text(
        "shared block unit { dropout(0.5) }\n"
        "network n { input l 64x1 input r 64x1 head { a = l -> unit b = r -> unit concat(a, b) } }"
    ).compile()
    model = to_keras(network.graph, network.shapes, seed=1)
    assert len([layer for layer in model.layers if type(layer).__name__ == "Dropout"]) == 1
    ones = np.ones((1, 64, 1), "float32")
    drawn = model([ones, ones], training=True).numpy()
    assert (drawn[..., 0] != drawn[..., 1]).any()


@pytest.mark.parametrize("name", ["pair", "deep"])
def test_saved_and_loaded_by_keras_alone_and_by_name(name: str, tmp_path: Path) -> None:
    network = compiled(name)
    model = to_keras(network.graph, network.shapes, seed=1)
    batch = some(network)
    path = save(model, tmp_path / "it.keras", network.graph)
    for again in (keras.saving.load_model(path), load(path)):
        assert again.count_params() == model.count_params()
        np.testing.assert_allclose(again(batch, training=False), model(batch, training=False), atol=1e-6)


def test_folded_once_where_all_calls_can_be() -> None:
    network = compiled("pair")
    model = to_keras(network.graph, network.shapes, seed=1)
    found = optimize_for_inference(network.graph, network.shapes, model)
    assert verified(found.graph) is found.graph
    assert infer_shapes(found.graph) == found.shapes
    kinds = [type(layer).__name__ for layer in found.model.layers]
    assert "BatchNormalization" not in kinds
    assert kinds.count("Conv2D") == 2
    assert found.model.count_params() == 3 * 3 * 2 * 4 + 4 + 3 * 3 * 4 * 8 + 8 + 8 + 17


def test_not_folded_where_one_call_cannot_be() -> None:
    network = compiled("late")
    model = to_keras(network.graph, network.shapes, seed=1)
    found = optimize_for_inference(network.graph, network.shapes, model)
    kinds = [type(layer).__name__ for layer in found.model.layers]
    assert kinds.count("BatchNormalization") == 2
    assert kinds.count("Conv2D") == 1


def test_an_activation_is_fused_where_it_stands_behind_every_call() -> None:
    alike = "network n { input 8x8x4 stage a { 3 x unit -> act } }"
    apart = "network n { input 8x8x4 stage a { unit -> relu -> unit -> silu -> unit } }"
    for text, activations in ((alike, 1), (apart, 2)):
        block = "shared block unit { conv(4, 3) -> act }" if text is alike else "shared block unit { conv(4, 3) }"
        network = pipeline.load_text(f"{block}\n{text}").compile()
        found = optimize_for_inference(network.graph, network.shapes, to_keras(network.graph, network.shapes))
        assert [type(one).__name__ for one in found.model.layers].count("Activation") == activations
