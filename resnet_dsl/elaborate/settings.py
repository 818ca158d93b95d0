"""Settings: `use`, `default` and `skips` of one pair of braces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Mistake
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.values import Binding, Deferred, Frame, Poisoned, Policy, Settings
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate.flow import Flow

_SETTINGS = (tree.Use, tree.Default, tree.Skips)


def gather(flow: Flow, statements: Iterable[tree.Node], frame: Frame) -> Frame:
    """The frame under the settings of some braces. Mistakes are reported.

    The braces of an `if` or a `repeat` that hold settings alone are no scope: they hold for the braces around.
    """
    found = list(_found(flow, statements, frame))
    if not found:
        return frame
    settings = Settings(frame.settings)
    for statement in found:
        try:
            _add(flow, settings, statement, frame)
        except Poisoned:
            pass
        except Mistake as mistake:
            flow.report(located(mistake.diagnostic, frame.caller))
    flow.stated.setdefault(tuple(map(id, found)), settings)
    return frame.inside(settings)


def _found(flow: Flow, statements: Iterable[tree.Node], frame: Frame) -> Iterator[tree.Setting]:
    """The settings of some braces, those of the `if`s and `repeat`s among them that hold nothing else included."""
    ahead: Frame | None = None
    for position, statement in enumerate(statements := tuple(statements)):
        if isinstance(statement, tree.Use | tree.Default | tree.Skips):
            yield statement
        elif isinstance(statement, tree.Condition | tree.Repeat) and says_settings(flow, statement):
            ahead = ahead or _looked_ahead(flow, statements[:position], frame)
            yield from _found(flow, _chosen(flow, statement, ahead), ahead)


def says_settings(flow: Flow, statement: tree.Condition | tree.Repeat) -> bool:
    """Whether all that stands in the braces of an `if` (each of them) or a `repeat` are settings. Looked up once."""
    key = id(statement)
    if key not in flow.says_settings:
        bodies = [*_bodies(statement)]
        alone = all(_is_setting(flow, one) for body in bodies for one in body.statements)
        flow.says_settings[key] = alone and any(body.statements for body in bodies)
    return flow.says_settings[key]


def _is_setting(flow: Flow, statement: tree.Statement) -> bool:
    if isinstance(statement, tree.Condition | tree.Repeat):
        return says_settings(flow, statement)
    return isinstance(statement, _SETTINGS)


def _bodies(statement: tree.Body | tree.Condition | tree.Repeat | None) -> Iterator[tree.Body]:
    while isinstance(statement, tree.Condition):
        yield statement.then
        statement = statement.otherwise
    if statement is not None:
        yield statement.body if isinstance(statement, tree.Repeat) else statement


def _looked_ahead(flow: Flow, statements: Iterable[tree.Node], frame: Frame) -> Frame:
    """The frame with the `let`s that stand before a choice of settings, as far as they can be known already."""
    ahead = frame.ahead()
    for statement in statements:
        if isinstance(statement, tree.Let):
            with suppress(Mistake, Poisoned):
                ahead.constants[statement.name.text] = flow.evaluate(statement.value, ahead)
    return ahead


def _chosen(flow: Flow, statement: tree.Condition | tree.Repeat, ahead: Frame) -> tuple[tree.Statement, ...]:
    """What stands in the braces that run. It is asked when the braces around are entered, before any step."""
    try:
        if isinstance(statement, tree.Repeat):
            return statement.body.statements if flow.integer(statement.count, ahead, "a whole number") > 0 else ()
        chosen = flow.branch(statement, ahead)
        return chosen.statements if chosen is not None else ()
    except Mistake as mistake:
        test = statement.count if isinstance(statement, tree.Repeat) else statement.test
        early = mistake.diagnostic.code == "E0208"
        found = errors.chosen_too_late(test.span) if early else mistake.diagnostic
        flow.report(located(found, ahead.caller))
    except Poisoned:
        pass
    return ()


def _add(flow: Flow, settings: Settings, statement: tree.Setting, frame: Frame) -> None:
    if isinstance(statement, tree.Use):
        _use(flow, settings, statement, frame)
    elif isinstance(statement, tree.Default):
        _default(flow, settings, statement, frame)
    else:
        _skips(settings, statement, frame)


def _use(flow: Flow, settings: Settings, statement: tree.Use, frame: Frame) -> None:
    token = statement.slot
    definition = frame.module.find(token.text)
    if definition is None or not isinstance(definition.tree, tree.Slot):
        flow.unless_lost(token.text, frame)
        known = frame.module.names(tree.Slot)
        refuse(errors.unknown_slot(token.text, token.span, known, token.text in OPERATIONS))
    if token.text in settings.uses:
        first = settings.uses[token.text].statement.span
        refuse(errors.said_twice(f"what fills slot `{token.text}`", token.span, first))
    settings.uses[token.text] = Binding(statement.chain, frame, statement)


def parameters_of(name: str, frame: Frame) -> list[str] | None:
    """The parameters of an operation or block; None where there is none of that name."""
    if name in OPERATIONS:
        return [parameter.name for parameter in OPERATIONS[name].parameters]
    definition = frame.module.find(name)
    if definition is None or not isinstance(definition.tree, tree.Block):
        return None
    parameters = definition.tree.parameters
    return [one.name.text for one in parameters.items] if parameters is not None else []


def _default(flow: Flow, settings: Settings, statement: tree.Default, frame: Frame) -> None:
    token = statement.name
    known = parameters_of(token.text, frame)
    if known is None:
        flow.unless_lost(token.text, frame)
        refuse(errors.unknown_step(token.text, token.span, [*OPERATIONS, *frame.module.names(tree.Block)]))
    defaults = settings.defaults.setdefault(token.text, {})
    report = flow.reporter(frame)
    for position, item in enumerate(statement.arguments.items):
        if not isinstance(item, tree.Argument):
            report(errors.unnamed_default(token.text, item.span, known[position:]))
            if position < len(known):
                defaults.setdefault(known[position], Deferred(item, frame, statement))
            continue
        name = item.name.text
        if name not in known:
            report(errors.unknown_argument(token.text, name, item.name.span, known))
        elif name in defaults:
            report(errors.given_twice(token.text, name, item.span, defaults[name].expression.span))
        else:
            defaults[name] = Deferred(item.value, frame, statement)


def _skips(settings: Settings, statement: tree.Skips, frame: Frame) -> None:
    if settings.policy is not None:
        refuse(errors.said_twice("how skip connections fit (`skips`)", statement.span, settings.policy.statement.span))
    off = statement.policy is not None and statement.policy.kind == "OFF"
    adapter = None if statement.chain is None else Binding(statement.chain, frame, statement)
    settings.policy = Policy(off, statement.policy is not None and not off, adapter, statement)


def idle(flow: Flow) -> dict[int, Diagnostic]:
    """The settings that a run came by and nothing asked for: what is to be said, by the statement's identity."""
    found: dict[int, Diagnostic] = {}
    for stated in flow.stated.values():
        for statement, why, remedy in _statements(stated):
            if id(statement) not in flow.used:
                found[id(statement)] = errors.unused_setting(why, statement.span, remedy)
    return found


def _statements(settings: Settings) -> Iterator[tuple[tree.Node, str, str]]:
    """The statements of one pair of braces, why one may change nothing, and the remedy."""
    for slot, binding in settings.uses.items():
        yield binding.statement, f"no step uses slot `{slot}`", "leave it out, or use the slot in a block"
    for callee, defaults in settings.defaults.items():
        why, remedy = f"nothing takes it from `{callee}` here", f"leave it out, or call `{callee}`"
        yield from ((one.statement, why, remedy) for one in defaults.values())
    if settings.policy is not None:
        remedy = "leave it out, or put a `skip` into a block"
        yield settings.policy.statement, "no skip connection asks for it", remedy
