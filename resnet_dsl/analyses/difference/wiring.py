"""Where steps that two networks have in common read other values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import TypeAlias

from resnet_dsl.analyses.difference.aligning import ComparedStep
from resnet_dsl.analyses.difference.found import Rewired
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS

Matched: TypeAlias = list[tuple[str, ComparedStep, ComparedStep]]
"""Steps that two networks have in common, with the block in which they lie."""


def rewired(left: Graph, right: Graph, matched: Matched) -> tuple[Rewired, ...]:
    """The pairs that read other steps; equal findings of several blocks together.

    A step that one network alone has is passed through to what it reads itself: it is told as a step already.
    """
    twins = _twin_inputs(left, right) | {one.at: other.at for _, one, other in matched}
    ours_before, theirs_before = _before(left.nodes, twins.keys()), _before(right.nodes, set(twins.values()))
    ours_named = _Names(left, [(place, one) for place, one, _ in matched])
    theirs_named = _Names(right, [(place, other) for place, _, other in matched])
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for place, one, other in matched:
        reads = _common(_read(one, ours_before), _read(other, theirs_before))
        if reads is None or _agree(one, [twins[read] for read in reads[0]], reads[1]):
            continue
        names = ours_named.of(reads[0], one, place), theirs_named.of(reads[1], other, place)
        if names[0] == names[1]:  # what enters the block, in both
            names = ours_named.of_nodes(reads[0]), theirs_named.of_nodes(reads[1])
        found.setdefault((one.name, *names), []).append(place)
    steps = (Rewired(*key, tuple(where)) for key, where in found.items())
    return *steps, *_retaken(left, right, twins, ours_before, theirs_before)


def _twin_inputs(left: Graph, right: Graph) -> dict[int, int]:
    """The inputs of one name, and those left over in their order."""
    names = [[node.name for node in graph.nodes[: graph.inputs]] for graph in (left, right)]
    found = {names[0].index(name): names[1].index(name) for name in names[0] if name in names[1]}
    ours = (index for index in range(left.inputs) if index not in found)
    theirs = (index for index in range(right.inputs) if index not in found.values())
    return found | dict(zip(ours, theirs, strict=False))


def _retaken(
    left: Graph, right: Graph, twins: dict[int, int], ours_before: list[int], theirs_before: list[int]
) -> Iterator[Rewired]:
    """The outputs of one name that are other values."""
    theirs = {output.name: output.node for output in right.outputs}
    for output in left.outputs if len(left.outputs) + len(right.outputs) > 2 else ():
        if output.name not in theirs:
            continue
        ends = ours_before[output.node], theirs_before[theirs[output.name]]
        if -1 not in ends and twins[ends[0]] != ends[1]:
            ours, others = left.nodes[ends[0]].name, right.nodes[ends[1]].name
            yield Rewired(f"output {output.name}", (ours,), (others,), ("the network",))


def _before(nodes: Sequence[Node], common: Set[int]) -> list[int]:
    """For each node the last one up to it that both networks have; -1 where a merge of this one alone comes first."""
    found: list[int] = []
    for index, node in enumerate(nodes):
        before = found[node.inputs[0]] if len(node.inputs) == 1 else -1
        found.append(index if index in common else before)
    return found


def _read(step: ComparedStep, before: list[int]) -> list[tuple[int, bool]]:
    """What a step reads of what both networks have, and whether there are steps of one network alone between."""
    return [(before[index], before[index] != index) for index in step.node.inputs]


def _common(ours: list[tuple[int, bool]], theirs: list[tuple[int, bool]]) -> tuple[list[int], list[int]] | None:
    """What is to be compared; None where that cannot be said. A branch more is told by its steps already.

    A value that is read once more has no step of its own that would tell it.
    """
    most = min(len(ours), len(theirs))
    kept = [[index for index, alone in read if len(read) == most or not alone] for read in (ours, theirs)]
    return None if -1 in (*kept[0], *kept[1]) else (kept[0], kept[1])


def _agree(step: ComparedStep, ours: list[int], theirs: list[int]) -> bool:
    if OPERATIONS[step.node.op].merge in ("sum", "product") and step.node.skip is None:
        return sorted(ours) == sorted(theirs)
    return ours == theirs


class _Names:
    """What the steps of one network are called by a step that reads them."""

    def __init__(self, graph: Graph, steps: Sequence[tuple[str, ComparedStep]]) -> None:
        self.graph = graph
        self.steps = {step.at: (place, step.name) for place, step in steps}

    def of(self, read: Sequence[int], reader: ComparedStep, place: str) -> tuple[str, ...]:
        entries = set(self._entries(reader.node.scope))
        return tuple(self._name(index, entries, place) for index in read)

    def of_nodes(self, read: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.graph.nodes[index].name for index in read)

    def _name(self, index: int, entries: set[int], place: str) -> str:
        if index in entries:
            return "what enters the block"
        where, name = self.steps.get(index, ("", ""))
        return name if where == place else self.graph.nodes[index].name

    def _entries(self, scope: int | None) -> Iterator[int]:
        while scope is not None:
            if self.graph.scopes[scope].kind == "block":
                yield self.graph.scopes[scope].entry
            scope = self.graph.scopes[scope].parent
