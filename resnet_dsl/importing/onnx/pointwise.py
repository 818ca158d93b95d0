"""Activations that were written out in steps, known again by the numbers that they make.

Exporters write GELU in a dozen ways, and none is looked for: where steps make each number of one by itself, they are
computed at two thousand places in double precision, and are the activation that makes the same numbers there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import erf, pi, sqrt
from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.operators import Operators
from resnet_dsl.importing.onnx.source import Operator

_PLACES = np.concatenate([np.linspace(-12, 12, 2001), [-40.0, 40.0]])
_CLOSE = 2e-6
"""Of constants in float32."""
_MOST_STEPS = 16

_ERF = np.vectorize(erf, otypes=[float])


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def _tanh_gelu(x: Array) -> Array:
    return np.asarray(x / 2 * (1 + np.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))))


def _hard(x: Array) -> Array:
    return np.clip(x / 6 + 0.5, 0, 1)


_KNOWN: dict[str, tuple[Callable[[Array], Array], dict[str, Any]]] = {
    "Gelu": (lambda x: x / 2 * (1 + _ERF(x / sqrt(2))), {}),
    "Gelu tanh": (_tanh_gelu, {"approximate": "tanh"}),
    "Swish": (lambda x: x * _sigmoid(x), {}),
    "Mish": (lambda x: x * np.tanh(np.logaddexp(0, x)), {}),
    "HardSwish": (lambda x: x * _hard(x), {}),
    "HardSigmoid": (_hard, {"alpha": 1 / 6, "beta": 0.5}),
    "Softplus": (lambda x: np.logaddexp(0, x), {}),
    "Sigmoid": (_sigmoid, {}),
    "Relu": (lambda x: np.maximum(x, 0), {}),
    "Clip": (lambda x: np.clip(x, 0, 6), {"min": 0.0, "max": 6.0}),
    "Elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), {"alpha": 1.0}),
    "Selu": (lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))), {}),
}
_EXPECTED = {name: function(_PLACES) for name, (function, _) in _KNOWN.items()}


def _clip(operator: Operator, given: list[Any]) -> Any:
    low, high = ([*given[1:], None, None][place] for place in (0, 1))
    low = operator.attributes.get("min") if low is None else low
    high = operator.attributes.get("max") if high is None else high
    return np.clip(given[0], low, high) if (low, high) != (None, None) else given[0]


def _gelu(operator: Operator, given: list[Any]) -> Any:
    return _EXPECTED_OF["Gelu tanh" if operator.attributes.get("approximate") == "tanh" else "Gelu"](given[0])


_EXPECTED_OF = {name: function for name, (function, _) in _KNOWN.items()}
_Step = Callable[[Operator, list[Any]], Any]
_STEPS: dict[str, _Step] = {
    "Add": lambda operator, given: given[0] + given[1],
    "Sub": lambda operator, given: given[0] - given[1],
    "Mul": lambda operator, given: given[0] * given[1],
    "Div": lambda operator, given: given[0] / given[1],
    "Pow": lambda operator, given: given[0] ** given[1],
    "Max": lambda operator, given: np.maximum(given[0], given[-1]),
    "Min": lambda operator, given: np.minimum(given[0], given[-1]),
    "Neg": lambda operator, given: -given[0],
    "Abs": lambda operator, given: np.abs(given[0]),
    "Exp": lambda operator, given: np.exp(given[0]),
    "Log": lambda operator, given: np.log(given[0]),
    "Sqrt": lambda operator, given: np.sqrt(given[0]),
    "Reciprocal": lambda operator, given: 1 / given[0],
    "Erf": lambda operator, given: _ERF(given[0]),
    "Tanh": lambda operator, given: np.tanh(given[0]),
    "Sigmoid": lambda operator, given: _sigmoid(given[0]),
    "Softplus": lambda operator, given: np.logaddexp(0, given[0]),
    "Relu": lambda operator, given: np.maximum(given[0], 0),
    "Clip": _clip,
    "Gelu": _gelu,
    "HardSigmoid": lambda operator, given: np.clip(
        operator.attributes.get("alpha", 0.2) * given[0] + operator.attributes.get("beta", 0.5), 0, 1
    ),
    "Identity": lambda operator, given: given[0],
    "Cast": lambda operator, given: given[0],
}
_BENT = {"Erf", "Tanh", "Exp", "Log", "Softplus", "Sigmoid", "Clip", "HardSigmoid", "Max", "Min", "Relu", "Abs", "Pow"}
"""One of which an activation has: without it steps are sums and products, and are read as such."""


def activations(operators: Operators) -> Iterator[tuple[Operator, Operator]]:
    """(the last step, the activation) for each that is found, the last of the network first."""
    taken: set[str] = set()
    order = {name: place for place, name in enumerate(operators.by_output)}
    for root in reversed([*operators]):
        if root.kind not in _STEPS or root.output in taken:
            continue
        steps = sorted(_steps(operators, root), key=lambda one: order[one.output])
        if len(steps) < 2 or not _BENT & {one.kind for one in steps}:
            continue
        found = _found(operators, root, steps)
        if found is not None:
            taken |= {one.output for one in steps if one.output not in _before(operators, found.inputs[0], steps)}
            yield root, found


def _before(of: Operators, name: str, steps: list[Operator]) -> set[str]:
    """The tensors among those of the steps from which one is made, itself among them."""
    inner, found, waiting = {one.output for one in steps}, {name}, [name]
    while waiting:
        made = of.by_output.get(waiting.pop())
        more = {one for one in made.inputs if one in inner} - found if made is not None else set()
        found |= more
        waiting += more
    return found


def _steps(of: Operators, root: Operator) -> list[Operator]:
    """The steps that lead to one, as far as nothing else reads between them."""
    steps = [root]
    grown = True
    while grown and len(steps) < _MOST_STEPS:
        grown = False
        for name in [name for one in steps for name in one.inputs]:
            before = of.by_output.get(name)
            if before is None or before in steps or before.kind not in _STEPS:
                continue
            inside = sum(name == one for step in steps for one in step.inputs)
            if inside == of.readers.get(name):
                steps.append(before)
                grown = True
    return steps


def _found(of: Operators, root: Operator, steps: list[Operator]) -> Operator | None:
    """The activation that the steps behind one tensor are, for the tensor that lies the furthest back."""
    names = dict.fromkeys(name for one in steps for name in one.inputs if name and name not in of.arrays)
    for name in names:
        made = _computed(of, root, steps, name)
        if made is None:
            continue
        for known, expected in _EXPECTED.items():
            if np.allclose(made, expected, rtol=_CLOSE, atol=_CLOSE):
                return replace(root, kind=known.split()[0], inputs=(name,), attributes=_KNOWN[known][1])
    return None


def _computed(of: Operators, root: Operator, steps: list[Operator], name: str) -> Array | None:
    """What the steps make where one tensor has these numbers; None where they read another one, too."""
    values: dict[str, Any] = {name: _PLACES}
    with np.errstate(all="ignore"):
        for step in steps:
            given = [values.get(one, of.number(one)) if one else None for one in step.inputs]
            if step.output != name and not any(
                one is None and key for one, key in zip(given, step.inputs, strict=True)
            ):
                values[step.output] = _STEPS[step.kind](step, given)
    return values.get(root.output) if root.output != name else None
