"""What a derived network did to its base that has a mistake now: the line that gave a parameter, or filled a slot.

Nothing is guessed: the network is elaborated again without that line, and without the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.elaborate.findings import Key, key_of
from resnet_dsl.elaborate.limits import DEEPEST_DERIVATION, STEPS_OF_A_NETWORK
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.networks.elaboration import Outcome
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Run: TypeAlias = Callable[[Span, int], Outcome]
"""The network without what stands at a place, in so many steps."""

_PARTS = (tree.Input, tree.NamedInput, tree.Stem, tree.Stage)
_SETTINGS = (tree.Use, tree.Default, tree.Skips, tree.Condition)
_CAUSE = "this is the cause"
_OF_NAMES = ("E0201", "E0202", "E0208")
"""Codes of names that are not known: they are mistakes where they stand, whoever has it run."""
_MISSING = "E0237"
"""The code of a network that lacks a value for a parameter."""


class _Candidate(NamedTuple):
    """What may be the cause: a line, or an argument, of which ``left_out`` is what the network is tried without.

    ``network``: the name of the one that it stands in; ``parameter``: the name of what an argument gives; ``is_part``:
    whether it replaces a part, and so is no cause of what is wrong within that one.
    """

    network: tree.Token
    place: Span
    left_out: Span
    parameter: str = ""
    is_part: bool = False


class Causes:
    """The causes of the mistakes of a derived network; ``left``: the steps that are left to look for them."""

    def __init__(self, run: Run, definition: Definition, failed: Outcome, left: int) -> None:
        self.left = left
        self._run = run
        self._definition = definition
        self._failed = failed
        self._before = {*map(key_of, failed.diagnostics)}
        self._gone: list[tuple[_Candidate, set[Key]]] = []

    def told(self, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
        """The mistakes; those of a base's text say in which network, and stand at their cause, one for each cause."""
        inherited = [_is_inherited(one, self._definition) and one.severity == "error" for one in found]
        if any(inherited):
            self._gone = [(one, self._gone_without(one)) for one in _candidates(self._definition)]
        causes: set[_Candidate] = set()
        for one, is_inherited in zip(found, inherited, strict=True):
            cause = self._cause(one) if is_inherited else None
            if cause is None:
                yield self._in_network(one) if is_inherited and key_of(one) not in self._failed.own else one
            elif cause not in causes:
                causes.add(cause)
                yield self._at(cause, one)

    def _gone_without(self, candidate: _Candidate) -> set[Key]:
        """The mistakes that go without it, where no others come.

        Without a parameter that the base needs nothing can be said of what is made of it: those count that name it.
        """
        if self.left <= 0:
            return set()
        outcome = self._run(candidate.left_out, self.left)
        self.left -= outcome.steps + STEPS_OF_A_NETWORK
        now = {*map(key_of, outcome.diagnostics)}
        gone = {key for key in self._before - now if key[0] not in _OF_NAMES and self._is_run(key[1], outcome)}
        if any(code == _MISSING for code, _ in now - self._before):
            return {key for key in gone if key[1] is not None and _names(key[1], candidate.parameter)}
        return gone if now <= self._before else set()

    def _is_run(self, place: Span | None, outcome: Outcome) -> bool:
        """Whether the block that a place lies in, if there is one, runs there, too: else the mistake is the block's."""
        around = {one for one in self._failed.used.blocks if place is not None and place.within(one.span)}
        return not around or not around.isdisjoint(outcome.used.blocks)

    def _cause(self, mistake: Diagnostic) -> _Candidate | None:
        key = key_of(mistake)
        causes = (one for one, gone in self._gone if key in gone and not self._holds(one, key))
        return next(causes, None)

    def _holds(self, candidate: _Candidate, key: Key) -> bool:
        """Whether a mistake lies in what may be its cause, or in a part that this network has itself."""
        lies_inside = key[1] is not None and key[1].within(candidate.left_out)
        return lies_inside or (candidate.is_part and key in self._failed.own)

    def _at(self, cause: _Candidate, mistake: Diagnostic) -> Diagnostic:
        """At its cause, in the network that this stands in, which may lie between the base and what was to be built."""
        others = (*filter(None, (mistake.place,)), *mistake.others)
        if cause.network != self._definition.tree.name:
            mistake = _noted(mistake, cause.network)
        return self._in_network(mistake)._replace(place=Label(cause.place, _CAUSE), others=others, edits=(), sure=False)

    def _in_network(self, mistake: Diagnostic) -> Diagnostic:
        return _noted(mistake, self._definition.tree.name)


def in_network(definition: Definition, warnings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The warnings of a network; those of a base's text say in which network."""
    for one in warnings:
        yield _noted(one, definition.tree.name) if _is_inherited(one, definition) else one


def _noted(mistake: Diagnostic, network: tree.Token) -> Diagnostic:
    return mistake._replace(notes=(*mistake.notes, f"in network `{network.text}` ({network.span})"))


def _is_inherited(mistake: Diagnostic, definition: Definition) -> bool:
    """Whether the network derives from another, and no place of the mistake is in its own text."""
    network = definition.tree
    derives = isinstance(network, tree.NetworkNode) and network.base is not None
    places = [label.span for label in (mistake.place, *mistake.others) if label is not None]
    return derives and bool(places) and not any(one.within(network.span) for one in places)


def _candidates(definition: Definition) -> Iterator[_Candidate]:
    """What the network, and those between it and its innermost base, give and change."""
    for _ in range(DEEPEST_DERIVATION):
        network = definition.tree
        base = definition.module.base_of(network) if isinstance(network, tree.NetworkNode) else None
        if base is None or not isinstance(network, tree.NetworkNode) or network.base is None:
            return
        yield from _arguments(network.name, network.base, base)
        for member in network.members.items:
            if isinstance(member, (*_PARTS, *_SETTINGS)):
                yield _Candidate(network.name, _place(member), member.span, is_part=isinstance(member, _PARTS))
        definition = base


def _place(member: tree.Member) -> Span:
    """A part may be long: its first words stand for it."""
    if isinstance(member, tree.Stem):
        return member.keyword.span
    return member.span.to(member.name.span) if isinstance(member, tree.Stage) else member.span


def _arguments(network: tree.Token, written: tree.Base, base: Definition) -> Iterator[_Candidate]:
    known = [one.name.text for one in tree.parameters(base.tree)]
    for position, item in enumerate(tree.items(written.arguments)):
        if isinstance(item, tree.Argument):
            yield _Candidate(network, item.span, item.value.span, item.name.text)
        else:
            name = known[position] if position < len(known) else ""
            yield _Candidate(network, item.span, item.span, name)


def _names(span: Span, parameter: str) -> bool:
    """Whether a name stands in the text of a place; the empty one stands nowhere."""
    return parameter in re.findall(r"\w+", span.text)
