"""What a network consists of after its derivation: the parts of its levels, each in its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.nearest import nearest, respelt
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.networks.derivation import Level
from resnet_dsl.elaborate.steps.context import Context
from resnet_dsl.sentences import an, article, listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_CHARACTERS_OF_A_TERM = 4  # looked through for names in the time of a term


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
        return self.member.kind.lower()

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
        self.output: tuple[tree.OutputNode, Level] | None = None
        self.surplus: list[Part] = []

    @property
    def parts(self) -> list[Part]:
        """In flow order."""
        row = (self.stem, *self.stages.values(), *self.heads.values(), *self.surplus)
        return [part for part in row if part is not None]

    def stage_bodies(self) -> Iterator[tuple[tree.Body, Module]]:
        """What runs in each stage, and where its names are looked up."""
        return ((part.member.body, part.level.definition.module) for part in self.stages.values())


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
            elif isinstance(member, tree.OutputNode):
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
    _doubt_readers(plan, levels, context)
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


def _doubt_readers(plan: Plan, levels: list[Level], context: Context) -> None:
    """A stem or stage that a derived network leaves out is still a value: what flows on in its place."""
    given, left_out = "input", {}
    for part in (*filter(None, (plan.stem,)), *plan.stages.values()):
        if part.member.body.statements:
            given = part.key
        elif part.level is not levels[0]:
            left_out[part.key] = part, given
    for name, reader in (_readers(plan, context) if left_out else {}).items():
        if name in left_out:
            context.findings.report(_read_without_steps(*left_out[name], *reader))


def _readers(plan: Plan, context: Context) -> dict[str, tuple[str, Span]]:
    """Of each name that is read, who reads it first, as that is written, and where."""
    written: list[tuple[str, tree.SyntaxNode, Level]] = [
        (part.kind if part.name is None else f"{part.kind} {part.key}", part.member.body, part.level)
        for part in plan.parts
    ]
    if plan.output is not None:
        written.append(("output", *plan.output))
    found: dict[str, tuple[str, Span]] = {}
    for what, node, level in written:
        context.budget.spend(node.span, (node.span.end - node.span.start) // _CHARACTERS_OF_A_TERM)
        for below in tree.walk(node):
            if isinstance(below, tree.Name | tree.Entry) and below.span.text not in level.frame.constants:
                found.setdefault(below.span.text, (what, below.span))
    return found


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


def _put_after(plan: Plan, part: Part, place: tree.PlaceNode, context: Context) -> None:
    """Right behind another stage, or the stem; one that was there already moves."""
    if place.word.text != "after":
        context.findings.report(_no_place(place, part.key))
    context.budget.spend(place.span, len(plan.stages))
    others = [one for one in plan.stages.values() if one.key != part.key]
    keys = ["stem", *(one.key for one in others)]
    if place.stage.text not in keys and place.stage.text == part.key:
        context.findings.report(_after_itself(place, keys))
        keys[-1] = place.stage.text
    elif place.stage.text not in keys:
        context.findings.report(errors.unknown_part(place.stage.text, place.stage.span, keys))
        keys[-1] = place.stage.text
    others.insert(keys.index(place.stage.text), part)
    plan.stages = {one.key: one for one in others}


def _after_itself(place: tree.PlaceNode, others: list[str]) -> Diagnostic:
    told = Diagnostic("E0208", f"stage `{place.stage.text}` does not stand after itself", Label(place.stage.span))
    return told._replace(help=f"name another part in front of it: there are {listed(others)}")


def _no_place(place: tree.PlaceNode, stage: str) -> Diagnostic:
    word = place.word
    message, remedy = (
        f"`{word.text}` says nothing about where a stage stands",
        f"write `stage {stage} after STAGE {{ … }}`",
    )
    return respelt(Diagnostic("E0250", message, Label(word.span), help=remedy), word.text, ("after",))


def _nearly_a_stage(name: str, place: Span, other: str, first: Span) -> Diagnostic:
    return Diagnostic(
        "W0207",
        f"stage `{name}` is new, and stands behind the stages of the base, which has a stage `{other}`",
        Label(place),
        (Label(first, "this one stays as it is"),),
        help=f"to replace that one, write `stage {other}`; otherwise give the new one a name that is less like it",
    )


def _read_without_steps(part: Part, given: str, reader: str, place: Span) -> Diagnostic:
    what = "the stem" if part.name is None else f"stage `{part.key}`"
    own = an(reader)
    return Diagnostic(
        "W0211",
        f"{what} is left out, and `{part.key}`, which is still read, is what `{given}` gives",
        Label(part.place),
        (Label(place, "read here"),),
        help=f"if that is meant, give this network {own} of its own that reads `{given}`; else take the braces out",
    )


def _out_of_order(part: str, place: Span) -> Diagnostic:
    return Diagnostic(
        "E0235",
        f"`{part}` stands out of order: a network flows from its stem through its stages to its head",
        Label(place),
        help="move it: stem first, stages next, head last",
    )


def _taken(kind: str, name: str, span: Span, other: str, first: Span) -> Diagnostic:
    return Diagnostic(
        "E0261",
        f"{article(kind)} {kind} cannot be called `{name}`: {article(other)} {other} of this network is",
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
