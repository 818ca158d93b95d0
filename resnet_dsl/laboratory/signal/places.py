"""Where a layer lies, for the tables of what was predicted and what was measured alike."""

from __future__ import annotations

from math import prod

from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.lengths import Shape


def stage_of(graph: Graph, node: Node) -> str:
    """The name of the stem, stage or head in which a node lies; the network's own where it lies in none."""
    index: int | None = node.scope
    while index is not None:
        scope = graph.scopes[index]
        if scope.kind in ("stem", "stage", "head"):
            return scope.name
        index = scope.parent
    return graph.name


def positions(shape: Shape) -> int:
    """The positions of a map: 1 for a vector, unknown lengths counted as 2 (more than one)."""
    return prod(length if isinstance(length, int) else 2 for length in shape[:-1])
