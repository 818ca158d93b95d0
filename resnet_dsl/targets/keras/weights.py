"""The weights of a model as a table beside the graph, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Weight
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras.calls import Calls


def _pairs(model: Any, calls: Calls, shapes: tuple[Shape, ...]) -> Iterator[tuple[str, Weight, Any]]:
    """(node's name, weight as the graph has it, Keras' variable) for every weight, found by the names of both."""
    layers = {layer.name: layer for layer in model.layers}
    kept = {(call.node, weight): (call.name, name) for call in calls.calls for weight, name in call.keeps.items()}
    for index, node in enumerate(calls.graph.nodes):
        entering = tuple(shapes[one] for one in node.inputs)
        for weight in OPERATIONS[node.op].weights(node.args, entering):
            layer, name = kept.get((index, weight.name), (node.name, weight.name))
            yield node.name, weight, next(one for one in layers[layer].weights if one.name == name)


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
