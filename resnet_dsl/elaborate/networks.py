"""Networks: what one is after all that it derives from, and its elaboration from input to output."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, Mistake
from resnet_dsl.elaborate import errors, flow_errors, settings
from resnet_dsl.elaborate.builder import Builder, TooMuch
from resnet_dsl.elaborate.calls import assign
from resnet_dsl.elaborate.expectations import read_expectation
from resnet_dsl.elaborate.expressions import refuse
from resnet_dsl.elaborate.flow import Current, Flow, check_value_name, file_frame
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION
from resnet_dsl.elaborate.modules import Definition, Module
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
)
from resnet_dsl.elaborate.wording import located, sort_of, suggestion
from resnet_dsl.ir.draft import Draft
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Elaborated(NamedTuple):
    """A network as a graph, with its tables beside it. ``origins`` and ``expectations`` lead back to the text."""

    draft: Draft
    shapes: tuple[Shape, ...]
    origins: tuple[Origin, ...]
    expectations: tuple[Expectation, ...]
    warnings: tuple[Diagnostic, ...]


class Outcome(NamedTuple):
    """What became of a network: its graph, or None; the mistakes; and what was run (blocks and skips by identity)."""

    elaborated: Elaborated | None
    diagnostics: tuple[Diagnostic, ...]
    steps: int
    called: set[int]
    skips_run: set[int]


class _Level:
    """One network of a derivation: its definition, and its constants once they are known."""

    def __init__(self, definition: Definition, frame: Frame) -> None:
        self.definition = definition
        self.frame = frame

    @property
    def tree(self) -> tree.Network:
        network = self.definition.tree
        assert isinstance(network, tree.Network)
        return network


class _Part(NamedTuple):
    """The stem, a stage or the head, and the level whose names it sees."""

    member: tree.Stem | tree.Stage | tree.Head
    level: _Level

    @property
    def key(self) -> str:
        return self.member.name.text if isinstance(self.member, tree.Stage) else type(self.member).__name__.lower()

    @property
    def place(self) -> Span:
        return self.member.name.span if isinstance(self.member, tree.Stage) else self.member.span


class _Plan:
    """What a network consists of after its derivation."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.input: tuple[tree.Input, _Level] | None = None


def elaborate(
    definition: Definition, prelude: Module, overrides: Overrides, input_size: tuple[int | None, ...] | None
) -> Outcome:
    """The graph of a network, and the mistakes found.

    ``progress`` needs the number of blocks, which is known when all have been run: a network that asks for it is run
    a second time, and only what the second run finds counts.
    """
    run = _Elaboration(definition, prelude, overrides, input_size, 0)
    result = run.run()
    if run.flow.progress_asked and not run.exhausted:
        run = _Elaboration(definition, prelude, overrides, input_size, run.flow.blocks)
        result = run.run()
    flow = run.flow
    return Outcome(result, tuple(flow.diagnostics), flow.budget.steps, flow.called, flow.ran)


class _Elaboration:
    """One run over a network."""

    def __init__(
        self,
        definition: Definition,
        prelude: Module,
        overrides: Overrides,
        input_size: tuple[int | None, ...] | None,
        blocks: int,
    ) -> None:
        self.definition = definition
        self.overrides = dict(overrides)
        self.input_size = input_size
        self.exhausted = False
        self.builder = Builder(definition.tree.name.text)
        self.flow = Flow(self.builder, blocks)
        self.values: dict[Any, Value | None] = {}
        self.settings = Settings(None, policy=_default_policy(prelude))

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
        levels = self._levels()
        self._open_levels(levels)
        plan = _plan(levels, self.flow)
        if not plan.parts:
            refuse(_empty(levels[-1].tree))
        entry = self._input(plan, levels[-1])
        current: Current = entry
        for part in plan.parts:
            current = self._part(part, entry, current, levels[-1].frame.settings)
        own = levels[-1]
        self._check_settings(own)
        expectations = self._expectations(own, self._parts_left(plan, current))
        if current is None or self._mistaken():
            return None
        warnings = self._lost(current.node)
        if self._mistaken():
            return None
        self.builder.close(0, current.node)
        draft, shapes, origins = self.builder.finish(own.tree.doc, current.node)
        return Elaborated(draft, shapes, origins, expectations, warnings)

    # Derivation

    def _levels(self) -> list[_Level]:
        """The network and those that it derives from, the innermost base first. Raises Mistake."""
        chain = [self.definition]
        while (base := chain[-1].tree.base) is not None:  # type: ignore[union-attr]
            module = chain[-1].module
            found = module.find(base.name.text)
            if found is None or not isinstance(found.tree, tree.Network):
                self.flow.unless_lost(base.name.text, self._frame(module, self.settings))
                refuse(_unknown_base(base.name.text, base.name.span, module))
            chain.append(found)
            if len(chain) > DEEPEST_DERIVATION + 1:
                raise Poisoned  # a circle, or too deep: `check_derivations` tells where
        return [_Level(one, self._frame(one.module, self.settings)) for one in reversed(chain)]

    def _frame(self, module: Module, outer: Settings) -> Frame:
        return Frame(module, {}, self.values, None, outer, 0, None, "network")

    def _open_levels(self, levels: list[_Level]) -> None:
        """Fills in constants and settings. Parameters come from outside in, lets and settings from inside out."""
        taken: set[str] = set()
        given: dict[str, Constant] = {}
        for position in range(len(levels) - 1, -1, -1):
            level = levels[position]
            self._parameters(level, given, taken)
            given = self._base_arguments(level, levels[position - 1]) if position > 0 else {}
        unknown = [name for name in self.overrides if name not in taken]
        if unknown:
            refuse(_unknown_parameter(unknown[0], levels[-1].tree, sorted(self._known_parameters(levels))))
        inherited: dict[str, Constant] = {}
        outer = self.settings
        for level in levels:
            level.frame.constants = {**inherited, **level.frame.constants}
            level.frame.settings = outer
            for member in level.tree.members.items:
                if isinstance(member, tree.Let):
                    level.frame.constants[member.name.text] = self.flow.attempt(member.value, level.frame)
            level.frame = settings.gather(self.flow, level.tree.members.items, level.frame)
            inherited, outer = level.frame.constants, level.frame.settings

    def _known_parameters(self, levels: list[_Level]) -> set[str]:
        return {one.name.text for level in levels for one in _parameters_of(level.tree)}

    def _parameters(self, level: _Level, given: dict[str, Constant], taken: set[str]) -> None:
        """Constants of one level: what the deriving network gives, what the user sets, or the default."""
        absent = []
        for parameter in _parameters_of(level.tree):
            name = parameter.name.text
            if name in given:
                level.frame.constants[name] = given[name]
            elif name in self.overrides and name not in taken:
                level.frame.constants[name] = self.overrides[name]
                taken.add(name)
            elif parameter.default is not None:
                level.frame.constants[name] = self.flow.attempt(parameter.default, level.frame)
            else:
                level.frame.constants[name] = POISON
                absent.append(name)
        if absent:
            self.flow.report(_parameter_missing(level.tree, absent))

    def _base_arguments(self, level: _Level, base: _Level) -> dict[str, Constant]:
        written = level.tree.base
        assert written is not None
        known = [one.name.text for one in _parameters_of(base.tree)]
        found = assign(
            base.tree.name.text,
            known,
            written.arguments,
            lambda one: self.flow.attempt(one, level.frame),
            self.flow.report,
        )
        return {name: one.value for name, one in found.items()}

    # From input to output

    def _input(self, plan: _Plan, own: _Level) -> Value:
        if self.input_size is not None:
            size: Constant = self.input_size
            span = plan.input[0].span if plan.input is not None else own.tree.name.span
        elif plan.input is None:
            refuse(_no_input(own.tree))
        else:
            statement, level = plan.input
            size, span = self.flow.evaluate(statement.size, level.frame), statement.size.span
        parameter = OPERATIONS["input"].parameters[0]
        if isinstance(size, Items | Value) or not parameter.kind.fits(size):
            refuse(flow_errors.not_an_input(size, _why_no_input(size), span))
        return self.builder.place(OPERATIONS["input"], (("shape", size),), (), 0, Origin(span, None))

    def _part(self, part: _Part, entry: Value, current: Current, settings_in_force: Settings) -> Current:
        """One part: the names of the level that wrote it, the settings of the network that is built."""
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
        current = self.flow.body(part.member.body, frame, current)
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

    def _check_settings(self, own: _Level) -> None:
        """The settings that this network states itself must matter; those of its bases have been judged there."""
        if self._mistaken():
            return
        if own.frame.settings.outer is None or not any(isinstance(m, tree.Setting) for m in own.tree.members.items):
            return
        for statement, why, remedy in settings.unused(own.frame.settings, self.flow.used):
            self.flow.report(errors.unused_setting(why, statement.span, remedy))
        policy = own.frame.settings.policy
        if policy is not None and id(policy.statement) not in self.flow.used:
            why, remedy = "no skip connection asks for it", "leave it out, or put a `skip` into a block"
            self.flow.report(errors.unused_setting(why, policy.statement.span, remedy))

    def _parts_left(self, plan: _Plan, current: Current) -> set[str]:
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

    def _expectations(self, own: _Level, stages: set[str]) -> tuple[Expectation, ...]:
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
                warnings.append(_unused_value(token))
        return tuple(warnings)


def _parameters_of(network: tree.Network) -> tuple[tree.Parameter, ...]:
    return network.parameters.items if network.parameters is not None else ()


def _plan(levels: list[_Level], flow: Flow) -> _Plan:
    """Members of the innermost base first; each level replaces those that it names and puts new stages behind."""
    plan = _Plan()
    for level in levels:
        here: dict[str, Span] = {}
        for member in level.tree.members.items:
            if isinstance(member, tree.Input):
                if "input" in here:
                    flow.report(errors.said_twice("the input", member.span, here["input"]))
                here["input"] = member.span
                plan.input = (member, level)
            elif isinstance(member, tree.Stem | tree.Stage | tree.Head):
                part = _Part(member, level)
                if part.key in here:
                    flow.report(_part_twice(part, here[part.key]))
                    plan.parts.append(part)
                    continue
                here[part.key] = part.place
                _put(plan.parts, part, flow, level is levels[0])
    plan.parts = [part for part in plan.parts if not (part.key == "head" and not part.member.body.statements)]
    return plan


def _part_twice(part: _Part, first: Span) -> Diagnostic:
    if isinstance(part.member, tree.Stage):
        return errors.defined_twice("the stage", part.key, part.place, first)
    return errors.said_twice(f"the {part.key}", part.place, first)


def _put(parts: list[_Part], part: _Part, flow: Flow, first: bool) -> None:
    keys = [one.key for one in parts]
    if part.key in keys:
        parts[keys.index(part.key)] = part
        return
    if first and ((part.key == "stem" and parts) or "head" in keys):
        flow.report(_out_of_order(part))
    if part.key == "stem":
        parts.insert(0, part)
    elif "head" in keys:
        parts.insert(keys.index("head"), part)
    else:
        parts.append(part)


def _default_policy(prelude: Module) -> Policy:
    """`skips via project`: the paper's option B."""
    block = prelude.own["project"].tree
    name = tree.Name(block.span, block.name)
    chain = tree.Chain(block.span, (tree.Step(block.span, name, None),))
    return Policy(False, False, Binding(chain, file_frame(prelude, Settings(None)), block), block)


def _unknown_base(name: str, span: Span, module: Module) -> Diagnostic:
    other = module.find(name)
    if other is not None:
        remedy = f"`{name}` is no network: write `network NAME {{ … }}` and call it in a stage"
    else:
        remedy = "define it in this file, or import the file that does"
    known = module.names(tree.Network)
    return Diagnostic(
        "E0215",
        f"there is no network called `{name}` to derive from",
        Label(span),
        help=remedy if other is not None else suggestion(name, known) or remedy,
    )


def _why_no_input(size: Constant) -> str:
    if not isinstance(size, tuple) or isinstance(size, Items | Value):
        return f"this is {sort_of(size)}"
    if not 2 <= len(size) <= 4:
        return f"there are {len(size)} numbers, and one to three axes with channels behind them make two to four"
    if size[-1] is None:
        return "the channels must be known"
    return "a length is at least 1"


def _no_input(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0233",
        f"network `{network.name.text}` has no input",
        Label(network.name.span),
        help="begin it with `input 224x224x3`: height, width, channels",
    )


def _empty(network: tree.Network) -> Diagnostic:
    return Diagnostic(
        "E0234",
        f"network `{network.name.text}` has neither a stem, a stage nor a head",
        Label(network.name.span),
        help="write `stage NAME { … }` with its blocks",
    )


def _out_of_order(part: _Part) -> Diagnostic:
    return Diagnostic(
        "E0235",
        f"`{part.key}` stands out of order: a network flows from its stem through its stages to its head",
        Label(part.place),
        help="move it: stem first, stages next, head last",
    )


def _unknown_parameter(name: str, network: tree.Network, known: list[str]) -> Diagnostic:
    has = f"it has {', '.join(f'`{one}`' for one in known)}" if known else "it has none"
    return Diagnostic(
        "E0236",
        f"network `{network.name.text}` has no parameter `{name}` to set",
        Label(network.name.span, has),
        help=suggestion(name, known),
    )


def _parameter_missing(network: tree.Network, names: list[str]) -> Diagnostic:
    listed = " and ".join(f"`{name}`" for name in names)
    return Diagnostic(
        "E0237",
        f"network `{network.name.text}` needs a value for {listed}",
        Label(network.name.span),
        help=f"give a default (`{names[0]} = …`), or set it: `--set {names[0]}=…`",
    )


def _unused_value(token: tree.Token) -> Diagnostic:
    return Diagnostic(
        "W0203",
        f"the value `{token.text}` is never used, and what led to it is left out of the network",
        Label(token.span),
        help="use the name in a later step, or remove the line",
    )
