"""The first weights of a network by NumPy alone: those that ``to_keras`` gives a model under the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.order import layers_in_order
from resnet_dsl.targets.keras.sampling import Array, Sampler, draw, sampler_of
from resnet_dsl.targets.keras.variables import LeftToKerasError, Variable, variables_of, weights_of_nodes


class VariableSlot(NamedTuple):
    """One variable of a model: of which layer, and which it is."""

    layer: str
    variable: Variable


def slots(calls: Calls) -> Iterator[VariableSlot]:
    """Every variable of the model, in the order in which Keras has the layers. Raises LeftToKerasError."""
    for index in layers_in_order(calls):
        call: LayerCall = calls.calls[index]
        for variable in variables_of(calls, call):
            yield VariableSlot(call.name, variable)


def initial_weights(calls: Calls, seed: int | None = None) -> Iterator[tuple[VariableSlot, Array]]:
    """Every variable with its first value, float32, drawn when it is asked for. Raises LeftToKerasError.

    seed: as of ``to_keras``; without one Python's random numbers decide.
    """
    if seed is not None and seed < 0:
        raise LeftToKerasError("a seed below 0")
    sampler = sampler_of(seed)
    for slot in slots(calls):
        yield slot, _first_value(sampler, slot.variable)


def _first_value(sampler: Sampler, variable: Variable) -> Array:
    first = variable.first
    values = draw(sampler, first, variable.shape) if first.random else np.full(variable.shape, first.number, np.float32)
    if values is None:
        raise LeftToKerasError(f"{first.kind} of {variable.shape}")
    return values


def initial_weights_of_nodes(
    graph: Graph, shapes: tuple[Shape, ...], seed: int | None = None
) -> dict[str, dict[str, Any]]:
    """Node's name -> weight's name -> array, in the shapes that the operations' ``weights`` give.

    Raises LeftToKerasError.
    """
    calls = lower(graph, shapes)
    drawn = {(slot.layer, slot.variable.name): values for slot, values in initial_weights(calls, seed)}
    found: dict[str, dict[str, Any]] = {}
    for one in weights_of_nodes(calls, shapes):
        found.setdefault(one.node, {})[one.weight.name] = drawn[one.layer, one.variable].reshape(one.weight.shape)
    return found
