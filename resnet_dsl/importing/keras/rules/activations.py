"""Activations by the names that Keras gives them: of layers, of functions, and within other layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.importing.keras.at import At, Rules
from resnet_dsl.ir.operation import OperationName

_SAME: tuple[OperationName, ...] = (
    "relu", "relu6", "elu", "selu", "silu", "mish", "softplus", "sigmoid", "hard_sigmoid", "tanh", "softmax", "gelu",
)  # fmt: skip
NAMES: Mapping[str, tuple[OperationName, Mapping[str, Any]]] = {
    **{name: (name, {}) for name in _SAME},
    "swish": ("silu", {}),
    "hard_silu": ("hard_swish", {}),
    "hard_swish": ("hard_swish", {}),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}),
    "linear": ("identity", {}),
}
"""Keras' names: the operation of each, with its arguments."""


def activated(at: At, node: int) -> int:
    """The node's value with the activation that the layer has within it."""
    activation = at.settings.take("activation", "linear")
    return node if _name(activation) == "linear" else _apply(at, node, activation)


def _apply(at: At, node: int, activation: Any) -> int:
    name = _name(activation)
    if name == "hard_sigmoid" and at.is_of_keras_2:
        node = at.node("scale", node, value=1.2)  # there it is min(max(0, x / 5 + 1/2), 1)
    if name not in NAMES:
        raise at.cannot(f"has the activation `{name}`, which the language does not have")
    op, args = NAMES[name]
    return at.node(op, node, **args)


def _name(activation: Any) -> str:
    """Of Keras' own functions and layers without settings; any other is described by more than its name."""
    if isinstance(activation, str):
        return activation
    if not isinstance(activation, dict):
        return str(activation)[:60]
    module, config = activation.get("module"), activation.get("config")
    if activation.get("class_name") == "function" and isinstance(config, str) and module in ("builtins", None):
        return config if activation.get("registered_name") in (None, "function", config) else f"{config} (not Keras')"
    return str(activation.get("class_name"))[:60]


def _activation(at: At) -> int:
    return _apply(at, at.input, at.settings.take("activation", "linear"))


def _relu(at: At) -> int:
    most, slope = at.settings.take("max_value"), at.settings.number("negative_slope", 0.0)
    if at.settings.number("threshold", 0.0) != 0:
        raise at.cannot("has a threshold, which `relu` has not")
    if most is None:
        return at.node("leaky_relu", at.input, slope=slope) if slope else at.node("relu", at.input)
    if most != 6 or slope:
        raise at.cannot(f"ends at {str(most)[:20]}, and the language has `relu`, `relu6` and `leaky_relu`")
    return at.node("relu6", at.input)


def _leaky_relu(at: At) -> int:
    """Keras 2 calls the slope ``alpha``."""
    usual = at.settings.take("alpha", 0.3)
    return at.node("leaky_relu", at.input, slope=at.settings.number("negative_slope", usual))


def _elu(at: At) -> int:
    if at.settings.number("alpha", 1.0) != 1:
        raise at.cannot("has an `alpha`, and `elu` has that of 1")
    return at.node("elu", at.input)


def _prelu(at: At) -> int:
    shared = at.settings.axes("shared_axes", at.rank + 1) if at.settings.says("shared_axes") else ()
    if shared != tuple(range(1, at.rank + 1)):
        raise at.cannot("learns a slope for each position, and `prelu` one for each channel")
    weights = at.weights("alpha")
    if weights is not None and weights["alpha"].size == at.entering:
        weights = {"alpha": weights["alpha"].reshape(at.entering)}
    return at.node("prelu", at.input, weights=weights)


def _softmax(at: At) -> int:
    axes = at.settings.axes("axis", at.rank + 1)
    if axes == (at.rank + 1,):
        return at.node("softmax", at.input)
    if axes == tuple(range(1, at.rank + 1)):
        return at.node("spatial_softmax", at.input)
    raise at.cannot("runs along some of the axes, and `softmax` along the channels or all positions")


RULES: Rules = {
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softmax": _softmax,
    "ops.softmax": _softmax,
    **{
        f"ops.{name}": (lambda at, op=op, args=args: at.node(op, at.input, **args))  # type: ignore[misc]
        for name, (op, args) in NAMES.items()
        if name not in ("softmax", "gelu", "leaky_relu", "linear")
    },
    "ops.gelu": lambda at: at.node("gelu", at.input, approximate=at.settings.flag("approximate", True)),
    "ops.leaky_relu": lambda at: at.node("leaky_relu", at.input, slope=at.settings.number("negative_slope", 0.2)),
    "ops.abs": lambda at: at.node("abs", at.input),
}
