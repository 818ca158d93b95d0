"""The levels of a network: itself and what it derives from, and what it consists of after that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from resnet_dsl import shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import nearest, respelt, suggestion
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.arguments import assign, leave_open
from resnet_dsl.elaborate.context import Context
from resnet_dsl.elaborate.frames import Frame, Settings
from resnet_dsl.elaborate.intended import meant_parameters
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.settings import gather
from resnet_dsl.elaborate.values import POISON, Constant, Overrides, PoisonedError, Value
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Level:
    """One network of a derivation: its definition, its constants once they are known, and its members.

    ``without``: the place of a member that is left out.
    """

    def __init__(self, definition: Definition, frame: Frame, without: Span | None) -> None:
        self.definition = definition
        self.frame = frame
        self.members = tuple(one for one in self.tree.members.items if one.span != without)

    @property
    def tree(self) -> tree.Network:
        network = self.definition.tree
        assert isinstance(network, tree.Network)
        return network


class PlannedInput(NamedTuple):
    """An input, and the level whose names its size sees."""

    member: tree.Input | tree.NamedInput
    level: Level

    @property
    def name(self) -> tree.Token | None:
        return self.member.name if isinstance(self.member, tree.NamedInput) else None

    @property
    def key(self) -> str:
        return "input" if self.name is None else self.name.text


class Part(NamedTuple):
    """The stem, a stage or a head, and the level whose names it sees."""

    member: tree.Stem | tree.Stage | tree.Head
    level: Level

    @property
    def kind(self) -> str:
        return type(self.member).__name__.lower()

    @property
    def name(self) -> tree.Token | None:
        return None if isinstance(self.member, tree.Stem) else self.member.name

    @property
    def key(self) -> str:
        return self.kind if self.name is None else self.name.text

    @property
    def place(self) -> Span:
        return self.member.span if self.name is None else self.name.span


class Plan:
    """What a network consists of after its derivation; ``surplus`` are parts that the same braces hold twice."""

    def __init__(self) -> None:
        self.inputs: dict[str, PlannedInput] = {}
        self.stem: Part | None = None
        self.stages: dict[str, Part] = {}
        self.heads: dict[str, Part] = {}
        self.output: tuple[tree.Output, Level] | None = None
        self.surplus: list[Part] = []

    @property
    def parts(self) -> list[Part]:
        """In flow order."""
        row = (self.stem, *self.stages.values(), *self.heads.values(), *self.surplus)
        return [part for part in row if part is not None]

    def stage_bodies(self) -> Iterator[tuple[tree.Body, Module]]:
        """What runs in each stage, and where its names are looked up."""
        return ((part.member.body, part.level.definition.module) for part in self.stages.values())


class Derivation:
    """The levels of one network, from its innermost base to itself, with constants and settings filled in.

    ``without``: the place of a member, or of an argument of a `from`, that is left out.
    """

    def __init__(
        self,
        context: Context,
        overrides: Overrides,
        values: dict[Any, Value | None],
        outer: Settings,
        without: Span | None,
    ) -> None:
        self.context = context
        self.overrides = overrides
        self.values = values
        self.settings = outer
        self.without = without

    def levels(self, definition: Definition) -> list[Level]:
        """The network and those that it derives from, the innermost base first. Raises DiagnosticError."""
        found = self._found(definition)
        self._open_levels(found)
        return found

    def _found(self, definition: Definition) -> list[Level]:
        chain = [definition]
        while (base := chain[-1].tree.base) is not None:  # type: ignore[union-attr]
            module = chain[-1].module
            found = module.base_of(chain[-1].tree)  # type: ignore[arg-type]
            if found is None or not isinstance(found.tree, tree.Network):
                self.context.findings.unless_lost(base.name.text, self._frame(module))
                raise DiagnosticError(_unknown_base(base.name.text, base.name.span, module))
            chain.append(found)
            if len(chain) > limits.DEEPEST_DERIVATION + 1:
                raise PoisonedError  # a circle, or too deep: `check_derivations` tells where
        return [Level(one, self._frame(one.module), self.without) for one in reversed(chain)]

    def _frame(self, module: Module) -> Frame:
        return Frame(module, {}, self.values, None, self.settings, kind="network")

    def _open_levels(self, levels: list[Level]) -> None:
        """Fills in constants and settings. Parameters come from outside in, lets and settings from inside out."""
        taken: set[str] = set()
        given: dict[str, Constant] = {}
        left_open = self._left_open(levels)
        for position in range(len(levels) - 1, -1, -1):
            level = levels[position]
            self._parameters(level, given, taken)
            own = {one.name.text for one in tree.parameters(level.tree)}
            given = {name: value for name, value in given.items() if name not in own}
            if position > 0:
                given |= self._base_arguments(level, levels[position - 1], left_open[position - 1])
        unknown = [name for name in self.overrides if name not in taken]
        if unknown:
            known = sorted({one.name.text for level in levels for one in tree.parameters(level.tree)})
            raise DiagnosticError(_unknown_parameter(unknown[0], levels[-1].tree, known))
        inherited: dict[str, Constant] = {}
        outer = self.settings
        for level in levels:
            self.context.budget.spend(level.tree.name.span, len(level.members) + len(inherited))
            constants = {**inherited, **level.frame.constants}
            level.frame = level.frame._replace(constants=constants, settings=outer)
            for member in level.members:
                if isinstance(member, tree.Let):
                    constants[member.name.text] = self.context.evaluator.attempt(member.value, level.frame)
                elif isinstance(member, tree.Condition):
                    self._check_choice(member)
            level.frame = gather(self.context, level.members, level.frame)
            inherited, outer = constants, level.frame.settings

    def _check_choice(self, member: tree.Condition) -> None:
        """Nothing flows among a network's members, so that an `if` there chooses settings alone."""
        if member.no_setting is not None and member.no_setting.span.text:
            self.context.findings.report(_not_a_setting(member.no_setting))

    def _parameters(self, level: Level, given: dict[str, Constant], taken: set[str]) -> None:
        """Constants of one level: what the deriving network gives, what the user sets, or the default."""
        absent = []
        self.context.budget.spend(level.tree.name.span, len(tree.parameters(level.tree)))
        for parameter in tree.parameters(level.tree):
            name = parameter.name.text
            if name in given:
                level.frame.constants[name] = given[name]
            elif name in self.overrides and name not in taken:
                level.frame.constants[name] = self.overrides[name]
                taken.add(name)
            elif parameter.default is not None:
                level.frame.constants[name] = self.context.evaluator.attempt(parameter.default, level.frame)
            else:
                level.frame.constants[name] = POISON
                absent.append(name)
        if absent:
            self.context.findings.report(_parameter_missing(level.tree, absent))

    def _left_open(self, levels: list[Level]) -> list[list[str]]:
        """For each level the parameters that a `from` may give: its own, then those that it leaves open of its base."""
        found: list[list[str]] = []
        for level in levels:
            names = dict.fromkeys(one.name.text for one in tree.parameters(level.tree))
            if found:
                given = _given(level.tree.base, found[-1])
                names |= dict.fromkeys(name for name in found[-1] if name not in given)
            self.context.budget.spend(level.tree.name.span, len(names))
            found.append([*names])
        return found

    def _base_arguments(self, level: Level, base: Level, known: list[str]) -> dict[str, Constant]:
        """What a `from` gives, of the parameters ``known``."""
        written = level.tree.base
        assert written is not None
        meant = meant_parameters(written.arguments, known)
        found = assign(self.context.evaluator, base.tree.name.text, known, meant, written.arguments, level.frame)
        leave_open(found, known, meant, written.span)
        return {name: one.value for name, one in found.items() if one.span != self.without}


def _given(base: tree.Base | None, known: list[str]) -> set[str]:
    """The names of the parameters that a `from` gives, of those ``known``."""
    items = tree.items(base.arguments) if base is not None else ()
    named = {item.name.text for item in items if isinstance(item, tree.Argument)}
    return named.union(known[: len(items) - len(named)])


def plan_of(levels: list[Level], context: Context) -> Plan:
    """Members of the innermost base first; each level replaces those that it names and puts new stages behind."""
    plan = Plan()
    for level in levels:
        here: dict[str, Span] = {}
        if level is levels[-1] and level is not levels[0]:
            _doubt_names(plan, level, context)
        for member in level.members:
            if isinstance(member, tree.Input | tree.NamedInput):
                _put_input(plan, PlannedInput(member, level), here, context)
            elif isinstance(member, tree.Output):
                if "output of" in here:
                    context.findings.report(errors.said_twice("the `output`", member.span, here["output of"]))
                here["output of"] = member.span
                plan.output = (member, level)
            elif isinstance(member, tree.Stem | tree.Stage | tree.Head):
                part = Part(member, level)
                if (key := f"{part.kind} {part.key}") in here:
                    context.findings.report(_part_twice(part, here[key]))
                    plan.surplus.append(part)
                    continue
                here[key] = part.place
                if level is levels[0]:
                    _check_order(plan, part, context)
                _put(plan, part, context)
    _check_names(plan, context)
    return plan


def _put_input(plan: Plan, source: PlannedInput, here: dict[str, Span], context: Context) -> None:
    """In the place of the input of the same name, or behind those that are there."""
    key = f"input {source.key}"
    if key in here:
        what = "the input" if source.name is None else f"the input `{source.key}`"
        context.findings.report(errors.said_twice(what, source.member.span, here[key]))
    here[key] = source.member.span
    plan.inputs[source.key] = source


def _check_names(plan: Plan, context: Context) -> None:
    """Stages, inputs and heads are values, so each has a name of its own."""
    inputs = {source.key: source.name.span for source in plan.inputs.values() if source.name is not None}
    heads = {name: part.place for name, part in plan.heads.items()}
    for kind, places in (("input", inputs), ("head", heads)):
        for name, place in places.items():
            if name in plan.stages:
                context.findings.report(_taken(kind, name, place, "stage", plan.stages[name].place))
            elif kind == "head" and name in inputs:
                context.findings.report(_taken(kind, name, place, "input", inputs[name]))


def _doubt_names(plan: Plan, level: Level, context: Context) -> None:
    """A new stage that is called nearly like one of the base's was perhaps to replace it."""
    members = level.members
    stages = [member for member in members if isinstance(member, tree.Stage) and member.place is None]
    numbered = _by_digits(plan) if stages else {}
    for token in (stage.name for stage in stages if stage.name.text not in plan.stages):
        known = numbered.get(_digits(token.text), [])
        context.budget.spend(token.span, len(known) * limits.TERMS_OF_A_STEP)
        near = nearest(token.text, known)
        if near is not None:
            context.findings.report(_nearly_a_stage(token.text, token.span, near, plan.stages[near].place))


def _by_digits(plan: Plan) -> dict[str, list[str]]:
    numbered: defaultdict[str, list[str]] = defaultdict(list)
    for name in plan.stages:
        numbered[_digits(name)].append(name)
    return numbered


def _digits(name: str) -> str:
    """Stages are numbered: `conv4` behind `conv3` is no slip."""
    return "".join(letter for letter in name if letter.isdigit()).lstrip("0")


def _part_twice(part: Part, first: Span) -> Diagnostic:
    if part.name is not None:
        return errors.defined_twice(f"the {part.kind}", part.key, part.place, first)
    return errors.said_twice(f"the {part.key}", part.place, first)


def _check_order(plan: Plan, part: Part, context: Context) -> None:
    """Tells a part of the first network that stands behind one that it comes before."""
    if (plan.heads and part.kind != "head") or (part.kind == "stem" and plan.stages):
        context.findings.report(_out_of_order(part.key, part.place))


def _put(plan: Plan, part: Part, context: Context) -> None:
    """In the place of the part of the same name, behind those of its kind, or where it says itself.

    A head without steps is left out.
    """
    if isinstance(part.member, tree.Stage) and part.member.place is not None:
        _put_after(plan, part, part.member.place, context)
    elif part.kind == "stem":
        plan.stem = part
    elif part.kind == "stage":
        plan.stages[part.key] = part
    elif part.member.body.statements:
        plan.heads[part.key] = part
    elif plan.heads.pop(part.key, None) is None and part.name is not None:
        context.findings.report(_no_head(part.key, part.place, list(plan.heads)))


def _put_after(plan: Plan, part: Part, place: tree.Place, context: Context) -> None:
    """Right behind another stage, or the stem; one that was there already moves."""
    if place.word.text != "after":
        context.findings.report(_no_place(place, part.key))
    context.budget.spend(place.span, len(plan.stages))
    others = [one for one in plan.stages.values() if one.key != part.key]
    keys = ["stem", *(one.key for one in others)]
    if place.stage.text not in keys:
        context.findings.report(errors.unknown_part(place.stage.text, place.stage.span, keys[1:]))
        keys[-1] = place.stage.text
    others.insert(keys.index(place.stage.text), part)
    plan.stages = {one.key: one for one in others}


def _no_place(place: tree.Place, stage: str) -> Diagnostic:
    return Diagnostic(
        "E0250",
        f"`{place.word.text}` says nothing about where a stage stands",
        Label(place.word.span),
        help=f"write `stage {stage} after STAGE {{ … }}`",
    )


def _unknown_base(name: str, span: Span, module: Module) -> Diagnostic:
    found = Diagnostic("E0215", f"there is no network called `{name}` to derive from", Label(span))
    if module.find(name) is not None:
        return found._replace(help=f"`{name}` is no network: write `network NAME {{ … }}` and call it in a stage")
    remedy = "define it in this file, or import the file that does; `resnet-dsl list` shows those that ship"
    known = [*module.names(tree.Network), *shipped.names()]
    return respelt(found._replace(help=remedy), name, known)


def _nearly_a_stage(name: str, place: Span, other: str, first: Span) -> Diagnostic:
    return Diagnostic(
        "W0207",
        f"stage `{name}` is new, and stands behind the stages of the base, which has a stage `{other}`",
        Label(place),
        (Label(first, "this one stays as it is"),),
        help=f"to replace that one, write `stage {other}`; otherwise give the new one a name that is less like it",
    )


def _out_of_order(part: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "E0235",
        f"`{part}` stands out of order: a network flows from its stem through its stages to its head",
        Label(place),
        help="move it: stem first, stages next, head last",
    )


def _not_a_setting(statement: tree.Statement) -> Diagnostic:
    remedy = "put steps into the braces of `stem`, `stage NAME` or `head`, where an `if` may stand, too"
    if isinstance(statement, tree.Let):
        remedy = f"choose the value: `let {statement.name.text} = if TEST {{ … }} else {{ … }}`"
    return Diagnostic(
        "E0247",
        "an `if` among the members of a network holds settings alone: `use`, `default`, `skips`",
        Label(statement.span),
        help=remedy,
    )


def _taken(kind: str, name: str, span: Span, other: str, first: Span) -> Diagnostic:
    what = f"an {kind}" if kind == "input" else f"a {kind}"
    owner = f"an {other}" if other == "input" else f"a {other}"
    return Diagnostic(
        "E0261",
        f"{what} cannot be called `{name}`: {owner} of this network is",
        Label(span),
        (Label(first, f"the {other}"),),
        help=f"call it something else, `{name}_{kind}` for one: each of them is a value, known by its name",
    )


def _no_head(name: str, span: Span, known: list[str]) -> Diagnostic:
    found = Diagnostic(
        "E0262",
        f"there is no head `{name}` to leave out",
        Label(span, "braces without a step leave the head of that name out"),
        help=f"there is {listed(known)}" if known else "give it steps, or take this line out",
    )
    return respelt(found, name, known)


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
