"""The blocks and stages of a network, as people name them: by their definition, or by their place."""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.figure.outline.words import clean

_KINDS = {"block", "skip", "stage"}


def blocks_of(graph: Graph) -> list[str]:
    """The blocks that a network calls, and each call and stage by its place: ``bottleneck``, ``conv2_block1``."""
    called = [scope.block for scope in graph.scopes if scope.block]
    return list(dict.fromkeys([*called, *(name for name in _places(graph) if name)]))


def find_block(graph: Graph, name: str) -> int | None:
    """The scope of a block or stage, by its definition's name or by its place.

    Of several calls it is the first whose skip connection takes the value as it is: the block as papers draw it.
    """
    places = _places(graph)
    found = [n for n, scope in enumerate(graph.scopes) if name in (scope.block, places[n]) and scope.kind in _KINDS]
    plain = {node.scope for node in graph.nodes if node.skip == "identity"}
    return next((scope for scope in found if scope in plain), found[0] if found else None)


def place_of(graph: Graph, scope: int) -> str:
    """Where a block or stage stands, as ``find_block`` reads it: ``conv2_block1``."""
    return _places(graph)[scope]


def title_of(graph: Graph, scope: int) -> str:
    """A block by its definition and its place: ``basic (conv2_block1)``; a stage by its name."""
    name, place = graph.scopes[scope].block, place_of(graph, scope)
    return clean(f"{name} ({place})" if name else place, 60)


def _places(graph: Graph) -> list[str]:
    """For each block, adapter and stage its path of names; empty for other scopes."""
    paths: list[str] = []
    for scope in graph.scopes:
        outer = "" if scope.parent is None else paths[scope.parent]
        paths.append("" if scope.parent is None else f"{outer}_{scope.name}" if outer else scope.name)
    return [path if scope.kind in _KINDS else "" for path, scope in zip(paths, graph.scopes, strict=True)]
