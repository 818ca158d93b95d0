"""Activations, as calls of Keras."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes.primitives import is_composite
from resnet_dsl.targets.keras.calls import batched
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules, initializer
from resnet_dsl.targets.keras.lower.primitives import in_steps


def _function(name: str) -> Callable[[LoweringContext], int]:
    """The rule of an activation that Keras has under this name."""
    return lambda at: at.call("Activation", at.input, activation=name)


def _gelu(at: LoweringContext) -> int:
    if at.args["approximate"]:
        return at.call("ops.gelu", at.input, approximate=True)
    return at.call("Activation", at.input, activation="gelu")


def _leaky_relu(at: LoweringContext) -> int:
    """Keras' layer takes no negative slope, its function does."""
    kind = "LeakyReLU" if at.args["slope"] >= 0 else "ops.leaky_relu"
    return at.call(kind, at.input, negative_slope=at.args["slope"])


def _prelu(at: LoweringContext) -> int:
    shared = tuple(range(1, at.rank + 1)) or None
    return at.call("PReLU", at.input, alpha_initializer=initializer(0.25), shared_axes=shared)


def _softmax(at: LoweringContext) -> int:
    if not is_composite(at.node):
        return at.call("Activation", at.input, activation="softmax")
    if batched(at.shape)[1:].count(None) > 1:
        return _softmax_of_slices(at)
    return in_steps(at)


def _softmax_of_slices(at: LoweringContext) -> int:
    """Part by part: Keras' Reshape takes no more than one length that is not known."""
    width = at.entering // at.args["splits"]
    part: Shape = (*at.shape[:-1], width)
    whole = (None, None, None)
    cuts = [(*[whole] * at.rank, (start, start + width, None)) for start in range(0, at.entering, width)]
    parts = [at.part(at.input, cut, part, "split") for cut in cuts]
    largest = parts[0]
    for one in parts[1:]:
        largest = at.call("ops.maximum", largest, one, shape=part, suffix="largest")
    below = [at.call("ops.subtract", one, largest, shape=part, suffix="below") for one in parts]
    powers = [at.call("ops.exp", one, shape=part, suffix="exp") for one in below]
    total = at.call("Add", *powers, shape=part, suffix="sum")
    shares = [at.call("ops.divide", one, total, shape=part, suffix="share") for one in powers]
    return at.call("Concatenate", *shares, axis=-1)


RULES: Rules = {
    "relu": _function("relu"),
    "relu6": _function("relu6"),
    "elu": _function("elu"),
    "silu": _function("silu"),
    "mish": _function("mish"),
    "softplus": _function("softplus"),
    "sigmoid": _function("sigmoid"),
    "hard_sigmoid": _function("hard_sigmoid"),
    "hard_swish": _function("hard_silu"),
    "tanh": _function("tanh"),
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "gelu": _gelu,
    "softmax": _softmax,
}
