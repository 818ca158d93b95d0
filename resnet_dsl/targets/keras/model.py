"""From a graph to a Keras model. Keras is imported here, when the first model is built."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.building import build
from resnet_dsl.targets.keras.calls import Calls, LayerValues
from resnet_dsl.targets.keras.freezing import frozen
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.private import UnexpectedKerasError
from resnet_dsl.targets.keras.scaling import scaled_first
from resnet_dsl.weights import Scaling
from resnet_dsl.weights.scaling import expect_channels


def to_keras(
    graph: Graph,
    shapes: tuple[Shape, ...],
    *,
    seed: int | None = None,
    fast: bool = True,
    scaling: Scaling | None = None,
    values: LayerValues | None = None,
    freeze: Collection[str] = (),
) -> Any:
    """An ordinary Functional model of the graph, on the backend that Keras is set to.

    graph, shapes: the network, and the shape of each of its nodes without the batch axis
        (resnet_dsl.analyses.shapes.infer_shapes).
    seed: the same seed gives the same initial weights; without one Keras' global seed decides
        (``keras.utils.set_random_seed``).
    fast: builds several times faster, by short cuts through Keras' inside; where these are not what they are known to
        be, and with ``fast=False``, by the public API alone. The model is the same but for the random numbers drawn.
    scaling: what the model does to its images first, by a layer of its own, to several inputs by their names; None
        where it takes them normalised.
    values: the weights to begin with in place of drawn ones: those of each layer by its name, in Keras' order.
    freeze: names of parts that do not train (resnet_dsl.targets.keras.freezing).

    Each layer has the name of its node; helpers that a node needs besides (explicit padding) have it with a suffix.
    Raises MissingPackageError without Keras or a backend, and WrongShapeError where Keras' shapes are not the graph's
    (our bug).
    """
    expect_channels(scaling, graph, shapes)
    calls = frozen(scaled_first(lower(graph, shapes), scaling), freeze)
    return build_either_way(calls, seed, fast=fast, values=values)


def build_either_way(
    calls: Calls, seed: int | None = None, *, fast: bool = True, values: LayerValues | None = None
) -> Any:
    """The Functional model of the calls: the fast way, or, where that does not hold, Keras' public functions."""
    from resnet_dsl.targets.keras.running import made_of

    model = _build(calls, seed, fast, values or {})
    made_of(model, calls.graph)
    return model


def _build(calls: Calls, seed: int | None, fast: bool, values: LayerValues) -> Any:
    from resnet_dsl.targets.keras.fast import build_fast

    if fast:
        with suppress(UnexpectedKerasError):
            return build_fast(calls, seed, values)
    model = build(calls, seed)
    for layer in (one for one in model.layers if one.name in values):
        for variable, array in zip(layer.weights, values[layer.name], strict=True):
            variable.assign(array)
    return model
