"""Networks: the elaboration of one from its input to its output."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate import limits
from resnet_dsl.elaborate.building.builder import BlockKind
from resnet_dsl.elaborate.building.finishing import finish
from resnet_dsl.elaborate.findings import Key
from resnet_dsl.elaborate.frames import Binding, Policy, Settings, file_frame
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.networks.derivation import Derivation, Level
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.elaborate.networks.expectations import Known, facts_of, read_expectations
from resnet_dsl.elaborate.networks.outputs import check_settings, lost, outputs_of
from resnet_dsl.elaborate.networks.parts import Parts
from resnet_dsl.elaborate.networks.plan import plan_of
from resnet_dsl.elaborate.steps.elaborator import Elaborator
from resnet_dsl.elaborate.unused import Used
from resnet_dsl.elaborate.values import Expectation, Origin, Overrides, PoisonedError, TooLargeError
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.sizes import Size
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_OF_SOUND_PARTS = ("params", "total_params", "macs", "output")


class Elaborated(NamedTuple):
    """A network as a graph, with its tables beside it. ``origins`` and ``expectations`` lead back to the text."""

    graph: Graph
    shapes: tuple[Shape, ...]
    origins: tuple[Origin, ...]
    expectations: tuple[Expectation, ...]
    warnings: tuple[Diagnostic, ...]


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
    mistakes, own = tuple(held.findings.diagnostics), frozenset(elaboration.parts.own)
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
        self.exhausted = False
        self.elaborator = Elaborator(definition.tree.name.text, blocks or Counter(), most_steps)
        self.builder = self.elaborator.builder
        self.findings = self.elaborator.findings
        self.counted = blocks is not None
        self.parts = Parts(self.elaborator, {})
        self.settings = Settings(None, policy=_default_policy(prelude))
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
        levels = Derivation(self.elaborator, self.overrides, self.parts.values, self.settings, self.without).levels(
            self.definition
        )
        plan = plan_of(levels, self.elaborator)
        if not plan.parts:
            raise _empty(levels)
        if not self.counted and _says_progress(levels):
            self.elaborator.blocks.expect(plan.stage_bodies())
        own = levels[-1]
        trunk = self.parts.run(plan, own, self.parts.inputs(plan, own, self.input_size))
        if self.counts_in_vain:
            return None
        outputs = outputs_of(self.elaborator, plan, self.parts, trunk, self.definition.tree.name.span)
        is_whole = not (self.findings.mistaken or self.findings.poisoned or self.builder.doubtful)
        check_settings(self.elaborator, own)
        expectations = self._expectations(own, facts_of(plan, self.builder, outputs if is_whole else None))
        if outputs is None or not is_whole:
            self.sound = self._in_front_of_mistakes(own, expectations)
            if outputs is not None and self.findings.of_shapes_alone:
                self.sound = self.sound and self.sound._replace(
                    warnings=lost(self.elaborator, plan, self.parts, outputs, own)
                )
            return None
        troubles = self.findings.troubles
        warnings = lost(self.elaborator, plan, self.parts, outputs, own)
        if self.findings.troubles > troubles:
            return None
        self.builder.close(0, max(outputs.values()))
        graph, shapes, origins = finish(self.builder, own.tree.doc, outputs)
        return Elaborated(graph, shapes, origins, expectations, warnings)

    def _expectations(self, own: Level, facts: Known) -> tuple[Expectation, ...]:
        """They hold for the network as written, not under overrides."""
        found = read_expectations(self.elaborator, own, facts)
        return () if self.overrides or self.input_size is not None else tuple(found)

    def _in_front_of_mistakes(self, own: Level, expectations: tuple[Expectation, ...]) -> Elaborated | None:
        """What can be judged of a network with mistakes; nothing where its inputs or shared weights may be others."""
        inputs = sum(raw.operation.name == "input" for raw in self.builder.nodes)
        if not self.builder.doubtful.isdisjoint(range(inputs)) or any(
            raw.twin is not None for raw in self.builder.nodes
        ):
            return None
        graph, shapes, origins = finish(self.builder, own.tree.doc, self.builder.unread())
        judged = [one for one in expectations if one.subject in self.parts.sound and one.quantity in _OF_SOUND_PARTS]
        return Elaborated(graph, shapes, origins, tuple(judged), ())


def _says_progress(levels: list[Level]) -> bool:
    """Whether a network may ask for `progress`, as far as its files and their imports say."""
    modules = (level.definition.module for level in levels)
    return any("progress" in one.source.text for module in modules for one in (module, *module.imported()))


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
