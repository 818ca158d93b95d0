"""Arguments of calls: which parameter each belongs to, where the rest comes from, and whether they fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Mistake
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.values import POISON, Constant, Frame, Items, Value
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.parameters import Parameter, is_number
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Given(NamedTuple):
    """A value for a parameter, and where it was written."""

    value: Constant
    span: Span


Wanted = Callable[[Value, tuple[str, ...]], Mapping[str, Given]]
"""What an adapter's step is given on top of its own arguments, of the parameters that it has."""


class Call(NamedTuple):
    """One step that calls something, and all that the callee's arguments may come from.

    extra: what the call of a slot passes on to what fills it.
    """

    arguments: tree.Arguments | None
    frame: Frame
    current: Value | None
    step: tree.Step
    wanted: Wanted | None = None
    extra: Mapping[str, Given] = MappingProxyType({})


Evaluate = Callable[[tree.Expression], Constant]
Report = Callable[[Diagnostic], None]


def assign(
    callee: str, known: list[str], arguments: tree.Arguments | None, evaluate: Evaluate, report: Report
) -> dict[str, Given]:
    """The arguments of a call by parameter. Mistakes are reported; an argument that has one is POISON."""
    given: dict[str, Given] = {}
    names = set(known)
    for position, item in enumerate(arguments.items if arguments is not None else ()):
        expression = item.value if isinstance(item, tree.Argument) else item
        value = evaluate(expression)
        if isinstance(item, tree.Argument):
            name = item.name.text
            if name not in names:
                report(errors.unknown_argument(callee, name, item.name.span, known))
                continue
        elif position >= len(known):
            report(errors.too_many(callee, item.span, known))
            break
        else:
            name = known[position]
        if name in given:
            report(errors.given_twice(callee, name, item.span, given[name].span))
            continue
        given[name] = Given(value, expression.span)
    return given


def check_argument(callee: str, parameter: Parameter, given: Given) -> None:
    """Raises Mistake where a value is not one that the parameter takes."""
    value, span = given
    kind = parameter.kind
    if not isinstance(value, Value | Items) and kind.fits(value):
        return
    if isinstance(value, str) and kind.words:
        raise Mistake(errors.unknown_word(callee, parameter.name, kind.wants, value, span, kind.words))
    if isinstance(value, Value | Items) or not kind.of_type(value):
        wrong = errors.wrong_type(callee, parameter.name, kind.wants, value, span)
        fraction = is_number(value) and not isinstance(value, int)
        raise Mistake(wrong._replace(help="round it, or divide with `//`") if fraction else wrong)
    raise Mistake(errors.out_of_range(callee, parameter.name, kind.wants, value, span))


def check_all(operation: Operation, given: Mapping[str, Given], span: Span, report: Report) -> bool:
    """Whether all arguments of an operation fit and none is missing; what is wrong is reported."""
    sound = True
    for name, one in given.items():
        if one.value is POISON:
            sound = False
            continue
        parameter = operation.parameter(name)
        assert parameter is not None
        try:
            check_argument(operation.name, parameter, one)
        except Mistake as mistake:
            report(mistake.diagnostic)
            sound = False
    absent = [one.name for one in operation.parameters if one.required and one.name not in given]
    if absent:
        report(errors.missing(operation.name, absent, span, bool(given)))
    return sound and not absent
