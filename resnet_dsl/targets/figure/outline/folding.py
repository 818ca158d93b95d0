"""Which nodes share a row. At layer level none do; at block level normalisation, activation and adapters fold away.

A row's nodes follow each other, and two values that meet never come out of one row, so no link hides another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.kinds import AS_ALWAYS, Kinds, is_light
from resnet_dsl.targets.figure.outline.scopes import Scopes

HIDDEN = -1
"""The row of a node that a close-up does not show."""


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
    hidden: tuple[int, ...] = ()
    """Details that fold into a row and are said nowhere but below the figure."""
    shared: Mapping[int, int] = field(default_factory=dict)
    """The nodes that call a layer which others call, too, with the number of that layer (see shared_layers)."""


def is_scale(node: Node) -> bool:
    """Whether a detail is a number that multiplies or is added: it is told wherever it is folded in."""
    return OPERATIONS[node.op].role == "scale"


def fold_to_layers(graph: Graph, kinds: Kinds = AS_ALWAYS) -> Folding:
    """Layer level: every operation is a row, but for kinds that a theme folds away."""
    if not any(map(kinds.folds_by_itself, graph.nodes)):
        rows = tuple((index,) for index in range(len(graph.nodes)))
        return Folding(rows, tuple(range(len(rows))), ((),) * len(rows), {}, {}, shared=shared_layers(graph))
    none: list[int | None] = [None] * len(graph.scopes)
    return _Rows(graph, {}, none, none, kinds.folds_by_itself, kinds).folding(none)


def fold_to_rows(graph: Graph, scopes: Scopes, kinds: Kinds = AS_ALWAYS) -> Folding:
    """Block level: a row for every convolution, pool, merge, and block inside a block whose flow branches.

    The adapter of a skip connection is part of the row of its merge. What the network returns ends its row.
    """
    merges = _merges(graph, scopes, {output.node for output in graph.outputs})
    return _Rows(graph, merges, scopes.adapter, scopes.block, kinds.folds, kinds).folding(scopes.attachment)


class _Rows:
    """Rows while nodes are put into them, in order.

    merges: of the adapters that fold into one. adapter, block: the one that a scope lies in.
    """

    def __init__(
        self,
        graph: Graph,
        merges: Mapping[int | None, int],
        adapter: Sequence[int | None],
        block: Sequence[int | None],
        folds: Callable[[Node], bool],
        kinds: Kinds,
    ) -> None:
        self.graph = graph
        self.merges, self.adapter, self.block = merges, adapter, block
        self.folds, self.kinds = folds, kinds
        self.returned = {output.node for output in graph.outputs}
        self.apart = meeting_details(graph, folds)
        self.rows: list[list[int]] = []
        self.row_of: list[int] = []
        self.folded: dict[int, list[int]] = {}

    def folding(self, attachment: Sequence[int | None]) -> Folding:
        """``attachment``: the block inside a block that a scope lies in, if it is one row."""
        attachments: dict[int, int] = {}
        by_scope: dict[int, int] = {}
        waiting: list[tuple[int, int]] = []
        hidden: list[int] = []
        for index, node in enumerate(self.graph.nodes):
            adapter = self.adapter[node.scope]
            if adapter in self.merges:
                waiting.append((index, self.merges[adapter]))
                self.row_of.append(HIDDEN)
                continue
            scope = attachment[node.scope]
            row = by_scope.get(scope) if scope is not None else self._before(index)
            if scope is None and row is not None:
                hidden += [index] if self.kinds.hides(node) else []
                self.folded.setdefault(row, []).extend([] if self.kinds.hides(node) else [index])
            if row is None:
                row = len(self.rows)
                self.rows.append([])
                if scope is not None:
                    by_scope[scope], attachments[row] = row, scope
            self.rows[row].append(index)
            self.row_of.append(row)
        return self._done(waiting, attachments, tuple(hidden))

    def _before(self, index: int) -> int | None:
        """The row that a detail is part of."""
        node = self.graph.nodes[index]
        if index in self.apart or not self.folds(node) or node.inputs[0] in self.returned:
            return None
        row = _row_before(self.graph, self.rows, self.row_of, index)
        apart = row is not None and is_scale(node) and self._beyond(self.rows[row][0], node)
        return None if apart or self._begins(node) else row

    def _begins(self, node: Node) -> bool:
        """Whether it is no detail but by a theme, and what it reads belongs to another block, or another part."""
        return not is_light(node) and self.graph.nodes[node.reads[0]].scope != node.scope

    def _beyond(self, head: int, node: Node) -> bool:
        """Whether a row is a detail that a theme shows, in a block behind which the node stands."""
        before = self.graph.nodes[head]
        shown = is_light(before) and self.kinds.show(before) in ("thin", "box")
        return shown and self.block[before.scope] != self.block[node.scope]

    def _done(
        self, waiting: Iterable[tuple[int, int]], attachments: dict[int, int], hidden: tuple[int, ...]
    ) -> Folding:
        adapted: list[list[int]] = [[] for _ in self.rows]
        for index, merge in waiting:
            self.row_of[index] = self.row_of[merge]
            adapted[self.row_of[merge]].append(index)
        adapters, shared = tuple(map(tuple, adapted)), shared_layers(self.graph)
        rows = tuple(map(tuple, self.rows))
        return Folding(rows, tuple(self.row_of), adapters, attachments, self.folded, hidden=hidden, shared=shared)


def shared_layers(graph: Graph) -> dict[int, int]:
    """The nodes whose weights serve several calls, with a number for each such layer, in the order of the network."""
    weighing = [index for index, node in enumerate(graph.nodes) if OPERATIONS[node.op].has_weights]
    own = {index: index if graph.nodes[index].shares is None else graph.nodes[index].shares for index in weighing}
    calls = Counter(own.values())
    several = [index for index in weighing if own[index] == index and calls[index] > 1]
    numbers = {layer: number for number, layer in enumerate(several, 1)}
    return {index: numbers[layer] for index, layer in own.items() if layer in numbers}


def meeting_details(graph: Graph, folds: Callable[[Node], bool] = is_light) -> set[int]:
    """The nodes that would fold and meet, in one merge, another value of the row into which they would."""
    base: list[int] = []
    found: set[int] = set()
    for index, node in enumerate(graph.nodes):
        base.append(base[node.reads[0]] if folds(node) else index)
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
