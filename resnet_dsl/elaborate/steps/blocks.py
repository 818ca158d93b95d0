"""Calling blocks: their parameters, their scope in the graph, and their body."""

from __future__ import annotations

from itertools import pairwise

from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.building.builder import BlockKind
from resnet_dsl.elaborate.building.sharing import Layers, SharedCall, arguments_told
from resnet_dsl.elaborate.frames import Frame, Given, Invocation
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.names.circles import recursion
from resnet_dsl.elaborate.steps.arguments import gather_arguments
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import POISON, Caller, Current, Value, calls_to, is_running
from resnet_dsl.syntax import tree


def call_block(context: Context, definition: Definition, call: Invocation) -> Current:
    """What flows out of a block. Raises DiagnosticError."""
    block, step = definition.tree, call.step
    assert isinstance(block, tree.Block)
    _check_recursion(block, call)
    context.budget.foresee(f"block `{block.name.text}`", block.body, definition.module, step.span)
    known = [one.name.text for one in tree.parameters(block)]
    kind = _kind(context, definition, call.frame)
    context.budget.spend(step.span, limits.TERMS_OF_A_STEP + len(known))
    context.used.blocks.add(block)
    with context.blocks.around(kind), context.budget.deeper(limits.IN_A_BLOCK, step.span):
        given = gather_arguments(context, block.name.text, known, call)
        return _run(context, definition, block, given, call, kind)


def _check_recursion(block: tree.Block, call: Invocation) -> None:
    """Raises DiagnosticError where a block is called that is being run."""
    if is_running(block, call.frame.caller):
        calls = [one for one in calls_to(call.frame.caller) if isinstance(one.runs, tree.Block)]
        first = [one.runs for one in calls].index(block)
        steps = [*(one.step for one in calls[first::-1] if isinstance(one.step, tree.Step)), call.step]
        tokens = [step.callee for step in steps if step.callee is not None]
        raise DiagnosticError(recursion([(one.text, other.span) for one, other in pairwise(tokens)]))


def _kind(context: Context, definition: Definition, frame: Frame) -> BlockKind | None:
    """What a call counts as: nothing in a slot, in an adapter, and outside of stages."""
    if context.builder.in_stage(frame.scope) and all(
        isinstance(one.runs, tree.Block) for one in calls_to(frame.caller)
    ):
        return context.blocks.kind(definition)
    return None


def _run(
    context: Context,
    definition: Definition,
    block: tree.Block,
    given: dict[str, Given],
    call: Invocation,
    kind: BlockKind | None,
) -> Current:
    name, frame, step = block.name.text, call.frame, call.step
    scope = _open_scope(context, name, given, call)
    context.builder.scopes[scope].block_kind = kind
    caller = Caller(f"block `{name}`, called from {_where(context, frame)}", step, block, frame.caller)
    inner = Frame(definition.module, {}, {}, call.current, frame.settings, scope, caller)
    run = _run_shared if block.shared else _run_body
    result = run(context, block, given, call, inner)
    if result is not None:
        context.builder.close(scope, result.node)
    return result


def _run_body(context: Context, block: tree.Block, given: dict[str, Given], call: Invocation, inner: Frame) -> Current:
    absent = _bind(context, block, given, inner)
    if absent:
        missing = errors.missing(block.name.text, absent, call.step.span, bool(given))
        context.findings.report(missing, call.frame.caller)
    return context.body(block.body, inner, call.current)


def _run_shared(
    context: Context, block: tree.Block, given: dict[str, Given], call: Invocation, inner: Frame
) -> Current:
    """The same, as the layers of the earlier call that this one is equal to; where it is not, that is reported."""
    builder, sharing = context.builder, context.sharing
    first, troubles = len(builder.nodes), context.findings.troubles
    with sharing.listening(inner.scope) as answers:
        result = _run_body(context, block, given, call, inner)
    if result is None or call.current is None:
        return None
    if context.findings.troubles > troubles or builder.is_doubtful(first):
        return result
    size = len(builder.nodes) - first
    context.budget.spend(call.step.span, limits.TERMS_OF_AN_ANSWER * (len(answers) + size))
    told = arguments_told(block, given, inner.constants)
    made = Layers(block.name.text, inner.scope, first, size, call.current.shape, call.step.span)
    mistake = sharing.settle(builder, SharedCall(block, told), answers, made)
    if mistake is not None:
        context.findings.report(mistake, call.frame.caller)
    return result


def _bind(context: Context, block: tree.Block, given: dict[str, Given], inner: Frame) -> list[str]:
    """Fills a block's parameters; a default may use the parameters before it and `in`. Those that lack a value."""
    absent = []
    for parameter in tree.parameters(block):
        name = parameter.name.text
        if name in given:
            inner.constants[name] = given[name].value
        elif parameter.default is not None:
            inner.constants[name] = context.evaluator.attempt(parameter.default, inner)
        else:
            inner.constants[name] = POISON
            absent.append(name)
    return absent


def _open_scope(context: Context, name: str, given: dict[str, Given], call: Invocation) -> int:
    """The scope of a block: `block3` in a stage, the block's own name elsewhere, numbered from the second on."""
    outer = call.frame.scope
    in_stage = context.builder.scopes[outer].kind == "stage"
    number = context.builder.number(outer, "block" if in_stage else name)
    shown = f"block{number}" if in_stage else name if number == 1 else f"{name}{number}"
    scope = context.builder.open("block", shown, outer, call.current.node if call.current is not None else 0)
    opened = context.builder.scopes[scope]
    opened.block = name
    plain = {key: one.value for key, one in given.items() if one.value is not POISON}
    opened.args = {key: value for key, value in plain.items() if not isinstance(value, Value)}
    return scope


def _where(context: Context, frame: Frame) -> str:
    """The place of a call in words: the stage, or the block that it stands in."""
    scope = context.builder.scopes[frame.scope]
    if scope.kind in ("stem", "head") and scope.name == scope.kind:
        return f"the {scope.kind}"
    if scope.kind in ("stage", "head", "network"):
        return f"{scope.kind} `{scope.name}`"
    return f"block `{scope.block}`" if scope.block else "a skip connection"
