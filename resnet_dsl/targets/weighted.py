"""A compiled network with its weights, as targets take it that need no Keras: fresh ones, a file's, or a model's."""

from __future__ import annotations

from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras.direct.making import by_node, make
from resnet_dsl.targets.keras.inference import weights_of
from resnet_dsl.targets.keras.initial import slots
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.scaling import scaling_of
from resnet_dsl.targets.keras.variables import LeftToKerasError
from resnet_dsl.targets.request import Request, Weighted
from resnet_dsl.weights import About, read_weights


def given(
    compiled: Compiled, weights: Any, seed: int | None, excepted: tuple[str, ...], layout: str | None = None
) -> Weighted:
    """With the weights of a file or of a Keras model, or fresh ones where that is None.

    layout: of the file. Raises OSError where a file cannot be read, and Failure where something does not fit.
    """
    of_model = hasattr(weights, "layers")
    if excepted and (weights is None or of_model):
        raise Failure("`excepted` says what the file of `weights` leaves out, and there is no file")
    if layout is not None and (weights is None or of_model):
        raise Failure("`layout` is what the file of `weights` calls its arrays, and there is no file")
    if of_model and seed is not None:
        raise Failure("`seed` is of fresh weights, and a model has its own", "leave one of them out")
    if of_model:
        return with_weights_of(weights, compiled)
    return weighted(compiled, Request(seed, None if weights is None else read_weights(weights, layout), excepted))


def weighted(compiled: Compiled, request: Request) -> Weighted:
    """With fresh weights or those of a file, folded where that is asked for.

    Raises Failure where the weights of a file do not fit, and where Keras alone can draw them.
    """
    try:
        made = make(compiled, request._replace(optimize=False))
        network = WeightedGraph(made.graph, made.shapes, by_node(made))
    except LeftToKerasError as left:
        message = f"the first weights are drawn without Keras, which alone knows this: {left}"
        raise Failure(message, "take another seed, or `--weights FILE` of a model that Keras wrote") from None
    about = About() if request.saved is None else request.saved.about
    found = Weighted(network, about.scaling, made.classes, request.saved is None, made.said)
    return folded(found) if request.optimize else found


def with_weights_of(model: Any, compiled: Compiled) -> Weighted:
    """With the weights that a Keras model of this network has. Raises Failure where it is one of another."""
    calls = lower(compiled.graph, compiled.shapes)
    found = {(layer.name, one.name): tuple(one.shape) for layer in model.layers for one in layer.weights}
    for slot in slots(calls):
        if found.get((slot.layer, slot.variable.name)) != slot.variable.shape:
            message = f"the model `{model.name}` has other weights than `{compiled.name}` in `{slot.layer}`"
            raise Failure(message, "give a model that `to_keras` or `load_keras` made of this network, size and part")
    table = weights_of(model, calls, compiled.shapes)
    network = WeightedGraph(compiled.graph, compiled.shapes, table)
    return Weighted(network, scaling_of(model), fresh=False)


def folded(model: Weighted) -> Weighted:
    """For inference alone."""
    network, said = optimize(model.network)
    return model._replace(network=network, said=(*model.said, *said))
