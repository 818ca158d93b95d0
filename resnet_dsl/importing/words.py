"""How values, arguments and calls are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument

Args: TypeAlias = Mapping[str, Argument]
"""Arguments as they are written, by name and in the order of the parameters; an Expression stands for its words."""


class Expression(str):
    """An argument's words: ``4 * width``."""

    __slots__ = ()


def value(argument: Argument) -> str:
    """An argument as the language has it: ``3x1``, ``[2, 1]``, ``1e-6``."""
    if isinstance(argument, Expression):
        return str(argument)
    if isinstance(argument, bool):
        return "true" if argument else "false"
    if isinstance(argument, tuple):
        return _several(argument)
    return re.sub(r"e([+-])0*(\d)", r"e\1\2", repr(argument)) if isinstance(argument, float) else str(argument)


def _several(argument: tuple[Argument, ...]) -> str:
    if all(isinstance(one, int) for one in argument):
        return "x".join(map(str, argument))
    if len(argument) == 1 and isinstance(argument[0], tuple):
        return _list(argument[0])
    return _list(argument)


def _list(items: Iterable[Argument]) -> str:
    return f"[{', '.join(_list(one) if isinstance(one, tuple) else value(one) for one in items)}]"


def call(name: str, args: Args, values: Iterable[str] = ()) -> str:
    """``conv(64, 3, stride = 2)``: what must be given has no name, nor has the first parameter, where none is left out.

    ``values``: what a merge merges, or what lends its size.
    """
    operation = OPERATIONS.get(name)
    known = {one.name: one.required for one in operation.parameters} if operation else {}
    order = [*known] if operation else [*args]
    lent = [*values] if "like" in args else []
    parts = [] if lent else [*values]
    for key, argument in args.items():
        bare = (key == order[0] or known.get(key, False)) and order[: len(parts) + 1][-1:] == [key]
        shown = lent[0] if key == "like" else value(argument)
        parts.append(shown if bare else f"{key} = {shown}")
    return f"{name}({', '.join(parts)})" if parts else name


def size(shape: Iterable[object]) -> str:
    """An input's: ``224x224x3``, ``32?x?x3``."""
    return "x".join("?" if one is None else str(one) for one in shape)


def same(one: Mapping[str, Argument], other: Mapping[str, Argument]) -> bool:
    return one.keys() == other.keys() and all(one[key] == other[key] for key in one)
