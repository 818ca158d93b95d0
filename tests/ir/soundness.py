"""What holds of a graph with its shapes between any two stages."""

from __future__ import annotations

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.graph import Graph, verified
from resnet_dsl.ir.lengths import Shape


def assert_sound(graph: Graph, shapes: tuple[Shape, ...]) -> None:
    """It is one, its shapes follow, and nodes share arguments only where they are one operation on the same shapes.

    Siblings have names of their own; of graphs from outside nobody asks this, since early ones lack it.
    """
    assert verified(graph) is graph
    assert len({(scope.parent, scope.name) for scope in graph.scopes}) == len(graph.scopes)
    assert infer_shapes(graph) == shapes
    sharing: dict[int, object] = {}
    for node in graph.nodes:
        kind = (node.op, [shapes[one] for one in node.inputs])
        assert sharing.setdefault(id(node.args), kind) == kind, f"{node.name} shares arguments with another kind"
