"""Arguments of operations that do not fit: why, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import respelt
from resnet_dsl.elaborate import errors, notation, unvalued
from resnet_dsl.elaborate.arithmetic import extent
from resnet_dsl.elaborate.frames import Given, Invocation
from resnet_dsl.elaborate.values import Constant, Items, Value
from resnet_dsl.elaborate.wording import sort_of, spell, spelled
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.notation import written
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.parameters import EXTENT, FLAG, LARGEST, LIKE, RATE, Parameter, is_integer, is_number
from resnet_dsl.ir.reference import default
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def misfit(operation: Operation, parameter: Parameter, given: Given, taken: Constant, call: Invocation) -> Diagnostic:
    """Why a value is not one that the parameter takes. ``taken``: the value as the parameter would take it."""
    value, span = given
    if misread := notation.comma_in_number(span, is_sure=False) or _activation(value, span):
        return misread
    kind, what = parameter.kind, f"`{parameter.name}` of `{operation.name}` takes {parameter.kind.wants}"
    if isinstance(value, str) and kind.words:
        told = errors.unknown_word(operation.name, parameter.name, kind.wants, value, span, kind.words)
    elif not isinstance(taken, Value | Items) and kind.of_type(taken):
        told = Diagnostic("E0207", what, Label(span, f"this is {spell(value)}"))
    else:
        told = Diagnostic("E0206", what, Label(span, f"this is {sort_of(value)}: {spell(value)}"))
    return _remedied(told, operation, parameter, given, call)


def _activation(value: Constant, span: Span) -> Diagnostic | None:
    from resnet_dsl.vocabulary import hints

    hint = hints.of_activation(span) if isinstance(value, str) else None
    return None if hint is None else hint.diagnostic


def _remedied(
    told: Diagnostic, operation: Operation, parameter: Parameter, given: Given, call: Invocation
) -> Diagnostic:
    """With the first remedy that fits; where that is another text in the value's place, as an edit, too."""
    if (same := _in_other_notation(parameter, given)) is not None:
        return told._replace(help=f"write `{same}`", edits=(Edit(given.span, same),), sure=True)
    instead = _instead(operation, parameter, given, call)
    if instead is not None:
        return told._replace(help=f"write `{instead}`", edits=(Edit(given.span, instead),))
    if given.value == given.span.text and not parameter.kind.words:  # a word, which a name may be near to
        told = respelt(told, given.span.text, call.frame.constants)
    return told if told.edits else told._replace(help=_in_words(operation, parameter, given, call) or told.help)


def _in_other_notation(parameter: Parameter, given: Given) -> str | None:
    """What is meant by ``[3, 3]`` or ``0x10``, where the parameter takes that: the same value, as it is written."""
    value, text = given.value, given.span.text
    number, size = notation.other_base(text), notation.lengths(text)
    if number is not None and parameter.kind.fits(number):
        return str(number)
    return size if size and isinstance(value, Items) and parameter.kind.fits(tuple(value)) else None


_FILLED = {0: "zeros", 1: "ones"}
"""The words for arrays of one number."""


def _instead(operation: Operation, parameter: Parameter, given: Given, call: Invocation) -> str | None:
    """What the text of a value was to be, where one thing can be meant."""
    return next(filter(None, _readings(operation, parameter, given, call)), None)


def _readings(operation: Operation, parameter: Parameter, given: Given, call: Invocation) -> Iterator[str | None]:
    value, text, fits = given.value, given.span.text, parameter.kind.fits
    if isinstance(value, Value) and operation.parameter("like") and _is_positional(given, call):
        yield f"like = {spelled(given.span)}"
    if isinstance(value, str):
        yield _unquoted(parameter, text)
        yield _named_for(operation, parameter, value) if text == value and _is_positional(given, call) else None
    if isinstance(value, bool):
        name, _, right = text.partition("==")
        yield f"{name.strip()} = {right.strip()}" if right and operation.parameter(name.strip()) else None
    elif parameter.kind is FLAG and value in (0, 1):
        yield written(bool(value))
    if is_integer(value) and _FILLED.get(value) in parameter.kind.words:
        yield _FILLED[value]
    if fits(1) and not fits(0.5) and is_number(value) and not is_integer(value):
        yield unvalued.as_whole(value, given.span)
    if parameter.kind is RATE and is_integer(value) and 1 < value < 100:
        yield f"{value / 100:g}"
    if isinstance(value, Items) and parameter.kind.wants == EXTENT.wants and EXTENT.fits(tuple(value)):
        yield show(tuple(value)) if len(value) > 1 else str(value[0])
    if is_number(value) and not is_integer(value) and text == spell(value) and value == int(value) and fits(int(value)):
        yield str(int(value))
    if is_integer(value) and text == str(value) and value < 0 and parameter.required and not fits(0) and fits(-value):
        yield str(-value)


def _is_positional(given: Given, call: Invocation) -> bool:
    return any(item.span == given.span for item in tree.items(call.arguments))


def _unquoted(parameter: Parameter, text: str) -> str | None:
    """A number or a truth value that stands in quotes."""
    inside = text[1:-1].strip().lower() if text.startswith('"') else ""
    if parameter.kind is FLAG:
        return inside if inside in ("true", "false") else None
    if re.fullmatch(r"[1-9]\d{0,3}(x[1-9]\d{0,3}){1,3}", inside) and parameter.kind.fits(extent(inside)):
        return inside
    return inside if inside.isascii() and inside.isdigit() and parameter.kind.fits(int(inside)) else None


def _named_for(operation: Operation, parameter: Parameter, word: str) -> str | None:
    """A word of another parameter, whose name is left out: `conv(16, 3, same)`."""
    takers = [one.name for one in operation.parameters if one is not parameter and word in one.kind.words]
    return f"{takers[0]} = {word}" if len(takers) == 1 and not parameter.required else None


def _in_words(operation: Operation, parameter: Parameter, given: Given, call: Invocation) -> str | None:
    value, kind = given.value, parameter.kind
    if isinstance(value, Value):
        return _value_given(operation, given, call)
    if is_number(value) and not kind.words:
        return _of_numbers(parameter, value, given.span)
    if isinstance(value, str):
        return None if kind.words else _of_text(parameter, value)
    if isinstance(value, bool) and not kind.words:
        return "a number is needed here: `==` compares and gives a truth value, `=` gives an argument"
    if isinstance(value, tuple) and kind.fits(1) and not kind.fits((1,)):
        return "write one number"
    return f"write one of these, such as `{_example(parameter, value)}`" if kind.words else None


def _example(parameter: Parameter, value: Constant) -> str:
    """A word that a parameter takes: the default, unless `true` asks for something else."""
    words = [word for word in parameter.kind.words if value is not True or word != parameter.default]
    return str(parameter.default) if parameter.default in words else words[0]


def _of_numbers(parameter: Parameter, value: float, span: Span) -> str | None:
    kind = parameter.kind
    if kind is LIKE:
        return f"name a value that flows: `{parameter.name} = in`"
    counts = kind.fits(1) and not kind.fits(0.5)
    if kind is RATE:
        return "write 0 or more, and less than 1: `0.5` is one half"
    if value > LARGEST:
        return f"numbers here end at {LARGEST:_}"
    if counts and not is_integer(value) and value > 1:
        return unvalued.rounded(value, span)
    if not parameter.required:
        return f"leave it out for `{default(parameter)}`, its default"
    return f"write {0 if kind.fits(0) else 1} or more" if counts else None


def _of_text(parameter: Parameter, value: str) -> str | None:
    """A word or a text for a number."""
    if value.isascii() and value.isdigit():
        return f"write `{value}` where it is given, without quotes"
    if not parameter.required:
        return f"leave it out for `{default(parameter)}`, its default"
    return f"write a number, such as `{3 if parameter.kind.fits(3) else 0.5}`"


def _value_given(operation: Operation, given: Given, call: Invocation) -> str:
    """What flows is no argument: its channels may be meant, or it stands where it does in other languages."""
    name, items = spelled(given.span), tree.items(call.arguments)
    if name in call.frame.constants:
        return f"`{name}` was given a value that flows: what flows into a block stands in front of its call"
    needed = [one.name for one in operation.parameters if one.required]
    rest = [one for one in items[1:] if not isinstance(one, tree.Argument)]
    if items and items[0].span == given.span and len(rest) >= len(needed):
        own = ", ".join(spelled(one.span) for one in items[1:])
        return f"what flows in stands in front: write `{name} -> {operation.name}{f'({own})' if own else ''}`"
    return f"write `{name}.channels` for its channels; what flows in stands in front: `{name} -> {operation.name}(…)`"
