"""Normalisation: over the batch (with the statistics that it has), channels, groups of them, or positions."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.importing.torch.reading import Rules, TracedCall
from resnet_dsl.importing.torch.standing import lines, maps, places, plain, row
from resnet_dsl.importing.torch.values import Constant, Held
from resnet_dsl.importing.torch.views import whole

_Array: TypeAlias = np.ndarray[Any, Any]
_NAMES = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def _batchnorm(at: TracedCall) -> list[Held]:
    """The operator returns statistics, too, which nothing reads at inference."""
    if at.arguments.get("running_mean") is None or at.arguments.get("training"):
        raise at.refuse("normalises by the statistics of the batch, not by ones that it has learned")
    held, order = _by_channel(at)
    arguments = {"epsilon": at["eps"], "momentum": 1 - at["momentum"]}
    arguments["momentum"] = float(f"{arguments['momentum']:.12g}")
    return [held._replace(node=_normed(at, "batchnorm", held.node, order, **arguments))]


def _by_channel(at: TracedCall) -> tuple[Held, _Array | None]:
    """A value whose channels the tensor has behind its batch; of a row of numbers where each of them stands."""
    held = plain(at, at.first)
    shape = at.shape(held.node)
    if held.axes[1] == whole(len(shape), shape[-1]):
        return held, None
    if len(held.lengths) == 2:
        vector = row(at, held)
        return vector, places(vector)
    return at.maps(maps(at, held)), None


def _normed(at: TracedCall, op: str, node: int, order: _Array | None = None, **arguments: Any) -> int:
    """With the weights that it has: a factor and an offset for each channel, or one of them, or none."""
    of = {ours: at[theirs] for theirs, ours in _NAMES.items() if at.arguments.get(theirs) is not None}
    if not all(isinstance(one, Constant) for one in of.values()):
        raise at.refuse("computes its factors from what flows in")
    weights = {name: _placed(one.array.ravel(), order) for name, one in of.items()}
    return at.layer(op, [node], weights, of, scale="gamma" in of, center="beta" in of, **arguments)


def _placed(numbers: _Array, order: _Array | None) -> _Array:
    if order is None:
        return numbers
    turned = np.empty_like(numbers)
    turned[order] = numbers
    return turned


def _layernorm(at: TracedCall) -> Held:
    held, lengths = plain(at, at.first), at["normalized_shape"]
    if len(lengths) != 1:
        return _over_all(at, held)
    shape = at.shape(held.node)
    if len(held.lengths) == 2 and held.axes[-1] != whole(len(shape), shape[-1]):
        held = row(at, held)
        return at.like(held, _normed(at, "layernorm", held.node, places(held), epsilon=at["eps"]))
    if held.axes[-1] != whole(len(shape), shape[-1]):
        held = at.natural(lines(at, held))
    return at.like(held, _normed(at, "layernorm", held.node, epsilon=at["eps"]))


def _over_all(at: TracedCall, held: Held) -> Held:
    """Over all that a sample has: a group norm of one group, where there is no factor for each position."""
    if len(at["normalized_shape"]) != len(held.lengths) - 1 or at["weight"] is not None or at["bias"] is not None:
        raise at.refuse("normalises over several axes, with factors of its own for each position")
    return at.like(held, _normed(at, "groupnorm", held.node, groups=1, epsilon=at["eps"]))


def _groupnorm(at: TracedCall) -> Held:
    node = maps(at, at.first)
    return at.maps(_normed(at, "groupnorm", node, groups=at["num_groups"], epsilon=at["eps"]))


def _instancenorm(at: TracedCall) -> Held:
    if not at["use_input_stats"]:
        node = maps(at, at.first)
        return at.maps(_normed(at, "batchnorm", node, epsilon=at["eps"]))
    at.arguments.update(running_mean=None, running_var=None)
    return at.maps(_normed(at, "instancenorm", maps(at, at.first), epsilon=at["eps"]))


RULES: Rules = {
    **dict.fromkeys(("_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "batch_norm"), _batchnorm),
    "layer_norm": _layernorm,
    "group_norm": _groupnorm,
    "instance_norm": _instancenorm,
}
