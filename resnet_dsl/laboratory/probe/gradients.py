"""Gradients with respect to what layers put out, on each of Keras' backends.

Keras differentiates with respect to weights alone, inside `fit`: here each backend is asked itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.building import room_for_depth


class Objective(NamedTuple):
    """Of one output: the sum over samples of the cross-entropy with labels, or of the projection on ``targets``.

    These have the output's shape. softmax: the layer behind the logits, None where the output itself is looked at.
    """

    output: str
    softmax: str | None
    targets: NDArray[Any]

    def of(self, output: Any) -> Any:
        keras = import_keras()
        if self.softmax is None:
            return keras.ops.sum(output * keras.ops.convert_to_tensor(self.targets))
        targets = keras.ops.convert_to_tensor(self.targets)
        each = keras.losses.sparse_categorical_crossentropy(targets, output, from_logits=True)
        places = int(np.prod(self.targets.shape[1:], dtype=np.int64))
        return keras.ops.sum(each) / places

    def looked_at(self, model: Any) -> Any:
        """What the loss is computed from, in the model."""
        if self.softmax is not None:
            return model.get_layer(self.softmax).input
        return model.output[self.output] if isinstance(model.output, dict) else model.output


class Loss(NamedTuple):
    """The sum of the losses of all outputs. images: what each input takes, in order."""

    images: list[NDArray[np.float32]]
    targets: list[Objective]

    @property
    def taken(self) -> Any:
        """What the model is called with."""
        return self.images[0] if len(self.images) == 1 else self.images

    def of(self, outputs: list[Any]) -> Any:
        first, *others = (target.of(one) for target, one in zip(self.targets, outputs, strict=True))
        return sum(others, start=first)


class Passed(NamedTuple):
    """Mean squares, one a layer."""

    activations: list[float]
    gradients: list[float]


def pass_through(model: Any, names: list[str], loss: Loss) -> Passed:
    """Run the model once in training mode, forward and back. names: the layers to look at."""
    keras = import_keras()
    ends = [target.looked_at(model) for target in loss.targets]
    watched = [model.get_layer(name).output for name in names]
    with room_for_depth(len(model.layers)):
        probed = keras.Model(model.inputs, [*watched, *ends])
    backend = {"tensorflow": _tensorflow, "torch": _torch, "jax": _jax}[keras.backend.backend()]
    return backend(probed, names, loss)


def _square(values: Any) -> float:
    """In double precision: squares of small gradients are below what a float can hold."""
    return float(np.mean(np.square(np.asarray(values, dtype=np.float64))))


def _tensorflow(model: Any, names: list[str], loss: Loss) -> Passed:
    import tensorflow as tf

    given = tf.nest.map_structure(tf.convert_to_tensor, loss.taken)
    with tf.GradientTape() as tape:
        found = model(given, training=True)
        watched, total = found[: len(names)], loss.of(found[len(names) :])
    gradients = tape.gradient(total, watched, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return Passed([_square(one.numpy()) for one in watched], [_square(one.numpy()) for one in gradients])


def _torch(model: Any, names: list[str], loss: Loss) -> Passed:
    keras = import_keras()
    found = model(keras.tree.map_structure(keras.ops.convert_to_tensor, loss.taken), training=True)
    watched = found[: len(names)]
    for one in watched:
        one.retain_grad()
    loss.of(found[len(names) :]).backward()
    gradients = [np.zeros(1) if one.grad is None else one.grad.cpu().numpy() for one in watched]
    return Passed([_square(one.detach().cpu().numpy()) for one in watched], [_square(one) for one in gradients])


def _jax(model: Any, names: list[str], loss: Loss) -> Passed:
    """JAX differentiates with respect to arguments: zeros that are added to what each layer puts out."""
    import jax

    layers = [model.get_layer(name) for name in names]
    inside = [layer.call for layer in layers]

    def lost(nudges: list[Any]) -> tuple[Any, list[Any]]:
        for layer, call, nudge in zip(layers, inside, nudges, strict=True):
            layer.call = lambda *given, call=call, nudge=nudge, **named: call(*given, **named) + nudge
        found = model(loss.taken, training=True)
        return loss.of(found[len(names) :]), found[: len(names)]

    samples = len(loss.images[0])
    nudges = [np.zeros((samples, *layer.output.shape[1:]), np.float32) for layer in layers]
    gradients, watched = jax.grad(lost, has_aux=True)(nudges)
    return Passed([_square(one) for one in watched], [_square(one) for one in gradients])
