"""From a model with weights to the model that computes the same at inference with less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Weight
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.sentences import counted
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.model import build_either_way
from resnet_dsl.targets.keras.scaling import scaled_first, scaling_of
from resnet_dsl.targets.keras.variables import weights_of_nodes

_TAKE_AN_ACTIVATION = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "Dense")


class Built(NamedTuple):
    """A Keras model, the graph that it was built from with its shapes, and what a user is told of it."""

    model: Any
    graph: Graph
    shapes: tuple[Shape, ...]
    said: tuple[str, ...]


def optimize_for_inference(graph: Graph, shapes: tuple[Shape, ...], model: Any) -> Built:
    """A model for inference alone, from a model of this graph (``to_keras``) with its weights.

    Batch normalisation is folded, dropout and the like removed, padding merged, activations fused. Outputs agree to
    rounding (1e-5 of their scale; 1e-4 in the deepest networks). It is not meant to be trained. Where the model takes
    images as they come, so does the new one. A model rebuilt from the new graph has its activations apart, and takes
    the same weights.
    """
    weights = weights_of(model, lower(graph, shapes), shapes)
    network, said = optimize(WeightedGraph(graph, shapes, weights))
    calls, fused = fuse_activations(lower(network.graph, network.shapes))
    optimized = build_either_way(scaled_first(calls, scaling_of(model)))
    assert network.weights is not None
    for node, weight, variable in _weights(optimized, calls, network.shapes):
        variable.assign(network.weights[node][weight.name].reshape(tuple(variable.shape)))
    return Built(optimized, network.graph, network.shapes, (*said, f"fused {counted(fused, 'activation')}"))


def weights_of(model: Any, calls: Calls, shapes: tuple[Shape, ...]) -> dict[str, dict[str, Any]]:
    """Node's name -> weight's name -> NumPy array, in the shape that the graph gives the weight."""
    table: dict[str, dict[str, Any]] = {}
    for node, weight, variable in _weights(model, calls, shapes):
        table.setdefault(node, {})[weight.name] = variable.numpy().reshape(weight.shape)
    return table


def _weights(model: Any, calls: Calls, shapes: tuple[Shape, ...]) -> Iterator[tuple[str, Weight, Any]]:
    """(node's name, weight as the graph has it, Keras' variable) for every weight, found by the names of both."""
    layers = {layer.name: layer for layer in model.layers}
    for one in weights_of_nodes(calls, shapes):
        yield one.node, one.weight, next(var for var in layers[one.layer].weights if var.name == one.variable)


def fuse_activations(calls: Calls) -> tuple[Calls, int]:
    """(the calls with activations fused, how many). The layer keeps its own name; the activation's goes.

    A layer that is called several times takes an activation up where the same one follows each call.
    """
    readers = [0] * len(calls.calls)
    for call in calls.calls:
        for one in call.inputs:
            readers[one] += 1
    for one in calls.outputs.values():
        readers[one] += 1
    fused = {place for place, call in enumerate(calls.calls) if _fuses(call, calls, readers)} - _unlike(calls, readers)
    place: list[int] = []
    kept: list[LayerCall] = []
    owners: dict[str, int] = {}
    for index, call in enumerate(calls.calls):
        if index in fused:
            before = place[call.inputs[0]]
            kept[before] = kept[before]._replace(args={**kept[before].args, "activation": call.args["activation"]})
            place.append(before)
            continue
        place.append(len(kept))
        owner = owners.setdefault(call.name, len(kept))
        shares = owner if owner < len(kept) else None
        kept.append(call._replace(inputs=tuple(place[one] for one in call.inputs), shares=shares))
    result = tuple(place[one] for one in calls.result)
    return Calls(calls.graph, tuple(kept), result), len(calls.calls) - len(kept)


def _unlike(calls: Calls, readers: list[int]) -> set[int]:
    """The activations behind a layer that is called several times, and not everywhere before the same one alone."""
    behind: dict[str, list[tuple[int, Any]]] = {}
    counts = Counter(call.name for call in calls.calls)
    for place, call in enumerate(calls.calls):
        if _fuses(call, calls, readers):
            behind.setdefault(calls.calls[call.inputs[0]].name, []).append((place, call.args["activation"]))
    unlike: set[int] = set()
    for name, found in behind.items():
        if len(found) < counts[name] or any(activation != found[0][1] for _, activation in found):
            unlike |= {place for place, _ in found}
    return unlike


def _fuses(call: LayerCall, calls: Calls, readers: list[int]) -> bool:
    if call.kind != "Activation":
        return False
    before = calls.calls[call.inputs[0]]
    return before.kind in _TAKE_AN_ACTIVATION and readers[call.inputs[0]] == 1 and "activation" not in before.args
