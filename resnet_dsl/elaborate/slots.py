"""Filling slots: the steps that a setting gives run in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_dsl.diagnostics.diagnostic import Mistake
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.calls import Call, Given
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.values import Binding, Caller, Frame, file_frame
from resnet_dsl.elaborate.wording import located
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate.flow import Current, Flow


def fill_slot(flow: Flow, definition: Definition, call: Call) -> Current:
    """What flows out of the steps that fill a slot. Raises Mistake or Poisoned."""
    slot = definition.tree
    assert isinstance(slot, tree.Slot)
    name, frame = slot.name.text, call.frame
    binding = frame.settings.slot(name)
    if binding is None:
        binding = Binding(slot.chain, file_frame(definition.module, frame.settings), slot)
    flow.used.add(id(binding.statement))
    key = (name, id(binding.statement))
    if key in flow.filling:
        refuse(errors.slot_circle(name, binding.statement.span))
    caller = Caller(f"slot `{name}`", call.step.span, frame.caller)
    flow.filling.append(key)
    try:
        with flow.deeper(limits.IN_A_SLOT, call.step.span):
            return _run(flow, name, binding, caller, call)
    except Mistake as mistake:
        raise Mistake(located(mistake.diagnostic, caller)) from None
    finally:
        flow.filling.pop()


def _run(flow: Flow, name: str, binding: Binding, caller: Caller, call: Call) -> Current:
    """Names in the steps are those of where they were written, all else is from here."""
    written = binding.frame
    within = Frame(
        written.module, written.constants, written.values, written.entry, call.frame.settings,
        call.frame.scope, caller, written.kind, call.frame.stride,
    )  # fmt: skip
    items = binding.chain.items
    if call.arguments is None and call.step.label is None:
        return flow.chain(binding.chain, within, call.current, call.wanted)
    single = items[0] if len(items) == 1 else None
    if not isinstance(single, tree.Step) or not isinstance(single.subject, tree.Name | tree.Call):
        refuse(errors.chain_in_slot(name, call.step.span))
    subject = single.subject
    token, arguments = (subject.token, None) if isinstance(subject, tree.Name) else (subject.name, subject.arguments)
    step = tree.Step(single.span, subject, call.step.label or single.label)
    extra = _extra(flow, name, call)
    return flow.call(token, Call(arguments, within, call.current, step, call.wanted, extra))


def _extra(flow: Flow, slot: str, call: Call) -> dict[str, Given]:
    """Arguments that a slot is called with; they belong to whatever fills it, so they must be named."""
    extra = {}
    for item in call.arguments.items if call.arguments is not None else ():
        if not isinstance(item, tree.Argument):
            refuse(errors.unnamed_for_slot(slot, item.span))
        extra[item.name.text] = Given(flow.attempt(item.value, call.frame), item.span)
    return extra
