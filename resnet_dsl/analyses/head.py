"""What a network ends in, and so which loss belongs to it. The one place that knows."""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.operations import OPERATIONS

KEEPS_LOGITS = frozenset(
    {"identity", "flatten", "reshape", "dropout", "maxpool", "avgpool", "add", "concat"}
    | {"scale", "shift", "channel_scale"}
)
"""What makes logits of logits: it moves, sums or scales them, or takes a mean or the largest."""

MAKES_LOGITS = frozenset({"weighted", "attention", "norm"})
"""Roles of operations whose results may be any number, above 0 and below."""


def ends_in_softmax(graph: Graph) -> bool:
    """Whether the last operation is a softmax over all channels: cross-entropy belongs to it."""
    last = graph.nodes[graph.output]
    return last.op == "softmax" and last.args["splits"] == 1


def ends_in_softmax_twice(graph: Graph) -> bool:
    """Whether what the last softmax takes are probabilities already, and no logits."""
    odd = _unfit(graph, [*graph.nodes[graph.output].inputs]) if ends_in_softmax(graph) else None
    return odd is not None and odd.op == "softmax"


def unfit_for_logits(graph: Graph) -> Node | None:
    """The operation that bends what the last layers computed, so that it is no logits; None where there is none."""
    return _unfit(graph, [graph.output])


def _unfit(graph: Graph, pending: list[int]) -> Node | None:
    seen = set[int]()
    while pending:
        index = pending.pop()
        node = graph.nodes[index]
        if node.op in KEEPS_LOGITS:
            pending += [one for one in node.inputs if one not in seen]
            seen.update(node.inputs)
        elif OPERATIONS[node.op].role not in MAKES_LOGITS:
            return node
    return None
