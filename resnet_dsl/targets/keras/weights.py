"""The weights of a model as a table beside the graph, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Weight
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras.calls import Calls


def _pairs(model: Any, calls: Calls, shapes: tuple[Shape, ...]) -> Iterator[tuple[str, Weight, Any]]:
    """(node's name, weight as the graph has it, Keras' variable) for every weight.

    A variable is found by its name in its layer; where Keras calls it otherwise (a depthwise kernel), by its place.
    """
    layers = {layer.name: layer for layer in model.layers}
    layers_of = calls.layers_of
    for node in calls.graph.nodes:
        entering = tuple(shapes[one] for one in node.inputs)
        wanted = OPERATIONS[node.op].weights(node.args, entering)
        found = [v for name in layers_of[node.name] if name in layers for v in layers[name].weights]
        by_name = {variable.name: variable for variable in found}
        all_named = len(by_name) == len(found) and all(weight.name in by_name for weight in wanted)
        for place, weight in enumerate(wanted):
            yield node.name, weight, by_name[weight.name] if all_named else found[place]


def weights_of(model: Any, calls: Calls, shapes: tuple[Shape, ...]) -> dict[str, dict[str, Any]]:
    """Node's name -> weight's name -> NumPy array, in the shape that the graph gives the weight."""
    table: dict[str, dict[str, Any]] = {}
    for node, weight, variable in _pairs(model, calls, shapes):
        table.setdefault(node, {})[weight.name] = variable.numpy().reshape(weight.shape)
    return table


def set_weights(model: Any, calls: Calls, shapes: tuple[Shape, ...], weights: Mapping[str, Mapping[str, Any]]) -> None:
    """Gives the model the weights of the table, which must have all of them."""
    for node, weight, variable in _pairs(model, calls, shapes):
        variable.assign(weights[node][weight.name].reshape(tuple(variable.shape)))
