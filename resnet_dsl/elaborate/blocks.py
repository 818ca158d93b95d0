"""Calling blocks: their parameters, their scope in the graph, and their body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.applying import gather_arguments
from resnet_dsl.elaborate.builder import BlockKind
from resnet_dsl.elaborate.calls import Call, Given
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.values import POISON, Caller, Frame, Value
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate.flow import Current, Flow


def call_block(flow: Flow, definition: Definition, call: Call) -> Current:
    """What flows out of a block. Raises Mistake."""
    block = definition.tree
    assert isinstance(block, tree.Block)
    name = block.name.text
    _check_recursion(flow, block, call.step)
    flow.budget.foresee(f"block `{name}`", block.body, definition.module, call.step.span)
    parameters = block.parameters.items if block.parameters is not None else ()
    known = tuple(parameter.name.text for parameter in parameters)
    kind = _kind(flow, definition, call.frame)
    flow.budget.spend(call.step.span, limits.TERMS_OF_A_STEP + len(known))
    flow.called.add(id(block))
    flow.active.append((block, _callee(call.step)))
    try:
        with flow.blocks.around(kind), flow.deeper(limits.IN_A_BLOCK, call.step.span):
            given = gather_arguments(flow, name, known, call)
            return _run(flow, definition, block, given, call, kind)
    finally:
        flow.active.pop()


def _check_recursion(flow: Flow, block: tree.Block, step: tree.Step) -> None:
    """Raises Mistake where a block is called that is being run."""
    position = next((i for i, (active, _) in enumerate(flow.active) if active is block), None)
    if position is None:
        return
    calls = [*(span for _, span in flow.active[position + 1 :]), _callee(step)]
    names = [active.name.text for active, _ in flow.active[position:]]
    refuse(errors.recursion(list(zip(names, calls, strict=True))))


def _kind(flow: Flow, definition: Definition, frame: Frame) -> BlockKind | None:
    """What a call counts as: nothing in a slot, in an adapter, and outside of stages."""
    return flow.blocks.kind(definition) if flow.builder.in_stage(frame.scope) and not flow.filling else None


def _run(
    flow: Flow, definition: Definition, block: tree.Block, given: dict[str, Given], call: Call, kind: BlockKind | None
) -> Current:
    name, frame, step = block.name.text, call.frame, call.step
    scope = _open_scope(flow, name, given, call)
    flow.builder.scopes[scope].block_kind = kind
    caller = Caller(f"block `{name}`, called from {_where(flow, frame)}", step.span, frame.caller)
    inner = Frame(definition.module, {}, {}, call.current, frame.settings, scope, caller)
    absent = _bind(flow, block, given, inner)
    if absent:
        flow.reporter(frame)(errors.missing(name, absent, step.span, bool(given)))
    result = flow.body(block.body, inner, call.current)
    if result is not None:
        flow.builder.close(scope, result.node)
    return result


def _bind(flow: Flow, block: tree.Block, given: dict[str, Given], inner: Frame) -> list[str]:
    """Fills a block's parameters; a default may use the parameters before it and `in`. Those that lack a value."""
    absent = []
    for parameter in block.parameters.items if block.parameters is not None else ():
        name = parameter.name.text
        if name in given:
            inner.constants[name] = given[name].value
        elif parameter.default is not None:
            inner.constants[name] = flow.attempt(parameter.default, inner)
        else:
            inner.constants[name] = POISON
            absent.append(name)
    return absent


def _open_scope(flow: Flow, name: str, given: dict[str, Given], call: Call) -> int:
    """The scope of a block: `block3` in a stage, the block's own name elsewhere, numbered from the second on."""
    outer = call.frame.scope
    in_stage = flow.builder.scopes[outer].kind == "stage"
    number = flow.count_sibling(outer, "block" if in_stage else name)
    shown = f"block{number}" if in_stage else name if number == 1 else f"{name}{number}"
    scope = flow.builder.open("block", shown, outer, call.current.node if call.current is not None else 0)
    opened = flow.builder.scopes[scope]
    opened.block = name
    plain = {key: one.value for key, one in given.items() if one.value is not POISON}
    opened.args = {key: value for key, value in plain.items() if not isinstance(value, Value)}
    return scope


def _callee(step: tree.Step) -> Span:
    """Where the name of what a step calls stands."""
    return step.subject.name.span if isinstance(step.subject, tree.Call) else step.subject.span


def _where(flow: Flow, frame: Frame) -> str:
    """The place of a call in words: the stage, or the block that it stands in."""
    scope = flow.builder.scopes[frame.scope]
    if scope.kind in ("stage", "network"):
        return f"{scope.kind} `{scope.name}`"
    if scope.kind in ("stem", "head"):
        return f"the {scope.kind}"
    return f"block `{scope.block}`" if scope.block else "a skip connection"
