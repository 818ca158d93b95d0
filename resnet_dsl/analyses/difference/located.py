"""What tells two networks apart, each difference with the nodes of both at which it lies: for figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from resnet_dsl.analyses.difference.alignment import Alignment
from resnet_dsl.analyses.difference.find import difference_of
from resnet_dsl.analyses.difference.found import Pair, Setting
from resnet_dsl.analyses.difference.words import (
    listed,
    of_end,
    of_quantity,
    of_rewired,
    of_setting,
    of_steps,
    of_stride,
)
from resnet_dsl.analyses.network import Facts
from resnet_dsl.analyses.parts import block_of_scopes, stage_of_scopes

Nodes: TypeAlias = frozenset[int]


class Located(NamedTuple):
    """One difference in a sentence, and the nodes of the left and of the right network at which it lies.

    What follows from others, as the parameters of a stage do, is none.
    everywhere: it lies at all steps of an operation.
    """

    words: str
    left: Nodes
    right: Nodes
    everywhere: bool = False


def located(left: Facts, right: Facts, laid: Alignment, names: tuple[str, str]) -> tuple[Located, ...]:
    """The differences, in the order in which ``describe`` tells them."""
    return tuple(_Locator(left, right, laid, names).all())


class _Locator:
    """Finds the nodes of differences, which name steps by their places."""

    def __init__(self, left: Facts, right: Facts, laid: Alignment, names: tuple[str, str]) -> None:
        self.sides = left, right
        self.laid = laid
        self.names = names
        self.found = difference_of(left, right, laid, names)
        self.named = [{node.name: index for index, node in enumerate(side.graph.nodes)} for side in self.sides]
        self.steps: tuple[dict[tuple[str, str], list[int]], ...] = ({}, {})
        for one in laid.steps:
            for side, steps in zip(self.steps, (one.left, one.right), strict=True):
                for step in steps:
                    side.setdefault((one.place, step.name), []).append(step.at)

    def all(self) -> Iterator[Located]:
        yield from self._ends()
        for moved in self.found.strides:
            yield Located(of_stride(moved, self.names), *self._strided(moved.places))
        for setting in self.found.settings:
            yield Located(of_setting(setting), *self._set(setting), len(setting.places) == setting.of > 1)
        for steps in self.found.steps:
            left, right = self._at(0, steps.places, steps.left), self._at(1, steps.places, steps.right)
            yield Located(of_steps(steps, self.names), left, right)
        for one in self.found.wiring:
            left, right = self._at(0, one.places, [one.step]), self._at(1, one.places, [one.step])
            yield Located(of_rewired(one, self.names), left, right)
        yield from self._parts()

    def _ends(self) -> Iterator[Located]:
        """Inputs and outputs; the size of one output follows from something else."""
        for end in self.found.ends:
            yield Located(of_end(end, self.names), self._end(0, end.name), self._end(1, end.name))
        ours, theirs = (frozenset(range(side.graph.inputs)) for side in self.sides)
        nowhere: Nodes = frozenset()
        for name, left, right in (("input", ours, theirs), ("inputs", ours, theirs), ("outputs", nowhere, nowhere)):
            if name in self.found.quantities:
                yield Located(of_quantity(name, self.found.quantities[name]), left, right)

    def _end(self, side: int, name: str) -> Nodes:
        graph = self.sides[side].graph
        ends = [node for node in range(graph.inputs) if graph.nodes[node].name == name]
        return frozenset([*ends, *(output.node for output in graph.outputs if output.name == name)])

    def _strided(self, places: tuple[str, ...]) -> tuple[Nodes, Nodes]:
        """Both steps of each network: the one that has the stride, and the one that has it in the other network."""
        pairs = [
            (one.at, other.at)
            for place, one, other in self.laid.matched
            if place in places and one.node.args.get("stride") != other.node.args.get("stride")
        ]
        return frozenset(one for one, _ in pairs), frozenset(other for _, other in pairs)

    def _set(self, setting: Setting) -> tuple[Nodes, Nodes]:
        ours, theirs = self.named
        return (
            frozenset(ours[left] for left, _ in setting.places),
            frozenset(theirs[right] for _, right in setting.places),
        )

    def _at(self, side: int, places: Iterable[str], names: Iterable[str]) -> Nodes:
        """The steps of these names in these blocks."""
        found = self.steps[side]
        return frozenset(node for place in places for name in names for node in found.get((place, name), ()))

    def _parts(self) -> Iterator[Located]:
        """Stages and blocks that one network alone has, and blocks of another definition."""
        tables = ((self.found.parts, stage_of_scopes), (self.found.blocks, block_of_scopes))
        for pairs, owners in tables:
            owned = [owners(side.graph) for side in self.sides]
            for words, alike in _together(pairs, self.names).items():
                places = listed(tuple(pair.place for pair in alike))
                left, right = self._inside(0, alike, owned[0]), self._inside(1, alike, owned[1])
                yield Located(f"{places}: {words}", left, right)

    def _inside(self, side: int, pairs: list[Pair], owners: tuple[int, ...]) -> Nodes:
        """The nodes of parts that this side alone has."""
        sides = ((pair.left, pair.right) if side == 0 else (pair.right, pair.left) for pair in pairs)
        alone = {own.scope for own, other in sides if own is not None and other is None}
        nodes = self.sides[side].graph.nodes
        return frozenset(index for index, node in enumerate(nodes) if owners[node.scope] in alone)


def _together(pairs: tuple[Pair, ...], names: tuple[str, str]) -> dict[str, list[Pair]]:
    """What is to be said of stages or blocks, with all those of which it is."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.left is None or pair.right is None:
            found.setdefault(f"in {names[pair.left is None]} alone", []).append(pair)
        elif pair.left.block != pair.right.block:
            found.setdefault(f"block {pair.left.block} and {pair.right.block}", []).append(pair)
    return found
