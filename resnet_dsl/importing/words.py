"""How values, arguments and calls are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import TypeAlias

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument
from resnet_dsl.syntax.limits import fraction

Args: TypeAlias = Mapping[str, Argument]
"""Arguments as they are written, by name and in the order of the parameters; an Expression stands for its words."""


class Expression(str):
    """An argument's words: ``4 * width``."""

    __slots__ = ()


class Bare(str):
    """A block's parameter that stands first: its argument is written without its name."""

    __slots__ = ()


def value(argument: Argument) -> str:
    """An argument as the language has it: ``3x1``, ``[2, 1]``, ``1e-6``."""
    if isinstance(argument, Expression):
        return str(argument)
    if isinstance(argument, bool):
        return "true" if argument else "false"
    if isinstance(argument, tuple):
        return _several(argument)
    return fraction(argument) if isinstance(argument, float) else str(argument)


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
    bare = _without_names(name, args)
    lent = dict(zip(("like",), values, strict=False)) if "like" in args else {}
    shown = {key: lent.get(key) or value(one) for key, one in args.items()}
    given = [one if key in bare else f"{key} = {one}" for key, one in shown.items()]
    parts = [*(() if lent else values), *given]
    return f"{name}({', '.join(parts)})" if parts else name


def _without_names(name: str, args: Args) -> list[str]:
    """The arguments that stand in the order of the parameters, as far as these must be given; and the first."""
    operation = OPERATIONS.get(name)
    if operation is None:
        return [key for key in args if isinstance(key, Bare)]
    pairs = zip(args, operation.parameters, strict=False)
    kept = takewhile(lambda one: one[0] == one[1].name, pairs)
    return [key for number, (key, one) in enumerate(kept) if number == 0 or one.required]


def size(shape: Iterable[object]) -> str:
    """An input's: ``224x224x3``, ``32?x?x3``."""
    return "x".join("?" if one is None else str(one) for one in shape)


def same(one: Mapping[str, Argument], other: Mapping[str, Argument]) -> bool:
    return one.keys() == other.keys() and all(one[key] == other[key] for key in one)
