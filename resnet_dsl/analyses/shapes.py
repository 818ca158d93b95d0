"""Shapes: the one rule that gives each node's output from its inputs'."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, of_further_input, show
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS


def infer_shapes(graph: Graph) -> tuple[Shape, ...]:
    """The shape of every node's value, without the batch axis. Raises UnfitError where a graph from a file is wrong."""
    shapes: list[Shape] = []
    for node in graph.nodes:
        operation, inputs = OPERATIONS[node.op], tuple(shapes[index] for index in node.inputs)
        if dict(operation.settle(node.args, inputs)) != dict(node.args):
            raise UnfitError(
                "E0301", f"the arguments of `{node.name}` are not settled for {' and '.join(map(show, inputs))}"
            )
        if node.shares is not None:
            _check_weights(node, inputs, graph, shapes)
        shape = operation.infer(node.args, inputs)
        shapes.append(of_further_input(shape, node.name) if node.op == "input" and shapes else shape)
    return tuple(shapes)


def shapes_at(graph: Graph, sizes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The shapes where the inputs, which may be open, have these sizes. Raises UnfitError where one does not fit."""
    shapes = [*sizes]
    for node in graph.nodes[graph.inputs :]:
        inputs = tuple(shapes[index] for index in node.inputs)
        shapes.append(OPERATIONS[node.op].infer(node.args, inputs))
    return tuple(shapes)


def _check_weights(node: Node, inputs: tuple[Shape, ...], graph: Graph, shapes: list[Shape]) -> None:
    """Raises UnfitError where a node would need other weights than the one whose layer it shares."""
    other, weights = graph.nodes[node.shares or 0], OPERATIONS[node.op].weights
    entering = tuple(shapes[index] for index in other.inputs)
    own = weights(node.args, inputs)
    if own != weights(other.args, entering) or (own and [*map(len, inputs)] != [*map(len, entering)]):
        raise UnfitError("E0301", f"`{node.name}` cannot share the weights of `{other.name}`: they have other shapes")
