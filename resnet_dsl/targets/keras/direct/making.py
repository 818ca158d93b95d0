"""What a file holds that is written without Keras: first weights, those of a file, folded ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.pipeline import Compiled
from resnet_dsl.sentences import counted
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.freezing import frozen, said_of_freezing
from resnet_dsl.targets.keras.inference import fuse_activations
from resnet_dsl.targets.keras.initial import VariableSlot, initial_weights, slots
from resnet_dsl.targets.keras.loading import fit_layers, keeps_classes, layers_of, read_model, said_of_scaling
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.sampling import Array
from resnet_dsl.targets.keras.scaling import scaled_first
from resnet_dsl.targets.keras.variables import PlacedWeight, weights_of_nodes
from resnet_dsl.targets.request import Request, Weighted
from resnet_dsl.weights import About, SavedModel, Scaling
from resnet_dsl.weights.scaling import expect_channels


class MadeModel(NamedTuple):
    """A model as data: the graph that it is made from, its calls, the seed of its layers, its weights in Keras' order.

    said: what a user is told of it. classes: their names, from the file of the weights.
    """

    graph: Graph
    shapes: tuple[Shape, ...]
    calls: Calls
    seed: int | None
    weights: Iterator[tuple[VariableSlot, Array]]
    said: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def make(compiled: Compiled, request: Request) -> MadeModel:
    """The model that was asked for. Raises LeftToKerasError, and Failure where weights do not fit."""
    saved = request.saved
    scaling = (About() if saved is None else saved.about).scaling
    graph, shapes = compiled.graph, compiled.shapes
    expect_channels(scaling, graph, shapes)
    calls = frozen(scaled_first(lower(graph, shapes), scaling), request.freeze)
    made = MadeModel(graph, shapes, calls, request.seed, initial_weights(calls, request.seed), said_of_freezing(calls))
    if saved is not None:
        made = _loaded(made, compiled, saved, request.excepted)
    return _optimized(made, scaling) if request.optimize else made


def of_file(path: str | os.PathLike[str]) -> tuple[MadeModel, About]:
    """The network of a ``.keras`` file that was written here, with its weights, and what the file says besides.

    Raises OSError, NoGraphError, or Failure where the file is damaged or does not hold the weights of its graph.
    """
    graph, shapes, saved = read_model(path)
    calls = lower(graph, shapes)
    fitted = fit_layers(saved, layers_of(calls), {call.name for call in calls.calls}, calls, (), graph.name)
    made = MadeModel(graph, shapes, calls, None, iter(()), fitted.remarks)
    return made._replace(weights=_replaced(made, fitted.values)), saved.about


def _loaded(made: MadeModel, compiled: Compiled, saved: SavedModel, excepted: Sequence[str]) -> MadeModel:
    """With the weights of a file, but for those of the parts that are excepted."""
    whole, scaling = compiled.whole, saved.about.scaling
    calls, layers = lower(whole.graph, whole.shapes), layers_of(made.calls)
    fitted = fit_layers(saved, layers, {call.name for call in made.calls.calls}, calls, excepted, whole.name)
    kept = compiled is whole and keeps_classes(layers, calls, excepted)
    said = (*made.said, *fitted.remarks, *said_of_scaling(scaling, saved))
    if scaling is not None:
        said = (*said, f"images are normalised first, as by {saved.path}")
    weights = _replaced(made, fitted.values)
    return made._replace(weights=weights, said=said, classes=saved.about.classes if kept else ())


def _replaced(made: MadeModel, values: Mapping[str, Sequence[Array]]) -> Iterator[tuple[VariableSlot, Array]]:
    """The weights with those of a file in their place; where all are, none is drawn."""
    loaded = {layer: iter(arrays) for layer, arrays in values.items()}
    every = all(slot.layer in loaded for slot in slots(made.calls))
    for slot, first in ((slot, None) for slot in slots(made.calls)) if every else made.weights:
        array = next(loaded[slot.layer]) if first is None or slot.layer in loaded else first
        yield slot, np.ascontiguousarray(array, np.float32)


def _optimized(made: MadeModel, scaling: Scaling | None) -> MadeModel:
    """For inference alone, as ``optimize_for_inference`` makes it of a model."""
    network, said = optimize(WeightedGraph(made.graph, made.shapes, by_node(made)))
    fused, count = fuse_activations(lower(network.graph, network.shapes))
    said = (*made.said, *said, f"fused {counted(count, 'activation')}")
    return _with_weights(network, fused, scaling)._replace(said=said, classes=made.classes)


def of_weighted(model: Weighted) -> MadeModel:
    """The model of a network that has its weights."""
    network = model.network
    made = _with_weights(network, lower(network.graph, network.shapes), model.scaling)
    return made._replace(said=model.said, classes=model.classes)


def _with_weights(network: WeightedGraph, calls: Calls, scaling: Scaling | None) -> MadeModel:
    assert network.weights is not None
    placed = {(one.layer, one.variable): one for one in weights_of_nodes(calls, network.shapes)}
    scaled = scaled_first(calls, scaling)
    return MadeModel(network.graph, network.shapes, scaled, None, _found(scaled, placed, network.weights))


def by_node(made: MadeModel) -> dict[str, dict[str, Array]]:
    """The weights by the names of nodes, in the graph's shapes. Raises LeftToKerasError."""
    values = {(slot.layer, slot.variable.name): array for slot, array in made.weights}
    weights: dict[str, dict[str, Array]] = {}
    for one in weights_of_nodes(lower(made.graph, made.shapes), made.shapes):
        weights.setdefault(one.node, {})[one.weight.name] = values[one.layer, one.variable].reshape(one.weight.shape)
    return weights


def _found(
    calls: Calls, placed: Mapping[tuple[str, str], PlacedWeight], weights: Mapping[str, Mapping[str, Array]]
) -> Iterator[tuple[VariableSlot, Array]]:
    for slot in slots(calls):
        place = placed[slot.layer, slot.variable.name]
        array = weights[place.node][place.weight.name]
        yield slot, np.ascontiguousarray(array.reshape(slot.variable.shape), np.float32)
