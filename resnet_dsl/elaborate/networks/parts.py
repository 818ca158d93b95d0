"""A network's inputs and parts, run one behind the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.building.assuming import ANYTHING, any_lengths
from resnet_dsl.elaborate.findings import Key, key_of
from resnet_dsl.elaborate.frames import Frame, Pending, Settings
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.names.intended import meant_parameters
from resnet_dsl.elaborate.networks import ends
from resnet_dsl.elaborate.networks.derivation import Level
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.elaborate.networks.plan import Part, Plan, PlannedInput
from resnet_dsl.elaborate.steps.arguments import assign, leave_open
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.elaborate.steps.elaborator import check_value_name
from resnet_dsl.elaborate.values import Constant, Current, Origin, PoisonedError, Value
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import PRELUDE, Span
from resnet_dsl.syntax import tree

_TERMS_OF_A_PART = 3 * limits.TERMS_OF_A_STEP
_COPIED = 20  # names that a part is given in the time of a term


class Parts:
    """The run of a network's inputs and parts, each of which is a value of its name.

    values: what is known by a name. sound: the parts without a mistake. own: the mistakes of parts that the network
    does not have from a base.
    """

    def __init__(self, context: Context, values: dict[Any, Value | None]) -> None:
        self.context = context
        self.builder = context.builder
        self.findings = context.findings
        self.values = values
        self.sound: set[str] = set()
        self.own: set[Key] = set()

    def inputs(self, plan: Plan, own: Level, asked: InputSize | None) -> Value:
        """The network's inputs, each a value of its name. The first one, which flows, is `input`, too, if none is."""
        keys = [*plan.inputs] or ["input"]
        sizes = ends.sizes_of_inputs(asked, keys, own.tree)
        if len(keys) > limits.MOST_INPUTS:
            raise DiagnosticError(ends.too_many_inputs(len(keys), limits.MOST_INPUTS, "a network", own.tree.name.span))
        for key in keys:
            self.values[key] = self._sound_input(plan.inputs.get(key), sizes.get(key), own)
        first = self.values[keys[0]]
        assert first is not None
        self.values.setdefault("input", first)
        return first

    def _sound_input(self, source: PlannedInput | None, size: Constant, own: Level) -> Value:
        """One input; behind a mistake, which is reported, of any size."""
        try:
            return self._input(source, size, own)
        except (DiagnosticError, PoisonedError) as raised:
            self.findings.take(raised)
        span = own.tree.name.span if source is None else source.member.size.span
        return self.builder.stand_in(OPERATIONS["input"], ANYTHING, (), 0, Origin(span, None))

    def _input(self, source: PlannedInput | None, size: Constant, own: Level) -> Value:
        """One input, of the size that was asked for, or of that of the text."""
        if source is None and size is None:
            raise DiagnosticError(ends.no_input(own.tree))
        name, level = (None, own) if source is None else (source.name, source.level)
        span = own.tree.name.span if source is None else source.member.size.span
        written = self._written(source, required=size is None)
        size = ends.checked_size(written if size is None else size, name, span)
        ends.check_multiples(size, written, span)
        if name is not None:
            check_value_name(name, level.frame)
        label = "input" if name is None else name.text
        return self.builder.place(OPERATIONS["input"], (("shape", size),), (), 0, Origin(span, None), label)

    def _written(self, source: PlannedInput | None, required: bool) -> Constant:
        """The size in the text, with whatever mistake where it is required; else a size with a mistake is none."""
        if source is None:
            return None
        try:
            return self._size(source, source.level.frame)
        except (DiagnosticError, PoisonedError):
            if required:
                raise
            return None

    def _size(self, source: PlannedInput, frame: Frame) -> Constant:
        """What the text says. Raises DiagnosticError."""
        size = source.member.size
        try:
            return self.context.evaluator.evaluate(size, frame)
        except DiagnosticError as mistake:
            if mistake.diagnostic.code != "E0208" or not isinstance(size, tree.Name) or source.name is not None:
                raise
            known = [*frame.constants, *frame.module.lets()]
            raise DiagnosticError(errors.unknown_size(size.token.text, size.span, known)) from None

    def run(self, plan: Plan, own: Level, entry: Value) -> Current:
        """Runs all parts, each of which is a value of its name; what flows behind the stages into each head."""
        trunk: Current = entry
        for part in plan.parts:
            self._check_head(part, plan)
            found = len(self.findings.diagnostics)
            flowing = self.values[part.key] = self._part(part, trunk, own.frame.settings)
            if part.level is own:
                self.own.update(map(key_of, self.findings.diagnostics[found:]))
            trunk = trunk if part.kind == "head" else flowing
        return trunk

    def _check_head(self, part: Part, plan: Plan) -> None:
        """A value of a head's name would be lost. Stages and inputs of it were told of, and heads that stand twice."""
        if part.kind != "head" or part.key not in self.values or part.key in plan.stages or part.key in plan.inputs:
            return
        if part not in plan.surplus:
            self.findings.report(errors.defined_twice("the value", part.key, part.place, None))

    def _part(self, part: Part, current: Current, settings_in_force: Settings) -> Current:
        """One part: the names of the level that wrote it, the settings of the network that is built."""
        self.context.budget.spend(part.place, _TERMS_OF_A_PART + len(part.level.frame.constants) // _COPIED)
        kind = part.kind
        scope = self.builder.open(kind, part.key, 0, current.node if current is not None else 0)  # type: ignore[arg-type]
        constants = dict(part.level.frame.constants)
        module = part.level.definition.module
        frame = Frame(module, constants, self.values, current, settings_in_force, scope, kind=kind)
        first, troubles = len(self.builder.nodes), self.findings.troubles
        if part.name is not None:
            self._check_name(part.name, frame)
        if isinstance(part.member, tree.Stage):
            frame = frame._replace(stride=self._stage_stride(part.member, frame))
        self.context.blocks.part = frame.kind  # type: ignore[assignment]
        current = self.context.body(part.member.body, frame, current)
        self.context.blocks.part = None
        is_sound = self.findings.troubles == troubles
        if frame.stride is not None and not frame.stride.taken and is_sound and current is not None:
            self.findings.report(_no_stride_taken(part, frame.stride.span))
            current = any_lengths(current)  # a step was to take it, or none
        elif is_sound and not self.builder.is_doubtful(first):
            self.sound.add(part.key)
        if current is not None and kind == "head":
            self.builder.close_head(scope, current.node, first)
        elif current is not None:
            self.builder.close(scope, current.node)
        return current

    def _check_name(self, name: tree.Token, frame: Frame) -> None:
        try:
            check_value_name(name, frame)
        except DiagnosticError as mistake:
            self.findings.take(mistake)

    def _stage_stride(self, stage: tree.Stage, frame: Frame) -> Pending | None:
        name = f"stage {stage.name.text}"
        meant = meant_parameters(stage.arguments, ["stride"])
        found = assign(self.context.evaluator, name, ["stride"], meant, stage.arguments, frame)
        leave_open(found, ["stride"], meant, stage.name.span)
        return Pending(*found["stride"]) if found else None


def _no_stride_taken(part: Part, span: Span) -> Diagnostic:
    remedy = _own_block_without_stride(part.member.body, part.level.definition.module)
    remedy = remedy or "call an operation or block with a parameter `stride` in this stage"
    message = f"no step of stage `{part.key}` takes its stride"
    return Diagnostic("E0225", message, Label(span), help=f"{remedy}, or leave the stage's stride out")


def _own_block_without_stride(body: tree.Body, module: Module) -> str | None:
    """What to write in the first block of the user's that a stage calls, so that one of its steps takes a stride."""
    for name in _called(body):
        block = module.find(name)
        if block is None or not isinstance(block.tree, tree.Block) or block.module.source.name == PRELUDE:
            continue
        takers = (one for one in _called(block.tree.body) if "stride" in (block.module.parameters_of(one) or ()))
        if (taker := next(takers, None)) is not None:
            written = f"block {name}({'…, ' if tree.parameters(block.tree) else ''}stride = 1)"
            return f"give `{name}` the stride, `{written}`, and hand it on to a step: `{taker}(…, stride = stride)`"
    return None


def _called(body: tree.Body) -> Iterator[str]:
    """The names of what is called with brackets, in the order of the text."""
    return (
        one.subject.name.text
        for one in tree.walk(body)
        if isinstance(one, tree.Step) and isinstance(one.subject, tree.Call)
    )
