"""Where the nodes of a graph lie: answers by scope, each worked out once (a scope lies behind its parent).

And blocks and stages as people name them: by their definition, or by their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from resnet_dsl.analyses.parts import block_of_scopes, blocks
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.outline import Column, Kind
from resnet_dsl.targets.figure.outline.words import clean

_KINDS = {"block", "skip", "stage"}


@dataclass(frozen=True)
class Scopes:
    """One entry a scope, each an index of a scope or None.

    part: the stem, stage or head that it lies in.
    adapter: the outermost skip adapter that it lies in.
    block: the outermost block that it lies in (never inside an adapter), helpers that only lead to residual blocks in a
        row left out: steps written in a stage and the same steps in a helper are one figure.
    attachment: the outermost block inside a block whose flow branches, as squeeze-and-excitation's does: one row.
    """

    part: tuple[int | None, ...]
    adapter: tuple[int | None, ...]
    block: tuple[int | None, ...]
    attachment: tuple[int | None, ...]


def read_scopes(graph: Graph) -> Scopes:
    branching = _branching(graph)
    helper = _helpers(graph)
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
        block.append(_first(block[parent], index, scope.kind == "block" and not helper[index]))
        attachment.append(_first(attachment[parent], index, inside and scope.kind == "block" and branching[index]))
    return Scopes(tuple(part), tuple(adapter), tuple(block), tuple(attachment))


def _first(outer: int | None, index: int, begins: bool) -> int | None:
    return outer if outer is not None else index if begins else None


def _helpers(graph: Graph) -> list[bool]:
    """Whether a scope only leads to residual blocks: it is none, holds some, and all merges in it are theirs."""
    own = set(blocks(graph))
    block_of = block_of_scopes(graph)
    free = {node.scope for node in graph.nodes if OPERATIONS[node.op].many and block_of[node.scope] not in own}
    leading = _with_outer(graph, own) - own - _with_outer(graph, free)
    return [index in leading for index in range(len(graph.scopes))]


def _with_outer(graph: Graph, scopes: set[int]) -> set[int]:
    """Some scopes and all that they lie in."""
    found: set[int] = set()
    for scope in scopes:
        index: int | None = scope
        while index is not None and index not in found:
            found.add(index)
            index = graph.scopes[index].parent
    return found


def _branching(graph: Graph) -> list[bool]:
    """Whether a scope holds merges, and none of them is a skip connection's: a wrapper of residual blocks is no box."""
    merges = [False] * len(graph.scopes)
    skips = [False] * len(graph.scopes)
    for node in graph.nodes:
        if OPERATIONS[node.op].many:
            found = merges if node.skip is None else skips
            found[node.scope] = True
    for index in range(len(graph.scopes) - 1, 0, -1):
        parent = graph.scopes[index].parent
        if parent is not None:
            merges[parent] |= merges[index]
            skips[parent] |= skips[index]
    return [merge and not skip for merge, skip in zip(merges, skips, strict=True)]


def with_scopes(column: Column, graph: Graph) -> Column:
    """The column whose rows say in which stages and blocks they lie; a card is a stage by itself."""
    around = paths_around(graph)
    items = (
        replace(item, within=_shared([around[graph.nodes[node].scope] for node in item.nodes], item.kind))
        if item.nodes and item.kind != "card"
        else item
        for item in column.items
    )
    return replace(column, items=tuple(items))


def paths_around(graph: Graph) -> list[tuple[tuple[str, str], ...]]:
    """For each scope the stages and blocks that lead to it, and itself, each by its kind and its whole name."""
    around: list[tuple[tuple[str, str], ...]] = []
    for scope, place in zip(graph.scopes, _paths(graph), strict=True):
        around.append(() if scope.parent is None else (*around[scope.parent], (scope.kind, place)))
    return around


def _shared(ways: Sequence[tuple[tuple[str, str], ...]], kind: Kind) -> tuple[tuple[str, str], ...]:
    """Where the first node lies; of a plate what all its nodes lie in."""
    if kind != "plate":
        return ways[0]
    pairs = takewhile(lambda levels: len(set(levels)) == 1, zip(*ways, strict=False))
    return tuple(levels[0] for levels in pairs)


def item_of(column: Column, graph: Graph) -> dict[int, int]:
    """The item of each node; an adapter's nodes, where it is not drawn, belong to the item that reads what it makes."""
    found = {node: number for number, item in enumerate(column.items) for node in item.nodes}
    for index in range(len(graph.nodes) - 1, -1, -1):
        if index in found:
            for other in graph.nodes[index].reads:
                found.setdefault(other, found[index])
    return found


def blocks_of(graph: Graph) -> list[str]:
    """The blocks that a network calls, and each call and stage by its place: ``bottleneck``, ``conv2_block1``."""
    called = [scope.block for scope in graph.scopes if scope.block]
    return list(dict.fromkeys([*called, *(name for name in _places(graph) if name)]))


def find_block(graph: Graph, name: str, inside: int | None = None) -> int | None:
    """The scope of a block or stage, by its definition's name or by its place.

    ``inside``: the scope in which it lies; there its own name is enough (``block2``).

    Of several calls it is the first whose skip connection takes the value as it is: the block as papers draw it.
    """
    places = _places(graph)
    found = [n for n, scope in enumerate(graph.scopes) if name in (scope.block, places[n]) and scope.kind in _KINDS]
    if inside is not None:
        within = scopes_inside(graph, inside)
        own = [n for n in within if name == graph.scopes[n].name and graph.scopes[n].kind in _KINDS]
        found = [n for n in found if n in within] or own
    plain = {node.scope for node in graph.nodes if node.skip == "identity"}
    return next((scope for scope in found if scope in plain), found[0] if found else None)


def scopes_inside(graph: Graph, outer: int) -> list[int]:
    """The scopes in one, in order; itself is none."""
    found = {outer}
    for index, scope in enumerate(graph.scopes):
        if scope.parent in found:
            found.add(index)
    return sorted(found - {outer})


def place_of(graph: Graph, scope: int) -> str:
    """Where a block or stage stands, as ``find_block`` reads it: ``conv2_block1``."""
    return _places(graph)[scope]


def title_of(graph: Graph, scope: int) -> str:
    """A block by its definition and its place: ``basic (conv2_block1)``; a stage by its name."""
    name, place = graph.scopes[scope].block, place_of(graph, scope)
    return clean(f"{name} ({place})" if name else place, 60)


def _places(graph: Graph) -> list[str]:
    """For each block, adapter and stage its path of names; empty for other scopes."""
    return [path if scope.kind in _KINDS else "" for path, scope in zip(_paths(graph), graph.scopes, strict=True)]


def _paths(graph: Graph) -> list[str]:
    """For each scope the names from the network's parts down to it."""
    paths: list[str] = []
    for scope in graph.scopes:
        outer = "" if scope.parent is None else paths[scope.parent]
        paths.append("" if scope.parent is None else f"{outer}_{scope.name}" if outer else scope.name)
    return paths
