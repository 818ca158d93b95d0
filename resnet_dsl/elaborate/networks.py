"""Networks: the elaboration of one from its input to its output."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import limits
from resnet_dsl.elaborate.arguments import assign
from resnet_dsl.elaborate.builder import BlockKind
from resnet_dsl.elaborate.derivation import Derivation, Level, Part, Plan, plan_of
from resnet_dsl.elaborate.elaborator import Elaborator, check_value_name
from resnet_dsl.elaborate.expectations import read_expectation
from resnet_dsl.elaborate.frames import Binding, Frame, Pending, Policy, Settings, file_frame
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.unused import Used
from resnet_dsl.elaborate.values import (
    POISON,
    Constant,
    Current,
    Expectation,
    Items,
    Origin,
    Overrides,
    PoisonedError,
    TooLargeError,
    Value,
)
from resnet_dsl.elaborate.wording import sort_of, spell
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.sizes import Size, beside, fits, is_open, multiples, rule
from resnet_dsl.sentences import either
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
    """What became of a network: its graph, or None; the mistakes; how many steps it took; and what it used.

    shapes: of the values that were made, also where no graph came of it. size: its input's.
    """

    elaborated: Elaborated | None
    diagnostics: tuple[Diagnostic, ...]
    steps: int
    used: Used
    shapes: tuple[Shape, ...]
    size: Size | None


def elaborate(
    definition: Definition,
    prelude: Module,
    overrides: Overrides,
    input_size: Size | None,
    most_steps: int = limits.MOST_STEPS,
) -> Outcome:
    """The graph of a network, and the mistakes found; ``most_steps``: where it ends as too large.

    ``progress`` needs the number of blocks. Where the text does not say it, it is known when all have been run: a
    network that asks for it is then run a second time, and only what the second run finds counts.
    """
    elaboration = _Elaboration(definition, prelude, overrides, input_size, None, most_steps)
    result = elaboration.run()
    if elaboration.counts_in_vain and not elaboration.exhausted:
        found = elaboration.elaborator.blocks.found
        elaboration = _Elaboration(definition, prelude, overrides, input_size, found, most_steps)
        result = elaboration.run()
    held = elaboration.elaborator
    made = [raw.placed for raw in held.builder.nodes]
    size = made[0].arguments["shape"] if made else None
    shapes = tuple(one.shape for one in made)
    return Outcome(result, tuple(held.findings.diagnostics), held.budget.steps, held.used, shapes, size)


class _Elaboration:
    """One run over a network. ``blocks``: how many it has of each kind, None where that is yet to be counted."""

    def __init__(
        self,
        definition: Definition,
        prelude: Module,
        overrides: Overrides,
        input_size: Size | None,
        blocks: Counter[BlockKind] | None,
        most_steps: int,
    ) -> None:
        self.definition = definition
        self.overrides = dict(overrides)
        self.input_size = input_size
        self.exhausted = False
        self.elaborator = Elaborator(definition.tree.name.text, blocks or Counter(), most_steps)
        self.builder = self.elaborator.builder
        self.findings = self.elaborator.findings
        self.counted = blocks is not None
        self.values: dict[Any, Value | None] = {}
        self.settings = Settings(None, policy=_default_policy(prelude))

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
        levels = Derivation(self.elaborator, self.overrides, self.values, self.settings).levels(self.definition)
        plan = plan_of(levels, self.elaborator)
        if not plan.parts:
            raise DiagnosticError(_empty(levels[-1].tree))
        if not self.counted and _says_progress(levels):
            self.elaborator.blocks.expect(plan.stage_bodies())
        entry = self._input(plan, levels[-1])
        current: Current = entry
        for part in plan.parts:
            current = self._part(part, entry, current, levels[-1].frame.settings)
        if self.counts_in_vain:
            return None
        own = levels[-1]
        self._check_settings(own)
        expectations = self._expectations(own, self._parts_left(plan, current))
        if current is None or self.findings.mistaken:
            return None
        warnings = self._lost(current.node)
        if self.findings.mistaken:
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
            raise DiagnosticError(_no_input(own.tree))
        else:
            statement, level = plan.input
            size, span = self.elaborator.evaluator.evaluate(statement.size, level.frame), statement.size.span
        if not _is_input(size):
            raise DiagnosticError(_not_an_input(size, _why_no_input(size), span))
        divisors = self._multiples(plan)
        if self.input_size is not None and not fits(size, divisors):
            raise DiagnosticError(_no_multiple(size, divisors, span))
        return self.builder.place(OPERATIONS["input"], (("shape", size),), (), 0, Origin(span, None))

    def _multiples(self, plan: Plan) -> tuple[int, ...]:
        """What the text asks the lengths of any input to be multiples of; of a size with a mistake it asks nothing."""
        try:
            declared = (
                self.elaborator.evaluator.evaluate(plan.input[0].size, plan.input[1].frame) if plan.input else None
            )
        except (DiagnosticError, PoisonedError):
            return ()
        return multiples(declared) if declared is not None and _is_input(declared) else ()

    def _part(self, part: Part, entry: Value, current: Current, settings_in_force: Settings) -> Current:
        """One part: the names of the level that wrote it, the settings of the network that is built."""
        self.elaborator.budget.spend(part.place, _TERMS_OF_A_PART + len(part.level.frame.constants) // _COPIED)
        kind = type(part.member).__name__.lower()
        scope = self.builder.open(kind, part.key, 0, current.node if current is not None else 0)  # type: ignore[arg-type]
        constants = dict(part.level.frame.constants)
        module = part.level.definition.module
        frame = Frame(module, constants, self.values, entry, settings_in_force, scope, kind=kind)
        if isinstance(part.member, tree.Stage):
            frame = frame._replace(stride=self._stage_stride(part.member, frame))
        self.elaborator.blocks.part = frame.kind  # type: ignore[assignment]
        current = self.elaborator.body(part.member.body, frame, current)
        self.elaborator.blocks.part = None
        if frame.stride is not None and not frame.stride.taken and current is not None:
            self.findings.report(_no_stride_taken(part.key, frame.stride.span))
        if current is not None:
            self.builder.close(scope, current.node)
        if kind != "head":
            self.values[part.key] = current
        return current

    def _stage_stride(self, stage: tree.Stage, frame: Frame) -> Pending | None:
        try:
            check_value_name(stage.name, frame)
        except DiagnosticError as mistake:
            self.findings.take(mistake)
        name = f"stage {stage.name.text}"
        stride = assign(self.elaborator.evaluator, name, ["stride"], stage.arguments, frame).get("stride")
        return None if stride is None or stride.value is POISON else Pending(*stride)

    # Afterwards

    def _check_settings(self, own: Level) -> None:
        """The settings that this network and its parts state must matter; those of its bases were judged there."""
        if self.findings.mistaken:
            return
        for found in self.elaborator.used.idle().values():
            if found.place is not None and _lies_in(found.place.span, own.tree.span):
                self.findings.report(found)

    def _parts_left(self, plan: Plan, current: Current) -> list[str]:
        """The stem and the stages that hold a step: of an empty one, or one that nothing reads, there are no facts."""
        named = list(dict.fromkeys(part.key for part in plan.parts if part.key != "head"))
        if current is None:
            return named
        tops = [0]
        for index, scope in enumerate(self.builder.scopes[1:], 1):
            tops.append(tops[scope.parent or 0] or index)
        reached = zip(self.builder.nodes, self.builder.reaching(current.node), strict=True)
        held = {self.builder.scopes[tops[raw.scope]].name for raw, wanted in reached if wanted}
        return [name for name in named if name in held]

    def _expectations(self, own: Level, parts: list[str]) -> tuple[Expectation, ...]:
        """The network's own expectations; they hold for the network as written, not under overrides."""
        found = []
        for member in own.tree.members.items:
            if isinstance(member, tree.Expect):
                try:
                    found.append(read_expectation(self.elaborator.evaluator, member, own.frame, parts))
                except (DiagnosticError, PoisonedError) as raised:
                    self.findings.take(raised)
        return () if self.overrides or self.input_size is not None else tuple(found)

    def _lost(self, output: int) -> tuple[Diagnostic, ...]:
        """What was computed and reaches nothing: an error at a step, a warning at a name that is never used."""
        reached = self.builder.reaching(output)
        read = {other for raw in self.builder.nodes for other in raw.inputs} | self.builder.excused
        warnings = []
        for index, wanted in enumerate(reached):
            if wanted or index in read:
                continue
            token = self.builder.named.get(index)
            if token is None:
                origin = self.builder.origins[index]
                self.findings.report(_lost(origin.span), origin.caller)
            else:
                warnings.append(_unused_value(token))
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


def _is_input(size: Constant) -> bool:
    return not isinstance(size, Items | Value) and OPERATIONS["input"].parameters[0].kind.fits(size)


def _no_multiple(size: Size, divisors: tuple[int, ...], span: Span) -> Diagnostic:
    return Diagnostic(
        "E0290",
        f"the network does not take an input of {show(size)}: {rule(divisors)}",
        Label(span, "asked for here"),
        help=f"give it {either([show(one) for one in beside(size, divisors)])}",
    )


def _no_input(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0233",
        f"network `{network.name.text}` has no input",
        Label(network.name.span),
        help="begin it with `input 224x224x3`: height, width, channels",
    )


def _not_an_input(size: Constant, wrong: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0221",
        "an input is a size with its channels last",
        Label(span, f"{spell(size)}: {wrong}"),
        help="`5000x12` is a signal, `224x224x3` an image, `16x112x112x3` a volume; `?x?x3` leaves lengths open",
    )


def _why_no_input(size: Constant) -> str:
    if not isinstance(size, tuple) or isinstance(size, Items | Value):
        return f"this is {sort_of(size)}"
    if not 2 <= len(size) <= 4:
        return f"there are {len(size)} numbers, and one to three axes with channels behind them make two to four"
    if is_open(size[-1]):
        return "the channels must be known"
    return "a length is at least 1"


def _empty(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0234",
        f"network `{network.name.text}` has neither a stem, a stage nor a head",
        Label(network.name.span),
        help="write `stage NAME { … }` with its blocks",
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
