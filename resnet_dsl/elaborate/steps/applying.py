"""Applying operations: their arguments from all that may give them, and a node of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Edit, Label
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.building.assuming import (
    any_lengths,
    any_shape,
    behind_arguments,
    behind_mistake,
    behind_unfit,
    shown,
    why_unfit,
)
from resnet_dsl.elaborate.frames import Frame, Invocation
from resnet_dsl.elaborate.merging import chain_of
from resnet_dsl.elaborate.steps.arguments import arguments_of
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import Current, Origin, PoisonedError, Value
from resnet_dsl.elaborate.wording import in_place_of, spell, spelled
from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.operation import Operation, UnfitError, positions
from resnet_dsl.ir.parameters import LIKE, Parameter
from resnet_dsl.ir.windows import stride_between
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

LONGEST_LABEL = 100

_PLAIN = {"sum": "doubles it", "difference": "leaves nothing of it", "join": "repeats its channels"}
"""What a merge of one value with itself does; to multiply one with itself may be meant."""

_LOOKED_THROUGH = 10  # names looked through for those of a family that take as long as a term


def apply_operation(context: Context, operation: Operation, call: Invocation) -> Current:
    """The operation's result on what flows; None behind a mistake. Raises DiagnosticError."""
    if operation.many:
        return _merge(context, operation, call)
    values, mistaken = arguments_of(context, operation, call)
    if call.current is None:
        return None
    if mistaken:
        return _place_mistaken(context, operation, values, mistaken, call)
    if call.step.label is None and _does_nothing(operation, values):
        return call.current
    like = values.get("like")
    if isinstance(like, Value):
        return _place_like(context, operation, values, like, call)
    return _place(context, operation, tuple(values.items()), (call.current,), call)


def _place_mistaken(
    context: Context, operation: Operation, values: dict[str, Any], mistaken: list[Parameter], call: Invocation
) -> Current:
    """What stands for a step whose arguments have mistakes."""
    assert call.current is not None
    if values.get("like") is not None or any(one.kind is LIKE for one in mistaken):
        return any_lengths(call.current)
    shapes = behind_arguments(operation, values, mistaken, (call.current,))
    return _stand_in(context, operation, shapes, (call.current,), call)


def _place_like(context: Context, operation: Operation, values: dict[str, Any], like: Value, call: Invocation) -> Value:
    """A node that has the size of another value, which it reads where that is not known."""
    assert operation.liken is not None
    assert call.current is not None
    if call.current.others or like.others:
        context.builder.lent.add(like.node)
        return any_lengths(call.current)
    try:
        given = operation.liken(values, call.current.shape, like.shape)
    except UnfitError as unfit:
        raise DiagnosticError(_unfit(unfit, (call.current, like), call)) from None
    context.builder.lent.add(like.node)
    inputs = (call.current, like) if given["like"] else (call.current,)
    return _place(context, operation, tuple(given.items()), inputs, call)


def _merge(context: Context, operation: Operation, call: Invocation) -> Value:
    values: list[Value] = []
    missing = False
    for item in tree.items(call.arguments):
        try:
            values.extend(_merged_values(context, operation, item, call))
        except (DiagnosticError, PoisonedError) as raised:
            context.findings.take(raised, call.frame.caller)
            missing = True
    if missing and not values:
        raise PoisonedError
    if missing:
        values.append(any_shape(values[0]))
    if len(values) < 2:
        raise DiagnosticError(_few_values(operation.name, len(values), call.step.span))
    if len(values) > operation.most:
        raise DiagnosticError(_many_values(operation.name, len(values), call.step.span))
    if not missing and len({one.node for one in values}) == 1 and operation.merge in _PLAIN:
        context.findings.report(_one_with_itself(operation, call.step.span), call.frame.caller)
    return _place(context, operation, (), tuple(values), call)


def _merged_values(
    context: Context, operation: Operation, item: tree.Argument | tree.Expression | tree.Chain, call: Invocation
) -> list[Value]:
    """What flows out of a chain, the value that an argument names, or all of a family: `concat(branch)` merges
    `branch[0]`, `branch[1]`, … Raises DiagnosticError or PoisonedError."""
    if isinstance(item, tree.Argument):
        raise DiagnosticError(errors.unknown_argument(operation.name, item.name.text, item.name.span, []))
    chain = chain_of(item)
    if chain is not None:
        return [_value_of(context, chain, call)]
    known = call.frame.values
    if isinstance(item, tree.List):
        raise DiagnosticError(_list_of_values(item, call.step.span))
    if isinstance(item, tree.Name) and item.token.text not in known:
        family = sorted(key for key in known if isinstance(key, tuple) and key[0] == item.token.text)
        context.budget.spend(item.span, len(known) // _LOOKED_THROUGH)
        if family:
            context.budget.spend(item.span, len(family))
            found = [known[key] for key in family]
            if None in found:
                raise PoisonedError
            return [one for one in found if one is not None]
    assert not isinstance(item, tree.Chain)
    _check_begins(context, item, call.frame)
    return [context.evaluator.flowing(item, call.frame)]


def _value_of(context: Context, chain: tree.Chain, call: Invocation) -> Value:
    """What flows out of a chain, which starts from its value, or from the current one. Raises PoisonedError."""
    with context.budget.deeper(limits.IN_A_MERGE, chain.span):
        result = context.chain(chain, call.frame, call.current, call.wanted)
    if result is None:
        raise PoisonedError
    return result


def _check_begins(context: Context, item: tree.Expression, frame: Frame) -> None:
    """Raises DiagnosticError for a repeat, or for a step without brackets."""
    last = item.lengths[-1] if isinstance(item, tree.Size) else item
    token = last.name if isinstance(last, tree.Call) else last.token if isinstance(last, tree.Name) else None
    if token is None or token.text in frame.values or not frame.module.is_step(token.text):
        return
    context.findings.unless_lost(token.text, frame)
    written = f"in -> {item.span.text}" if isinstance(item, tree.Size) else f"{token.text}()"
    raise DiagnosticError(_no_beginning(written, item.span))


def _place(
    context: Context,
    operation: Operation,
    arguments: tuple[tuple[str, Any], ...],
    inputs: tuple[Value, ...],
    call: Invocation,
) -> Value:
    """A node of the graph; what does not fit is reported at the step."""
    step = call.step
    label = _label(step.label) if step.label is not None and step.label.text else None
    origin = Origin(step.span, call.frame.caller)
    if any(one.others for one in inputs):
        return _place_behind_mistake(context, operation, arguments, inputs, call)
    try:
        return context.builder.place(operation, arguments, inputs, call.frame.scope, origin, label)
    except UnfitError as unfit:
        diagnostic = _meeting(_unfit(unfit, inputs, call), operation, inputs, call)
        context.findings.report(diagnostic, call.frame.caller)
    return _stand_in(context, operation, behind_unfit(operation, dict(arguments), inputs), inputs, call)


def _place_behind_mistake(
    context: Context,
    operation: Operation,
    arguments: tuple[tuple[str, Any], ...],
    inputs: tuple[Value, ...],
    call: Invocation,
) -> Value:
    """What stands for a step behind a mistake; where it fits nothing that may flow in, that is reported."""
    shapes = behind_mistake(operation, arguments, inputs)
    if not shapes and (unfit := why_unfit(operation, dict(arguments), inputs)):
        context.findings.report(_unfit(unfit, inputs, call), call.frame.caller)
    return _stand_in(context, operation, shapes or behind_unfit(operation, dict(arguments), inputs), inputs, call)


def _stand_in(
    context: Context, operation: Operation, shapes: tuple[Shape, ...], inputs: tuple[Value, ...], call: Invocation
) -> Value:
    """A node for a step with a mistake, or behind one."""
    origin = Origin(call.step.span, call.frame.caller)
    return context.builder.stand_in(operation, shapes, inputs, call.frame.scope, origin)


def _meeting(diagnostic: Diagnostic, operation: Operation, inputs: tuple[Value, ...], call: Invocation) -> Diagnostic:
    """Of values that a merge cannot take: the steps behind them with which it does."""
    items = tree.items(call.arguments)
    steps = _steps_to_meet(operation, [one.shape for one in inputs], items) if len(inputs) == len(items) else {}
    if not steps:
        return diagnostic
    written = [
        spelled(item.span) + (f" -> {steps[place]}" if place in steps else "") for place, item in enumerate(items)
    ]
    ends = {place: items[place].span.end for place in steps}
    edits = tuple(Edit(Span(call.step.span.source, ends[one], ends[one]), f" -> {steps[one]}") for one in steps)
    what = "shape" if operation.merge in _ALIKE else "size"
    how = "project" if any("conv" in one or "dense" in one for one in steps.values()) else "bring them"
    return diagnostic._replace(help=f"{how} to one {what}: `{operation.name}({', '.join(written)})`", edits=edits)


_ALIKE = ("sum", "difference")
"""Merges of values of one shape."""


def _steps_to_meet(operation: Operation, shapes: list[Shape], items: Sequence[tree.SyntaxNode]) -> dict[int, str]:
    """The step behind each value that needs one; nothing where there is none."""
    entered = [position for position, item in enumerate(items) if isinstance(item, tree.Entry)]
    projected = _projections(shapes, entered) if operation.merge in _ALIKE else {}
    are_alike = operation.merge == "join" or len({*map(channels, shapes)}) == 1
    return projected or (_resizes(shapes, items) if are_alike else {})


def _resizes(shapes: list[Shape], items: Sequence[tree.SyntaxNode]) -> dict[int, str]:
    """Each value to the size of the largest, if that has a name."""
    sizes = [positions(shape) for shape in shapes]
    target = max(range(len(shapes)), key=lambda place: sizes[place] or 0)
    has_name = isinstance(items[target], tree.Name | tree.Entry)
    if not has_name or None in sizes or len({*map(len, shapes)}) > 1 or len(shapes[0]) < 2:
        return {}
    step = f"resize(like = {items[target].span.text})"
    return {place: step for place, shape in enumerate(shapes) if shape[:-1] != shapes[target][:-1]}


def _projections(shapes: list[Shape], entered: list[int]) -> dict[int, str]:
    """The step behind each value that is to have another's shape: of two what entered, or else the narrower one; of
    more all that have not the shape that most have. Nothing where one cannot be had."""
    if len(shapes) > 2:
        target = max(shapes, key=shapes.count)
        steps = {place: _projection(shape, target) for place, shape in enumerate(shapes) if shape != target}
        return {place: step for place, step in steps.items() if step} if all(steps.values()) else {}
    first = entered[0] if entered else int(channels(shapes[1]) < channels(shapes[0]))
    each = ((one, _projection(shapes[one], shapes[1 - one])) for one in (first, 1 - first))
    return next(({place: step} for place, step in each if step), {})


def _projection(shape: Shape, target: Shape) -> str | None:
    """The 1x1 convolution, or the dense layer, that makes one shape of another; None where a stride does not."""
    stride = stride_between(shape, target)
    if stride is None or len(shape) == 1:
        return f"dense({channels(target)})" if len(shape) == len(target) == 1 else None
    return f"conv({channels(target)}, 1{'' if stride == 1 else f', stride = {spell(stride)}'})"


def _one_with_itself(operation: Operation, span: Span) -> Diagnostic:
    assert operation.merge is not None
    return Diagnostic(
        "W0303",
        f"this merges a value with itself: `{operation.name}` {_PLAIN[operation.merge]}",
        Label(span, "all that is merged is one value"),
        help="merge two results, as in `add(in, out)`, or leave the step out",
    )


def _unfit(unfit: UnfitError, inputs: tuple[Value, ...], call: Invocation) -> Diagnostic:
    flowing = Label(call.step.span, f"what flows in is {' and '.join(map(shown, inputs))}")
    return Diagnostic(unfit.code, unfit.message, flowing, help=unfit.remedy)


def _label(token: tree.Token) -> str:
    """The name behind `as`. Raises DiagnosticError where Keras could not give it to a layer."""
    text = token.text[1:-1]
    if len(text) > LONGEST_LABEL or not text or not all(letter.isalnum() or letter in "_-." for letter in text):
        raise DiagnosticError(_bad_label(token.span))
    return text


def _does_nothing(operation: Operation, values: Mapping[str, Any]) -> bool:
    """`identity`, and noise that never strikes, need no node."""
    return operation.name == "identity" or (operation.role == "noise" and values.get("rate") == 0)


def _list_of_values(item: tree.List, step: Span) -> Diagnostic:
    """Keras' layers take lists."""
    inside = spelled(Span(item.span.source, item.span.start + 1, item.span.end - 1))
    written = spelled(step).replace(spelled(item.span), inside)
    return Diagnostic(
        "E0221",
        "a value that flows is needed here",
        Label(item.span, "this is a list"),
        help=f"leave the `[ ]` out: `{written}`",
        edits=in_place_of(item.span, inside),
        sure=True,
    )


def _few_values(operation: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0227",
        f"`{operation}` merges two or more values, and is given {'one' if count else 'none'}",
        Label(span),
        help=f"write all in brackets: `{operation}(a, in -> …)`; `skip from a by {operation}` merges into what flows",
    )


def _no_beginning(written: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0249",
        "an argument of a merge begins with a value, or with a step and its brackets",
        Label(span),
        help=f"write `{written}`",
    )


def _many_values(operation: str, count: int, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0280",
        f"`{operation}` takes two values, and is given {count}",
        Label(span),
        help=f"take one after the other: `c = {operation}(a, b)`, then `{operation}(c, …)`",
    )


def _bad_label(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0241",
        "this label cannot be the name of a layer",
        Label(span),
        help='use letters, digits, `_`, `-` and `.`: `as "1_conv"`',
    )
