"""The graph: what a text means, with nothing left open. The one type between the language and everything behind it.

A node reads only nodes before it, so the graph has no cycle and its order is an order of execution. Nodes lie in scopes
(network, stage, block, the adapter of a skip connection), which are what a reader calls the parts. Facts that follow
from the graph (shapes, counts) are tables beside it, in resnet_dsl.analyses.

Nodes share one ``args`` object only where they are the same operation on the same shapes, as in repeated blocks: then
analyses ask once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal

from resnet_dsl.ir.nodes import Node, Output, Scope, ScopeKind
from resnet_dsl.ir.operations import OPERATIONS

if TYPE_CHECKING:
    from resnet_dsl.ir.formats import WrittenGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A network. Its first nodes are its inputs, ``outputs`` what it returns, both in the order of the text.

    format: changes when a graph written before can no longer be read, or means something else. Those of earlier
        formats are still read: see resnet_dsl.ir.formats.
    """

    format: Literal[2] = 2
    name: str
    doc: str = ""
    nodes: tuple[Node, ...]
    scopes: tuple[Scope, ...]
    outputs: tuple[Output, ...]

    @property
    def inputs(self) -> int:
        """How many inputs it has: ``nodes[i]`` is one where ``i`` is below it."""
        return sum(1 for _ in takewhile(lambda node: node.op == "input", self.nodes))

    def owner(self, index: int) -> int:
        """The node whose layer a node calls: itself, or the one that it shares."""
        shares = self.nodes[index].shares
        return index if shares is None else shares

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Graph:
        """The graph in a JSON text of ``model_dump_json``. Raises pydantic.ValidationError, a ValueError."""
        from resnet_dsl.ir.formats import WrittenGraph
        from resnet_dsl.ir.serialization import read

        return read(WrittenGraph, text, lambda found: verified(_of_today(found)))

    def model_dump_json(self, *, indent: int | None = None, exclude: Any = None) -> str:
        """Its JSON: compact, or a field a line. ``exclude``: what is left out, in the terms of pydantic."""
        from resnet_dsl.ir.written import write

        return write(self, indent, exclude)


def _of_today(written: WrittenGraph) -> Graph:
    """The same graph in today's format. Raises ValueError where a field belongs to another format."""
    return Graph(
        name=written.name,
        doc=written.doc,
        nodes=written.nodes,
        scopes=written.scopes,
        outputs=written.outputs_of_today(),
    )


def verified(graph: Graph) -> Graph:
    """The graph, where it is one: what stands above holds of its scopes, its nodes and their arguments.

    The elaboration and the passes make nothing else, as their tests show; what comes in from outside is held to it.
    That shapes fit is for resnet_dsl.analyses.shapes to say. Raises ValueError.
    """
    for index, scope in enumerate(graph.scopes):
        _check_scope(index, scope, graph)
    if len({node.name for node in graph.nodes}) != len(graph.nodes):
        raise ValueError("two nodes have one name")
    inputs = graph.inputs
    for index, node in enumerate(graph.nodes):
        _check_place(index, node, inputs, len(graph.scopes))
        _check_arguments(index, node)
        _check_sharing(index, node, graph)
    _check_outputs(graph)
    return graph


def _check_scope(index: int, scope: Scope, graph: Graph) -> None:
    if (scope.parent is None) != (index == 0) or (scope.parent is not None and not 0 <= scope.parent < index):
        raise ValueError(f"scope {index} must lie in a scope before it")
    outer = "nothing" if scope.parent is None else graph.scopes[scope.parent].kind
    if outer not in _LIES_IN[scope.kind]:
        raise ValueError(f"scope {index}: a {scope.kind} cannot lie in {outer}")
    if scope.counts and scope.kind != "block":
        raise ValueError(f"scope {index}: a {scope.kind} is no residual block")
    if not (0 <= scope.entry < len(graph.nodes) and 0 <= scope.exit < len(graph.nodes)):
        raise ValueError(f"scope {index} refers to a node that does not exist")
    if scope.exit < scope.entry:
        raise ValueError(f"scope {index} ends before it begins")


_INSIDE = ("stem", "stage", "head", "block", "skip")
_LIES_IN: dict[ScopeKind, tuple[str, ...]] = {
    "network": ("nothing",),
    "stem": ("network",),
    "stage": ("network",),
    "head": ("network",),
    "block": _INSIDE,
    "skip": _INSIDE,
}


def _check_outputs(graph: Graph) -> None:
    if not graph.outputs:
        raise ValueError("the network returns nothing")
    if len({output.name for output in graph.outputs}) != len(graph.outputs):
        raise ValueError("two outputs have one name")
    if any(not 0 <= output.node < len(graph.nodes) for output in graph.outputs):
        raise ValueError("an output is not a node")


def _check_place(index: int, node: Node, inputs: int, scopes: int) -> None:
    operation = OPERATIONS.get(node.op)
    if operation is None:
        raise ValueError(f"node {index}: unknown operation {node.op!r}")
    if any(not 0 <= other < index for other in node.inputs) or not 0 <= node.scope < scopes:
        raise ValueError(f"node {index} must read nodes before it and lie in a scope")
    least = 0 if index < inputs else 2 if operation.many or node.args.get("like") is True else 1
    if (node.op == "input") != (index < max(inputs, 1)) or len(node.inputs) < least:
        raise ValueError(f"node {index}: wrong number of inputs for {node.op}")
    most = 0 if index < inputs else max(operation.most, least)
    if len(node.inputs) > most:
        raise ValueError(f"node {index}: {node.op} reads {('nothing', 'one value', 'two values')[int(most)]}")
    if node.skip is not None and len(node.reads) != 2:
        raise ValueError(f"node {index}: {node.op} merges no skip connection with a value")


def _check_arguments(index: int, node: Node) -> None:
    operation = OPERATIONS[node.op]
    spared = {one.name for one in operation.parameters if one.later and one.name not in node.args}
    if {one.name for one in operation.parameters} != node.args.keys() | spared:
        raise ValueError(f"node {index}: {node.op} has other arguments")
    for parameter in operation.parameters:
        value = node.args.get(parameter.name, parameter.default)
        left_open = value is None and parameter.default is None and not parameter.required
        if not left_open and not parameter.kind.fits(value):
            raise ValueError(f"node {index}: {node.op} cannot have {parameter.name} = {value!r}")


def _check_sharing(index: int, node: Node, graph: Graph) -> None:
    """That the shapes which enter give the same weights follows where shapes are inferred."""
    if node.shares is None:
        return
    if not 0 <= node.shares < index or graph.nodes[node.shares].shares is not None:
        raise ValueError(f"node {index} must share the layer of a node before it that has its own")
    other = graph.nodes[node.shares]
    if (node.op, dict(node.args)) != (other.op, dict(other.args)) or node.op == "input":
        raise ValueError(f"node {index} cannot share the layer of node {node.shares}: they are not the same operation")
