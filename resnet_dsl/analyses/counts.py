"""Counts: parameters, multiply-accumulates and activations, node by node and summed over parts.

MACs are the multiply-accumulates of convolutions and dense layers for one sample, without bias, normalisation, pooling
and the matrix products of attention: the convention of torchvision's and timm's tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from resnet_dsl.ir.draft import AnyGraph
from resnet_dsl.ir.lengths import Shape, elements
from resnet_dsl.ir.operation import Shapes
from resnet_dsl.ir.operations import OPERATIONS


class Count(NamedTuple):
    """params: weights that train. total_params: those and the moving statistics (Keras' count).

    macs: multiply-accumulates of one sample; activations: numbers that one sample's values hold (four bytes each in
    float32). Both are None while an input length is open.
    """

    params: int = 0
    total_params: int = 0
    macs: int | None = 0
    activations: int | None = 0


def count_nodes(graph: AnyGraph, shapes: Sequence[Shape]) -> tuple[Count, ...]:
    """The counts of each node. Blocks repeat, so what one operation costs on one shape is worked out once."""
    known: dict[tuple[int, Shapes], Count] = {}
    counts = []
    for index, node in enumerate(graph.nodes):
        inputs = tuple(shapes[one] for one in node.inputs)
        key = (id(node.args), inputs)
        found = known.get(key)
        if found is None:
            found = known[key] = _count(node.op, node.args, inputs, shapes[index])
        counts.append(found)
    return tuple(counts)


def _count(op: str, arguments: object, inputs: Shapes, output: Shape) -> Count:
    operation = OPERATIONS[op]
    params = total = 0
    for weight in operation.weights(arguments, inputs):  # type: ignore[arg-type]
        size = prod(weight.shape)
        total += size
        params += size if weight.trainable else 0
    macs = operation.macs(arguments, inputs, output)  # type: ignore[arg-type]
    return Count(params, total, macs, elements(output))


def total(counts: Iterable[Count]) -> Count:
    """The sum; None where one of the summands is."""
    params = total_params = 0
    macs: int | None = 0
    activations: int | None = 0
    for one in counts:
        params += one.params
        total_params += one.total_params
        macs = None if macs is None or one.macs is None else macs + one.macs
        activations = None if activations is None or one.activations is None else activations + one.activations
    return Count(params, total_params, macs, activations)
