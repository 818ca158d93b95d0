"""The graph: what a text means, with nothing left open. The one type between the language and everything behind it.

A node reads only nodes before it, so the graph has no cycle and its order is an order of execution. Nodes lie in scopes
(network, stage, block, the adapter of a skip connection), which are what a reader calls the parts. Facts that follow
from the graph (shapes, counts) are tables beside it, in resnet_dsl.analyses.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from resnet_dsl.ir.draft import Draft, ScopeKind, SkipKind
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument


def _tuples(value: Any) -> Any:
    """JSON has lists where the graph has tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _frozen(value: Mapping[str, Argument]) -> Mapping[str, Argument]:
    """Read-only. Nodes of repeated blocks share one mapping: see DraftNode."""
    if isinstance(value, MappingProxyType):
        return value
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError("arguments are an object with names")
    return MappingProxyType({name: _tuples(one) for name, one in value.items()})


Arguments: TypeAlias = Annotated[
    Any, BeforeValidator(_frozen), PlainSerializer(dict), WithJsonSchema({"type": "object"})
]
Index: TypeAlias = Annotated[int, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Node(_Frozen):
    """One operation at one place.

    name: unique in the network, and the Keras layer's name: ``conv2_block1_conv2`` (see resnet_dsl.ir.naming).
    op, args: the operation and all its arguments, settled (one number an axis, padding as pairs).
    inputs: indices of the nodes that it reads; for the merge of a skip connection the main path first, then the skip.
    scope: index of the scope in which it lies.
    skip: set on the merge of a skip connection: ``identity`` where the value is taken as it is, ``adapted`` where it
        goes through an adapter (a projection, padding).
    """

    name: str
    op: str
    args: Arguments
    inputs: Annotated[tuple[int, ...], FailFast()]
    scope: Index
    skip: SkipKind | None = None


class Scope(_Frozen):
    """One part of the network: scope 0 is the network itself.

    name: unique among its siblings: ``conv2``, ``block1``, ``se``.
    block, args: the definition that was called and the plain arguments of the call, for blocks and adapters.
    counts: whether it is a residual block (docs/language.md, section 5). Graphs written by 0.1's first versions have no
        such mark: see resnet_dsl.analyses.parts.
    entry, exit: the nodes whose values enter (``in``) and leave it.
    """

    kind: ScopeKind
    name: str
    block: str | None = None
    args: Arguments = Field(default_factory=lambda: MappingProxyType({}))
    counts: bool = False
    parent: int | None = None
    entry: Index = 0
    exit: Index = 0


class Graph(_Frozen):
    """A network. ``nodes[0]`` is its input; ``output`` is the index of the node whose value it returns.

    format: changes when a graph written before can no longer be read, or means something else.
    """

    format: Literal[1] = 1
    name: str
    doc: str = ""
    nodes: Annotated[tuple[Node, ...], FailFast()]
    scopes: Annotated[tuple[Scope, ...], FailFast()]
    output: Index

    @model_validator(mode="after")
    def _is_whole(self) -> Graph:
        for index, scope in enumerate(self.scopes):
            _check_scope(index, scope, len(self.nodes))
        names = {node.name for node in self.nodes}
        if len(names) != len(self.nodes):
            raise ValueError("two nodes have one name")
        sound: set[tuple[str, int]] = set()
        for index, node in enumerate(self.nodes):
            _check_place(index, node, len(self.scopes))
            if (node.op, id(node.args)) not in sound:
                _check_arguments(index, node)
                sound.add((node.op, id(node.args)))
        if self.output >= len(self.nodes):
            raise ValueError("the output is not a node")
        return self


def seal(draft: Draft) -> Graph:
    """The graph that the elaboration left, validated; what is shared there stays shared."""
    return Graph(
        name=draft.name,
        doc=draft.doc,
        nodes=tuple(Node(**node._asdict()) for node in draft.nodes),
        scopes=tuple(Scope(**scope._asdict()) for scope in draft.scopes),
        output=draft.output,
    )


def _check_scope(index: int, scope: Scope, nodes: int) -> None:
    if (scope.parent is None) != (index == 0) or (scope.parent is not None and not 0 <= scope.parent < index):
        raise ValueError(f"scope {index} must lie in a scope before it")
    if scope.entry >= nodes or scope.exit >= nodes:
        raise ValueError(f"scope {index} refers to a node that does not exist")


def _check_place(index: int, node: Node, scopes: int) -> None:
    operation = OPERATIONS.get(node.op)
    if operation is None:
        raise ValueError(f"node {index}: unknown operation {node.op!r}")
    if any(not 0 <= other < index for other in node.inputs) or node.scope >= scopes:
        raise ValueError(f"node {index} must read nodes before it and lie in a scope")
    if (node.op == "input") != (index == 0) or (index > 0 and len(node.inputs) < (2 if operation.many else 1)):
        raise ValueError(f"node {index}: wrong number of inputs for {node.op}")
    if not operation.many and len(node.inputs) > 1:
        raise ValueError(f"node {index}: {node.op} reads one value")


def _check_arguments(index: int, node: Node) -> None:
    operation = OPERATIONS[node.op]
    if {parameter.name for parameter in operation.parameters} != set(node.args):
        raise ValueError(f"node {index}: {node.op} has other arguments")
    for parameter in operation.parameters:
        value = node.args[parameter.name]
        left_open = value is None and parameter.default is None and not parameter.required
        if not left_open and not parameter.kind.fits(value):
            raise ValueError(f"node {index}: {node.op} cannot have {parameter.name} = {value!r}")


def schema() -> dict[str, Any]:
    """The JSON Schema of a graph's JSON form."""
    Graph.model_rebuild()
    return Graph.model_json_schema(mode="serialization")
