"""A compiled network with its weights, without Keras: fresh ones or those of a file, folded where that is asked for."""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras.direct.making import by_node, make
from resnet_dsl.targets.keras.variables import LeftToKerasError
from resnet_dsl.targets.request import Request, Weighted
from resnet_dsl.weights import About


def weighted(compiled: Compiled, request: Request) -> Weighted:
    """What is asked for. Raises Failure where the weights of a file do not fit, and where Keras alone can draw them."""
    try:
        made = make(compiled, request._replace(optimize=False))
        network, said = WeightedGraph(made.graph, made.shapes, by_node(made)), made.said
    except LeftToKerasError as left:
        message = f"the first weights are drawn without Keras, which alone knows this: {left}"
        raise Failure(message, "take another seed, or `--weights FILE` of a model that Keras wrote") from None
    if request.optimize:
        network, done = optimize(network)
        said = (*said, *done)
    about = About() if request.saved is None else request.saved.about
    return Weighted(network, about.scaling, made.classes, request.saved is None, said)
