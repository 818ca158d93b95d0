"""What a network returns, and what it says in vain: results that no output depends on, settings without effect."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors, limits, notation
from resnet_dsl.elaborate.networks import ends
from resnet_dsl.elaborate.networks.derivation import Level
from resnet_dsl.elaborate.networks.parts import Parts
from resnet_dsl.elaborate.networks.plan import Plan
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import Current, PoisonedError
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def outputs_of(context: Context, plan: Plan, parts: Parts, trunk: Current, span: Span) -> dict[str, int] | None:
    """The nodes whose values the network returns, by name; None behind a mistake.

    They are what `output` says, or else the heads; without any of these what flows behind the last stage.
    ``span``: where it is said that there are too many.
    """
    found: dict[str, Current] = {}
    if plan.output is not None:
        found = _said(context, *plan.output)
    elif plan.heads:
        found = {name: parts.values[name] for name in plan.heads}
    else:
        found[plan.parts[-1].key] = trunk
    _check_numbers(context, len(plan.inputs), len(found), span)
    outputs = {name: value.node for name, value in found.items() if value is not None}
    return outputs if len(outputs) == len(found) else None


def _said(context: Context, statement: tree.OutputNode, level: Level) -> dict[str, Current]:
    found: dict[str, Current] = {}
    first: dict[str, Span] = {}
    for written in statement.values:
        try:
            name = ends.name_of_output(written)
            if name in first:
                raise DiagnosticError(errors.defined_twice("the output", name, written.span, first[name]))
            first[name], found[name] = written.span, None
            found[name] = context.evaluator.flowing(written, level.frame)
        except (DiagnosticError, PoisonedError) as raised:
            context.findings.take(raised)
    return found


def _check_numbers(context: Context, inputs: int, outputs: int, span: Span) -> None:
    """What each output sees of each input is worked out, and what takes too long is not begun."""
    operations = len(context.builder.nodes)
    if outputs > limits.MOST_OUTPUTS:
        context.findings.report(ends.too_many_outputs(outputs, span))
    if inputs > 1 and operations * inputs > limits.MOST_SEEN:
        most = max(limits.MOST_SEEN // operations, 1)
        context.findings.report(ends.too_many_inputs(inputs, most, f"a network of {operations:,} operations", span))


def lost(context: Context, plan: Plan, parts: Parts, outputs: dict[str, int], own: Level) -> tuple[Diagnostic, ...]:
    """What was computed and reaches nothing: an error at a step, a warning at a name that is never used."""
    builder = context.builder
    reached, lends = builder.reaching(outputs.values()), builder.reaching(builder.lent)
    for source, is_read, is_lent in zip(plan.inputs.values(), reached, lends, strict=False):
        if not is_read:
            found = ends.only_lent(source) if is_lent else ends.unread(source, [*plan.inputs])
            context.findings.report(found)
    known = {other for raw in builder.nodes for other in raw.inputs} | builder.excused | builder.lent
    known |= _left_out(context, plan, parts, reached, own)
    warnings = [*context.sharing.never_shared()]
    for index, wanted in enumerate(reached):
        if wanted or index in known or index < len(plan.inputs):
            continue
        token = builder.named.get(index)
        if token is None:
            origin = builder.origins[index]
            context.findings.report(notation.missing_from(origin.span) or _result_lost(origin.span), origin.caller)
        else:
            warnings.append(_unused_value(token))
    return tuple(warnings)


def _left_out(context: Context, plan: Plan, parts: Parts, reached: list[bool], own: Level) -> set[int]:
    """The nodes whose values parts end with that an `output` loses, which is reported."""
    if plan.output is None:
        return set()
    given = [(part, parts.values[part.key]) for part in plan.parts]
    lost = [(part, value.node) for part, value in given if value is not None and not reached[value.node]]
    if lost:
        context.findings.report(ends.left_out([part for part, _ in lost], *plan.output, own))
    return {node for _, node in lost}


def check_settings(context: Context, own: Level) -> None:
    """The settings that this network and its parts state must matter; those of its bases were judged there."""
    if context.findings.mistaken and not context.findings.of_shapes_alone:
        return
    for found in context.used.idle().values():
        if found.place is not None and found.place.span.within(own.tree.span):
            context.findings.report(found)


def _result_lost(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0224",
        "the result of this step is lost: nothing uses it",
        Label(span, "what follows starts from another value"),
        help="name it (`a = …`) and use the name, or leave the step out",
    )


def _unused_value(token: tree.Token) -> Diagnostic:
    return Diagnostic(
        "W0203",
        f"the value `{token.text}` is never used, and what led to it is left out of the network",
        Label(token.span),
        help="use the name in a later step, or remove the line",
    )
