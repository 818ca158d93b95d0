"""The ways from the inputs of a network to its outputs. Growth is read along one way: layers side by side have none."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.sentences import counted, plural

MOST_WAYS = 1000
"""Pairs of an input and an output that are followed."""


class Way(NamedTuple):
    """From an input to an output, by their names: which of the layers lie between, as numbers into their list."""

    start: str
    end: str
    layers: tuple[int, ...]


def ways_of(graph: Graph, layers: list[int]) -> tuple[Way, ...]:
    """The ways on which some of these nodes lie; none where there is one input and one output: all is one way.

    Raises Failure where there are too many.
    """
    if graph.inputs == len(graph.outputs) == 1:
        return ()
    if graph.inputs * len(graph.outputs) > MOST_WAYS:
        outputs = len(graph.outputs)
        message = f"`{graph.name}` has {counted(graph.inputs, 'input')} and {outputs:,} {plural('output', outputs)}"
        raise Failure(f"{message}: more than {MOST_WAYS:,} ways", "derive a network that returns fewer, by `output`")
    entered, left = _entered(graph), _left(graph)
    pairs = product(range(graph.inputs), range(len(graph.outputs)))
    found = (_way(graph, pair, [entered[index] >> pair[0] & left[index] >> pair[1] & 1 for index in layers])
             for pair in pairs)  # fmt: skip
    return tuple(way for way in found if way.layers)


def _way(graph: Graph, pair: tuple[int, int], between: list[int]) -> Way:
    start, end = graph.nodes[pair[0]].name, graph.outputs[pair[1]].name
    return Way(start, end, tuple(number for number, inside in enumerate(between) if inside))


def _entered(graph: Graph) -> list[int]:
    """For each node the inputs that it depends on, a bit each."""
    found = [1 << index for index in range(graph.inputs)]
    for node in graph.nodes[graph.inputs :]:
        bits = 0
        for other in node.reads:
            bits |= found[other]
        found.append(bits)
    return found


def _left(graph: Graph) -> list[int]:
    """For each node the outputs that depend on it, a bit each."""
    found = [0] * len(graph.nodes)
    for number, output in enumerate(graph.outputs):
        found[output.node] |= 1 << number
    for index in range(len(graph.nodes) - 1, -1, -1):
        for other in graph.nodes[index].reads:
            found[other] |= found[index]
    return found
