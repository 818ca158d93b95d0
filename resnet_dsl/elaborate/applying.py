"""Applying operations: their arguments from all that may give them, and a node of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.arguments import arguments_of
from resnet_dsl.elaborate.context import Context
from resnet_dsl.elaborate.frames import Invocation
from resnet_dsl.elaborate.values import Current, Origin, PoisonedError, Value
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import Operation, UnfitError
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

LONGEST_LABEL = 100

_LOOKED_THROUGH = 10  # names looked through for those of a family that take as long as a term


def apply_operation(context: Context, operation: Operation, call: Invocation) -> Current:
    """The operation's result on what flows; None behind a mistake. Raises DiagnosticError."""
    if operation.many:
        return _merge(context, operation, call)
    values = arguments_of(context, operation, call)
    if values is None or call.current is None:
        return None
    if call.step.label is None and _does_nothing(operation, values):
        return call.current
    return _place(context, operation, tuple(values.items()), (call.current,), call)


def _merge(context: Context, operation: Operation, call: Invocation) -> Value:
    values: list[Value] = []
    for item in tree.items(call.arguments):
        if isinstance(item, tree.Argument):
            raise DiagnosticError(errors.unknown_argument(operation.name, item.name.text, item.name.span, []))
        values.extend(_merged_values(context, item, call))
    if len(values) < 2:
        raise DiagnosticError(_few_values(operation.name, len(values), call.step.span))
    if len(values) > operation.most:
        raise DiagnosticError(_many_values(operation.name, len(values), call.step.span))
    return _place(context, operation, (), tuple(values), call)


def _merged_values(context: Context, item: tree.Expression, call: Invocation) -> list[Value]:
    """The value that an argument names, or all of a family: `concat(branch)` merges `branch[0]`, `branch[1]`, …"""
    known = call.frame.values
    if isinstance(item, tree.Name) and item.token.text not in known:
        family = sorted(key for key in known if isinstance(key, tuple) and key[0] == item.token.text)
        context.budget.spend(item.span, len(known) // _LOOKED_THROUGH)
        if family:
            context.budget.spend(item.span, len(family))
            found = [known[key] for key in family]
            if None in found:
                raise PoisonedError
            return [one for one in found if one is not None]
    return [context.evaluator.flowing(item, call.frame)]


def _place(
    context: Context,
    operation: Operation,
    arguments: tuple[tuple[str, Any], ...],
    inputs: tuple[Value, ...],
    call: Invocation,
) -> Value:
    """A node of the graph; what does not fit is a Mistake at the step."""
    step = call.step
    label = None if step.label is None else _label(step.label)
    origin = Origin(step.span, call.frame.caller)
    try:
        return context.builder.place(operation, arguments, inputs, call.frame.scope, origin, label)
    except UnfitError as unfit:
        flowing = Label(step.span, f"what flows in is {' and '.join(show(one.shape) for one in inputs)}")
        raise DiagnosticError(Diagnostic(unfit.code, unfit.message, flowing, help=unfit.remedy)) from None


def _label(token: tree.Token) -> str:
    """The name behind `as`. Raises DiagnosticError where Keras could not give it to a layer."""
    text = token.text[1:-1]
    if len(text) > LONGEST_LABEL or not text or not all(letter.isalnum() or letter in "_-." for letter in text):
        raise DiagnosticError(_bad_label(token.span))
    return text


def _does_nothing(operation: Operation, values: Mapping[str, Any]) -> bool:
    """`identity`, and noise that never strikes, need no node."""
    return operation.name == "identity" or (operation.role == "noise" and values.get("rate") == 0)


def _few_values(operation: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0227",
        f"`{operation}` merges two or more named values, and is given {'one' if count else 'none'}",
        Label(span),
        help=f"name them first: `a = …`, then `{operation}(a, b)`; `skip from a by {operation}` merges into what flows",
    )


def _many_values(operation: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0280",
        f"`{operation}` takes two values, and is given {count}",
        Label(span),
        help=f"take one after the other: `c = {operation}(a, b)`, then `{operation}(c, …)`",
    )


def _bad_label(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0241",
        "this label cannot be the name of a layer",
        Label(span),
        help='use letters, digits, `_`, `-` and `.`: `as "1_conv"`',
    )
