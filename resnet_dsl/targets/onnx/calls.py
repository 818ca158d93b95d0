"""The ONNX graph as data: its operators in order, what each reads, and the arrays. Made without the package `onnx`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy.typing as npt

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape

Array: TypeAlias = npt.NDArray[Any]
Layout: TypeAlias = Literal["first", "last"]
"""Where a tensor has its channels: directly behind the batch's axis, or last, as in Keras."""


class OperatorCall(NamedTuple):
    """One operator at one place.

    name: unique; of what computes a node's value, and has its weights, that of Keras' layer. kind: ONNX's name of it.
    inputs: tensors and arrays by their names, "" for an optional one that is left out. output: the tensor it makes.
    node: the index of the graph's node that it comes from.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]
    node: int


class OnnxCalls(NamedTuple):
    """A whole model.

    layout: of its inputs and outputs, which are tensors of their names (``names_of_outputs``).
    arrays: the weights, ``layer/variable`` as Keras has them, and fixed numbers, by name.
    """

    graph: Graph
    shapes: tuple[Shape, ...]
    layout: Layout
    calls: tuple[OperatorCall, ...]
    arrays: Mapping[str, Array]


def names_of_outputs(graph: Graph) -> tuple[str, ...]:
    """What outputs are called: in ONNX none has the name of an input."""
    inputs = {node.name for node in graph.nodes[: graph.inputs]}
    taken = inputs | {output.name for output in graph.outputs}
    return tuple(free(f"{one.name}_output", taken) if one.name in inputs else one.name for one in graph.outputs)


def free(wanted: str, taken: Collection[str]) -> str:
    """The name, or one with a number behind it, that is not taken."""
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}{count}"
    return name


def in_layout(shape: Shape, layout: Layout) -> Shape:
    """A shape, without the batch's axis, as a tensor of this layout has it."""
    return shape if layout == "last" else (shape[-1], *shape[:-1])
