"""Counts: parameters, multiply-accumulates and activations, node by node and summed over parts; and depth.

MACs are the multiply-accumulates of convolutions and dense layers for one sample, without bias, normalisation, pooling
and the matrix products of attention: the convention of torchvision's and timm's tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, elements
from resnet_dsl.ir.nodes import Node
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


def count_nodes(graph: Graph, shapes: Sequence[Shape]) -> tuple[Count, ...]:
    """The counts of each node. Blocks repeat: what nodes that share their arguments cost is worked out once.

    They are told by identity: to compare the arguments themselves would cost what is saved, and they have no hash.
    The weights of a layer that is called several times count where it is called first, its MACs at each call.
    """
    kinds = [id(node.args) for node in graph.nodes]
    one_of = dict(zip(kinds, range(len(kinds)), strict=True))
    known = {kind: _count(graph, shapes, index) for kind, index in one_of.items()}
    return tuple(
        [
            known[kind] if node.shares is None else known[kind]._replace(params=0, total_params=0)
            for kind, node in zip(kinds, graph.nodes, strict=True)
        ]
    )


def _count(graph: Graph, shapes: Sequence[Shape], index: int) -> Count:
    node = graph.nodes[index]
    inputs = tuple(shapes[one] for one in node.inputs)
    operation = OPERATIONS[node.op]
    weights = operation.weights(node.args, inputs)
    params = sum(prod(weight.shape) for weight in weights if weight.trainable)
    macs = operation.macs(node.args, inputs, shapes[index])
    return Count(params, sum(prod(weight.shape) for weight in weights), macs, elements(shapes[index]))


def total(counts: Iterable[Count]) -> Count:
    """The sum; None where one of the summands is."""
    params, total_params, macs, activations = zip(Count(), *counts, strict=True)
    return Count(sum(params), sum(total_params), _sum(macs), _sum(activations))


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def depths(graph: Graph) -> tuple[int, ...]:
    """For each node the weighted layers on the longest path to it, past merges of skips along the main path only.

    So papers count: the adapters of skip connections do not count, nor do gates.
    """
    found: list[int] = []
    for node in graph.nodes:
        inputs = node.inputs[:1] if node.skip else main_inputs(node)
        before = max((found[index] for index in inputs), default=0)
        found.append(before + (OPERATIONS[node.op].role == "weighted"))
    return tuple(found)


def main_inputs(node: Node) -> tuple[int, ...]:
    """The values that go on through a node: of a product the first, without its gates."""
    return node.inputs[:1] if OPERATIONS[node.op].merge == "product" else node.reads
