"""What primitives compute, in NumPy: steps of a composite operation one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.passes.primitives.step import Primitive, PrimitiveStep, each_primitive
from tests.interpreter.windows import Array, Weights

Args: TypeAlias = Mapping[str, Any]


def compute(steps: Sequence[PrimitiveStep], x: Array, weights: Weights) -> list[Array]:
    """The value of each step at inference. weights: by the operation's names."""
    values = [x]
    for step in steps:
        own = {name: np.asarray(weights[theirs], dtype=np.float64) for name, theirs in step.weights.items()}
        values.append(RULES[step.kind](step.args, [values[one] for one in step.inputs], own))
    return values[1:]


def _slice(args: Args, given: list[Array], weights: Weights) -> Array:
    return given[0][(slice(None), *(slice(*ends) for ends in args["key"]))]


def _reshape(args: Args, given: list[Array], weights: Weights) -> Array:
    lengths = [-1 if length is None else length for length in args["size"]]
    return given[0].reshape(len(given[0]), *lengths)


def _softmax(args: Args, given: list[Array], weights: Weights) -> Array:
    powers = np.exp(given[0] - given[0].max(args["axis"] + 1, keepdims=True))
    return np.asarray(powers / powers.sum(args["axis"] + 1, keepdims=True))


def _windows(args: Args, given: list[Array]) -> Array:
    """All windows, their numbers in the last axes."""
    axes = tuple(range(1, given[0].ndim - 1))
    found = np.lib.stride_tricks.sliding_window_view(given[0], args["kernel"], axes)  # type: ignore[call-overload]
    every = (slice(None), *(slice(None, None, step) for step in args["stride"]))
    return np.asarray(found[every].reshape(*found[every].shape[: given[0].ndim], -1))


def _around(args: Args, given: list[Array], mode: Any) -> Array:
    return np.pad(given[0], ((0, 0), *args["widths"], (0, 0)), mode)


RULES = each_primitive(
    "tests/interpreter/primitives.py",
    dict[Primitive, Callable[[Args, list[Array], Weights], Array]](
        {
            "slice": _slice,
            "reshape": _reshape,
            "permute": lambda args, given, weights: given[0].transpose(0, *(one + 1 for one in args["order"])),
            "repeat": lambda args, given, weights: given[0].repeat(args["times"], axis=-1),
            "border": lambda args, given, weights: _around(args, given, "constant"),
            "mirror": lambda args, given, weights: _around(args, given, "reflect"),
            "extend": lambda args, given, weights: np.pad(
                given[0], ((0, 0),) * (given[0].ndim - 1) + ((0, args["by"]),)
            ),
            "add": lambda args, given, weights: given[0] + given[1],
            "subtract": lambda args, given, weights: given[0] - given[1],
            "multiply": lambda args, given, weights: given[0] * given[1],
            "divide": lambda args, given, weights: given[0] / given[1],
            "maximum": lambda args, given, weights: np.maximum(*given),
            "plus": lambda args, given, weights: given[0] + args["number"],
            "times": lambda args, given, weights: given[0] * args["number"],
            "at_least": lambda args, given, weights: np.maximum(given[0], args["number"]),
            "square": lambda args, given, weights: given[0] ** 2,
            "rsqrt": lambda args, given, weights: given[0] ** -0.5,
            "sigmoid": lambda args, given, weights: 1 / (1 + np.exp(-given[0])),
            "softmax": _softmax,
            "is_zero": lambda args, given, weights: (given[0] == 0).astype(float),
            "ones_like": lambda args, given, weights: np.ones_like(given[0]),
            "dropout": lambda args, given, weights: given[0],
            "mean": lambda args, given, weights: given[0].mean(tuple(one + 1 for one in args["axes"]), keepdims=True),
            "maxpool": lambda args, given, weights: _windows(args, given).max(-1),
            "avgpool": lambda args, given, weights: _windows(args, given).mean(-1),
            "matmul": lambda args, given, weights: given[0] @ given[1],
            "project": lambda args, given, weights: given[0] @ weights["kernel"],
            "weigh": lambda args, given, weights: given[0] * weights["kernel"] + weights.get("bias", 0.0),
            "weight": lambda args, given, weights: weights["kernel"].reshape(1, -1),
        }
    ),
)
