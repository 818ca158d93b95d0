"""Filling slots: the steps that a setting gives run in their place."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import limits
from resnet_dsl.elaborate.frames import Binding, Frame, Given, Invocation, file_frame
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import Caller, Current, is_running
from resnet_dsl.elaborate.wording import located
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def fill_slot(context: Context, definition: Definition, call: Invocation) -> Current:
    """What flows out of the steps that fill a slot. Raises DiagnosticError or PoisonedError."""
    slot, frame = definition.tree, call.frame
    assert isinstance(slot, tree.Slot)
    name = slot.name.text
    binding = frame.settings.slot(name)
    if binding is None:
        binding = Binding(slot.chain, file_frame(definition.module, frame.settings), slot)
    context.used.settings.add(binding.statement)
    context.sharing.ask_slot(name, binding)
    if is_running(binding.statement, frame.caller):
        raise DiagnosticError(_slot_circle(name, binding.statement.span))
    caller = Caller(f"slot `{name}`", call.step, binding.statement, frame.caller)
    try:
        with context.budget.deeper(limits.IN_A_SLOT, call.step.span):
            return _run(context, name, binding, caller, call)
    except DiagnosticError as mistake:
        raise DiagnosticError(located(mistake.diagnostic, caller)) from None


def _run(context: Context, name: str, binding: Binding, caller: Caller, call: Invocation) -> Current:
    """Names in the steps are those of where they were written, all else is from here."""
    here, written = call.frame, binding.frame
    within = Frame(
        written.module, written.constants, written.values, written.entry, here.settings,
        here.scope, caller, written.kind, here.stride,
    )  # fmt: skip
    if call.arguments is None and call.step.label is None:
        return context.chain(binding.chain, within, call.current, call.wanted)
    single = binding.chain.items[0] if len(binding.chain.items) == 1 else None
    if not isinstance(single, tree.Step) or single.callee is None:
        raise DiagnosticError(_chain_in_slot(name, call.step.span))
    step = tree.Step(single.span, single.subject, call.step.label or single.label)
    arguments = single.subject.arguments if isinstance(single.subject, tree.Call) else None
    known = written.module.parameters_of(single.callee.text) or []
    extra = _extra(context, name, call, single.callee.text, known)
    return context.call(single.callee, Invocation(arguments, within, call.current, step, call.wanted, extra))


def _extra(context: Context, slot: str, call: Invocation, filler: str, known: list[str]) -> dict[str, Given]:
    """Arguments that a slot is called with; they belong to whatever fills it, so they must be named."""
    extra = {}
    for item in tree.items(call.arguments):
        if not isinstance(item, tree.Argument):
            from resnet_dsl.elaborate.names.meant import value_in_front

            told = _unnamed_for_slot(slot, item.span, filler, known)
            flows = isinstance(item, tree.Entry)
            raise DiagnosticError(told._replace(help=value_in_front(item.span.text, slot)) if flows else told)
        extra[item.name.text] = Given(context.evaluator.attempt(item.value, call.frame), item.span)
    return extra


def _slot_circle(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0228",
        f"slot `{name}` is filled with itself",
        Label(span),
        help="fill it with operations or blocks; what it held before cannot be named",
    )


def _chain_in_slot(slot: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0203",
        f"slot `{slot}` is given arguments or a label, and several steps fill it",
        Label(span, "whose would they be?"),
        help="put the steps into a block with parameters, and fill the slot with the block",
    )


def _unnamed_for_slot(slot: str, span: Span, filler: str, known: list[str]) -> Diagnostic:
    takes = f"takes {listed(known)}: leave this one out, or write `NAME = …`" if known else "takes none: leave it out"
    return Diagnostic(
        "E0203",
        f"`{slot}` is a slot: an argument for what fills it needs a name",
        Label(span, "which argument this is depends on what fills the slot"),
        help=f"`{filler}`, which fills it here, {takes}",
    )
