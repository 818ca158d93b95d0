"""Takes out what does nothing at inference: dropout of every kind, identities, factors of one and offsets of zero."""

from __future__ import annotations

from resnet_dsl.ir.graph import Node
from resnet_dsl.passes.rewriting import Done, WeightedGraph, counted, rewrite

_IDLE = frozenset({"identity", "dropout", "drop_path", "dropblock"})


def _does_nothing(node: Node) -> bool:
    if node.op in {"scale", "shift"}:
        return not node.args["learned"] and node.args["value"] == (1 if node.op == "scale" else 0)
    return node.op in _IDLE


def remove_idle(network: WeightedGraph) -> Done:
    """The network without the operations that pass their input on at inference."""
    nodes = network.graph.nodes
    removed = {index: node.inputs[0] for index, node in enumerate(nodes) if _does_nothing(node)}
    return Done(rewrite(network, {}, removed), f"removed {counted(len(removed), 'operation')} idle at inference")
