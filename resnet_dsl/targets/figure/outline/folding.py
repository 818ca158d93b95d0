"""Which nodes share a row. At layer level none do; at block level normalisation, activation and adapters fold away.

A row's nodes follow each other, and two values that meet never come out of one row, so no link hides another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.scopes import Scopes

HIDDEN = -1
"""The row of a node that a close-up does not show."""
_LIGHT = {"norm", "activation", "noise", "scale"}
"""Roles of operations that are details of the one before them."""


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
    folded: dict[int, list[int]]
    """The details that fold into a row: its nodes behind the operation, or the block, that names it."""
    entries: int = 0
    """How many rows, the first ones, only stand for what flows in (a close-up's)."""
    shared: Mapping[int, int] = field(default_factory=dict)
    """The nodes that call a layer which others call, too, with the number of that layer (see shared_layers)."""


def is_light(node: Node) -> bool:
    """Whether an operation is a detail of the one before it."""
    return OPERATIONS[node.op].role in _LIGHT or OPERATIONS[node.op].idle(node.args)


def is_scale(node: Node) -> bool:
    """Whether a detail is a number that multiplies or is added: it is told wherever it is folded in."""
    return OPERATIONS[node.op].role == "scale"


def fold_to_layers(graph: Graph) -> Folding:
    """Layer level: every operation is a row."""
    rows = tuple((index,) for index in range(len(graph.nodes)))
    return Folding(rows, tuple(range(len(rows))), ((),) * len(rows), {}, {}, shared=shared_layers(graph))


def fold_to_rows(graph: Graph, scopes: Scopes) -> Folding:
    """Block level: a row for every convolution, pool, merge, and block inside a block whose flow branches.

    The adapter of a skip connection is part of the row of its merge. What the network returns ends its row.
    """
    returned = {output.node for output in graph.outputs}
    merges = _merges(graph, scopes, returned)
    apart = meeting_details(graph)
    rows: list[list[int]] = []
    row_of: list[int] = []
    attachments: dict[int, int] = {}
    folded: dict[int, list[int]] = {}
    by_scope: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []
    for index, node in enumerate(graph.nodes):
        adapter = scopes.adapter[node.scope]
        if adapter in merges:
            waiting.append((index, merges[adapter]))
            row_of.append(HIDDEN)
            continue
        scope = scopes.attachment[node.scope]
        row = by_scope.get(scope) if scope is not None else None
        if scope is None and index not in apart and is_light(node):
            row = _row_before(graph, rows, row_of, index) if node.inputs[0] not in returned else None
            if row is not None:
                folded.setdefault(row, []).append(index)
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
    adapters, shared = tuple(map(tuple, adapted)), shared_layers(graph)
    return Folding(tuple(map(tuple, rows)), tuple(row_of), adapters, attachments, folded, shared=shared)


def shared_layers(graph: Graph) -> dict[int, int]:
    """The nodes whose weights serve several calls, with a number for each such layer, in the order of the network."""
    weighing = [index for index, node in enumerate(graph.nodes) if OPERATIONS[node.op].has_weights]
    own = {index: index if graph.nodes[index].shares is None else graph.nodes[index].shares for index in weighing}
    calls = Counter(own.values())
    several = [index for index in weighing if own[index] == index and calls[index] > 1]
    numbers = {layer: number for number, layer in enumerate(several, 1)}
    return {index: numbers[layer] for index, layer in own.items() if layer in numbers}


def meeting_details(graph: Graph) -> set[int]:
    """The light nodes that meet, in one merge, another value of the row into which they would fold."""
    base: list[int] = []
    found: set[int] = set()
    for index, node in enumerate(graph.nodes):
        base.append(base[node.reads[0]] if is_light(node) else index)
        bases = Counter(base[other] for other in node.reads) if len(node.reads) > 1 else {}
        found.update(other for other in node.reads if bases and bases[base[other]] > 1 and base[other] != other)
    return found


def _row_before(graph: Graph, rows: list[list[int]], row_of: list[int], index: int) -> int | None:
    """The row that ends with what a light node reads; a number that scales is never hidden in a merge or the input."""
    before = graph.nodes[index].reads[0]
    row = row_of[before]
    if row == HIDDEN or rows[row][-1] != before:
        return None
    head = OPERATIONS[graph.nodes[rows[row][0]].op].role
    return None if is_scale(graph.nodes[index]) and head in {"merge", "input"} else row


def _merges(graph: Graph, scopes: Scopes, returned: Set[int]) -> dict[int | None, int]:
    """The merge that each skip adapter leads to; an adapter that makes what the network returns is not folded away."""
    found: dict[int | None, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.skip is None or scopes.adapter[node.scope] is not None:
            continue
        for other in node.reads[1:]:
            adapter = scopes.adapter[graph.nodes[other].scope]
            if adapter is not None:
                found[adapter] = index
    shown = {scopes.adapter[graph.nodes[node].scope] for node in returned}
    return {adapter: merge for adapter, merge in found.items() if adapter not in shown}
