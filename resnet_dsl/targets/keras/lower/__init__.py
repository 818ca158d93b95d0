"""Lowering: from the graph to the calls of Keras that compute it. One rule an operation, one file a family.

Operations that Keras has no layer for are composite: they are taken apart (resnet_dsl.passes.primitives), and their
steps have a rule each.
"""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS, complete
from resnet_dsl.passes.primitives import COMPOSITES
from resnet_dsl.targets.keras.calls import Call, Calls
from resnet_dsl.targets.keras.lower import (
    activation,
    convolution,
    merging,
    noise,
    normalisation,
    pooling,
    scaling,
    shaping,
)
from resnet_dsl.targets.keras.lower.place import Place, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps

_FAMILIES = (shaping, convolution, normalisation, activation, pooling, merging, noise, scaling)

_TABLES = tuple(family.RULES for family in _FAMILIES)
_REST: Rules = {name: in_steps for name in COMPOSITES if not any(name in table for table in _TABLES)}

RULES = complete("resnet_dsl/targets/keras/lower/", *_TABLES, _REST)


class Lowering:
    """The state of one lowering: the calls so far, and the one that computes each node."""

    def __init__(self, graph: Graph, shapes: tuple[Shape, ...]) -> None:
        self.graph = graph
        self.shapes = shapes
        self.calls: list[Call] = []
        self.result: list[int] = []
        self.nonnegative: list[bool] = []
        self._taken = {node.name for node in graph.nodes}

    def add(self, call: Call) -> int:
        self.calls.append(call)
        return len(self.calls) - 1

    def name(self, node: str, suffix: str) -> str:
        """The name of a layer of ``node``: the node's own, or one with a suffix that no other layer has."""
        if not suffix:
            return node
        name = wanted = f"{node}_{suffix}"
        count = 1
        while name in self._taken:
            count += 1
            name = f"{wanted}{count}"
        self._taken.add(name)
        return name

    def lower(self, index: int) -> None:
        node = self.graph.nodes[index]
        operation = OPERATIONS[node.op]
        kept = operation.keeps_sign and all(self.nonnegative[one] for one in node.inputs)
        self.nonnegative.append(kept or operation.range[0] >= 0)
        self.result.append(RULES[node.op](Place(self, index)))


def lower(graph: Graph, shapes: tuple[Shape, ...]) -> Calls:
    """The calls of a graph. ``shapes[i]`` is the shape of node ``i``, without the batch axis."""
    lowering = Lowering(graph, shapes)
    for index in range(len(graph.nodes)):
        lowering.lower(index)
    return Calls(graph, tuple(lowering.calls), tuple(lowering.result))
