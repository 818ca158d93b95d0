"""The layer that a trained model begins with: it takes images as they come and normalises them.

It is Keras' own ``Normalization`` with fixed numbers, which has no weights: the names and the order of all weights are
those of the network without it. In a ``.keras`` file its numbers stand in Keras' configuration, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from resnet_dsl.analyses.ends import only_input
from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.weights import InputScaling
from resnet_dsl.weights.about import NORMALIZATION, scaling_of_layer

NAME = "normalization"
"""The layer's name; where a node has that name, a number stands behind it."""


def scaled_first(calls: Calls, scaling: InputScaling | None) -> Calls:
    """The calls with the layer behind the input; the same calls where there is no scaling.

    Raises Failure where there are several inputs: the numbers would be those of any of them.
    """
    if scaling is None:
        return calls
    only_input(calls.graph, "a normalisation of images")
    first = calls.calls[0]
    args = {"axis": -1, "mean": scaling.mean, "variance": scaling.variance}
    layer = LayerCall(_free_name(calls), NORMALIZATION, args, (0,), first.shape, first.node)
    behind = (_moved(call) for call in calls.calls[1:])
    return Calls(calls.graph, (first, layer, *behind), tuple(one + 1 for one in calls.result))


def _moved(call: LayerCall) -> LayerCall:
    shares = None if call.shares is None else call.shares + 1
    return call._replace(inputs=tuple(one + 1 for one in call.inputs), shares=shares)


def _free_name(calls: Calls) -> str:
    taken = {call.name for call in calls.calls}
    names = (f"{NAME}{number if number > 1 else ''}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def scaling_of(model: Any) -> InputScaling | None:
    """What a model does to its images first; None where it takes them normalised. Raises Failure."""
    second = model.layers[1] if len(model.layers) > 1 else None
    try:
        return None if second is None else scaling_of_layer(type(second).__name__, second.get_config())
    except ValueError as wrong:
        raise Failure(str(wrong)) from None


def expect_channels(scaling: InputScaling | None, shape: Shape) -> None:
    """Refuses a scaling of another number of channels than what enters has."""
    if scaling is not None and len(scaling.mean) != shape[-1]:
        raise Failure(f"the model normalises {len(scaling.mean)} channels, and the network has {shape[-1]}")
