"""An interpreter of the graph: what a network computes at inference, in NumPy and float64.

It shares no code with Keras, with the lowering or with the rules of shapes: each operation is computed from the arrays
that flow in, as the paper or page that its rule names defines it. It is slow, and meant for small maps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import complete
from tests.interpreter import arithmetic, places, windows
from tests.interpreter.windows import Array, Weights

_TABLES = (windows.RULES, arithmetic.RULES, places.RULES)
RULES = complete("tests/interpreter/", *_TABLES, but=(*places.MERGES, "input"))
"""(arguments, value, weights) -> value, for each operation that reads one value."""


def interpret(
    graph: Graph,
    weights: Mapping[str, Weights],
    batch: Array | list[Array],
    rounded: Callable[[Array], Array] = lambda one: one,
) -> list[Array]:
    """The value of every node. ``weights``: by the node's name and the weight's, in the shapes of the graph.

    batch: (samples, *lengths, channels); of several inputs a list in their order.
    rounded: what becomes of each value before it is read.
    """
    given = batch if isinstance(batch, list) else [batch]
    values = [rounded(np.asarray(one, dtype=np.float64)) for one in given]
    for node in graph.nodes[len(given) :]:
        own = weights.get((node if node.shares is None else graph.nodes[node.shares]).name, {})
        values.append(rounded(_value(node, [values[one] for one in node.inputs], own)))
    return values


def _value(node: Node, given: list[Array], weights: Weights) -> Array:
    if node.op in places.MERGES:
        return places.MERGES[node.op](given)
    args = {**node.args, "size": given[1].shape[1:-1]} if node.args.get("like") else node.args
    exact = {name: np.asarray(array, dtype=np.float64) for name, array in weights.items()}
    return RULES[node.op](args, given[0], exact)
