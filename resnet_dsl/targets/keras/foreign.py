"""Files of other libraries as if Keras had written them for our layers (resnet_dsl.weights.layouts), and back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.initial import slots
from resnet_dsl.targets.keras.variables import PlacedWeight, weights_of_nodes
from resnet_dsl.weights import SavedArray, SavedLayer, SavedModel
from resnet_dsl.weights.layouts import AUTO, OWN, arranged, places


def by_layers(saved: SavedModel, calls: Calls, layers: Collection[str], excepted: Collection[str]) -> SavedModel:
    """What a file holds under the names of our layers and of their variables.

    calls: of the whole network. layers: those that are to be filled, none of them ``excepted``. Raises Failure where
    names do not fit.
    """
    layout = saved.layout
    if not saved.flat and (layout in (None, OWN) or (layout == AUTO and _holds(saved, layers))):
        return saved
    shapes = infer_shapes(calls.graph)
    placed = list(weights_of_nodes(calls, shapes))
    required = {one.node for one in placed if one.layer in layers}
    found = arranged(saved, layout or AUTO, calls.graph.name, places(calls.graph, shapes), required, excepted)
    own = tuple(_layers(placed, calls, found.arrays))
    passed_over = (SavedLayer(one, one, ()) for one in found.passed_over)
    return saved._replace(layers=(*own, *passed_over), said=(*saved.said, *found.said))


def _holds(saved: SavedModel, layers: Collection[str]) -> bool:
    return {*layers} <= {layer.name for layer in saved.layers}


def _layers(
    placed: Collection[PlacedWeight], calls: Calls, arrays: Mapping[str, Mapping[str, SavedArray]]
) -> Iterator[SavedLayer]:
    """The layers whose weights are there, in the shapes of their variables wherever they fit."""
    shapes = {(slot.layer, slot.variable.name): slot.variable.shape for slot in slots(calls)}
    found: dict[str, list[SavedArray]] = {}
    for one in placed:
        array = arrays.get(one.node, {}).get(one.weight.name)
        if array is not None:
            fits = array.values.shape == one.weight.shape
            values = array.values.reshape(shapes[one.layer, one.variable]) if fits else array.values
            found.setdefault(one.layer, []).append(array._replace(name=one.variable, values=values))
    return (SavedLayer(name, name, tuple(own)) for name, own in found.items())
