"""Where the nodes of a graph lie: answers by scope, each worked out once (a scope lies behind its parent)."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS


@dataclass(frozen=True)
class Scopes:
    """One entry a scope, each an index of a scope or None.

    part: the stem, stage or head that it lies in.
    adapter: the outermost skip adapter that it lies in.
    block: the outermost block that it lies in (never inside an adapter).
    attachment: the outermost block inside a block whose flow branches, as squeeze-and-excitation's does: one row.
    """

    part: tuple[int | None, ...]
    adapter: tuple[int | None, ...]
    block: tuple[int | None, ...]
    attachment: tuple[int | None, ...]


def read_scopes(graph: Graph) -> Scopes:
    branching = _branching(graph)
    part: list[int | None] = []
    adapter: list[int | None] = []
    block: list[int | None] = []
    attachment: list[int | None] = []
    for index, scope in enumerate(graph.scopes):
        parent = scope.parent
        if parent is None:
            for table in (part, adapter, block, attachment):
                table.append(None)
            continue
        inside = block[parent] is not None
        part.append(index if graph.scopes[parent].parent is None and parent == 0 else part[parent])
        adapter.append(_first(adapter[parent], index, scope.kind == "skip"))
        block.append(_first(block[parent], index, scope.kind == "block"))
        attachment.append(_first(attachment[parent], index, inside and scope.kind == "block" and branching[index]))
    return Scopes(tuple(part), tuple(adapter), tuple(block), tuple(attachment))


def _first(outer: int | None, index: int, begins: bool) -> int | None:
    return outer if outer is not None else index if begins else None


def _branching(graph: Graph) -> list[bool]:
    """Whether a scope holds a merge that is not a skip connection's."""
    found = [False] * len(graph.scopes)
    for node in graph.nodes:
        if OPERATIONS[node.op].many and node.skip is None:
            found[node.scope] = True
    for index in range(len(graph.scopes) - 1, 0, -1):
        parent = graph.scopes[index].parent
        if found[index] and parent is not None:
            found[parent] = True
    return found
