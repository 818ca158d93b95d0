"""Arguments of calls: which parameter each belongs to, where the rest comes from, and whether they fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.context import Context
from resnet_dsl.elaborate.expressions import Evaluator
from resnet_dsl.elaborate.frames import Frame, Given, Invocation
from resnet_dsl.elaborate.merging import compared_parameter
from resnet_dsl.elaborate.values import POISON, Constant, Items, Value
from resnet_dsl.elaborate.wording import spell
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.parameters import LIKE, Parameter
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def arguments_of(context: Context, operation: Operation, call: Invocation) -> dict[str, Any] | None:
    """All arguments of an operation, in its order; None behind a mistake, which is reported. Raises DiagnosticError."""
    known = [parameter.name for parameter in operation.parameters]
    if not known and tree.items(call.arguments):
        raise DiagnosticError(_surplus(operation.name, tree.items(call.arguments)[0], []))
    given = gather_arguments(context, operation.name, known, call) if known else {}
    if not _fit(context, operation, given, call):
        return None
    values = {parameter.name: parameter.default for parameter in operation.parameters}
    values.update((name, _taken(operation.parameter(name), one.value)) for name, one in given.items())
    _report_ignored(context, operation, values, call)
    return values


def _surplus(callee: str, item: tree.Node, known: list[str]) -> Diagnostic:
    """An argument behind the last one that a step has."""
    from resnet_dsl.elaborate import meant

    if isinstance(item, tree.Argument):
        return errors.unknown_argument(callee, item.name.text, item.name.span, known)
    return meant.too_many(callee, item, known)


def _report_ignored(context: Context, operation: Operation, values: Mapping[str, Any], call: Invocation) -> None:
    """Arguments that are written in the call, and change nothing beside the others."""
    for item in tree.items(call.arguments):
        parameter = operation.parameter(item.name.text) if isinstance(item, tree.Argument) else None
        if parameter is None or values[parameter.name] == parameter.default:
            continue
        ignored = operation.ignored(values)
        if parameter.name in ignored:
            beside = _written(ignored[parameter.name], values)
            context.findings.report(_ignored(operation, parameter.name, beside, item.span), call.frame.caller)


def _written(name: str, values: Mapping[str, Any]) -> str:
    return f"{name} = {spell(values[name])}"


def _ignored(operation: Operation, name: str, beside: str, span: Span) -> Diagnostic:
    """``beside``: the argument that leaves this one nothing to do."""
    return Diagnostic(
        "W0270",
        f"`{name}` of `{operation.name}` changes nothing beside `{beside}`",
        Label(span),
        help=f"leave it out, or give `{beside.partition(' ')[0]}` another value",
    )


def _taken(parameter: Parameter | None, value: Any) -> Any:
    """A value as the parameter takes it; what is none of its values, as it is."""
    of_list = parameter.kind.of_list if parameter is not None else None
    return of_list(value) if of_list is not None and isinstance(value, Items) else value


def gather_arguments(context: Context, callee: str, known: list[str], call: Invocation) -> dict[str, Given]:
    """The arguments of a call: written, from the stage's stride, from an adapter's needs, from `default`."""
    frame, report = call.frame, context.findings.report
    given = assign(context.evaluator, callee, known, call.arguments, frame)
    for name, one in call.extra.items():
        if name in known:
            given[name] = one
        else:
            report(errors.unknown_argument(callee, name, one.span, known), frame.caller)
    stride = frame.stride
    if stride is not None and not stride.taken and "stride" in known:
        stride.taken = True
        if "stride" in given:
            report(_stride_given_twice(callee, given["stride"].span, stride.span), frame.caller)
        given["stride"] = Given(stride.value, stride.span)
    if call.wanted is not None and call.current is not None:
        for name, one in call.wanted(call.current, known).items():
            given.setdefault(name, one)
    defaults = frame.settings.defaults_of(callee)
    taken = [name for name in known if name in defaults and name not in given] if defaults else []
    own = frame.module.operation(callee)  # another file may have a block of its own under the name of an operation
    taken = [name for name in taken if defaults[name].frame.module.operation(callee) is own]
    for name in taken:
        expression, written_in, statement = defaults[name]
        context.used.settings.add(statement)
        given[name] = Given(context.evaluator.argument(callee, name, expression, written_in), expression.span)
    context.sharing.ask_defaults(callee, ((name, defaults[name].frame, given[name].value) for name in taken))
    return given


def assign(
    evaluator: Evaluator, callee: str, known: list[str], arguments: tree.Arguments | None, frame: Frame
) -> dict[str, Given]:
    """The written arguments of a call by parameter. Mistakes are reported; an argument that has one is POISON."""
    given: dict[str, Given] = {}
    if arguments is None:
        return given
    names = set(known)
    report = evaluator.findings.report
    for position, item in enumerate(arguments.items):
        compared = compared_parameter(item, names)
        expression = item.value if isinstance(item, tree.Argument) else item
        if isinstance(item, tree.Argument):
            name = item.name.text
            if name not in names:
                if errors.is_foreign(name):
                    given |= {one: Given(POISON, item.span) for one in errors.meant_by(name, known, given)}
                else:
                    evaluator.attempt(expression, frame)
                report(errors.unknown_argument(callee, name, item.name.span, known), frame.caller)
                continue
        elif isinstance(item, tree.Comparison) and compared is not None and not evaluator.knows(compared.text, frame):
            from resnet_dsl.elaborate import meant

            report(meant.compared_for_given(item), frame.caller)
            name, expression = compared.text, item.right
        elif position >= len(known):
            evaluator.attempt(expression, frame)
            report(_surplus(callee, item, known), frame.caller)
            break
        else:
            name = known[position]
        value = evaluator.argument(callee, name, expression, frame)
        if name in given:
            report(errors.given_twice(callee, name, item.span, given[name].span), frame.caller)
            continue
        given[name] = Given(value, expression.span)
    return given


def _fit(context: Context, operation: Operation, given: Mapping[str, Given], call: Invocation) -> bool:
    """Whether all arguments of an operation fit and none is missing; what is wrong is reported."""
    sound = True
    for name, one in given.items():
        parameter = operation.parameter(name)
        assert parameter is not None
        value = _taken(parameter, one.value)
        if value is POISON:
            sound = False
        elif not _fits(parameter, value):
            from resnet_dsl.elaborate.misfits import misfit  # what words mistakes is read where there is one

            context.findings.report(misfit(operation, parameter, one, value, call), call.frame.caller)
            sound = False
    absent = [one.name for one in operation.parameters if one.required and one.name not in given]
    if absent:
        diagnostic = errors.missing(operation.name, absent, call.step.span, bool(given))
        context.findings.report(diagnostic, call.frame.caller)
    return sound and not absent


def _fits(parameter: Parameter, value: Constant) -> bool:
    if parameter.kind is LIKE:
        return isinstance(value, Value)
    return not isinstance(value, Value | Items) and parameter.kind.fits(value)


def _stride_given_twice(callee: str, span: Span, by_stage: Span) -> Diagnostic:
    return Diagnostic(
        "E0205",
        f"`stride` of `{callee}` is given twice: a stage gives its stride to the first step that takes one",
        Label(span, "given here"),
        (Label(by_stage, "and here, by the stage"),),
        help="leave one of the two out",
    )
