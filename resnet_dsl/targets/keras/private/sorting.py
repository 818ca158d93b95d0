"""The graph of a model: calls recorded without being made, and layers sorted without recursion."""

from __future__ import annotations

import inspect
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from resnet_dsl.targets.keras.private import PLAIN, expect, module


def recorder() -> Callable[[Any, Any, dict[str, Any], Any], None]:
    """(layer, its input, further arguments, result) -> None: records a call as ``Layer.__call__`` does at its end."""
    node = module("keras.src.ops.node").Node
    expect(list(inspect.signature(node).parameters) == ["operation", "call_args", "call_kwargs", "outputs"], "Node")

    def record(layer: Any, given: Any, further: dict[str, Any], result: Any) -> None:
        node(operation=layer, call_args=(given,), call_kwargs=further, outputs=result)

    return record


def further_arguments(layer: Any) -> dict[str, Any]:
    """What Keras added to the input when it called a layer for the first time (``mask = None``)."""
    (node,) = layer._inbound_nodes
    further: dict[str, Any] = node.arguments.kwargs
    expect(all(isinstance(value, PLAIN) for value in further.values()), "what a layer is called with")
    return further


@contextmanager
def sorting_without_recursion() -> Iterator[None]:
    """Models made within, by this thread, get their layers sorted by ``sort_graph``."""
    function = module("keras.src.ops.function")
    known: Any = function.map_graph
    expect(list(inspect.signature(known).parameters) == ["inputs", "outputs"], "map_graph")
    expect("map_graph" in function.Function.__init__.__code__.co_names, "who calls map_graph")
    thread = threading.get_ident()

    def chosen(inputs: Any, outputs: Any) -> Any:
        return (sort_graph if threading.get_ident() == thread else known)(inputs, outputs)

    function.map_graph = chosen  # type: ignore[attr-defined]
    try:
        yield
    finally:
        function.map_graph = known  # type: ignore[attr-defined]


def sort_graph(inputs: list[Any], outputs: list[Any]) -> tuple[Any, ...]:
    """What Keras' ``map_graph`` returns, in time linear in the layers and without recursion.

    For graphs that begin at ``keras.Input`` and whose inputs are all used.
    """
    order, first_seen = _in_order(outputs)
    expect(all(tensor._keras_history.operation in first_seen for tensor in inputs), "an input that is not used")
    make_key = module("keras.src.ops.function").make_node_key
    keys = {make_key(node.operation, node.operation._inbound_nodes.index(node)) for node in order}
    node_depths: dict[Any, int] = {}
    operation_depths: dict[Any, int] = {}
    for node in reversed(order):
        depth = max(node_depths.setdefault(node, 0), operation_depths.get(node.operation, 0))
        node_depths[node] = operation_depths[node.operation] = depth
        for parent in node.parent_nodes:
            node_depths[parent] = max(depth + 1, node_depths.get(parent, 0))
    by_depth = _by_depth(operation_depths)
    operations = []
    for depth in sorted(by_depth, reverse=True):
        by_depth[depth].sort(key=first_seen.__getitem__)
        operations.extend(by_depth[depth])
    expect(len({operation.name for operation in operations}) == len(operations), "two layers of one name")
    return keys, _by_depth(node_depths), operations, by_depth


def _by_depth(depths: dict[Any, int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)  # as Keras' own: TensorFlow would track what a plain one holds
    for one, depth in depths.items():
        found[depth].append(one)
    return found


def _in_order(outputs: list[Any]) -> tuple[list[Any], dict[Any, int]]:
    """(nodes, inputs first; when each operation was first seen), by the depth-first walk that Keras makes."""
    order: list[Any] = []
    first_seen: dict[Any, int] = {}
    started: set[Any] = set()

    def enter(node: Any) -> tuple[Any, Iterator[Any]]:
        started.add(node)
        first_seen.setdefault(node.operation, len(first_seen))
        return node, iter(() if node.is_input else node.parent_nodes)

    for tensor in outputs:
        history = tensor._keras_history
        last = history.operation._inbound_nodes[history.node_index]
        stack = [] if last in started else [enter(last)]
        while stack:
            parent = next((one for one in stack[-1][1] if one not in started), None)
            if parent is None:
                order.append(stack.pop()[0])
            else:
                stack.append(enter(parent))
    return order, first_seen
