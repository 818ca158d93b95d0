"""What a network ends in, and so which loss belongs to it. The one place that knows."""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS

_MAKES_LOGITS = frozenset({"weighted", "attention", "norm"})
"""Roles of operations whose results may be any number, above 0 and below."""

KEEPS_LOGITS = frozenset({"reshape", "pool", "merge", "noise", "scale"})
"""Roles of operations that make logits of logits: they move, sum or scale them, or take a mean or the largest."""


def logits(graph: Graph, output: int) -> int | None:
    """The node whose value a softmax over all channels takes at an output: cross-entropy is computed from it.

    ``output`` is the node that makes what is returned. None where that is something else.
    """
    last = graph.nodes[output]
    return last.inputs[0] if OPERATIONS[last.op].probabilities(last.args) == "channels" else None


def ends_in_softmax_twice(graph: Graph, output: int) -> bool:
    """Whether what an output's softmax takes are probabilities already, and no logits."""
    taken = logits(graph, output)
    odd = None if taken is None else _unfit(graph, taken)
    return odd is not None and are_probabilities(odd)


def are_probabilities(node: Node) -> bool:
    """Whether numbers of the node's value sum to one."""
    return OPERATIONS[node.op].probabilities(node.args) is not None


def unfit_for_logits(graph: Graph, output: int) -> Node | None:
    """The operation that bends what an output's last layers computed, so that it is no logits; None: there is none."""
    return _unfit(graph, output)


def _unfit(graph: Graph, start: int) -> Node | None:
    seen, pending = {start}, [start]
    while pending:
        node = graph.nodes[pending.pop()]
        operation = OPERATIONS[node.op]
        if operation.role in KEEPS_LOGITS and operation.merge != "product":
            pending += [one for one in node.reads if one not in seen]
            seen.update(node.reads)
        elif operation.role not in _MAKES_LOGITS:
            return node
    return None
