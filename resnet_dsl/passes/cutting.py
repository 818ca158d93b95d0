"""Cuts a part out of a network: what leads to some of its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Output, Scope


class Cut(NamedTuple):
    """What is left, with its shapes; ``kept``: where each of its nodes stood."""

    graph: Graph
    shapes: tuple[Shape, ...]
    kept: tuple[int, ...]


def cut(graph: Graph, shapes: tuple[Shape, ...], outputs: Mapping[str, int]) -> Cut:
    """The network that returns the values of ``outputs``, from names to nodes, without what none of them needs.

    Inputs that are not needed go, too. What stays keeps its name, and so do the layers: they take the whole's weights.
    """
    kept = needed(graph, outputs.values())
    place = {old: new for new, old in enumerate(kept)}
    scopes = _scopes(graph, kept, place)
    scope_place = {old: new for new, old in enumerate(scopes)}
    owners = _owners(graph, kept)
    nodes = [_moved(graph, old, place, owners) for old in kept]
    return Cut(
        replace(
            graph,
            nodes=tuple(replace(node, scope=scope_place[node.scope]) for node in nodes),
            scopes=tuple(
                scope if scope.parent is None else replace(scope, parent=scope_place[scope.parent])
                for scope in scopes.values()
            ),
            outputs=tuple(Output(name=name, node=place[node]) for name, node in outputs.items()),
        ),
        tuple(shapes[old] for old in kept),
        kept,
    )


def needed(graph: Graph, outputs: Iterable[int]) -> tuple[int, ...]:
    """The nodes from which any of these values follows, themselves included, in order."""
    found = {*outputs}
    for index in range(len(graph.nodes) - 1, -1, -1):
        if index in found:
            found.update(graph.nodes[index].inputs)
    return tuple(sorted(found))


def _moved(graph: Graph, old: int, place: Mapping[int, int], owners: Mapping[int, int]) -> Node:
    """A node that is kept. The first that is left of those that call one layer has it now, by the name that it had."""
    node = graph.nodes[old]
    layer = old if node.shares is None else node.shares
    owner = owners[layer]
    inputs = tuple(place[one] for one in node.inputs)
    if owner == old:
        return replace(node, name=graph.nodes[layer].name, inputs=inputs, shares=None)
    return replace(node, inputs=inputs, shares=place[owner])


def _owners(graph: Graph, kept: Iterable[int]) -> dict[int, int]:
    """From each node that had a layer of its own to the first that is left of those that call it."""
    owners: dict[int, int] = {}
    for old in kept:
        shares = graph.nodes[old].shares
        owners.setdefault(old if shares is None else shares, old)
    return owners


def _scopes(graph: Graph, kept: tuple[int, ...], place: Mapping[int, int]) -> dict[int, Scope]:
    """The scopes that still hold something, by their old indices, entered and left at the new places.

    Where the node went at which one was left, it is the last one inside.
    """
    last: dict[int, int] = {}
    for new, old in enumerate(kept):
        scope: int | None = graph.nodes[old].scope
        while scope is not None:
            last[scope] = new
            scope = graph.scopes[scope].parent
    before = _places_before(graph, place)
    return {
        old: replace(
            graph.scopes[old], entry=before[graph.scopes[old].entry], exit=place.get(graph.scopes[old].exit, new)
        )
        for old, new in sorted(last.items())
    }


def _places_before(graph: Graph, place: Mapping[int, int]) -> list[int]:
    """The new place of each node; of one that went that of the one that it came from, of an input the first."""
    found: list[int] = []
    for old, node in enumerate(graph.nodes):
        came = found[node.inputs[0]] if node.inputs else 0
        found.append(place.get(old, came))
    return found
