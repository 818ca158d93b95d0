"""What a graph computes, as a text by which the same network is known again, whichever version wrote it."""

from __future__ import annotations

from resnet_dsl.ir.formats import WrittenGraph
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.written import write


def computed(graph: Graph) -> str:
    """The JSON of what a graph computes: without the marks of what counts as a residual block.

    Where format 1 could hold it, in that format: by its digest a training of then is known for the same network.
    """
    scopes = {"__all__": {"counts"}}
    if graph.inputs > 1 or len(graph.outputs) > 1 or any(node.shares is not None for node in graph.nodes):
        return write(graph, exclude={"scopes": scopes})
    first = WrittenGraph(
        name=graph.name, doc=graph.doc, nodes=graph.nodes, scopes=graph.scopes, output=graph.outputs[0].node
    )
    return write(first, exclude={"scopes": scopes, "nodes": {"__all__": {"shares"}}, "outputs": True})
