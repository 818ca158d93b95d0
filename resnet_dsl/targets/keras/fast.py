"""Carrying out the calls several times faster than the functional API does, to the same model.

Layers that are alike but for their names are made once and copied; calls are recorded with the shapes that are known
already; the initial values are drawn with NumPy; the layers are sorted without recursion. What this rests on in Keras
stands in resnet_dsl.targets.keras.private.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from resnet_dsl.memory import uncollected
from resnet_dsl.targets.keras.building import READS_A_LIST, Making, WrongShapeError, carry_out, functional, layer_of
from resnet_dsl.targets.keras.calls import Calls, Initializer, LayerCall, LayerValues, batched, is_layer
from resnet_dsl.targets.keras.initial import initial_weights
from resnet_dsl.targets.keras.private import UnexpectedKerasError, expect
from resnet_dsl.targets.keras.private.copying import Template
from resnet_dsl.targets.keras.private.sorting import further_arguments, recorder, sorting_without_recursion
from resnet_dsl.targets.keras.private.variables import Values, awaited, initialize, variables_without_values
from resnet_dsl.targets.keras.sampling import draw, sampler_of
from resnet_dsl.targets.keras.variables import LeftToKerasError

_BACKENDS = frozenset({"tensorflow", "jax"})
"""Where layers are copied. PyTorch's are modules with parameters of their own, which are left to Keras."""

_LEFT_TO_KERAS = frozenset({"Input", "Dropout", "Normalization"})
"""What is not copied: a dropout has a seed of its own, and of the others there is one."""


def build_fast(calls: Calls, seed: int | None = None, values: LayerValues | None = None) -> Any:
    """The Functional model of the calls. Raises UnexpectedKerasError where Keras is another than was known.

    values: the weights of the layers that do not begin with drawn ones.
    """
    making = Making(seed)
    try:
        with uncollected():
            return _build(making, calls, values or {})
    except (UnexpectedKerasError, WrongShapeError, MemoryError):
        raise
    except Exception as failure:
        raise UnexpectedKerasError(f"{type(failure).__name__}: {failure}") from failure


def _build(making: Making, calls: Calls, values: LayerValues) -> Any:
    _expect_the_usual(making)
    if making.keras.backend.backend() in _BACKENDS:
        with variables_without_values(making.keras):
            tensors = carry_out(calls, _Copying(making).apply)
    else:
        tensors = carry_out(calls, making.apply)
        values = {**_drawn(calls, making.seed), **values}
    with sorting_without_recursion():
        model = functional(making, calls, tensors)
    _Initializing(making).run(model.layers, values)
    return model


def _drawn(calls: Calls, seed: int | None) -> dict[str, list[Any]]:
    """What a seed draws, for variables that Keras has begun already: it means the same on every backend."""
    drawn: dict[str, list[Any]] = {}
    with suppress(LeftToKerasError):
        for slot, array in initial_weights(calls, seed) if seed is not None else ():
            drawn.setdefault(slot.layer, []).append(array)
    return drawn


def _expect_the_usual(making: Making) -> None:
    """Distribution and policies that differ from layer to layer are left to Keras."""
    keras = making.keras
    expect(keras.distribution.distribution() is None, "a distribution in force")
    policy = keras.config.dtype_policy()
    expect(
        type(policy) is keras.dtype_policies.FloatDTypePolicy or type(policy) is keras.DTypePolicy, "the dtype policy"
    )
    tensorflow = sys.modules.get("tensorflow")
    if keras.backend.backend() == "tensorflow" and tensorflow is not None:
        expect(not tensorflow.distribute.has_strategy(), "a strategy in force")
        expect(tensorflow.executing_eagerly(), "a graph in the making")


class _Copying:
    """Carries out calls: the first of its kind by Keras, the others as copies of it."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._record = recorder()
        self._templates: dict[Any, tuple[Template, str, dict[str, Any]]] = {}

    def apply(self, call: LayerCall, tensors: list[Any]) -> Any:
        if not is_layer(call) or call.kind in _LEFT_TO_KERAS or call.kind.startswith("own."):
            return self._making.apply(call, tensors)
        given = [tensors[one] for one in call.inputs]
        entering = tuple((tensor.shape, tensor.dtype) for tensor in given)
        key = (call.kind, tuple(call.args.items()), entering, batched(call.shape))
        if key not in self._templates and call.shares is not None:
            return self._making.apply(call, tensors)
        if key not in self._templates:
            tensor = self._making.apply(call, tensors)
            layer = layer_of(tensor)
            template = Template(self._making.keras, layer)
            self._templates[key] = template, tensor.dtype, further_arguments(layer)
            return tensor
        template, dtype, further = self._templates[key]
        layer = self._copy(template, call) if call.shares is None else layer_of(tensors[call.shares])
        # With the name that it would find for itself: finding it costs more than all the rest.
        name = f"keras_tensor_{self._making.keras.backend.get_uid('keras_tensor') - 1}"
        tensor = self._making.keras.KerasTensor(batched(call.shape), dtype=dtype, name=name)
        self._record(layer, given if call.kind in READS_A_LIST else given[0], further, tensor)
        return tensor

    def _copy(self, template: Template, call: LayerCall) -> Any:
        return template.copy(call.name, self._own_arguments(call))

    def _own_arguments(self, call: LayerCall) -> dict[str, Any]:
        """Random initialisers are each layer's own: they hold its seed."""
        return {
            name: self._making.value(call, name, value)
            for name, value in call.args.items()
            if isinstance(value, Initializer) and value.random
        }


class _Initializing:
    """Gives all variables of a model that have no value yet their first one, in the order of its layers."""

    def __init__(self, making: Making) -> None:
        self._keras = making.keras
        self._values = Values(making.keras)
        self._sampler = sampler_of(making.seed)
        self._shares = making.keras.backend.backend() == "tensorflow"  # its variables copy on writing what they share
        self._constants: dict[tuple[float, tuple[int, ...]], Any] = {}

    def run(self, layers: list[Any], values: LayerValues) -> None:
        for layer in layers:
            if layer.name in values:
                for variable, array in zip(layer.weights, values[layer.name], strict=True):
                    self._begin_with(variable, array)
                continue
            for variable in layer.variables:
                if (wanted := awaited(variable)) is not None:
                    self._begin(variable, *wanted)

    def _begin_with(self, variable: Any, array: Any) -> None:
        wanted = awaited(variable)
        if wanted is not None and wanted[2] == "float32":
            self._values.give(variable, self._values.tensor(array.astype("float32", copy=False)))
            return
        if wanted is not None:
            initialize(variable)
        variable.assign(array)

    def _begin(self, variable: Any, initializer: Any, shape: tuple[int, ...], dtype: str) -> None:
        tensor = self._tensor(initializer, shape) if dtype == "float32" else None
        if tensor is None:
            initialize(variable)
        else:
            self._values.give(variable, tensor)

    def _tensor(self, initializer: Any, shape: tuple[int, ...]) -> Any:
        """The first value; None where only the initialiser itself knows it."""
        kind = type(initializer).__name__
        number = initializer.value if kind == "Constant" else {"Zeros": 0.0, "Ones": 1.0}.get(kind)
        if number is not None:
            return self._filled(float(number), shape)
        values = draw(self._sampler, _as_called(kind, initializer), shape)
        return None if values is None else self._values.tensor(values)

    def _filled(self, number: float, shape: tuple[int, ...]) -> Any:
        if not self._shares:
            return self._keras.ops.full(shape, number, dtype="float32")
        if (number, shape) not in self._constants:
            self._constants[number, shape] = self._keras.ops.full(shape, number, dtype="float32")
        return self._constants[number, shape]


def _as_called(kind: str, initializer: Any) -> Initializer:
    """An initialiser of Keras as the calls have it; a normal one around another mean is none of theirs."""
    names = {"VarianceScaling": ("scale", "mode", "distribution"), "TruncatedNormal": ("stddev",)}.get(kind, ())
    return Initializer(kind, tuple((name, getattr(initializer, name)) for name in names), random=True)
