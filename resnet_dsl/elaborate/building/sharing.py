"""Shared blocks: which calls in a network are the same layers.

Calls with equal arguments, under equal settings. Of the settings those count that a call asks for on its way, so each
answer that comes from outside of the call is written down: what fills a slot, which defaults are in force, how skips
fit, how far `progress` is. The first answer that differs makes other layers. Where a question differs, or what was
built, it is what flows in that differs, and the call is a mistake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.building.builder import Builder, Unnamed
from resnet_dsl.elaborate.frames import Binding, Frame, Given, Policy
from resnet_dsl.elaborate.values import Constant, Value
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.operation import Weight
from resnet_dsl.sentences import an, counted
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Part: TypeAlias = tuple[int, Hashable]
"""A part of an answer, and the scope in which it was written: what a call itself wrote is no answer from outside."""

_Answer: TypeAlias = tuple[Hashable, Hashable]
"""A question, and what answers it from outside of a call."""

_END = "end"
_FLOWS = "a value"


class SharedCall(NamedTuple):
    """What must be equal for two calls to be the same layers, besides the settings."""

    block: tree.Block
    arguments: tuple[Hashable, ...]


class Question(NamedTuple):
    """One question of a call, and the answer in parts."""

    question: Hashable
    parts: tuple[Part, ...]


class Layers(NamedTuple):
    """The layers of one set of arguments and settings, which the call in ``scope`` made, from node ``first`` on."""

    name: str
    scope: int
    first: int
    size: int
    entering: Shape
    span: Span


class _Point:
    """Where calls have had the same answers so far: the next question, and where each answer leads."""

    __slots__ = ("answers", "layers", "question")

    def __init__(self, question: Hashable, layers: Layers) -> None:
        self.question = question
        self.layers = layers
        self.answers: dict[Hashable, _Point] = {}


class Sharing:
    """The layers that shared blocks have made in one run over a network, and what is being asked for them."""

    def __init__(self) -> None:
        self._running = 0
        self._asked: list[Question] = []
        self._forms: dict[tree.Chain, _Form] = {}
        self._points: dict[SharedCall, _Point] = {}
        self._made: Counter[str] = Counter()
        self._calls: Counter[tree.Block] = Counter()
        self._apart: dict[tree.Block, tuple[Span, str]] = {}
        self._tied: set[tree.Block] = set()

    # What calls ask

    def ask(self, question: Hashable, *parts: Part) -> None:
        """Writes down what was asked, while a shared block runs."""
        if self._running:
            self._asked.append(Question(question, parts))

    def ask_slot(self, name: str, binding: Binding) -> None:
        if self._running:
            self.ask(("slot", name), self._bound(binding))

    def ask_defaults(self, callee: str, frames: Iterable[tuple[str, Frame, Constant]]) -> None:
        """Of each argument that has a default the name, the frame in which it was written, and what it is worth."""
        if self._running:
            self.ask(("default", callee), *((frame.scope, (name, told(value))) for name, frame, value in frames))

    def ask_policy(self, policy: Policy, has_own: bool) -> None:
        """``has_own``: the skip has an adapter of its own, and asks only whether there are skips."""
        if not self._running:
            return
        if has_own or policy.adapter is None:
            self.ask("skips", (0, policy.off))
        else:
            self.ask("skips", (0, policy.always), self._bound(policy.adapter))

    def _bound(self, binding: Binding) -> Part:
        """The words of a setting's steps, and what the names among them mean where it was written."""
        form = self._forms.get(binding.chain)
        if form is None:
            form = self._forms[binding.chain] = _form(binding.chain)
        frame = binding.frame
        entry = frame.entry.shape if form.follows and frame.entry is not None else None
        return frame.scope, (form.words, tuple([_meaning(name, frame) for name in form.names]), entry)

    @contextmanager
    def listening(self, scope: int) -> Iterator[list[_Answer]]:
        """While the call in a scope runs: fills the list with its questions, and the answers from outside of it."""
        answers: list[_Answer] = []
        first, self._running = len(self._asked), self._running + 1
        try:
            yield answers
        finally:
            self._running -= 1
            for question, parts in self._asked[first:]:
                answers.append((question, tuple(part for written, part in parts if written < scope)))
            if not self._running:
                self._asked.clear()

    # Which layers a call has

    def settle(self, builder: Builder, call: SharedCall, answers: list[_Answer], made: Layers) -> Diagnostic | None:
        """Makes a call's nodes call the layers of an earlier one, or lets them be new; what is wrong is returned."""
        self._calls[call.block] += 1
        found, is_diverted = self._find(call, answers, made)
        if found is made:
            self._made[made.name] += 1
            builder.scopes[made.scope].shared_as = _numbered(made.name, self._made[made.name])
            return None
        self._tied.add(call.block)
        builder.scopes[made.scope].shared_as = builder.scopes[found.scope].shared_as
        difference = _difference(builder, found, made)
        if difference is not None or is_diverted:
            return _cannot_share(made, found, difference)
        builder.tie(found.first, made.first, made.size)
        return None

    def _find(self, call: SharedCall, answers: list[_Answer], made: Layers) -> tuple[Layers, bool]:
        """(the layers of the call that had the same answers, whether this one asked otherwise); ``made`` if none."""
        asked = [*answers, (_END, ())]
        if call not in self._points:
            self._doubt(call, made, "called with other arguments")
        point = self._points.setdefault(call, _Point(asked[0][0], made))
        for place, (question, answer) in enumerate(asked[:-1], 1):
            if point.question != question:
                return point.layers, True
            if answer not in point.answers and point.answers:
                self._doubt(call, made, _otherwise(question))
            point = point.answers.setdefault(answer, _Point(asked[place][0], made))
        return point.layers, point.question != _END

    def _doubt(self, call: SharedCall, made: Layers, why: str) -> None:
        """Keeps why the second call of a block has layers of its own."""
        if self._calls[call.block] == 2:
            self._apart.setdefault(call.block, (made.span, why))

    def never_shared(self) -> Iterator[Diagnostic]:
        """Of each shared block that was called more than once, and never as the same layers."""
        for block, (span, why) in self._apart.items():
            if block not in self._tied:
                yield _never_shared(block.name.text, span, why)


def arguments_told(
    block: tree.Block, given: Mapping[str, Given], constants: Mapping[str, Constant]
) -> tuple[Hashable, ...]:
    """What a call's arguments are told by: a value that is passed, or a default that follows from `in`, flows in."""
    names = [parameter.name.text for parameter in tree.parameters(block)]
    flowing = {name for name in names if isinstance(constants[name], Value)}
    for name, parameter in zip(names, tree.parameters(block), strict=True):
        if name not in given and parameter.default is not None and _follows(parameter.default, flowing):
            flowing.add(name)
    return tuple(_FLOWS if name in flowing else told(constants[name]) for name in names)


def _follows(default: tree.Expression, flowing: set[str]) -> bool:
    nodes = tree.walk(default)
    return any(isinstance(one, tree.Entry) for one in nodes) or any(tree.mentions(default, one) for one in flowing)


def told(value: Constant) -> Hashable:
    """By what values are compared: whatever flows is one, and truth is no number."""
    if isinstance(value, Value):
        return _FLOWS
    if isinstance(value, tuple):
        return (type(value).__name__, *map(told, value))
    return ("bool", value) if isinstance(value, bool) else value


class _Form(NamedTuple):
    """The steps of a setting: their words, the names among them, and whether they follow from `in`."""

    words: tuple[Hashable, ...]
    names: tuple[str, ...]
    follows: bool


def _form(chain: tree.Chain) -> _Form:
    nodes = tree.walk(chain)
    tokens = [[child.text for _, child in node.children() if isinstance(child, tree.Token)] for node in nodes]
    words = tuple((node.kind, len(node.children()), *own) for node, own in zip(nodes, tokens, strict=True))
    names = tuple(dict.fromkeys(word for own in tokens for word in own))
    return _Form(words, names, any(isinstance(node, tree.Entry) for node in nodes))


def _meaning(word: str, frame: Frame) -> Hashable:
    if word in frame.constants:
        return told(frame.constants[word])
    found = frame.module.find(word)
    return found.tree if found is not None and word not in frame.values else None


def _difference(builder: Builder, found: Layers, made: Layers) -> str | None:
    """The first layer of a call that cannot be the earlier call's, in a sentence; None where all can."""
    for offset in range(min(found.size, made.size)):
        one, two = builder.nodes[found.first + offset], builder.nodes[made.first + offset]
        if _built(one, found.first) != _built(two, made.first):
            return f"{an(two.operation.name)} would be here, where {an(one.operation.name)} is there"
        told = None if one.placed is two.placed else _other_weights(builder, one, two)
        if told is not None:
            return f"`{two.operation.name}` {told}"
    if found.size != made.size:
        return f"{counted(made.size, 'operation')} would be here, and {found.size:,} there"
    return None


def _other_weights(builder: Builder, one: Unnamed, two: Unnamed) -> str | None:
    """Why a node cannot have the weights of another of the same operation; None where it can, or has none."""
    there, here = builder.weights(one), builder.weights(two)
    entering = [[len(builder.nodes[read].placed.shape) for read in node.inputs] for node in (one, two)]
    if here and entering[0] != entering[1]:
        return f"reads {counted(entering[1][0], 'axis')} here, and {entering[0][0]} there"
    if here and (here != there or one.placed.arguments != two.placed.arguments):
        return f"has weights of {_shown(here)} here, and of {_shown(there)} there"
    return None


def _built(node: Unnamed, first: int) -> Hashable:
    """What a node is, and which nodes of its call it reads."""
    return node.operation.name, node.skip, tuple(max(one - first, -1) for one in node.inputs)


def _shown(weights: tuple[Weight, ...]) -> str:
    return ", ".join(show(weight.shape) for weight in weights)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def _cannot_share(made: Layers, found: Layers, difference: str | None) -> Diagnostic:
    """Both places, what flows in at each, and the first layer that would be another."""
    here, there = show(made.entering), show(found.entering)
    same_place = made.span == found.span
    flows = f"{here} flows in" + (f", and the first time {there}" if same_place else "")
    return Diagnostic(
        "E0320",
        f"this call of the shared block `{made.name}` cannot be the layers of an earlier one",
        Label(made.span, flows),
        () if same_place else (Label(found.span, f"{there} flows in"),),
        notes=() if difference is None else (difference,),
        help="let what flows in have the same channels (`conv(CHANNELS, 1)` in front) and as many axes, or let the "
        "block be without `shared`; a call with other arguments has layers of its own",
    )


def _never_shared(block: str, span: Span, why: str) -> Diagnostic:
    return Diagnostic(
        "W0240",
        f"block `{block}` is shared, and no two of its calls are the same layers",
        Label(span, why),
        help="call it with equal arguments under equal settings where layers are to be the same; or leave out `shared`",
    )


def _otherwise(question: Hashable) -> str:
    """Which answer was another one, in words."""
    if isinstance(question, tuple):
        about, name = question
        return f"slot `{name}` is filled otherwise here" if about == "slot" else f"`{name}` has other defaults here"
    return "`progress` is another here" if question == "progress" else "skip connections fit otherwise here"
