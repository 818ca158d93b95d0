"""What passes have in common: a graph with some nodes changed and some taken out, and the weights beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node

Weights: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Node's name -> weight's name -> array, in the shapes that the operation's ``weights`` gives."""


class WeightedGraph(NamedTuple):
    """A graph with its shapes and, where they are known, its weights."""

    graph: Graph
    shapes: tuple[Shape, ...]
    weights: Weights | None = None


class Done(NamedTuple):
    """What a pass made of a network, and what it did, in a sentence."""

    network: WeightedGraph
    said: str


Pass: TypeAlias = Callable[[WeightedGraph], Done]


def readers(graph: Graph) -> list[list[int]]:
    """For each node, the nodes that read it; each of the graph's outputs counts as read once more, by -1."""
    found: list[list[int]] = [[] for _ in graph.nodes]
    for index, node in enumerate(graph.nodes):
        for one in node.inputs:
            found[one].append(index)
    for output in graph.outputs:
        found[output.node].append(-1)
    return found


def calls_of(graph: Graph) -> dict[int, list[int]]:
    """From each node that has a layer of its own to all nodes that call that layer, itself first."""
    found: dict[int, list[int]] = {}
    for index in range(len(graph.nodes)):
        found.setdefault(graph.owner(index), []).append(index)
    return found


def rewrite(
    network: WeightedGraph,
    changed: Mapping[int, Mapping[str, Any]],
    removed: Mapping[int, int],
    weights: Weights | None = None,
) -> WeightedGraph:
    """The network with other arguments for some nodes, and without some, each of which an earlier one stands for.

    Removed nodes must leave the shapes of what stands for them. ``weights`` replaces the weights of some nodes. Of
    nodes that call one layer all are changed, or removed, or none.
    """
    graph = network.graph
    place: dict[int, int] = {}
    nodes: list[Node] = []
    for index, node in enumerate(graph.nodes):
        if index in removed:
            place[index] = place[removed[index]]
            continue
        place[index] = len(nodes)
        inputs = tuple(place[one] for one in node.inputs)
        args = MappingProxyType({**changed[index]}) if index in changed else node.args
        shares = None if node.shares is None else place[node.shares]
        nodes.append(replace(node, inputs=inputs, args=args, shares=shares))
    scopes = tuple(replace(scope, entry=place[scope.entry], exit=place[scope.exit]) for scope in graph.scopes)
    kept = [shape for index, shape in enumerate(network.shapes) if index not in removed]
    outputs = tuple(replace(output, node=place[output.node]) for output in graph.outputs)
    rewritten = replace(graph, nodes=tuple(nodes), scopes=scopes, outputs=outputs)
    names = {node.name for node in nodes}
    merged = None if network.weights is None else {**network.weights, **(weights or {})}
    left = None if merged is None else {name: arrays for name, arrays in merged.items() if name in names}
    return WeightedGraph(rewritten, tuple(kept), left)
