"""What each statement does to what flows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from resnet_dsl.diagnostics.diagnostic import Mistake
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.settings import says_settings
from resnet_dsl.elaborate.skips import merge_skip
from resnet_dsl.elaborate.values import Frame
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate.flow import Current, Flow


def run_statement(flow: Flow, statement: tree.Statement, frame: Frame, current: Current) -> Current:
    """What flows behind a statement. Raises Mistake or Poisoned."""
    return _STATEMENTS[type(statement)](flow, statement, frame, current)


def _chain(flow: Flow, statement: tree.Chain, frame: Frame, current: Current) -> Current:
    return flow.chain(statement, frame, current)


def _named(flow: Flow, statement: tree.Named, frame: Frame, current: Current) -> Current:
    target = statement.target
    token = target.token if isinstance(target, tree.Name) else target.name
    name: str | tuple[str, int] = token.text
    try:
        check_value_name(token, frame)
    except Mistake:
        flow.refused.add((frame.scope, token.text))
        raise
    if isinstance(target, tree.Indexed):
        name = (token.text, flow.integer(target.index, frame, "a whole number as index"))
    result = frame.values[name] = flow.chain(statement.chain, frame, current)
    if result is not None:
        flow.named.setdefault(result.node, token)
    return result


def _let(flow: Flow, statement: tree.Let, frame: Frame, current: Current) -> Current:
    frame.constants[statement.name.text] = flow.attempt(statement.value, frame)
    return current


def _skip(flow: Flow, statement: tree.Skip, frame: Frame, current: Current) -> Current:
    flow.ran.add(id(statement))
    with flow.deeper(limits.IN_A_SKIP, statement.span):
        return merge_skip(flow, statement, frame, current)


def _doubt_scope(flow: Flow, body: tree.Body, frame: Frame) -> None:
    """Settings beside steps in the braces of an `if` or a `repeat` hold for these alone, in this version."""
    for statement in body.statements:
        if isinstance(statement, tree.Use | tree.Default | tree.Skips):
            flow.reporter(frame)(errors.scope_that_ends(statement.span))
            return


def _repeat(flow: Flow, statement: tree.Repeat, frame: Frame, current: Current) -> Current:
    if says_settings(flow, statement):
        return current
    count = flow.integer(statement.count, frame, "a whole number of repeats")
    with flow.budget.repeating(count, statement.count.span):
        if count > 1:  # a hundred repeats of one round, in one another, would look through the innermost each
            flow.budget.foresee("this repeat", statement.body, frame.module, statement.count.span, count)
        _doubt_scope(flow, statement.body, frame)
        for index in range(count):
            if statement.index is not None:
                frame.constants[statement.index.text] = index
            flow.budget.spend(statement.span)
            with flow.deeper(limits.IN_BRACES, statement.span):
                current = flow.body(statement.body, frame, current)
    return current


def _condition(flow: Flow, statement: tree.Condition, frame: Frame, current: Current) -> Current:
    chosen = flow.branch(statement, frame)
    if chosen is None or says_settings(flow, statement):
        return current
    _doubt_scope(flow, chosen, frame)
    with flow.deeper(limits.IN_BRACES, statement.span):
        return flow.body(chosen, frame, current)


def _setting(flow: Flow, statement: tree.Setting, frame: Frame, current: Current) -> Current:
    """Gathered before the braces were entered."""
    return current


_STATEMENTS: dict[type, Callable[[Flow, Any, Frame, Current], Current]] = {
    tree.Chain: _chain,
    tree.Named: _named,
    tree.Let: _let,
    tree.Skip: _skip,
    tree.Repeat: _repeat,
    tree.Condition: _condition,
    tree.Use: _setting,
    tree.Default: _setting,
    tree.Skips: _setting,
}


def check_value_name(token: tree.Token, frame: Frame) -> None:
    """A value may not be called like an operation, a block, a slot or a constant. Raises Mistake."""
    name = token.text
    definition = frame.module.find(name)
    if name in OPERATIONS:
        refuse(errors.taken_name(name, "an operation", token.span))
    if definition is not None and isinstance(definition.tree, tree.Block | tree.Slot):
        kind = "a block" if isinstance(definition.tree, tree.Block) else "a slot"
        refuse(errors.taken_name(name, kind, token.span))
    if name in frame.constants:
        refuse(errors.taken_name(name, "a parameter or `let`", token.span))
