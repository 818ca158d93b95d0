"""A graph as the elaboration leaves it: the same fields as resnet_dsl.ir.graph, in plain tuples.

``check`` and ``summary`` need no more; the pydantic Graph, with its validation and its JSON form, is made of it where
a target asks. To import pydantic's machinery alone takes longer than all else that they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

ScopeKind: TypeAlias = Literal["network", "stem", "stage", "head", "block", "skip"]
SkipKind: TypeAlias = Literal["identity", "adapted"]


class DraftNode(NamedTuple):
    """See resnet_dsl.ir.graph.Node.

    Nodes share one ``args`` object only where they are the same operation on the same shapes, as in repeated blocks.
    """

    name: str
    op: str
    args: Mapping[str, Any]
    inputs: tuple[int, ...]
    scope: int
    skip: SkipKind | None


class DraftScope(NamedTuple):
    """See resnet_dsl.ir.graph.Scope."""

    kind: ScopeKind
    name: str
    block: str | None
    args: Mapping[str, Any]
    counts: bool
    parent: int | None
    entry: int
    exit: int


class Draft(NamedTuple):
    """See resnet_dsl.ir.graph.Graph."""

    name: str
    doc: str
    nodes: tuple[DraftNode, ...]
    scopes: tuple[DraftScope, ...]
    output: int


class AnyNode(Protocol):
    """What analyses read of a node: a Node or a DraftNode."""

    @property
    def name(self) -> str: ...
    @property
    def op(self) -> str: ...
    @property
    def args(self) -> Mapping[str, Any]: ...
    @property
    def inputs(self) -> tuple[int, ...]: ...
    @property
    def scope(self) -> int: ...
    @property
    def skip(self) -> SkipKind | None: ...


class AnyScope(Protocol):
    """What analyses read of a scope: a Scope or a DraftScope."""

    @property
    def kind(self) -> ScopeKind: ...
    @property
    def name(self) -> str: ...
    @property
    def block(self) -> str | None: ...
    @property
    def counts(self) -> bool: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def exit(self) -> int: ...
    @property
    def entry(self) -> int: ...


class AnyGraph(Protocol):
    """What analyses read: a Graph or a Draft."""

    @property
    def name(self) -> str: ...
    @property
    def nodes(self) -> Sequence[AnyNode]: ...
    @property
    def scopes(self) -> Sequence[AnyScope]: ...
    @property
    def output(self) -> int: ...
