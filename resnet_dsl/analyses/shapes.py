"""Shapes: the one rule that gives each node's output from its inputs'."""

from __future__ import annotations

from resnet_dsl.ir.draft import AnyGraph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS


def infer_shapes(graph: AnyGraph) -> tuple[Shape, ...]:
    """The shape of every node's value, without the batch axis. Raises Unfit where a graph from a file is wrong."""
    shapes: list[Shape] = []
    for node in graph.nodes:
        inputs = tuple(shapes[index] for index in node.inputs)
        shapes.append(OPERATIONS[node.op].infer(node.args, inputs))
    return tuple(shapes)
