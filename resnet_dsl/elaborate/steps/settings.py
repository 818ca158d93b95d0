"""Settings: `use`, `default` and `skips` of one pair of braces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.frames import Binding, Deferred, Frame, Policy, Settings
from resnet_dsl.elaborate.merging import compared_parameter
from resnet_dsl.elaborate.names.intended import is_followed, meant_parameters
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import PoisonedError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def gather(context: Context, statements: tuple[tree.SyntaxNode, ...], frame: Frame) -> Frame:
    """The frame under the settings of some braces. Mistakes are reported.

    The braces of an `if` or a `repeat` that hold settings alone are no scope: they hold for the braces around.
    """
    found = list(_found(context, statements, frame))
    if not found:
        return frame
    settings = Settings(frame.settings)
    for statement in found:
        try:
            _STATE[type(statement)](context, settings, statement, frame)
        except (DiagnosticError, PoisonedError) as raised:
            context.findings.take(raised, frame.caller)
    return frame._replace(settings=settings)


def _found(context: Context, statements: tuple[tree.SyntaxNode, ...], frame: Frame) -> Iterator[tree.Setting]:
    """The settings of some braces, those of the `if`s and `repeat`s among them that hold nothing else included."""
    ahead: Frame | None = None
    for position, statement in enumerate(statements):
        if isinstance(statement, tree.Use | tree.Default | tree.Skips):
            yield statement
        elif isinstance(statement, tree.Condition | tree.Repeat) and statement.holds_settings_alone:
            ahead = ahead or _looked_ahead(context, statements[:position], frame)
            yield from _found(context, _chosen(context, statement, ahead, statements), ahead)


def _looked_ahead(context: Context, statements: tuple[tree.SyntaxNode, ...], frame: Frame) -> Frame:
    """The frame with the `let`s that stand before a choice of settings, as far as they can be known already."""
    ahead = frame._replace(constants=dict(frame.constants))
    for statement in statements:
        if isinstance(statement, tree.Let):
            with suppress(DiagnosticError, PoisonedError):
                ahead.constants[statement.name.text] = context.evaluator.evaluate(statement.value, ahead)
    return ahead


def _chosen(
    context: Context, statement: tree.Condition | tree.Repeat, ahead: Frame, around: tuple[tree.SyntaxNode, ...]
) -> tuple[tree.Statement, ...]:
    """What stands in the braces that run. It is asked when the braces ``around`` are entered, before any step."""
    try:
        if isinstance(statement, tree.Repeat):
            count = context.evaluator.integer(statement.count, ahead, "a whole number")
            return statement.body.statements if count > 0 else ()
        chosen = branch(context, statement, ahead)
        return chosen.statements if chosen is not None else ()
    except DiagnosticError as mistake:
        asks = statement.count if isinstance(statement, tree.Repeat) else statement.test
        early = mistake.diagnostic.code == "E0208" and _gives(around, asks)
        context.findings.report(_chosen_too_late(asks.span) if early else mistake.diagnostic, ahead.caller)
    except PoisonedError:
        pass
    return ()


def _gives(statements: tuple[tree.SyntaxNode, ...], asks: tree.SyntaxNode) -> bool:
    """Whether a name that is asked for is that of a result among some statements."""
    asked = {token.text for token in tree.names(asks)}
    named = (below.target for one in statements for below in tree.walk(one) if isinstance(below, tree.Named))
    return any((one.token if isinstance(one, tree.Name) else one.name).text in asked for one in named)


def branch(context: Context, condition: tree.Condition, frame: Frame) -> tree.Body | None:
    """The braces that an `if` chooses. Raises DiagnosticError or PoisonedError."""
    chosen: tree.Body | tree.Condition | None = condition
    while isinstance(chosen, tree.Condition):
        chosen = chosen.then if context.evaluator.truth(chosen.test, frame) else chosen.otherwise
    return chosen


def _use(context: Context, settings: Settings, statement: tree.Use, frame: Frame) -> None:
    token = statement.slot
    definition = frame.module.find(token.text)
    if definition is None or not isinstance(definition.tree, tree.Slot):
        context.findings.unless_lost(token.text, frame)
        from resnet_dsl.elaborate.names import unseen

        raise DiagnosticError(unseen.not_a_slot(statement, frame.module))
    if token.text in settings.uses:
        first = settings.uses[token.text].statement.span
        raise DiagnosticError(errors.said_twice(f"what fills slot `{token.text}`", token.span, first))
    settings.uses[token.text] = Binding(statement.chain, frame, statement)
    context.used.state(statement, f"no step uses slot `{token.text}`", "leave it out, or use the slot in a block")


def _default(context: Context, settings: Settings, statement: tree.Default, frame: Frame) -> None:
    token = statement.name
    known = frame.module.parameters_of(token.text)
    if frame.module.is_slot(token.text):
        from resnet_dsl.elaborate.names import unseen

        raise DiagnosticError(unseen.slot_as_step(statement, frame.module))
    if known is None:
        context.findings.unless_lost(token.text, frame)
        raise DiagnosticError(
            errors.unknown_step(token.text, token.span, [*OPERATIONS, *frame.module.names(tree.Block)])
        )
    defaults = settings.defaults.setdefault(token.text, {})
    meant = meant_parameters(statement.arguments, known)
    report = context.findings.report
    for position, item in enumerate(statement.arguments.items):
        if isinstance(item, tree.Comparison) and (compared := compared_parameter(item, known)):
            from resnet_dsl.elaborate.names.meant import compared_for_given

            report(compared_for_given(item), frame.caller)
            defaults.setdefault(compared.text, Deferred(item.right, frame, statement))
            continue
        if isinstance(item, tree.Name) and item.token.text in known:
            continue  # told among the names: its value is missing
        if not isinstance(item, tree.Argument):
            report(_unnamed_default(token.text, item.span, known[position:]), frame.caller)
            if position < len(known):
                defaults.setdefault(known[position], Deferred(item, frame, statement))
            continue
        name = item.name.text
        if name in meant:
            report(errors.unknown_argument(token.text, name, item.name.span, known), frame.caller)
            name = meant[name] or ""
        if name in defaults:
            report(errors.given_twice(token.text, name, item.span, defaults[name].expression.span), frame.caller)
        elif name:
            unread = tree.Name(item.value.span, item.name._replace(text=""))  # nothing is known of another tool's value
            value = item.value if is_followed(item, meant) else unread
            defaults[name] = Deferred(value, frame, statement)
    if any(one.statement is statement for one in defaults.values()):
        why = f"nothing takes it from `{token.text}` here"
        context.used.state(statement, why, f"leave it out, or call `{token.text}`")


def _skips(context: Context, settings: Settings, statement: tree.Skips, frame: Frame) -> None:
    if settings.policy is not None:
        raise DiagnosticError(
            errors.said_twice("how skip connections fit (`skips`)", statement.span, settings.policy.statement.span)
        )
    off = statement.policy is not None and statement.policy.kind == "OFF"
    adapter = None if statement.chain is None else Binding(statement.chain, frame, statement)
    settings.policy = Policy(off, statement.policy is not None and not off, adapter, statement)
    context.used.state(statement, "no skip connection asks for it", "leave it out, or put a `skip` into a block")


_STATE: dict[type, Callable[[Context, Settings, Any, Frame], None]] = {
    tree.Use: _use,
    tree.Default: _default,
    tree.Skips: _skips,
}


def _chosen_too_late(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0246",
        "what chooses a setting must be known before the steps of its braces run",
        Label(span, "this asks for what a step gives"),
        help="ask for parameters, `let`s and `in`; or put the setting and the steps that it is for into a block",
    )


def _unnamed_default(callee: str, span: Span, known: list[str]) -> Diagnostic:
    example = known[0] if known else "…"
    return Diagnostic(
        "E0232",
        "a default says which argument it is for",
        Label(span),
        help=f"write the name: `default {callee}({example} = …)`",
    )
