"""From a flat network to a program: each node that does something is a line."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.importing.mining.program import Line, Program
from resnet_dsl.importing.normal import Normal
from resnet_dsl.importing.shortening import short
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS

MOST_TRIED = 16
"""Concatenations that one may go on from: how many parts they may have less."""


def program_of(graph: Graph, shapes: Sequence[Shape], unsaid: frozenset[str]) -> Program:
    return _Reader(graph, shapes, unsaid).program()


class _Reader:
    def __init__(self, graph: Graph, shapes: Sequence[Shape], unsaid: frozenset[str]) -> None:
        self.graph = graph
        self.normal = Normal(graph, shapes, unsaid)
        self.shapes = self.normal.shapes
        self._known: dict[object, dict[str, object]] = {}
        self._joined: dict[tuple[int, ...], int] = {}

    def program(self) -> Program:
        inputs = self.graph.inputs
        reads = [self._reads(index) for index in range(len(self.normal.steps))]
        needed = _needed(reads, {*self.normal.outputs, *range(inputs)})
        place = {index: value for value, index in enumerate(needed)}
        lines = tuple(self._line(index, tuple(place[one] for one in reads[index])) for index in needed[inputs:])
        outputs = tuple(place[one] for one in self.normal.outputs)
        return Program(self.shapes[:inputs], lines, outputs, tuple(range(inputs)))

    def _line(self, index: int, reads: tuple[int, ...]) -> Line:
        step, node = self.normal.steps[index], self.graph.nodes[index]
        entering = tuple(self.shapes[one] for one in node.inputs)
        return Line(step.op, self._short(step.op, step.args, entering), reads, self.shapes[index], (index,))

    def _short(self, op: str, args: tuple[tuple[str, object], ...], entering: tuple[Shape, ...]) -> dict[str, object]:
        key = (op, args, entering[:1])
        if key not in self._known:
            self._known[key] = short(op, args, entering)
        return self._known[key]

    def _reads(self, index: int) -> tuple[int, ...]:
        """What a node reads. A concatenation goes on from the longest one before it that begins as it does."""
        merge = OPERATIONS[self.graph.nodes[index].op].merge
        if merge is None:
            return self.normal.steps[index].inputs
        if merge != "join":
            return tuple(self.normal.stands[one] for one in self.graph.nodes[index].inputs)
        parts = self.normal.steps[index].inputs
        sizes = range(len(parts) - 1, max(1, len(parts) - 1 - MOST_TRIED), -1)
        longest = next((size for size in sizes if parts[:size] in self._joined), 0)
        self._joined.setdefault(parts, index)
        return (self._joined[parts[:longest]], *parts[longest:]) if longest else parts


def _needed(reads: list[tuple[int, ...]], needed: set[int]) -> list[int]:
    for index in range(len(reads) - 1, -1, -1):
        if index in needed:
            needed.update(reads[index])
    return sorted(needed)
