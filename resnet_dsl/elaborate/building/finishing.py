"""The end of a graph: what nothing reads is left out, and what is left gets its final places and names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resnet_dsl.elaborate.building.builder import Builder
from resnet_dsl.elaborate.building.layer_names import layer_names, unique
from resnet_dsl.elaborate.values import Origin
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Output, Scope


def finish(
    builder: Builder, doc: str, outputs: Mapping[str, int]
) -> tuple[Graph, tuple[Shape, ...], tuple[Origin, ...]]:
    """The graph without what nothing reads, its shapes, and where its nodes come from; each output is read.

    Raises DiagnosticError.
    """
    needed = builder.reaching(outputs.values())
    kept = [index for index, wanted in enumerate(needed) if wanted]
    place = {old: new for new, old in enumerate(kept)}
    scopes, scope_place = _finish_scopes(builder, kept, place)
    owners = _owners(builder, kept)
    names = layer_names(builder, kept, owners)
    nodes = []
    for old, name in zip(kept, names, strict=True):
        raw = builder.nodes[old]
        inputs = tuple(place[one] for one in raw.inputs)
        nodes.append(
            Node(
                name=name,
                op=raw.operation.name,
                args=raw.placed.arguments,
                inputs=inputs,
                scope=scope_place[raw.scope],
                skip=raw.skip,
                shares=_shared(builder, old, owners[old], place),
            )
        )
    returned = tuple(Output(name=name, node=place[node]) for name, node in outputs.items())
    graph = Graph(name=builder.scopes[0].name, doc=doc, nodes=tuple(nodes), scopes=scopes, outputs=returned)
    shapes = tuple(builder.nodes[old].placed.shape for old in kept)
    return graph, shapes, tuple(builder.origins[old] for old in kept)


def _owners(builder: Builder, kept: list[int]) -> dict[int, int]:
    """For each node the first one that is left of those that call the same layer: itself, where it is alone."""
    first: dict[int, int] = {}
    owners = {}
    for old in kept:
        twin = builder.nodes[old].twin
        owners[old] = first.setdefault(old if twin is None else twin, old)
    return owners


def _shared(builder: Builder, old: int, owner: int, place: dict[int, int]) -> int | None:
    """The place of the node whose layer is called again; what has no weights may have other arguments there."""
    same = builder.nodes[old].placed.arguments == builder.nodes[owner].placed.arguments
    return place[owner] if owner != old and same else None


def _finish_scopes(
    builder: Builder, kept: list[int], place: dict[int, int]
) -> tuple[tuple[Scope, ...], dict[int, int]]:
    """Scopes that still hold a node, or hold one that does."""
    wanted = {0}
    for old in kept:
        scope: int | None = builder.nodes[old].scope
        while scope is not None and scope not in wanted:
            wanted.add(scope)
            scope = builder.scopes[scope].parent
    order = sorted(wanted)
    scope_place = {old: new for new, old in enumerate(order)}
    kept_before = _kept_before(builder, place)
    scopes = []
    kinds = {scope.block_kind for scope in builder.scopes}
    counted = "residual" if "residual" in kinds else "plain"
    for old, name in zip(order, _scope_names(builder, order), strict=True):
        raw = builder.scopes[old]
        scopes.append(
            Scope(
                kind=raw.kind,
                name=name,
                block=raw.block,
                args=MappingProxyType(raw.args),
                counts=raw.block_kind == counted,
                parent=None if raw.parent is None else scope_place[raw.parent],
                entry=kept_before[raw.entry],
                exit=kept_before[raw.exit],
            )
        )
    return tuple(scopes), scope_place


def _scope_names(builder: Builder, order: list[int]) -> list[str]:
    """Of siblings that have one name, as the adapters of a stage do, those behind the first are numbered.

    Layers are named without these numbers: a layer's name is unique by a number of its own.
    """
    taken: dict[int | None, dict[str, int]] = {}
    scopes = [builder.scopes[old] for old in order]
    return [unique(scope.name, taken.setdefault(scope.parent, {})) for scope in scopes]


def _kept_before(builder: Builder, place: dict[int, int]) -> list[int]:
    """For each node its new place, or where it was removed, that of the one that it came from."""
    found: list[int] = []
    for node, raw in enumerate(builder.nodes):
        found.append(place[node] if node in place else found[raw.inputs[0]])
    return found
