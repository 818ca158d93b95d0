"""Which nodes share a row. At layer level none do; at block level normalisation, activation and adapters fold away."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.scopes import Scopes

HIDDEN = -1
"""The row of a node that a close-up does not show."""
_LIGHT = {"norm", "activation", "noise", "scale"}


@dataclass(frozen=True)
class Folding:
    """rows: the nodes of each row, the one that names it first; row_of: the row of each node.

    adapters: the nodes of the skip adapter that is folded into a row (a merge), beside its own.
    """

    rows: tuple[tuple[int, ...], ...]
    row_of: tuple[int, ...]
    adapters: tuple[tuple[int, ...], ...]
    attachments: dict[int, int]
    """The rows that stand for a whole block inside a block, with its scope."""
    entries: int = 0
    """How many rows, the first ones, only stand for what flows in (a close-up's)."""


def is_light(node: Node) -> bool:
    """Whether an operation is a detail of the one before it."""
    return node.op == "identity" or OPERATIONS[node.op].role in _LIGHT


def fold_to_layers(graph: Graph) -> Folding:
    """Layer level: every operation is a row."""
    rows = tuple((index,) for index in range(len(graph.nodes)))
    return Folding(rows, tuple(range(len(rows))), ((),) * len(rows), {})


def fold_to_rows(graph: Graph, scopes: Scopes, adapters: bool = True) -> Folding:
    """Block level: a row for every convolution, pool, merge, and block inside a block whose flow branches.

    ``adapters``: whether the adapter of a skip connection is part of the row of its merge.
    """
    merges = _merges(graph, scopes) if adapters else {}
    rows: list[list[int]] = []
    row_of: list[int] = []
    attachments: dict[int, int] = {}
    by_scope: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    for index, node in enumerate(graph.nodes):
        adapter = scopes.adapter[node.scope]
        if adapter in merges:
            waiting.append((index, merges[adapter]))
            row_of.append(-1)
            continue
        scope = scopes.attachment[node.scope]
        row = by_scope.get(scope) if scope is not None else row_of[node.inputs[0]] if is_light(node) else None
        if row is None:
            row = len(rows)
            rows.append([])
            if scope is not None:
                by_scope[scope], attachments[row] = row, scope
        rows[row].append(index)
        row_of.append(row)
    adapted: list[list[int]] = [[] for _ in rows]
    for index, merge in waiting:
        row_of[index] = row_of[merge]
        adapted[row_of[merge]].append(index)
    return Folding(tuple(map(tuple, rows)), tuple(row_of), tuple(map(tuple, adapted)), attachments)


def _merges(graph: Graph, scopes: Scopes) -> dict[int | None, int]:
    """The merge that each skip adapter leads to."""
    found: dict[int | None, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.skip is None or scopes.adapter[node.scope] is not None:
            continue
        for other in node.inputs[1:]:
            adapter = scopes.adapter[graph.nodes[other].scope]
            if adapter is not None:
                found[adapter] = index
    return found
