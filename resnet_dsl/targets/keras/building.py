"""Carrying out the calls with Keras' public functional API: the plain way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zlib import crc32

from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.calls import SLICE, Calls, Initializer, LayerCall, Value, batched, is_layer

READS_A_LIST = frozenset({"Add", "Subtract", "Multiply", "Concatenate", "ops.stack"})
"""What takes its inputs as one list; everything else takes them one by one."""

_LARGEST_SEED = 2**31


class WrongShapeError(Exception):
    """Keras computes another shape for a layer than the graph says: our bug, never the user's."""


def seed_of(seed: int | None, layer: str, what: str) -> int | None:
    """The seed of one initialiser or dropout, from that of the model."""
    return None if seed is None else crc32(f"{seed}/{layer}/{what}".encode()) % _LARGEST_SEED


class Making:
    """Makes what calls say: finds the class or function, and turns plain data into what Keras takes.

    With a seed, every random initialiser and every dropout gets a seed of its own that follows from it and the layer's
    name, so the same seed gives the same network whatever else was built before.
    """

    def __init__(self, seed: int | None) -> None:
        self.keras = import_keras()
        self.seed = seed

    def value(self, call: LayerCall, name: str, value: Value) -> Any:
        if not isinstance(value, Initializer):
            return value
        args = dict(value.args)
        if value.random:
            args["seed"] = seed_of(self.seed, call.name, name)
        return getattr(self.keras.initializers, value.kind)(**args)

    def apply(self, call: LayerCall, tensors: list[Any]) -> Any:
        """The result of one call in the functional API; ``tensors`` are the results of all calls before it.

        Raises WrongShapeError where Keras and the graph disagree.
        """
        tensor = self.applied(call, tensors)
        if tuple(tensor.shape) != batched(call.shape):
            raise WrongShapeError(
                f"{call.name} ({call.kind}): Keras says {tuple(tensor.shape)}, the graph {batched(call.shape)}"
            )
        return tensor

    def applied(self, call: LayerCall, tensors: list[Any]) -> Any:
        given = [tensors[one] for one in call.inputs]
        if call.kind == "Input":
            return self.keras.Input(call.args["size"], name=call.name)
        if is_layer(call):
            layer = self._layer(call) if call.shares is None else layer_of(tensors[call.shares])
            return layer(given) if call.kind in READS_A_LIST else layer(*given)
        tensor = self._operated(call, given)
        # Functions of keras.ops take no name: the operation behind the result is given it.
        layer_of(tensor).name = call.name
        return tensor

    def _layer(self, call: LayerCall) -> Any:
        args = {name: self.value(call, name, value) for name, value in call.args.items()}
        if call.kind == "Dropout":
            args["seed"] = seed_of(self.seed, call.name, "seed")
        if not call.kind.startswith("own."):
            return getattr(self.keras.layers, call.kind)(name=call.name, **args)
        from resnet_dsl import layers

        return getattr(layers, call.kind.removeprefix("own."))(name=call.name, **args)

    def _operated(self, call: LayerCall, given: list[Any]) -> Any:
        if call.kind == SLICE:
            return given[0][tuple(slice(*part) for part in call.args["key"])]
        operation = getattr(self.keras.ops, call.kind.removeprefix("ops."))
        return operation(given, **call.args) if call.kind in READS_A_LIST else operation(*given, **call.args)


def layer_of(tensor: Any) -> Any:
    """The layer that a tensor of the functional API comes from."""
    return tensor._keras_history.operation


def carry_out(calls: Calls, apply: Callable[[LayerCall, list[Any]], Any]) -> list[Any]:
    """The results of all calls, in order; ``apply`` has that of one from those of all before it."""
    tensors: list[Any] = []
    for call in calls.calls:
        tensors.append(apply(call, tensors))
    return tensors


@contextmanager
def room_for_depth(calls: int) -> Iterator[None]:
    """Keras sorts the layers of a model by a recursion as deep as the network: let it, and put the limit back."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, before + 3 * calls))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def build(calls: Calls, seed: int | None = None) -> Any:
    """The Functional model of the calls, by Keras' public API alone."""
    making = Making(seed)
    tensors = carry_out(calls, making.apply)
    with room_for_depth(len(calls.calls)):
        return functional(making, calls, tensors)


def functional(making: Making, calls: Calls, tensors: list[Any]) -> Any:
    """The model of what was carried out.

    It takes its input, or, where there are several, a list in order or a dictionary by name; and it returns its output,
    or a dictionary by name.
    """
    inputs = [tensors[one] for one in calls.inputs]
    outputs = {name: tensors[one] for name, one in calls.outputs.items()}
    single = next(iter(outputs.values())) if len(outputs) == 1 else None
    taken = inputs if len(inputs) > 1 else inputs[0]
    return making.keras.Model(taken, outputs if single is None else single, name=calls.name)
