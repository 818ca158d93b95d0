"""Arguments of operations that do not fit: why, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.frames import Given, Invocation
from resnet_dsl.elaborate.meant import spelled
from resnet_dsl.elaborate.values import Constant, Items, Value
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.notation import written
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.parameters import EXTENT, FLAG, RATE, Parameter, is_integer, is_number
from resnet_dsl.syntax import tree


def misfit(operation: Operation, parameter: Parameter, given: Given, taken: Constant, call: Invocation) -> Diagnostic:
    """Why a value is not one that the parameter takes. ``taken``: the value as the parameter would take it."""
    value, span = given
    kind, what = parameter.kind, f"`{parameter.name}` of `{operation.name}` takes {parameter.kind.wants}"
    if isinstance(value, str) and kind.words:
        told = errors.unknown_word(operation.name, parameter.name, kind.wants, value, span, kind.words)
    elif not isinstance(taken, Value | Items) and kind.of_type(taken):
        told = Diagnostic("E0207", what, Label(span, f"this is {spell(value)}"))
    else:
        told = Diagnostic("E0206", what, Label(span, f"this is {sort_of(value)}: {spell(value)}"))
    return _remedied(told, operation, parameter, given, call)


def _remedied(
    told: Diagnostic, operation: Operation, parameter: Parameter, given: Given, call: Invocation
) -> Diagnostic:
    """With the first remedy that fits; where that is another text in the value's place, as an edit, too."""
    instead = _instead(operation, parameter, given)
    if instead is not None:
        return told._replace(help=f"write `{instead}`", edits=(Edit(given.span, instead),))
    return told._replace(help=_in_words(operation, parameter, given, call) or told.help)


def _instead(operation: Operation, parameter: Parameter, given: Given) -> str | None:
    """What the text of a value was to be, where one thing can be meant."""
    return next(filter(None, _readings(operation, parameter, *given)), None)


def _readings(operation: Operation, parameter: Parameter, value: Any, span: Any) -> Iterator[str | None]:
    text = span.text
    if isinstance(value, str):
        yield _unquoted(parameter, text)
        yield _named_for(operation, parameter, value) if text == value and not parameter.required else None
    if isinstance(value, bool):
        name, _, right = text.partition("==")
        yield f"{name.strip()} = {right.strip()}" if right and operation.parameter(name.strip()) else None
    if parameter.kind is FLAG and value in (0, 1):
        yield written(bool(value))
    if parameter.kind is RATE and is_integer(value) and 1 < value < 100:
        yield f"{value / 100:g}"
    if isinstance(value, Items) and parameter.kind.wants == EXTENT.wants and EXTENT.fits(tuple(value)):
        yield show(tuple(value)) if len(value) > 1 else str(value[0])
    if is_number(value) and not is_integer(value) and text == spell(value) and parameter.kind.fits(int(value)):
        yield str(int(value)) if value == int(value) else None
    if is_integer(value) and text == str(value) and parameter.kind.fits(-value):
        yield str(-value)


def _unquoted(parameter: Parameter, text: str) -> str | None:
    """A number or a truth value that stands in quotes."""
    inside = text[1:-1].strip().lower() if text.startswith('"') else ""
    if parameter.kind is FLAG:
        return inside if inside in ("true", "false") else None
    return inside if inside.isascii() and inside.isdigit() and parameter.kind.fits(int(inside)) else None


def _named_for(operation: Operation, parameter: Parameter, word: str) -> str | None:
    """A word of another parameter, whose name is left out: `conv(16, 3, same)`."""
    takers = [one.name for one in operation.parameters if one is not parameter and word in one.kind.words]
    return f"{takers[0]} = {word}" if len(takers) == 1 else None


def _in_words(operation: Operation, parameter: Parameter, given: Given, call: Invocation) -> str | None:
    value, span = given
    if isinstance(value, Value):
        return _value_given(operation, parameter, spelled(span), call)
    if is_number(value) and not parameter.kind.words:
        return _of_numbers(parameter, value)
    if isinstance(value, tuple) and parameter.kind.fits(1) and not parameter.kind.fits((1,)):
        return "write one number"
    if parameter.kind.words and not isinstance(value, str):
        return f"write one of these, as in `{parameter.name} = {parameter.kind.words[-1]}`"
    return None


def _of_numbers(parameter: Parameter, value: float) -> str | None:
    if parameter.kind is RATE and value >= 1:
        return "write a number below 1: `0.5` is one half"
    if not is_integer(value) and parameter.kind.fits(1):
        return "divide with `//`, which gives a whole number, or round it: `round(…)`"
    return "write 1 or more" if value < 1 and parameter.kind.fits(1) else None


def _value_given(operation: Operation, parameter: Parameter, name: str, call: Invocation) -> str:
    """What flows is no argument: its channels may be meant, or it stands where it does in other languages."""
    items = tree.items(call.arguments)
    needed = [one.name for one in operation.parameters if one.required]
    rest = [one for one in items[1:] if not isinstance(one, tree.Argument)]
    first = bool(items) and spelled(items[0].span) == name
    if first and len(rest) >= len(needed):
        own = ", ".join(spelled(one.span) for one in items[1:])
        return f"what flows in stands in front: write `{name} -> {operation.name}{f'({own})' if own else ''}`"
    return f"write `{name}.channels` for its channels; what flows in stands in front: `{name} -> {operation.name}(…)`"
