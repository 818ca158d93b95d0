"""What works number by number, however the tensor's axes lie: activations, noise, and softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.rules.factors import at_least
from resnet_dsl.importing.torch.standing import lines, maps, plain, repeated
from resnet_dsl.importing.torch.values import Constant, Held
from resnet_dsl.importing.torch.views import Atom, Axis, whole


def each(op: str, **arguments: Any) -> Callable[[TracedCall], Held]:
    """An operation that takes every number by itself."""

    def rule(at: TracedCall) -> Held:
        return applied(at, plain(at, at.first), op, **arguments)

    return rule


def applied(at: TracedCall, held: Held, op: str, **arguments: Any) -> Held:
    return held._replace(node=at.node(op, [held.node], **arguments))


def _same(at: TracedCall) -> Held:
    kind = at.arguments.get("dtype")
    if kind is not None and not kind.is_floating_point:
        raise at.refuse(f"makes numbers of type {str(kind).removeprefix('torch.')}, and all are floating-point here")
    held: Held = at.first
    return held


def _elu(at: TracedCall) -> Held:
    """torch's `selu` is an `elu`, too, with the paper's two numbers."""
    numbers = (at["alpha"], at["scale"], at["input_scale"])
    if numbers[2] == 1 and np.allclose(numbers[:2], (1.6732632423543772, 1.0507009873554805), rtol=1e-9):
        return each("selu")(at)
    if numbers != (1, 1, 1):
        raise at.refuse(f"is an `elu` with alpha = {numbers[0]}, and the language has that with 1")
    return each("elu")(at)


def _clamp(at: TracedCall) -> Held:
    low, high = _ends(at)
    if not all(one is None or isinstance(one, int | float) for one in (low, high)):
        raise at.refuse("keeps numbers between others that are no plain numbers")
    if low == 0 and high in (None, 6):
        return each("relu" if high is None else "relu6")(at)
    raise at.refuse(f"keeps numbers between {low} and {high}; the language has `relu` (from 0) and `relu6` (0 to 6)")


def _ends(at: TracedCall) -> tuple[Any, Any]:
    """What a clamp keeps its numbers between, whatever torch calls it."""
    ends = [at.arguments.get(name, at.arguments.get(f"{name}_val")) for name in ("min", "max")]
    return ends[0], ends[1]


def _gelu(at: TracedCall) -> Held:
    return each("gelu", approximate=at["approximate"] == "tanh")(at)


def _softplus(at: TracedCall) -> Held:
    if at["beta"] != 1 or at["threshold"] < 15:
        raise at.refuse("is a `softplus` with a factor, or one that is cut off early")
    return each("softplus")(at)


def _prelu(at: TracedCall) -> Held:
    """One slope for all channels is the same slope for each."""
    held, slope = plain(at, at.first), at["weight"]
    if not isinstance(slope, Constant):
        raise at.refuse("computes its slope from what flows in")
    shape = at.shape(held.node)
    if held.axes[1] != whole(len(shape), shape[-1]):
        held = at.maps(maps(at, held))
    if slope.tensor.numel() == 1 < shape[-1]:
        at.say(f"`{at.label}` learns one slope for all channels; here each channel has its own")
    weights = {"alpha": np.broadcast_to(slope.array.ravel(), shape[-1:]).copy()}
    return held._replace(node=at.layer("prelu", [held.node], weights, {"alpha": slope}))


def _dropout(at: TracedCall) -> Held:
    """At inference there is none, unless the module asks for it all the same."""
    if at.arguments.get("train", True):
        raise at.refuse(f"drops numbers by chance at inference, too (torch's `{at.name}` with `training=True`)")
    return _same(at)


def _softmax(at: TracedCall) -> Held:
    held, axis = repeated(at, plain(at, at.first)), at.axis()
    found = _along(at, held.axes[axis], at.shape(held.node))
    if found is None:
        held = at.natural(lines(at, held)) if axis == len(held.lengths) - 1 else at.maps(maps(at, held))
        found = _along(at, held.axes[axis], at.shape(held.node))
    if found is None:
        raise at.refuse("is a softmax along something else than the channels, parts of them, or all positions")
    return held._replace(node=found(held.node))


def _along(at: TracedCall, axis: Axis, shape: tuple[int, ...]) -> Callable[[int], int] | None:
    """The softmax along an axis: of the channels, across equal parts of them, or of all positions."""
    rank, channels = len(shape), shape[-1]
    if axis == whole(rank, channels):
        return lambda node: at.node("softmax", [node])
    if len(axis) == 1 and axis[0].axis == rank and axis[0].step * axis[0].length == channels:
        return lambda node: at.node("softmax", [node], splits=axis[0].length)
    if axis and axis == tuple(Atom(index + 1, 1, one) for index, one in enumerate(shape[:-1]) if one > 1):
        return lambda node: at.node("spatial_softmax", [node])
    return None


_PLAIN = ("relu", "silu", "mish", "sigmoid", "tanh", "abs", "selu")
_UNCHANGED = (
    *("contiguous", "clone", "detach", "alias", "lift_fresh_copy", "_to_copy", "to", "type_as", "identity", "positive"),
    *("detach_", "resolve_conj", "resolve_neg"),
)
_NOISE = ("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout", "native_dropout")

RULES: Rules = {
    **{name: each(name) for name in _PLAIN},
    "relu6": each("relu6"),
    "hardsigmoid": each("hard_sigmoid"),
    "hardswish": each("hard_swish"),
    "leaky_relu": lambda at: each("leaky_relu", slope=at["negative_slope"])(at),
    "elu": _elu,
    **dict.fromkeys(("clamp", "hardtanh", "clamp_min"), _clamp),
    "gelu": _gelu,
    "maximum": at_least,
    "softplus": _softplus,
    **dict.fromkeys(("prelu", "_prelu_kernel"), _prelu),
    **dict.fromkeys(_NOISE, _dropout),
    **dict.fromkeys(("softmax", "_softmax"), _softmax),
    **dict.fromkeys(_UNCHANGED, _same),
    "_assert_tensor_metadata": lambda at: None,
}
