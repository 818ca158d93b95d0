"""Functions of expressions: `min`, `round`, `len`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.values import Constant, Items, Value
from resnet_dsl.ir.parameters import is_number
from resnet_dsl.syntax import tree

FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "min": (1, 64, lambda *values: min(values)),
    "max": (1, 64, lambda *values: max(values)),
    "round": (1, 1, lambda value: math.floor(value + 0.5)),
    "ceil": (1, 1, math.ceil),
    "floor": (1, 1, math.floor),
    "sqrt": (1, 1, math.sqrt),
    "log2": (1, 1, math.log2),
    "len": (1, 1, len),
}
"""Functions of expressions, with the least and the largest number of their arguments."""

_POSITIVE = ("sqrt", "log2")


def check_unnamed(call: tree.Call) -> None:
    """Arguments of functions have no names. Raises DiagnosticError where one is given."""
    for item in call.arguments.items:
        if isinstance(item, tree.Argument):
            raise DiagnosticError(errors.unknown_argument(call.name.text, item.name.text, item.name.span, []))


def listed_apart(call: tree.Call, values: list[Constant]) -> list[Constant]:
    """What a function is given: the items of a list that `min` or `max` has alone. Raises DiagnosticError."""
    name = call.name.text
    least, most, _ = FUNCTIONS[name]
    if len(values) > most:
        raise DiagnosticError(errors.too_many(name, call.arguments.span, ["value"] * most))
    if len(values) < least:
        raise DiagnosticError(errors.missing(name, ["value"], call.span, bool(values)))
    alone = values[0] if len(values) == 1 else None
    return list(alone) if name in ("min", "max") and isinstance(alone, Items) and alone else values


def apply_function(call: tree.Call, values: list[Constant]) -> Constant:
    """What a function makes of values. Raises DiagnosticError where it takes no such ones."""
    name, span = call.name.text, call.arguments.span
    for value in values:
        if not (isinstance(value, tuple) and not isinstance(value, Value) if name == "len" else is_number(value)):
            raise DiagnosticError(errors.not_a("a list" if name == "len" else "a number", value, span))
    if name in _POSITIVE and not values[0] > 0:
        raise DiagnosticError(errors.not_a("a number above 0", values[0], span))
    return FUNCTIONS[name][2](*values)
