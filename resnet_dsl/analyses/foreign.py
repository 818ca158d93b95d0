"""Graphs from outside: JSON is read into a graph that is whole, fits together, and keeps the limits of specs."""

from __future__ import annotations

from dataclasses import replace

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.elaborate.building.builder import LARGEST, MOST_NODES
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, elements, show
from resnet_dsl.ir.naming import layer_name
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.memory import uncollected

_LONGEST_NAME = 1_000


class UnsoundGraphError(Exception):
    """A text is no graph, or a graph that no spec could have been compiled to. The message says why."""


def prepare() -> None:
    """Import what ``read_json`` needs, which takes as long as many graphs: for who has to wait for the text."""
    import resnet_dsl.ir.serialization  # noqa: F401


@uncollected()
def read_json(text: str) -> tuple[Graph, tuple[Shape, ...]]:
    """The graph of a JSON text (``resnet-dsl schema``), and the shapes of its values, without the batch axis.

    Raises UnsoundGraphError.
    """
    from resnet_dsl.ir.serialization import ValidationError, first_mistake  # who writes models may never read one

    try:
        graph = Graph.model_validate_json(text)
    except ValidationError as wrong:
        raise UnsoundGraphError(first_mistake(wrong)) from None
    _check_names(graph)
    graph = _with_names_of_today(graph)
    try:
        shapes = infer_shapes(graph)
    except UnfitError as wrong:
        raise UnsoundGraphError(wrong.message) from None
    _check_sizes(graph, shapes)
    return graph, shapes


def _check_names(graph: Graph) -> None:
    if len(graph.nodes) > MOST_NODES:
        raise UnsoundGraphError(f"it has {len(graph.nodes):,} operations, and {MOST_NODES:,} are the most")
    outputs = (output.name for output in graph.outputs)
    for name in (graph.name, *outputs, *(node.name for node in graph.nodes)):
        if not 0 < len(name) <= _LONGEST_NAME or not all(letter.isalnum() or letter in "_-." for letter in name):
            raise UnsoundGraphError(f"{name[:60]!a} cannot be a name")


def _with_names_of_today(graph: Graph) -> Graph:
    """The same graph with names that every backend takes: early files have some that TensorFlow refuses."""
    names = [layer_name(node.name) for node in graph.nodes]
    if len(set(names)) < len(names):
        raise UnsoundGraphError("two of its operations would have one name")
    if names == [node.name for node in graph.nodes]:
        return replace(graph, name=layer_name(graph.name))
    renamed = (replace(node, name=name) for node, name in zip(graph.nodes, names, strict=True))
    return replace(graph, name=layer_name(graph.name), nodes=tuple(renamed))


def _check_sizes(graph: Graph, shapes: tuple[Shape, ...]) -> None:
    for node, shape in zip(graph.nodes, shapes, strict=True):
        _check_size(node, shape, tuple(shapes[one] for one in node.inputs))


def _check_size(node: Node, shape: Shape, entering: tuple[Shape, ...]) -> None:
    weights = OPERATIONS[node.op].weights(node.args, entering)
    for one in (shape, *(weight.shape for weight in weights)):
        numbers = elements(one) or 0
        if numbers > LARGEST:
            raise UnsoundGraphError(
                f"`{node.name}` has {show(one)} = {numbers:,} numbers, and {LARGEST:,} are the most"
            )
