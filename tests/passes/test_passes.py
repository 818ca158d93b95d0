"""Every pass leaves a graph that is one, with the shapes that follow, and weights that fit."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.passes import INFERENCE, WeightedGraph, Weights
from tests.elaborate.compiling import compiled
from tests.interpreter.networks import network
from tests.ir.soundness import assert_sound

SMALL = ("first_network", "ecg_network", "residual_unet", "two_view_network", "cifar_resnet20", "small_plain8")

NOISY = """network n { input 15x15x3 use drop = drop_path(0.2)
  stage a { bottleneck(4) conv(12, 1) attention(2, 2, relative) dropblock(0.1, 3) identity }
  stage b { dropout(0.5) basic(16) scale(1) shift(0) conv(8, 3, stride = 2) batchnorm }
  head { avgpool(global) -> dense(10) -> batchnorm -> dropout(0.5) } }"""


def weights_of(graph: Graph, shapes: tuple[Shape, ...]) -> Weights:
    """Ones: what passes do with the numbers is tested with Keras."""
    return {
        node.name: {one.name: np.ones(one.shape, "float32") for one in wanted}
        for node in graph.nodes
        if (wanted := OPERATIONS[node.op].weights(node.args, tuple(shapes[one] for one in node.inputs)))
    }


def assert_passes_are_sound(graph: Graph, shapes: tuple[Shape, ...]) -> list[str]:
    """After each one; returns what they did."""
    now, said = WeightedGraph(graph, shapes, weights_of(graph, shapes)), []
    for one in INFERENCE:
        now, sentence = one(now)
        said.append(sentence)
        assert_sound(now.graph, now.shapes)
        assert now.weights is not None
        wanted = weights_of(now.graph, now.shapes)
        found = {name: {one: array.shape for one, array in arrays.items()} for name, arrays in now.weights.items()}
        assert found == {name: {one: array.shape for one, array in arrays.items()} for name, arrays in wanted.items()}
    return said


@pytest.mark.parametrize("name", SMALL)
def test_on_shipped_networks(name: str) -> None:
    found = pipeline.load(str(shipped.find(name))).compile(name)
    assert_passes_are_sound(found.graph, found.shapes)


def test_where_each_pass_has_something_to_do() -> None:
    found = compiled(NOISY)
    assert assert_passes_are_sound(found.graph, found.shapes) == [
        "removed 7 operations idle at inference",
        "folded 9 batch normalisations",
        "merged the padding of 1 convolution",
    ]


@pytest.mark.parametrize("seed", range(20))
def test_on_networks_by_chance(seed: int) -> None:
    random = np.random.default_rng(seed)
    net = network(random, 2)
    assert_passes_are_sound(*net.graph())
