"""Networks: the elaboration of one from its input to its output."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Mistake
from resnet_dsl.elaborate import errors, flow_errors, limits, network_errors, settings
from resnet_dsl.elaborate.builder import BlockKind, Builder, TooMuch
from resnet_dsl.elaborate.calls import assign
from resnet_dsl.elaborate.expectations import read_expectation
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.flow import Current, Flow
from resnet_dsl.elaborate.levels import Derivation, Level, Part, Plan, plan_of
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.statements import check_value_name
from resnet_dsl.elaborate.values import (
    POISON,
    Binding,
    Constant,
    Expectation,
    Frame,
    Items,
    Origin,
    Overrides,
    Pending,
    Poisoned,
    Policy,
    Settings,
    Value,
    file_frame,
)
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_TERMS_OF_A_PART = 3 * limits.TERMS_OF_A_STEP
_COPIED = 20  # names that a part is given in the time of a term


class Elaborated(NamedTuple):
    """A network as a graph, with its tables beside it. ``origins`` and ``expectations`` lead back to the text."""

    graph: Graph
    shapes: tuple[Shape, ...]
    origins: tuple[Origin, ...]
    expectations: tuple[Expectation, ...]
    warnings: tuple[Diagnostic, ...]


class Outcome(NamedTuple):
    """What became of a network: its graph, or None; the mistakes; and what was run, by the identity of its statements.

    called, skips_run, settings_used: blocks, skips and settings that did something. idle: of settings that did not,
    what is to be said if no other network uses them.
    """

    elaborated: Elaborated | None
    diagnostics: tuple[Diagnostic, ...]
    steps: int
    called: set[int]
    skips_run: set[int]
    settings_used: set[int]
    idle: dict[int, Diagnostic]


def elaborate(
    definition: Definition, prelude: Module, overrides: Overrides, input_size: tuple[int | None, ...] | None
) -> Outcome:
    """The graph of a network, and the mistakes found.

    ``progress`` needs the number of blocks. Where the text does not say it, it is known when all have been run: a
    network that asks for it is then run a second time, and only what the second run finds counts.
    """
    run = _Elaboration(definition, prelude, overrides, input_size, None)
    result = run.run()
    if run.counts_in_vain and not run.exhausted:
        run = _Elaboration(definition, prelude, overrides, input_size, run.flow.blocks.found)
        result = run.run()
    flow = run.flow
    steps, idle = flow.budget.steps, settings.idle(flow)
    return Outcome(result, tuple(flow.diagnostics), steps, flow.called, flow.ran, flow.used, idle)


class _Elaboration:
    """One run over a network. ``blocks``: how many it has of each kind, None where that is yet to be counted."""

    def __init__(
        self,
        definition: Definition,
        prelude: Module,
        overrides: Overrides,
        input_size: tuple[int | None, ...] | None,
        blocks: Counter[BlockKind] | None,
    ) -> None:
        self.definition = definition
        self.overrides = dict(overrides)
        self.input_size = input_size
        self.exhausted = False
        self.builder = Builder(definition.tree.name.text)
        self.flow = Flow(self.builder, blocks or Counter())
        self.counted = blocks is not None
        self.values: dict[Any, Value | None] = {}
        self.settings = Settings(None, policy=_default_policy(prelude))

    @property
    def counts_in_vain(self) -> bool:
        """Whether this run has said a wrong `progress`: there are more or fewer blocks than it expected."""
        return self.flow.progress_asked and not self.counted and not self.flow.blocks.as_expected

    def run(self) -> Elaborated | None:
        try:
            return self._run()
        except (Mistake, TooMuch) as mistake:
            self.exhausted = isinstance(mistake, TooMuch)
            with suppress(TooMuch):
                self.flow.report(mistake.diagnostic)
        except Poisoned:
            pass
        return None

    def _run(self) -> Elaborated | None:
        levels = Derivation(self.flow, self.overrides, self.values, self.settings).levels(self.definition)
        plan = plan_of(levels, self.flow)
        if not plan.parts:
            refuse(network_errors.empty(levels[-1].tree))
        if not self.counted and _says_progress(levels):
            self.flow.blocks.expect(plan.stage_bodies())
        entry = self._input(plan, levels[-1])
        current: Current = entry
        for part in plan.parts:
            current = self._part(part, entry, current, levels[-1].frame.settings)
        if self.counts_in_vain:
            return None
        own = levels[-1]
        self._check_settings(own)
        expectations = self._expectations(own, self._parts_left(plan, current))
        if current is None or self._mistaken():
            return None
        warnings = self._lost(current.node)
        if self._mistaken():
            return None
        self.builder.close(0, current.node)
        graph, shapes, origins = self.builder.finish(own.tree.doc, current.node)
        return Elaborated(graph, shapes, origins, expectations, warnings)

    # From input to output

    def _input(self, plan: Plan, own: Level) -> Value:
        if self.input_size is not None:
            size: Constant = self.input_size
            span = plan.input[0].span if plan.input is not None else own.tree.name.span
        elif plan.input is None:
            refuse(network_errors.no_input(own.tree))
        else:
            statement, level = plan.input
            size, span = self.flow.evaluate(statement.size, level.frame), statement.size.span
        parameter = OPERATIONS["input"].parameters[0]
        if isinstance(size, Items | Value) or not parameter.kind.fits(size):
            refuse(flow_errors.not_an_input(size, network_errors.why_no_input(size), span))
        return self.builder.place(OPERATIONS["input"], (("shape", size),), (), 0, Origin(span, None))

    def _part(self, part: Part, entry: Value, current: Current, settings_in_force: Settings) -> Current:
        """One part: the names of the level that wrote it, the settings of the network that is built."""
        self.flow.budget.spend(part.place, _TERMS_OF_A_PART + len(part.level.frame.constants) // _COPIED)
        kind = type(part.member).__name__.lower()
        scope = self.builder.open(kind, part.key, 0, current.node if current is not None else 0)  # type: ignore[arg-type]
        frame = Frame(
            part.level.definition.module,
            dict(part.level.frame.constants),
            self.values,
            entry,
            settings_in_force,
            scope,
            None,
            kind,
        )
        if isinstance(part.member, tree.Stage):
            self._stage_stride(part.member, frame)
        self.flow.blocks.part = frame.kind  # type: ignore[assignment]
        current = self.flow.body(part.member.body, frame, current)
        self.flow.blocks.part = None
        if frame.stride is not None and not frame.stride.taken and current is not None:
            self.flow.report(errors.no_stride_taken(part.key, frame.stride.span))
        if current is not None:
            self.builder.close(scope, current.node)
        if kind != "head":
            self.values[part.key] = current
        return current

    def _stage_stride(self, stage: tree.Stage, frame: Frame) -> None:
        try:
            check_value_name(stage.name, frame)
        except Mistake as mistake:
            self.flow.report(mistake.diagnostic)
        found = assign(
            f"stage {stage.name.text}",
            ["stride"],
            stage.arguments,
            lambda one: self.flow.attempt(one, frame),
            self.flow.report,
        )
        for one in found.values():
            if one.value is not POISON:
                frame.stride = Pending(one.value, one.span)

    # Afterwards

    def _mistaken(self) -> bool:
        """Whether a mistake was found, here or (a name that it would have defined was asked for) in the text."""
        return self.flow.clouded or any(one.severity == "error" for one in self.flow.diagnostics)

    def _check_settings(self, own: Level) -> None:
        """The settings that this network and its parts state must matter; those of its bases were judged there."""
        if self._mistaken():
            return
        for found in settings.idle(self.flow).values():
            if found.place is not None and _lies_in(found.place.span, own.tree.span):
                self.flow.report(found)

    def _parts_left(self, plan: Plan, current: Current) -> set[str]:
        """The stem and the stages that hold a step: of an empty one, or one that nothing reads, there are no facts."""
        named = {part.key for part in plan.parts if part.key != "head"}
        if current is None:
            return named
        tops = [0]
        for index, scope in enumerate(self.builder.scopes[1:], 1):
            tops.append(tops[scope.parent or 0] or index)
        reached = zip(self.builder.nodes, self.builder.reaching(current.node), strict=True)
        held = {tops[raw.scope] for raw, wanted in reached if wanted}
        return named & {self.builder.scopes[top].name for top in held}

    def _expectations(self, own: Level, stages: set[str]) -> tuple[Expectation, ...]:
        """The network's own expectations; they hold for the network as written, not under overrides."""
        found = []
        for member in own.tree.members.items:
            if isinstance(member, tree.Expect):
                try:
                    found.append(read_expectation(self.flow, member, own.frame, stages))
                except Mistake as mistake:
                    self.flow.report(mistake.diagnostic)
                except Poisoned:
                    pass
        return () if self.overrides or self.input_size is not None else tuple(found)

    def _lost(self, output: int) -> tuple[Diagnostic, ...]:
        """What was computed and reaches nothing: an error at a step, a warning at a name that is never used."""
        reached = self.builder.reaching(output)
        read = {other for raw in self.builder.nodes for other in raw.inputs} | self.flow.excused
        warnings = []
        for index, wanted in enumerate(reached):
            if wanted or index in read:
                continue
            token = self.flow.named.get(index)
            if token is None:
                origin = self.builder.origins[index]
                self.flow.report(located(flow_errors.lost(origin.span), origin.caller))
            else:
                warnings.append(network_errors.unused_value(token))
        return tuple(warnings)


def _says_progress(levels: list[Level]) -> bool:
    """Whether a network may ask for `progress`, as far as its files and their imports say."""
    modules = (level.definition.module for level in levels)
    return any("progress" in one.source.text for module in modules for one in (module, *module.imported()))


def _lies_in(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end


def _default_policy(prelude: Module) -> Policy:
    """`skips via project`: the paper's option B."""
    block = prelude.own["project"].tree
    name = tree.Name(block.span, block.name)
    chain = tree.Chain(block.span, (tree.Step(block.span, name, None),))
    return Policy(False, False, Binding(chain, file_frame(prelude, Settings(None)), block), block)
