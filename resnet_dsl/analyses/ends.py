"""The ends of a network: for what takes networks with one input and one output alone, and says so of others.

And for what takes each layer to be called once.
"""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.sentences import listed


def check_ends(graph: Graph, what: str) -> None:
    """Raises Failure where a network has several inputs or outputs; ``what`` takes none such: "`train`"."""
    only_input(graph, what)
    only_output(graph, what)


def only_input(graph: Graph, what: str) -> int:
    """The index of a network's input. Raises Failure where it has several."""
    if graph.inputs > 1:
        raise _several(graph, what, "inputs", [node.name for node in graph.nodes[: graph.inputs]])
    return 0


def only_output(graph: Graph, what: str) -> int:
    """The index of the node whose value a network returns. Raises Failure where it returns several."""
    if len(graph.outputs) > 1:
        raise _several(graph, what, "outputs", [output.name for output in graph.outputs])
    return graph.outputs[0].node


def check_own_layers(graph: Graph, what: str) -> None:
    """Raises Failure where a layer is called several times; ``what`` takes each layer to be called once."""
    again = next((node for node in graph.nodes if node.shares is not None), None)
    if again is not None:
        name = graph.nodes[again.shares or 0].name
        message = f"{what} takes networks that call each layer once, and `{graph.name}` calls `{name}` again"
        raise Failure(message, "take `shared` from the block, and its calls have layers of their own")


def _several(graph: Graph, what: str, ends: str, names: list[str]) -> Failure:
    message = f"{what} takes networks with one input and one output, and `{graph.name}` has {len(names)} {ends}"
    return Failure(message, f"they are {listed(names)}: derive a network that has one of them alone")
