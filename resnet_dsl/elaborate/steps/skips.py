"""Skip connections: what is merged, through which adapter, and whether the two fit. Nothing is ever broadcast."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.building.assuming import any_channels, behind_mistake, behind_unfit, may_be
from resnet_dsl.elaborate.frames import Binding, Frame, Given
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.values import Caller, Current, Origin, PoisonedError, Value, calls_to
from resnet_dsl.elaborate.wording import spell
from resnet_dsl.ir.lengths import Shape, channels, never_shorter, show, told_apart
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.windows import stride_between
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_MERGES = ("add", "mul", "concat")
_PARTS = {"network": "a network", "stem": "the stem", "head": "the head"}


class _Skip(NamedTuple):
    """One skip connection at one place: the two values and how they are to meet."""

    statement: tree.Skip
    merge: str
    source: Value
    current: Value

    @property
    def target(self) -> Shape:
        """The shape that the skip must have: the current one, but for the channels under `concat`."""
        if self.merge == "concat":
            return (*self.current.shape[:-1], channels(self.source.shape))
        return self.current.shape


def merge_skip(context: Context, statement: tree.Skip, frame: Frame, current: Current) -> Current:
    """Merges a value into what flows; under `skips off` what flows goes on alone."""
    try:
        merge = _merge_of(statement)
        source = _source(context, statement, frame)
    except (DiagnosticError, PoisonedError) as raised:
        context.findings.take(raised, frame.caller)
        return _without(statement, current)
    policy = frame.settings.skips()
    context.sharing.ask_policy(policy, has_own=statement.via is not None)
    if policy.off or statement.via is None:
        context.used.settings.add(policy.statement)
    if policy.off:
        context.builder.excused.add(source.node)
        return current
    if current is None:
        return None
    skip = _Skip(statement, merge, source, current)
    always = statement.always is not None or (policy.always and statement.via is None)
    if source.others or current.others:
        return _behind_mistake(context, skip, frame)
    if source.shape == skip.target and not always:
        if source.node == current.node:
            context.findings.report(_around_nothing(statement, merge), frame.caller)
        return _merged(context, skip, source, frame, "identity")
    binding = policy.adapter if statement.via is None else Binding(statement.via, frame, statement)
    assert binding is not None
    adapted = _adapt(context, skip, binding, frame)
    return (
        _behind_mistake(context, skip, frame) if adapted is None else _merged(context, skip, adapted, frame, "adapted")
    )


def _without(statement: tree.Skip, current: Current) -> Current:
    """What flows behind a skip that has no source: a sum has the shape of what it is added to."""
    adds = statement.merge is None or statement.merge.text in ("add", "mul")
    return current if adds or current is None else any_channels(current)


def _behind_mistake(context: Context, skip: _Skip, frame: Frame) -> Value:
    """What flows behind a skip whose shapes differ, or one of whose values has a mistake: either shape may be meant."""
    operation, inputs = OPERATIONS[skip.merge], (skip.current, skip.source)
    shapes = behind_mistake(operation, (), inputs)
    if not shapes and (skip.current.others or skip.source.others):
        shapes = (skip.current.shape, *skip.current.others)  # an adapter makes it fit
    shapes = shapes or behind_unfit(operation, {}, inputs)
    origin = Origin(skip.statement.span, frame.caller)
    return context.builder.stand_in(operation, shapes, inputs, frame.scope, origin)


def _merge_of(statement: tree.Skip) -> str:
    if statement.merge is None:
        return "add"
    if statement.merge.text not in _MERGES:
        word, span = statement.merge.text, statement.merge.span
        told = errors.unknown_word("skip", "by", "`add`, `mul` or `concat`", word, span, _MERGES)
        raise DiagnosticError(told._replace(help=suggestion(word, _MERGES) or "write `by add`, or leave it out"))
    return statement.merge.text


def _source(context: Context, statement: tree.Skip, frame: Frame) -> Value:
    if statement.source is not None:
        return context.evaluator.flowing(statement.source, frame)
    if frame.kind in _PARTS:
        raise DiagnosticError(_bare_skip(statement.span, _PARTS[frame.kind]))
    if frame.entry is None:
        raise PoisonedError
    return frame.entry


def _merged(context: Context, skip: _Skip, value: Value, frame: Frame, how: Literal["identity", "adapted"]) -> Value:
    origin = Origin(skip.statement.span, frame.caller)
    return context.builder.place(OPERATIONS[skip.merge], (), (skip.current, value), frame.scope, origin, None, how)


def _adapt(context: Context, skip: _Skip, binding: Binding, frame: Frame) -> Current:
    """Runs the adapter in a scope of its own; each of its steps is told the channels and the stride still needed.

    None where the two cannot meet, which is reported.
    """
    if skip.statement.via is None and stride_between(skip.source.shape, skip.target) is None:
        context.findings.report(_mismatch(context, skip, None), frame.caller)
        return None
    scope = context.builder.open("skip", "skip", frame.scope, skip.source.node)
    caller = Caller("the adapter of a skip connection", skip.statement, skip.statement, frame.caller)
    within = binding.frame._replace(settings=frame.settings, scope=scope, caller=caller, stride=None)
    needs = _Needs(skip.target, skip.statement.span)
    troubles = context.findings.troubles
    result = context.chain(binding.chain, within, skip.source, needs)
    if result is None:
        return None
    if context.findings.troubles > troubles:
        context.builder.excused.add(result.node)
        return None
    context.builder.close(scope, result.node)
    if not may_be(result, skip.target):
        context.findings.report(_mismatch(context, skip, result), frame.caller)
        context.builder.excused.add(result.node)
    return result if result.shape == skip.target else None


class _Needs:
    """What an adapter's step is given: the channels of the target, and the stride from what flows to the target."""

    def __init__(self, target: Shape, span: Span) -> None:
        self.target = target
        self.span = span

    def __call__(self, flowing: Value, known: Collection[str]) -> Mapping[str, Given]:
        needs: dict[str, Given] = {}
        if "channels" in known:
            needs["channels"] = Given(channels(self.target), self.span)
        stride = stride_between(flowing.shape, self.target)
        if "stride" in known and stride is not None:
            needs["stride"] = Given(stride, self.span)
        return needs


def _mismatch(context: Context, skip: _Skip, adapted: Value | None) -> Diagnostic:
    """Both shapes, both places, and what to write instead."""
    verb = {"add": "added", "mul": "multiplied", "concat": "joined"}[skip.merge]
    statement, source = skip.statement, skip.source
    shown = f"this is {told_apart(source.shape, skip.target)}"
    if adapted is not None and adapted.shape != source.shape:
        shown += f", and its adapter makes {told_apart(adapted.shape, skip.target)} of it"
    current = f"the current value is {told_apart(skip.current.shape, source.shape)}"
    main = _seen_from(context.builder.origins[skip.current.node], statement.span)
    return Diagnostic(
        "E0302",
        f"the skip connection cannot be {verb}: shapes differ",
        Label(statement.span, shown),
        (Label(main, current),),
        help=_remedy(skip, adapted),
    )


def _seen_from(origin: Origin, place: Span) -> Span:
    """Where a value was made, as the text of ``place`` sees it: a slot's steps stand in another text."""
    spans = [origin.span, *(one.step.span for one in calls_to(origin.caller))]
    return next((span for span in spans if span.source is place.source), origin.span)


def _bare_skip(span: Span, where: str) -> Diagnostic:
    return Diagnostic(
        "E0218",
        f"a skip connection in {where} must say where it comes from",
        Label(span),
        help="write `skip from NAME`, or put the steps and the skip into a block",
    )


def _around_nothing(statement: tree.Skip, merge: str) -> Diagnostic:
    result = {"add": "doubles", "mul": "squares", "concat": "repeats"}[merge]
    return Diagnostic(
        "W0303",
        f"this skip connection goes around nothing: it {result} the value",
        Label(statement.span, "no step stands between where it starts and here"),
        help="put the skip behind the steps that it is to go around",
    )


def _lengths_that_meet(skip: _Skip) -> str:
    """What makes the current value as long as the one that is skipped to it."""
    source, current = skip.source.shape[:-1], skip.current.shape[:-1]
    step = "crop" if all(map(never_shorter, current, source)) else "resize"
    name = "in" if skip.statement.source is None else skip.statement.source.span.text
    return (
        f"the two lengths cannot be met by a stride: write `{step}(like = {name})` before the skip, or pad the "
        "convolutions (`pad = half`)"
    )


def _remedy(skip: _Skip, adapted: Value | None) -> str:
    source, target = skip.source.shape, skip.target
    stride = stride_between(source, target)
    if len(source) != len(target) and skip.merge == "mul":
        return (
            "a gate for a map keeps its axes: `avgpool(global, keepdims = true)`, and `conv(…, 1)` in place of `dense`"
        )
    if len(source) != len(target):
        return "a skip cannot change the number of axes: start it from a value before the pooling, or end it there"
    if stride is None:
        return _lengths_that_meet(skip)
    if adapted is not None and skip.statement.via is not None:
        words = f"1x1 convolution, {channels(target)} channels, stride {spell(stride)}"
        return f"leave out `via {skip.statement.via.span.text}` to project it ({words})"
    return f"use an adapter that gives {show(target)}: `skips via project`"
