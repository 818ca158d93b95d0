"""Activations, as calls of Keras."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.ir.lengths import Shape, Unknown, elements
from resnet_dsl.targets.keras.calls import batched
from resnet_dsl.targets.keras.lower.place import Place, Rules, initializer
from resnet_dsl.targets.keras.lower.scaling import a_one


def _function(name: str) -> Callable[[Place], int]:
    """The rule of an activation that Keras has under this name."""
    return lambda at: at.call("Activation", at.input, activation=name)


def _gelu(at: Place) -> int:
    if at.args["approximate"]:
        return at.call("ops.gelu", at.input, approximate=True)
    return at.call("Activation", at.input, activation="gelu")


def _leaky_relu(at: Place) -> int:
    """Keras' layer takes no negative slope, its function does."""
    kind = "LeakyReLU" if at.args["slope"] >= 0 else "ops.leaky_relu"
    return at.call(kind, at.input, negative_slope=at.args["slope"])


def _prelu(at: Place) -> int:
    shared = tuple(range(1, at.rank + 1)) or None
    return at.call("PReLU", at.input, alpha_initializer=initializer(0.25), shared_axes=shared)


def _tlu(at: Place) -> int:
    """max(x, tau); tau is the kernel of a Dense layer that is fed with a one."""
    one = a_one(at)
    shape = (*(1 if isinstance(length, int) else length for length in at.shape[:-1]), at.entering)
    zeros = initializer("zeros")
    kept = {"tau": "kernel"}
    tau = at.call("Dense", one, shape=shape, keeps=kept, units=at.entering, use_bias=False, kernel_initializer=zeros)
    return at.call("ops.maximum", at.input, tau, suffix="max")


def _softmax(at: Place) -> int:
    if at.args["splits"] == 1:
        return at.call("Activation", at.input, activation="softmax")
    if batched(at.shape)[1:].count(None) > 1:
        return _softmax_of_slices(at)
    splits, width = at.args["splits"], at.entering // at.args["splits"]
    shape: Shape = (elements(at.shape[:-1]) or Unknown("positions"), splits, width)
    value = at.call("Reshape", at.input, shape=shape, suffix="split", target_shape=(-1, splits, width))
    value = at.call("Softmax", value, shape=shape, axis=-2)
    return at.call("Reshape", value, suffix="join", target_shape=_target(at.shape))


def _target(shape: Shape) -> tuple[int, ...]:
    return tuple(length if isinstance(length, int) else -1 for length in shape)


def _softmax_of_slices(at: Place) -> int:
    """The same part by part: Keras' Reshape takes no more than one length that is not known."""
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
    "tlu": _tlu,
    "gelu": _gelu,
    "softmax": _softmax,
}
