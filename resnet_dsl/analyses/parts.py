"""Parts of a network: which stage and which block each node lies in."""

from __future__ import annotations

from resnet_dsl.ir.draft import AnyGraph


def stages(graph: AnyGraph) -> tuple[int, ...]:
    """The scopes directly below the network, in flow order: the stem, the stages, the head."""
    return tuple(index for index, scope in enumerate(graph.scopes) if scope.parent == 0)


def stage_of_scopes(graph: AnyGraph) -> tuple[int, ...]:
    """For each scope the stem, stage or head that it lies in (itself included); 0 for the network."""
    found = [0]
    for index, scope in enumerate(graph.scopes[1:], 1):
        assert scope.parent is not None
        found.append(index if scope.parent == 0 else found[scope.parent])
    return tuple(found)


def block_of_scopes(graph: AnyGraph) -> tuple[int, ...]:
    """For each scope the outermost block that it lies in (itself included); its stage where it lies in none."""
    found = [0]
    for index, scope in enumerate(graph.scopes[1:], 1):
        assert scope.parent is not None
        outer = graph.scopes[scope.parent]
        inside = outer.kind not in ("network", "stem", "stage", "head")
        found.append(found[scope.parent] if inside or scope.kind == "skip" else index)
    return tuple(found)
