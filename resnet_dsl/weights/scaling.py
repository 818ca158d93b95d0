"""To which inputs of a network the normalisation of images belongs that a model's file tells of."""

from __future__ import annotations

from resnet_dsl.analyses.ends import only_input
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.sentences import counted, listed
from resnet_dsl.weights.about import InputScaling, Scaling


def by_input(scaling: Scaling | None, graph: Graph) -> dict[int, InputScaling]:
    """By the inputs' indices. Raises Failure: one scaling for several inputs, which may be of any; other names."""
    if scaling is None:
        return {}
    if isinstance(scaling, InputScaling):
        return {only_input(graph, "a normalisation of images"): scaling}
    names = [node.name for node in graph.nodes[: graph.inputs]]
    if not scaling.keys() <= {*names}:
        raise Failure(f"the model normalises {listed([*scaling])}, and the network takes {listed(names)}")
    return {index: scaling[name] for index, name in enumerate(names) if name in scaling}


def expect_channels(scaling: Scaling | None, graph: Graph, shapes: tuple[Shape, ...]) -> None:
    """Refuses a scaling of another number of channels than what enters has."""
    for index, one in by_input(scaling, graph).items():
        if len(one.mean) != shapes[index][-1]:
            raise Failure(
                f"the model normalises {counted(len(one.mean), 'channel')}, and the network has {shapes[index][-1]}"
            )
