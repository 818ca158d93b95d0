"""The first weights by NumPy are those that a model gets: names, order, shapes and every bit."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.keras.inference import weights_of
from resnet_dsl.targets.keras.initial import initial_weights, initial_weights_of_nodes
from resnet_dsl.targets.keras.order import layers_in_order
from resnet_dsl.targets.keras.variables import LeftToKerasError
from tests.specs.family import MEMBERS, spec

keras = pytest.importorskip("keras")

KINDS = {
    "two_view_network",
    "seresnet18",
    "skresnet18",
    "botnet26t_256",
    "convnext_tiny",
    "dm_nfnet_f0",
    "resnetv2_50d_evos",
}


def _variables(model: Any) -> list[tuple[str, str, Any]]:
    return [(layer.name, one.name, one.numpy()) for layer in model.layers for one in layer.weights]


@pytest.mark.parametrize(
    ("file", "name", "pixels"),
    [pytest.param(*one, marks=() if one[1] in KINDS else pytest.mark.slow, id=one[1]) for one in MEMBERS],
)
def test_a_seed_means_the_same(file: str, name: str, pixels: int) -> None:
    network = spec(file).compile(name, input_size=(pixels, pixels, 3))
    calls = lower(network.graph, network.shapes)
    model = to_keras(network.graph, network.shapes, seed=7)
    assert [calls.calls[one].name for one in layers_in_order(calls)] == [one.name for one in model.operations]
    for (layer, variable, values), (slot, drawn) in zip(_variables(model), initial_weights(calls, 7), strict=True):
        assert (slot.layer, slot.variable.name) == (layer, variable)
        np.testing.assert_array_equal(drawn, values, strict=True)


INITS = (
    "he_normal he_normal_out he_uniform glorot_normal glorot_uniform lecun_normal lecun_uniform truncated_normal zeros"
)


@pytest.mark.parametrize("init", INITS.split())
def test_every_distribution(init: str) -> None:
    text = f"""network net {{
        input 8x8x4
        stem {{ conv(8, 3, init = {init}) conv(16, 3, groups = 8, init = {init}) }}
        stage a {{ conv_transpose(4, 2, stride = 2, init = {init}) }}
        head {{ flatten dense(10, init = {init}) }}
    }}"""
    network = load_text(text).compile()
    model = to_keras(network.graph, network.shapes, seed=3)
    mine = initial_weights_of_nodes(network.graph, network.shapes, seed=3)
    theirs = weights_of(model, lower(network.graph, network.shapes), network.shapes)
    assert {name: [*one] for name, one in mine.items()} == {name: [*one] for name, one in theirs.items()}
    for node, weights in theirs.items():
        for name, values in weights.items():
            np.testing.assert_array_equal(mine[node][name], values, strict=True)


def test_without_a_seed_python_decides() -> None:
    network = load_text("network net { input 8x8x3 stem { conv(4, 3) } }").compile()
    calls = lower(network.graph, network.shapes)
    (_, one), (_, other) = next(initial_weights(calls)), next(initial_weights(calls))
    assert not np.array_equal(one, other)
    random.seed(5)
    (_, one) = next(initial_weights(calls))
    random.seed(5)
    np.testing.assert_array_equal(next(initial_weights(calls))[1], one)


def test_what_only_keras_can_draw_is_left_to_it() -> None:
    network = load_text("network net { input 8x8x3 stem { conv(4, 3) } }").compile()
    with pytest.raises(LeftToKerasError, match="below 0"):
        next(initial_weights(lower(network.graph, network.shapes), -1))
