"""Settings: `use`, `default` and `skips` of one pair of braces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from resnet_dsl.diagnostics.diagnostic import Mistake
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
    """The frame under the settings among some statements. Mistakes are reported."""
    found = [statement for statement in statements if isinstance(statement, _SETTINGS)]
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
    if frame.kind != "block":
        flow.stated.append(settings)
    return frame.inside(settings)


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


def unused(settings: Settings, used: set[int]) -> list[tuple[tree.Node, str, str]]:
    """The `use` and `default` statements of one pair of braces that nothing asked for: statement, why, remedy."""
    found: list[tuple[tree.Node, str, str]] = []
    for slot, binding in settings.uses.items():
        if id(binding.statement) not in used:
            found.append((binding.statement, f"no step uses slot `{slot}`", "leave it out, or use the slot in a block"))
    for callee, defaults in settings.defaults.items():
        why, remedy = f"nothing takes it from `{callee}` here", f"leave it out, or call `{callee}`"
        statements = {id(one.statement): one.statement for one in defaults.values()}
        found.extend((statement, why, remedy) for key, statement in statements.items() if key not in used)
    policy = settings.policy
    if policy is not None and id(policy.statement) not in used:
        why, remedy = "no skip connection asks for it", "leave it out, or put a `skip` into a block"
        found.append((policy.statement, why, remedy))
    return found
