"""Takes out what does nothing at inference: dropout of every kind, identities, factors of one and offsets of zero."""

from __future__ import annotations

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.passes.rewriting import Done, WeightedGraph, rewrite
from resnet_dsl.sentences import counted


def remove_idle(network: WeightedGraph) -> Done:
    """The network without the operations that pass their input on at inference."""
    nodes = network.graph.nodes
    removed = {index: node.inputs[0] for index, node in enumerate(nodes) if OPERATIONS[node.op].idle(node.args)}
    return Done(rewrite(network, {}, removed), f"removed {counted(len(removed), 'operation')} idle at inference")
