"""Parts of a network: which stage and which block each node lies in."""

from __future__ import annotations

from resnet_dsl.ir.graph import Graph


def stages(graph: Graph) -> tuple[int, ...]:
    """The scopes directly below the network, in flow order: the stem, the stages, the head."""
    return tuple(index for index, scope in enumerate(graph.scopes) if scope.parent == 0)


def stage_of_scopes(graph: Graph) -> tuple[int, ...]:
    """For each scope the stem, stage or head that it lies in (itself included); 0 for the network."""
    found = [0]
    for index, scope in enumerate(graph.scopes[1:], 1):
        assert scope.parent is not None
        found.append(index if scope.parent == 0 else found[scope.parent])
    return tuple(found)


def blocks(graph: Graph) -> tuple[int, ...]:
    """The residual blocks, in flow order; of a graph without marks (an early one) the blocks that lie in stages."""
    marked = tuple(index for index, scope in enumerate(graph.scopes) if scope.counts)
    below = [index for index, scope in enumerate(graph.scopes) if graph.scopes[scope.parent or 0].kind == "stage"]
    return marked or tuple(index for index in below if graph.scopes[index].kind == "block")


def block_of_scopes(graph: Graph) -> tuple[int, ...]:
    """For each scope the outermost residual block that it lies in (itself included), or its stem, stage or head."""
    own = set(blocks(graph))
    found = [0]
    for index, scope in enumerate(graph.scopes[1:], 1):
        assert scope.parent is not None
        outer = found[scope.parent]
        begins = index in own or scope.parent == 0
        found.append(index if begins and outer not in own else outer)
    return tuple(found)


def paths_of_scopes(graph: Graph) -> tuple[str, ...]:
    """For each scope the names that lead to it, below the network's: ``conv2_block1_se``."""
    found = [""]
    for scope in graph.scopes[1:]:
        outer = found[scope.parent or 0]
        found.append(f"{outer}_{scope.name}" if outer else scope.name)
    return tuple(found)


def slashed_paths(graph: Graph) -> tuple[str, ...]:
    """The same as people write paths, from the network on: ``/conv2/block1/se``, and ``/`` for the network itself."""
    found = ["/"]
    for scope in graph.scopes[1:]:
        found.append(f"{found[scope.parent or 0].rstrip('/')}/{scope.name}")
    return tuple(found)
