"""Arguments of calls: which parameter each belongs to, where the rest comes from, and whether they fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.expressions import Evaluator
from resnet_dsl.elaborate.frames import Frame, Given, Invocation
from resnet_dsl.elaborate.merging import compared_parameter
from resnet_dsl.elaborate.names.intended import Meant, is_followed, meant_parameters
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import POISON, Constant, Items, Value
from resnet_dsl.elaborate.wording import spell
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.parameters import LIKE, Parameter
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def arguments_of(context: Context, operation: Operation, call: Invocation) -> tuple[dict[str, Any], list[Parameter]]:
    """All arguments of an operation, in its order, and the parameters whose arguments have a mistake or are missing.

    What is wrong is reported.
    """
    known = [parameter.name for parameter in operation.parameters]
    if not known and tree.items(call.arguments):
        surplus = _surplus(operation.name, tree.items(call.arguments)[0], [])
        context.findings.report(surplus, call.frame.caller)
    given = gather_arguments(context, operation.name, known, call) if known else {}
    mistaken = _mistaken(context, operation, given, call)
    values = {parameter.name: parameter.default for parameter in operation.parameters}
    values.update((name, _taken(operation.parameter(name), one.value)) for name, one in given.items())
    if not mistaken:
        _report_ignored(context, operation, values, call)
    return values, mistaken


def _surplus(callee: str, item: tree.SyntaxNode, known: list[str]) -> Diagnostic:
    """An argument behind the last one that a step has."""
    from resnet_dsl.elaborate.names import meant

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
    meant = meant_parameters(call.arguments, known)
    given = assign(context.evaluator, callee, known, meant, call.arguments, frame)
    for name, one in call.extra.items():
        if name not in known:
            report(errors.unknown_argument(callee, name, one.span, known), frame.caller)
        near = name if name in known else nearest(name, known)
        if near is not None:
            given[near] = one
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
    taken = [name for name in taken if _is_of(defaults[name].frame, callee, frame)]
    for name in taken:
        expression, written_in, statement = defaults[name]
        context.used.settings.add(statement)
        given[name] = Given(context.evaluator.argument(callee, name, expression, written_in), expression.span)
    context.sharing.ask_defaults(callee, ((name, defaults[name].frame, given[name].value) for name in taken))
    leave_open(given, known, meant, call.step.span)
    return given


def _is_of(other: Frame, callee: str, frame: Frame) -> bool:
    """Whether a word means in one file what it means in another, which may have a block of an operation's name."""
    return other.module.operation(callee) is frame.module.operation(callee)


def assign(
    evaluator: Evaluator,
    callee: str,
    known: list[str],
    meant: Meant,
    arguments: tree.Arguments | None,
    frame: Frame,
) -> dict[str, Given]:
    """The written arguments of a call by parameter. Mistakes are reported; an argument that has one is POISON."""
    given: dict[str, Given] = {}
    if arguments is None:
        return given
    report = evaluator.findings.report
    for position, item in enumerate(arguments.items):
        expression = item.value if isinstance(item, tree.Argument) else item
        if isinstance(item, tree.Argument):
            name = item.name.text
            if name in meant:
                report(errors.unknown_argument(callee, name, item.name.span, known), frame.caller)
                name = meant[name] or ""
        elif isinstance(item, tree.Comparison) and (compared := _unknown_compared(item, known, evaluator, frame)):
            from resnet_dsl.elaborate.names.meant import compared_for_given

            report(compared_for_given(item), frame.caller)
            name, expression = compared.text, item.right
        elif position >= len(known):
            evaluator.attempt(expression, frame)
            report(_surplus(callee, item, known), frame.caller)
            break
        else:
            name = known[position]
        followed = not meant or is_followed(item, meant)
        value = evaluator.argument(callee, name, expression, frame) if followed else POISON
        if name in given:
            report(errors.given_twice(callee, name, item.span, given[name].span), frame.caller)
        elif name:
            given[name] = Given(value, expression.span)
    return given


def _unknown_compared(item: tree.Comparison, known: list[str], evaluator: Evaluator, frame: Frame) -> tree.Token | None:
    """The parameter that a comparison names, where no value has its name."""
    compared = compared_parameter(item, known)
    return None if compared is None or evaluator.knows(compared.text, frame) else compared


def leave_open(given: dict[str, Given], known: list[str], meant: Meant, span: Span) -> None:
    """Where it is not known what an argument was meant for, it may have been any of those that are not given."""
    if meant and None in meant.values():
        for name in known:
            given.setdefault(name, Given(POISON, span))


def _mistaken(context: Context, operation: Operation, given: Mapping[str, Given], call: Invocation) -> list[Parameter]:
    """The parameters whose arguments do not fit or are missing, which is reported."""
    found = []
    for name, one in given.items():
        parameter = operation.parameter(name)
        assert parameter is not None
        value = _taken(parameter, one.value)
        if value is not POISON and _fits(parameter, value):
            continue
        found.append(parameter)
        if value is not POISON:
            from resnet_dsl.elaborate.steps.misfits import misfit  # what words mistakes is read where there is one

            context.findings.report(misfit(operation, parameter, one, value, call), call.frame.caller)
    absent = [one for one in operation.parameters if one.required and one.name not in given]
    if absent:
        names = [one.name for one in absent]
        diagnostic = errors.missing(operation.name, names, call.step.span, bool(given))
        context.findings.report(diagnostic, call.frame.caller)
    return [*found, *absent]


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
