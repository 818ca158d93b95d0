"""Applying operations: their arguments from all that may give them, and a node of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate import errors, flow_errors
from resnet_dsl.elaborate.calls import Call, Given, assign, check_all
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.values import Origin, Poisoned, Value
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import Operation, Unfit
from resnet_dsl.syntax import tree

LONGEST_LABEL = 100

_LOOKED_THROUGH = 10  # names looked through for those of a family that take as long as a term

if TYPE_CHECKING:
    from resnet_dsl.elaborate.flow import Current, Flow


def apply_operation(flow: Flow, operation: Operation, call: Call) -> Current:
    """The operation's result on what flows; None behind a mistake. Raises Mistake."""
    if operation.many:
        return _merge(flow, operation, call)
    arguments = call.arguments
    known = tuple(parameter.name for parameter in operation.parameters)
    if not known and arguments is not None and arguments.items:
        refuse(errors.too_many(operation.name, arguments.items[0].span, []))
    given = gather_arguments(flow, operation.name, known, call) if known else {}
    sound = check_all(operation, given, call.step.span, flow.reporter(call.frame))
    if not sound or call.current is None:
        return None
    values = {parameter.name: parameter.default for parameter in operation.parameters}
    values.update((name, one.value) for name, one in given.items())
    if call.step.label is None and _does_nothing(operation, values):
        return call.current
    return _place(flow, operation, tuple(values.items()), (call.current,), call)


def gather_arguments(flow: Flow, callee: str, known: tuple[str, ...], call: Call) -> dict[str, Given]:
    """The arguments of a call: written, from the stage's stride, from an adapter's needs, from `default`."""
    frame = call.frame
    report = flow.reporter(frame)
    given = assign(callee, list(known), call.arguments, lambda one: flow.attempt(one, frame), report)
    for name, one in call.extra.items():
        if name in known:
            given[name] = one
        else:
            report(errors.unknown_argument(callee, name, one.span, list(known)))
    if frame.stride is not None and not frame.stride.taken and "stride" in known:
        _take_stride(flow, callee, call, given)
    if call.wanted is not None and call.current is not None:
        for name, one in call.wanted(call.current, known).items():
            given.setdefault(name, one)
    for name in known:
        deferred = None if name in given else frame.settings.default(callee, name)
        if deferred is not None:
            flow.used.add(id(deferred.statement))
            given[name] = Given(flow.attempt(deferred.expression, deferred.frame), deferred.expression.span)
    return given


def _take_stride(flow: Flow, callee: str, call: Call, given: dict[str, Given]) -> None:
    pending = call.frame.stride
    assert pending is not None
    pending.taken = True
    if "stride" in given:
        flow.reporter(call.frame)(errors.stride_given_twice(callee, given["stride"].span, pending.span))
    given["stride"] = Given(pending.value, pending.span)


def _merge(flow: Flow, operation: Operation, call: Call) -> Value:
    values: list[Value] = []
    for item in call.arguments.items if call.arguments is not None else ():
        if isinstance(item, tree.Argument):
            refuse(errors.unknown_argument(operation.name, item.name.text, item.name.span, []))
        values.extend(_merged_values(flow, item, call))
    if len(values) < 2:
        refuse(flow_errors.few_values(operation.name, len(values), call.step.span))
    return _place(flow, operation, (), tuple(values), call)


def _merged_values(flow: Flow, item: tree.Expression, call: Call) -> list[Value]:
    """The value that an argument names, or all of a family: `concat(branch)` merges `branch[0]`, `branch[1]`, …"""
    known = call.frame.values
    if isinstance(item, tree.Name) and item.token.text not in known:
        family = sorted(key for key in known if isinstance(key, tuple) and key[0] == item.token.text)
        flow.budget.spend(item.span, len(known) // _LOOKED_THROUGH)
        if family:
            flow.budget.spend(item.span, len(family))
            found = [known[key] for key in family]
            if None in found:
                raise Poisoned
            return [one for one in found if one is not None]
    value = flow.evaluate(item, call.frame)
    if not isinstance(value, Value):
        refuse(flow_errors.not_a("a value that flows", value, item.span, "name a result first: `a = conv(…)`"))
    return [value]


def _place(
    flow: Flow, operation: Operation, arguments: tuple[tuple[str, Any], ...], inputs: tuple[Value, ...], call: Call
) -> Value:
    """A node of the graph; what does not fit is a Mistake at the step."""
    step = call.step
    label = None if step.label is None else _label(step.label)
    origin = Origin(step.span, call.frame.caller)
    try:
        return flow.builder.place(operation, arguments, inputs, call.frame.scope, origin, label)
    except Unfit as unfit:
        flowing = Label(step.span, f"what flows in is {' and '.join(show(one.shape) for one in inputs)}")
        refuse(Diagnostic(unfit.code, unfit.message, flowing, help=unfit.remedy))


def _label(token: tree.Token) -> str:
    """The name behind `as`. Raises Mistake where Keras could not give it to a layer."""
    text = token.text[1:-1]
    if len(text) > LONGEST_LABEL or not text or not all(letter.isalnum() or letter in "_-." for letter in text):
        refuse(flow_errors.bad_label(token.span))
    return text


def _does_nothing(operation: Operation, values: Mapping[str, Any]) -> bool:
    """`identity`, and noise that never strikes, need no node."""
    return operation.name == "identity" or (operation.role == "noise" and values.get("rate") == 0)
