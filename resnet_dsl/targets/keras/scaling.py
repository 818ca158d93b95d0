"""The layer that a trained model begins with: it takes images as they come and normalises them.

It is Keras' own ``Normalization`` with fixed numbers, which has no weights: the names and the order of all weights are
those of the network without it. In a ``.keras`` file its numbers stand in Keras' configuration, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.weights import InputScaling, Scaling
from resnet_dsl.weights.about import NORMALIZATION, scaling_of_layer
from resnet_dsl.weights.scaling import by_input

NAME = "normalization"
"""The layer's name; of several inputs ``normalization_left``. Where a node has that name, a number stands behind it."""


def scaled_first(calls: Calls, scaling: Scaling | None) -> Calls:
    """The calls with a layer behind each input that is scaled; the same calls where there is no scaling.

    Raises Failure where the scaling is of other inputs.
    """
    scalings = by_input(scaling, calls.graph)
    inputs, names = len(calls.inputs), {call.name for call in calls.calls}
    layers = [_layer(calls, names, *one) for one in scalings.items()]
    instead = {layer.inputs[0]: inputs + number for number, layer in enumerate(layers)}
    place = [instead.get(one, one) if one < inputs else one + len(layers) for one in range(len(calls.calls))]
    behind = (_moved(call, place) for call in calls.calls[inputs:])
    return Calls(calls.graph, (*calls.calls[:inputs], *layers, *behind), tuple(place[one] for one in calls.result))


def _moved(call: LayerCall, place: list[int]) -> LayerCall:
    shares = None if call.shares is None else place[call.shares]
    return call._replace(inputs=tuple(place[one] for one in call.inputs), shares=shares)


def _layer(calls: Calls, taken: set[str], index: int, scaling: InputScaling) -> LayerCall:
    """The layer behind the input of this index; its name is free."""
    of = calls.calls[index]
    name = NAME if len(calls.inputs) == 1 else f"{NAME}_{of.name}"
    names = (f"{name}{number if number > 1 else ''}" for number in range(1, len(taken) + 2))
    args = {"axis": -1, "mean": scaling.mean, "variance": scaling.variance}
    return LayerCall(next(one for one in names if one not in taken), NORMALIZATION, args, (index,), of.shape, of.node)


def scaling_of(model: Any) -> Scaling | None:
    """What a model does to its inputs first; None where it takes them normalised. Raises Failure."""
    try:
        if len(model.inputs) > 1:
            return _scalings(model) or None
        second = model.layers[1] if len(model.layers) > 1 else None
        return None if second is None else scaling_of_layer(type(second).__name__, second.get_config())
    except ValueError as wrong:
        raise Failure(str(wrong)) from None


def _scalings(model: Any) -> dict[str, InputScaling]:
    """Those behind the inputs of a model of several, by their names."""
    names = {tensor.name for tensor in model.inputs}
    layers = [layer for layer in model.layers if type(layer).__name__ == NORMALIZATION and layer.input.name in names]
    scalings = ((layer.input.name, scaling_of_layer(NORMALIZATION, layer.get_config())) for layer in layers)
    return {name: scaling for name, scaling in scalings if scaling is not None}
