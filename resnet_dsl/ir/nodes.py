"""What a graph is made of: nodes, the scopes in which they lie, and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from resnet_dsl.ir.parameters import Argument

ScopeKind: TypeAlias = Literal["network", "stem", "stage", "head", "block", "skip"]
SkipKind: TypeAlias = Literal["identity", "adapted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operation at one place.

    name: unique in the network, and the Keras layer's name: ``conv2_block1_conv2`` (see resnet_dsl.ir.naming).
    op, args: the operation and all its arguments, settled (one number an axis, padding as pairs).
    inputs: indices of the nodes that it reads; for the merge of a skip connection the main path first, then the skip,
        and of an operation with ``like`` last the value that only lends its size.
    scope: index of the scope in which it lies.
    skip: set on the merge of a skip connection: ``identity`` where the value is taken as it is, ``adapted`` where it
        goes through an adapter (a projection, padding).
    shares: the index of an earlier node whose layer, weights and all, this one calls again; that one shares none.
    """

    name: str
    op: str
    args: Mapping[str, Argument]
    inputs: tuple[int, ...]
    scope: int
    skip: SkipKind | None = None
    shares: int | None = None

    @property
    def reads(self) -> tuple[int, ...]:
        """The nodes whose numbers it reads: its inputs but for one that only lends its size."""
        return self.inputs[:1] if self.args.get("like") else self.inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One of the values that a network returns: the node that makes it, and the name that it is returned under."""

    name: str
    node: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One part of the network: scope 0 is the network itself.

    name: unique among its siblings: ``conv2``, ``block1``, ``se``. In graphs written by 0.1's first versions the
        adapters of one scope share theirs.
    block, args: the definition that was called and the plain arguments of the call, for blocks and adapters.
    counts: whether it is a residual block (docs/language.md, section 5). Graphs written by 0.1's first versions have no
        such mark: see resnet_dsl.analyses.parts.
    entry, exit: the nodes whose values enter (``in``) and leave it.
    """

    kind: ScopeKind
    name: str
    block: str | None = None
    args: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    counts: bool = False
    parent: int | None = None
    entry: int = 0
    exit: int = 0
