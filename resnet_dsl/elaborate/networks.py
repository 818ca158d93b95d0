"""Networks: the elaboration of one from its input to its output."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import ends, errors, limits, notation
from resnet_dsl.elaborate.arguments import assign, leave_open
from resnet_dsl.elaborate.assuming import ANYTHING, any_lengths
from resnet_dsl.elaborate.builder import BlockKind
from resnet_dsl.elaborate.derivation import Derivation, Level, Part, Plan, PlannedInput, plan_of
from resnet_dsl.elaborate.elaborator import Elaborator, check_value_name
from resnet_dsl.elaborate.ends import InputSize
from resnet_dsl.elaborate.expectations import Known, known_quantities, read_expectation
from resnet_dsl.elaborate.frames import Binding, Frame, Pending, Policy, Settings, file_frame
from resnet_dsl.elaborate.intended import meant_parameters
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.unused import Used
from resnet_dsl.elaborate.values import (
    Constant,
    Current,
    Expectation,
    Origin,
    Overrides,
    PoisonedError,
    TooLargeError,
    Value,
)
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.sizes import Size
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_OF_SOUND_PARTS = ("params", "total_params", "macs", "output")
_TERMS_OF_A_PART = 3 * limits.TERMS_OF_A_STEP
_COPIED = 20  # names that a part is given in the time of a term


class Elaborated(NamedTuple):
    """A network as a graph, with its tables beside it. ``origins`` and ``expectations`` lead back to the text."""

    graph: Graph
    shapes: tuple[Shape, ...]
    origins: tuple[Origin, ...]
    expectations: tuple[Expectation, ...]
    warnings: tuple[Diagnostic, ...]


Key: TypeAlias = tuple[str, Span | None]
"""A mistake's code and place; its words hold lengths."""


def key_of(mistake: Diagnostic) -> Key:
    return mistake.code, mistake.place and mistake.place.span


class Outcome(NamedTuple):
    """What became of a network: its graph, or None; the mistakes; how many steps it took; and what it used.

    sound: of a network with mistakes the graph of what stands in front of them, with the expectations of whole parts.
    shapes: of the values that were made, also where no graph came of it, but for those behind a mistake. size: its
    input's, where it has one alone. own: the mistakes of parts that it does not have from a base.
    """

    elaborated: Elaborated | None
    sound: Elaborated | None
    diagnostics: tuple[Diagnostic, ...]
    steps: int
    used: Used
    shapes: tuple[Shape, ...]
    size: Size | None
    own: frozenset[Key]


def elaborate(
    definition: Definition,
    prelude: Module,
    overrides: Overrides,
    input_size: InputSize | None,
    most_steps: int = limits.MOST_STEPS,
    without: Span | None = None,
) -> Outcome:
    """The graph of a network, and the mistakes found; ``most_steps``: where it ends as too large.

    ``without``: the place of a member, or of an argument of a `from`, that is left out.

    ``progress`` needs the number of blocks. Where the text does not say it, it is known when all have been run: a
    network that asks for it is then run a second time, and only what the second run finds counts.
    """
    elaboration = _Elaboration(definition, prelude, overrides, input_size, None, most_steps, without)
    result = elaboration.run()
    if elaboration.counts_in_vain and not elaboration.exhausted:
        found = elaboration.elaborator.blocks.found
        elaboration = _Elaboration(definition, prelude, overrides, input_size, found, most_steps, without)
        result = elaboration.run()
    held = elaboration.elaborator
    sure = [raw for index, raw in enumerate(held.builder.nodes) if index not in held.builder.doubtful]
    sizes = [raw.placed.arguments["shape"] for raw in sure if raw.operation.name == "input"]
    size = sizes[0] if len(sizes) == 1 else None
    shapes = tuple(raw.placed.shape for raw in sure)
    mistakes, own = tuple(held.findings.diagnostics), frozenset(elaboration.own)
    return Outcome(result, elaboration.sound, mistakes, held.budget.steps, held.used, shapes, size, own)


class _Elaboration:
    """One run over a network. ``blocks``: how many it has of each kind, None where that is yet to be counted."""

    def __init__(
        self,
        definition: Definition,
        prelude: Module,
        overrides: Overrides,
        input_size: InputSize | None,
        blocks: Counter[BlockKind] | None,
        most_steps: int,
        without: Span | None,
    ) -> None:
        self.definition = definition
        self.overrides = dict(overrides)
        self.input_size = input_size
        self.without = without
        self.own: set[Key] = set()
        self.exhausted = False
        self.elaborator = Elaborator(definition.tree.name.text, blocks or Counter(), most_steps)
        self.builder = self.elaborator.builder
        self.findings = self.elaborator.findings
        self.counted = blocks is not None
        self.values: dict[Any, Value | None] = {}
        self.settings = Settings(None, policy=_default_policy(prelude))
        self.sound_parts: set[str] = set()
        self.sound: Elaborated | None = None

    @property
    def counts_in_vain(self) -> bool:
        """Whether this run has said a wrong `progress`: there are more or fewer blocks than it expected."""
        blocks = self.elaborator.blocks
        return blocks.asked and not self.counted and not blocks.as_expected

    def run(self) -> Elaborated | None:
        try:
            return self._run()
        except (DiagnosticError, TooLargeError) as stopped:
            self.exhausted = isinstance(stopped, TooLargeError)
            with suppress(TooLargeError):
                self.findings.report(stopped.diagnostic)
        except PoisonedError:
            pass
        return None

    def _run(self) -> Elaborated | None:
        levels = Derivation(self.elaborator, self.overrides, self.values, self.settings, self.without).levels(
            self.definition
        )
        plan = plan_of(levels, self.elaborator)
        if not plan.parts:
            raise _empty(levels)
        if not self.counted and _says_progress(levels):
            self.elaborator.blocks.expect(plan.stage_bodies())
        own = levels[-1]
        trunk = self._parts(plan, own, self._inputs(plan, own))
        if self.counts_in_vain:
            return None
        outputs = self._outputs(plan, trunk)
        is_whole = not (self.findings.mistaken or self.findings.poisoned or self.builder.doubtful)
        self._check_settings(own)
        expectations = self._expectations(own, self._known(plan, outputs if is_whole else None))
        if outputs is None or not is_whole:
            self.sound = self._in_front_of_mistakes(own, expectations)
            if outputs is not None and self.findings.of_shapes_alone:
                self.sound = self.sound and self.sound._replace(warnings=self._lost(plan, outputs, own))
            return None
        troubles = self.findings.troubles
        warnings = self._lost(plan, outputs, own)
        if self.findings.troubles > troubles:
            return None
        self.builder.close(0, max(outputs.values()))
        graph, shapes, origins = self.builder.finish(own.tree.doc, outputs)
        return Elaborated(graph, shapes, origins, expectations, warnings)

    def _in_front_of_mistakes(self, own: Level, expectations: tuple[Expectation, ...]) -> Elaborated | None:
        """What can be judged of a network with mistakes; nothing where its inputs or shared weights may be others."""
        inputs = sum(raw.operation.name == "input" for raw in self.builder.nodes)
        if not self.builder.doubtful.isdisjoint(range(inputs)) or any(
            raw.twin is not None for raw in self.builder.nodes
        ):
            return None
        graph, shapes, origins = self.builder.finish(own.tree.doc, self.builder.unread())
        judged = [one for one in expectations if one.subject in self.sound_parts and one.quantity in _OF_SOUND_PARTS]
        return Elaborated(graph, shapes, origins, tuple(judged), ())

    # From input to output

    def _inputs(self, plan: Plan, own: Level) -> Value:
        """The network's inputs, each a value of its name. The first one, which flows, is `input`, too, if none is."""
        keys = [*plan.inputs] or ["input"]
        sizes = ends.sizes_of_inputs(self.input_size, keys, own.tree)
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
            return self.elaborator.evaluator.evaluate(size, frame)
        except DiagnosticError as mistake:
            if mistake.diagnostic.code != "E0208" or not isinstance(size, tree.Name) or source.name is not None:
                raise
            known = [*frame.constants, *frame.module.lets()]
            raise DiagnosticError(errors.unknown_size(size.token.text, size.span, known)) from None

    def _parts(self, plan: Plan, own: Level, entry: Value) -> Current:
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
        self.elaborator.budget.spend(part.place, _TERMS_OF_A_PART + len(part.level.frame.constants) // _COPIED)
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
        self.elaborator.blocks.part = frame.kind  # type: ignore[assignment]
        current = self.elaborator.body(part.member.body, frame, current)
        self.elaborator.blocks.part = None
        is_sound = self.findings.troubles == troubles
        if frame.stride is not None and not frame.stride.taken and is_sound and current is not None:
            self.findings.report(_no_stride_taken(part.key, frame.stride.span))
            current = any_lengths(current)  # a step was to take it, or none
        elif is_sound and not self.builder.is_doubtful(first):
            self.sound_parts.add(part.key)
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
        found = assign(self.elaborator.evaluator, name, ["stride"], meant, stage.arguments, frame)
        leave_open(found, ["stride"], meant, stage.name.span)
        return Pending(*found["stride"]) if found else None

    def _outputs(self, plan: Plan, trunk: Current) -> dict[str, int] | None:
        """The nodes whose values the network returns, by name; None behind a mistake.

        They are what `output` says, or else the heads; without any of these what flows behind the last stage.
        """
        found: dict[str, Current] = {}
        if plan.output is not None:
            found = self._said(*plan.output)
        elif plan.heads:
            found = {name: self.values[name] for name in plan.heads}
        else:
            found[plan.parts[-1].key] = trunk
        self._check_numbers(len(plan.inputs), len(found))
        outputs = {name: value.node for name, value in found.items() if value is not None}
        return outputs if len(outputs) == len(found) else None

    def _check_numbers(self, inputs: int, outputs: int) -> None:
        """What each output sees of each input is worked out, and what takes too long is not begun."""
        operations, span = len(self.builder.nodes), self.definition.tree.name.span
        if outputs > limits.MOST_OUTPUTS:
            self.findings.report(ends.too_many_outputs(outputs, span))
        if inputs > 1 and operations * inputs > limits.MOST_SEEN:
            most = max(limits.MOST_SEEN // operations, 1)
            self.findings.report(ends.too_many_inputs(inputs, most, f"a network of {operations:,} operations", span))

    def _said(self, statement: tree.Output, level: Level) -> dict[str, Current]:
        found: dict[str, Current] = {}
        first: dict[str, Span] = {}
        for written in statement.values:
            try:
                name = ends.name_of_output(written)
                if name in first:
                    raise DiagnosticError(errors.defined_twice("the output", name, written.span, first[name]))
                first[name], found[name] = written.span, None
                found[name] = self.elaborator.evaluator.flowing(written, level.frame)
            except (DiagnosticError, PoisonedError) as raised:
                self.findings.take(raised)
        return found

    # Afterwards

    def _check_settings(self, own: Level) -> None:
        """The settings that this network and its parts state must matter; those of its bases were judged there."""
        if self.findings.mistaken and not self.findings.of_shapes_alone:
            return
        for found in self.elaborator.used.idle().values():
            if found.place is not None and lies_in(found.place.span, own.tree.span):
                self.findings.report(found)

    def _known(self, plan: Plan, outputs: dict[str, int] | None) -> Known:
        """What facts there are; behind a mistake those of every part."""
        parts = [*dict.fromkeys(part.key for part in plan.parts)]
        if outputs is not None:
            held = self._held(outputs)
            parts = [name for name in parts if name in held]
        stated = plan.heads if plan.output is None else (parts if outputs is None else outputs)
        return known_quantities(parts, [*stated], [*plan.inputs])

    def _held(self, outputs: dict[str, int]) -> set[str]:
        """The parts that hold a step: of an empty one, or one that nothing reads, there are no facts."""
        tops = [0]
        for index, scope in enumerate(self.builder.scopes[1:], 1):
            tops.append(tops[scope.parent or 0] or index)
        reached = zip(self.builder.nodes, self.builder.reaching(outputs.values()), strict=True)
        return {self.builder.scopes[tops[raw.scope]].name for raw, wanted in reached if wanted}

    def _expectations(self, own: Level, known: Known) -> tuple[Expectation, ...]:
        """The network's own expectations; they hold for the network as written, not under overrides."""
        found = []
        for member in own.members:
            if isinstance(member, tree.Expect):
                try:
                    found.append(read_expectation(self.elaborator.evaluator, member, own.frame, known))
                except (DiagnosticError, PoisonedError) as raised:
                    self.findings.take(raised)
        return () if self.overrides or self.input_size is not None else tuple(found)

    def _lost(self, plan: Plan, outputs: dict[str, int], own: Level) -> tuple[Diagnostic, ...]:
        """What was computed and reaches nothing: an error at a step, a warning at a name that is never used."""
        reached = self.builder.reaching(outputs.values())
        lends = self.builder.reaching(self.builder.lent)
        for source, is_read, is_lent in zip(plan.inputs.values(), reached, lends, strict=False):
            if not is_read:
                found = ends.only_lent(source) if is_lent else ends.unread(source, [*plan.inputs])
                self.findings.report(found)
        known = {other for raw in self.builder.nodes for other in raw.inputs} | self.builder.excused | self.builder.lent
        known |= self._left_out(plan, reached, own)
        warnings = [*self.elaborator.sharing.never_shared()]
        for index, wanted in enumerate(reached):
            if wanted or index in known or index < len(plan.inputs):
                continue
            token = self.builder.named.get(index)
            if token is None:
                origin = self.builder.origins[index]
                self.findings.report(notation.missing_from(origin.span) or _lost(origin.span), origin.caller)
            else:
                warnings.append(_unused_value(token))
        return tuple(warnings)

    def _left_out(self, plan: Plan, reached: list[bool], own: Level) -> set[int]:
        """The nodes whose values parts end with that an `output` loses, which is reported."""
        if plan.output is None:
            return set()
        given = [(part, self.values[part.key]) for part in plan.parts]
        lost = [(part, value.node) for part, value in given if value is not None and not reached[value.node]]
        if lost:
            self.findings.report(ends.left_out([part for part, _ in lost], *plan.output, own))
        return {node for _, node in lost}


def _says_progress(levels: list[Level]) -> bool:
    """Whether a network may ask for `progress`, as far as its files and their imports say."""
    modules = (level.definition.module for level in levels)
    return any("progress" in one.source.text for module in modules for one in (module, *module.imported()))


def lies_in(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end


def _default_policy(prelude: Module) -> Policy:
    """`skips via project`: the paper's option B."""
    block = prelude.own["project"].tree
    name = tree.Name(block.span, block.name)
    chain = tree.Chain(block.span, (tree.Step(block.span, name, None),))
    return Policy(False, False, Binding(chain, file_frame(prelude, Settings(None)), block), block)


def _empty(levels: list[Level]) -> DiagnosticError | PoisonedError:
    network = levels[-1].tree
    if any(level.tree.name.text in level.definition.module.mended for level in levels):
        return PoisonedError()  # what it has may stand where nothing could be read
    return DiagnosticError(
        Diagnostic(
            "E0234",
            f"network `{network.name.text}` has neither a stem, a stage nor a head",
            Label(network.name.span),
            help="write `stage NAME { … }` with its blocks",
        )
    )


def _no_stride_taken(stage: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0225",
        f"no step of stage `{stage}` takes its stride",
        Label(span),
        help="call an operation or block with a parameter `stride` in this stage, or leave the stage's stride out",
    )


def _lost(span: Span) -> Diagnostic:
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
