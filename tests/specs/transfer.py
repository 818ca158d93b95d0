"""Weights from other people's models into ours, and how far apart the two are then.

Both models list their arrays in the order in which the layers are written; a projection's come last in its block. What
differs in layout is turned around; a wrong order could only make outputs differ, since all arrays are random.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras import lower, to_keras

Array = np.ndarray[Any, Any]


class Ours:
    """A compiled network as a Keras model; ``logits`` ends before its softmax, where it has one."""

    def __init__(self, network: Compiled) -> None:
        import keras

        self.whole = to_keras(network.graph, network.shapes, seed=1)
        ends_in_softmax = network.graph.nodes[network.graph.outputs[0].node].op == "softmax"
        self.logits = keras.Model(self.whole.input, self.whole.layers[-1].input) if ends_in_softmax else self.whole
        self.variables = variables_of(network, self.whole)

    def assign(self, arrays: list[Array]) -> None:
        """Puts the arrays in, in order; each must have the shape that is expected."""
        assert len(arrays) == len(self.variables), (len(arrays), len(self.variables))
        for variable, array in zip(self.variables, arrays, strict=True):
            fitted = _fitted(tuple(variable.shape), array)
            assert tuple(variable.shape) == fitted.shape, (variable.path, tuple(variable.shape), array.shape)
            variable.assign(fitted)

    def __call__(self, images: Array) -> Array:
        import keras

        return np.asarray(keras.ops.convert_to_numpy(self.logits(images)))


def variables_of(network: Compiled, model: Any) -> list[Any]:
    """The variables of the network's Keras model, in the order in which it is written."""
    calls = lower(network.graph, network.shapes)
    names = dict.fromkeys(name for node in network.graph.nodes for name in calls.layers_of[node.name])
    known = {layer.name: layer for layer in model.layers}
    return [one for name in names if name in known for one in known[name].weights if _is_weight(one)]


def _is_weight(variable: Any) -> bool:
    return "seed" not in variable.path


def _fitted(shape: tuple[int, ...], array: Array) -> Array:
    """The array as our layer keeps it.

    A depthwise kernel is (…, channels, 1) in Keras and (…, 1, channels) elsewhere; a layer at each position is a 1x1
    convolution here and may be a dense layer elsewhere.
    """
    if len(shape) > 2 and shape != array.shape and shape == (*array.shape[:-2], array.shape[-1], array.shape[-2]):
        return np.moveaxis(array, -1, -2)
    if (1,) * (array.ndim - len(shape)) + shape == (1,) * (len(shape) - array.ndim) + array.shape:
        return array.reshape(shape)
    return array


def randomised(shape: tuple[int, ...], what: str, random: np.random.Generator) -> Array:
    """Numbers for an array of a model, by what it is: such that the signal neither vanishes nor explodes."""
    if what in {"gamma", "moving_variance"}:
        return random.uniform(0.7, 1.3, shape).astype("float32")
    if what == "kernel":
        return (random.normal(size=shape) * np.sqrt(1 / max(np.prod(shape[:-1]), 1))).astype("float32")
    return (random.normal(size=shape) * 0.1).astype("float32")


def images(count: int, pixels: int) -> Array:
    return np.random.default_rng(7).normal(size=(count, pixels, pixels, 3)).astype("float32")


def relative_difference(ours: Array, theirs: Array) -> float:
    """The largest difference over the largest number."""
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def of_keras(layers: Iterable[Any]) -> list[Array]:
    """The arrays of Keras layers, in order."""
    return [np.asarray(array) for layer in layers for array in layer.get_weights()]


def randomise_keras(model: Any, seed: int = 3) -> None:
    """New numbers in every array of a Keras model, the moving statistics included."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        kinds = [variable.path.rsplit("/", 1)[-1] for variable in layer.weights]
        shapes = [tuple(variable.shape) for variable in layer.weights]
        layer.set_weights([randomised(shape, kind, random) for shape, kind in zip(shapes, kinds, strict=True)])
