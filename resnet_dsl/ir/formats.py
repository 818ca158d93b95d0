"""Graphs as they were written: in today's format, or in an earlier one, out of which today's is made.

Format 1 had one input and one ``output``, the index of a node, without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resnet_dsl.ir.graph import Graph, Node, Output, Scope
from resnet_dsl.ir.serialization import write


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenGraph:
    """A graph of any format. ``output`` is format 1's, ``outputs`` today's; a text that names no format has the first.

    The other fields are those of Graph.
    """

    format: Literal[1, 2] = 1
    name: str
    doc: str = ""
    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    outputs: tuple[Output, ...] = ()
    output: int | None = None


def of_today(written: WrittenGraph) -> Graph:
    """The same graph in today's format. Raises ValueError where a field belongs to another format."""
    if (written.output is None) != (written.format == 2):
        raise ValueError("`output` is a field of format 1, and of no other")
    if written.outputs and written.format == 1:
        raise ValueError("`outputs` is no field of format 1")
    outputs = written.outputs if written.output is None else (_named(written, written.output),)
    return Graph(name=written.name, doc=written.doc, nodes=written.nodes, scopes=written.scopes, outputs=outputs)


def _named(written: WrittenGraph, node: int) -> Output:
    """The one output of format 1, called as the elaboration calls it: after the head, or the last part."""
    parts = [scope for scope in written.scopes if scope.parent == 0]
    return Output(name=parts[-1].name if parts else "output", node=node)


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
