"""Depth as papers count it: weighted layers (convolutions, dense) on the main path.

The adapters of skip connections do not count, nor do gates: of a product the first value is the main path.
"""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.operations import OPERATIONS


def depths(graph: Graph) -> tuple[int, ...]:
    """For each node the weighted layers on the longest path to it, past merges of skips along the main path only."""
    found: list[int] = []
    for node in graph.nodes:
        inputs = node.inputs[:1] if node.skip else main_inputs(node)
        before = max((found[index] for index in inputs), default=0)
        found.append(before + (OPERATIONS[node.op].role == "weighted"))
    return tuple(found)


def main_inputs(node: Node) -> tuple[int, ...]:
    """The values that go on through a node, its gates left out."""
    return node.inputs[:1] if OPERATIONS[node.op].merge == "product" else node.inputs
