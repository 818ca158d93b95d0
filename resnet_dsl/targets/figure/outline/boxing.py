"""Which blocks are one box in a figure by lanes: residual ones, gates, and those of many steps in a chain.

A block in which maps of other sizes are made is none: its lanes are what the figure is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from resnet_dsl.analyses.parts import blocks
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.resolutions import Resolution
from resnet_dsl.targets.figure.outline.scopes import Scopes

_MOST_ROWS = 3
"""Of a chain that is spelled out."""


def boxes_of(
    graph: Graph, scopes: Scopes, folding: Folding, resolutions: Sequence[Resolution]
) -> tuple[int | None, ...]:
    """For each scope the outermost block around it that is one box."""
    inside = _inside(graph, scopes, resolutions)
    chosen = set(_chosen(graph, folding))
    box: list[int | None] = []
    for index, scope in enumerate(graph.scopes):
        outer = None if scope.parent is None else box[scope.parent]
        ends = {resolutions[scope.entry], resolutions[scope.exit]}
        axes = set(map(len, ends))  # gates are worked out upon vectors and rows of channels: no maps of their own
        alone = index in chosen and {one for one in inside[index] if len(one) in axes} <= ends
        box.append(outer if outer is not None else index if alone else None)
    return tuple(box)


def _inside(graph: Graph, scopes: Scopes, resolutions: Sequence[Resolution]) -> list[set[Resolution]]:
    """The resolutions of the nodes in each scope, adapters left out."""
    found: list[set[Resolution]] = [set() for _ in graph.scopes]
    for node, resolution in zip(graph.nodes, resolutions, strict=True):
        if scopes.adapter[node.scope] is None:
            found[node.scope].add(resolution)
    for index in range(len(graph.scopes) - 1, 0, -1):
        found[graph.scopes[index].parent or 0] |= found[index]
    return found


def _chosen(graph: Graph, folding: Folding) -> Iterator[int]:
    rows: Counter[int] = Counter()
    merges: set[int] = set()
    for nodes in folding.rows:
        around = list(_around(graph, graph.nodes[nodes[0]].scope))
        rows.update(around)
        merges.update(around if OPERATIONS[graph.nodes[nodes[0]].op].many else ())
    yield from (scope for scope in blocks(graph) if scope in merges)
    for node in graph.nodes:
        if OPERATIONS[node.op].merge == "product" and graph.scopes[node.scope].kind == "block":
            yield node.scope
    chains = (scope for scope, count in rows.items() if count > _MOST_ROWS and scope not in merges)
    yield from (scope for scope in chains if graph.scopes[scope].kind == "block")


def _around(graph: Graph, scope: int | None) -> Iterator[int]:
    """A scope and those that it lies in."""
    while scope is not None:
        yield scope
        scope = graph.scopes[scope].parent
