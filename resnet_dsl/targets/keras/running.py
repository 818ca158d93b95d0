"""Running a model by its backend: a plain function on the fastest exact path that it has."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.private.grouping import groups_apart

Run: TypeAlias = Callable[[list[Any]], Sequence[Any]]
"""From the inputs in order to the outputs in order, as arrays of NumPy."""

_GRAPHS: WeakKeyDictionary[Any, Graph] = WeakKeyDictionary()
"""What models were made of here: a Keras model itself has no word for it."""


def made_of(model: Any, graph: Graph) -> None:
    """Remembers what a model was made of."""
    _GRAPHS[model] = graph


def graph_of(model: Any) -> Graph | None:
    """The graph that a model was made of here; None of another one."""
    return _GRAPHS.get(model)


def backend_run(model: Any) -> Run:
    """TensorFlow: a ``tf.function``; JAX: ``jit``; PyTorch: a ``torch.jit`` trace. Weights are frozen to constants."""
    keras = import_keras()
    run = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()](model)
    return lambda values: [keras.ops.convert_to_numpy(one) for one in run(values)]


def _outputs(model: Any, result: Any) -> list[Any]:
    """What the model returns, in order."""
    return [result[name] for name in model.output] if isinstance(result, Mapping) else [result]


def outputs_of(model: Any, values: list[Any]) -> list[Any]:
    """What the model itself computes of its inputs in order, as arrays of NumPy, in order."""
    keras = import_keras()
    return [keras.ops.convert_to_numpy(one) for one in _outputs(model, model(_taken(values), training=False))]


def _taken(values: Sequence[Any]) -> Any:
    """What a model is called with."""
    return values[0] if len(values) == 1 else [*values]


def _tensorflow(model: Any) -> Run:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze

    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in model.inputs]
    compute = tf.function(lambda *values: _outputs(model, model(_taken(values), training=False)))
    with groups_apart():
        frozen = freeze(compute.get_concrete_function(*specs), lower_control_flow=False)
    kinds = [spec.dtype for spec in specs]
    return lambda values: frozen(*map(tf.convert_to_tensor, values, kinds))


def _jax(model: Any) -> Run:
    import jax

    weights = _weights(model, lambda value: jax.numpy.array(value, copy=True))  # training gives its arrays away

    def compute(values: list[Any]) -> Sequence[Any]:
        with groups_apart():  # what stands here runs while it is traced
            return _outputs(model, model.stateless_call(*weights, _taken(values), training=False)[0])

    run: Run = jax.jit(compute)
    return run


def _weights(model: Any, copy: Callable[[Any], Any]) -> tuple[list[Any], list[Any]]:
    """Copies of the weights, as ``stateless_call`` takes them."""
    trained, others = model.trainable_variables, model.non_trainable_variables
    return [copy(variable.value) for variable in trained], [copy(variable.value) for variable in others]


def _torch(model: Any) -> Run:
    """Traced and frozen once for each shape of the inputs: a trace holds for one shape alone."""
    import torch

    weights = _weights(model, lambda value: value.detach().clone())

    class Inference(torch.nn.Module):  # type: ignore[misc]
        def forward(self, *values: Any) -> Any:
            return tuple(_outputs(model, model.stateless_call(*weights, _taken(values), training=False)[0]))

    keras = import_keras()
    inference, kinds = Inference().eval(), [tensor.dtype for tensor in model.inputs]
    frozen: dict[tuple[Any, ...], Any] = {}

    def run(values: list[Any]) -> Sequence[Any]:
        tensors = tuple(map(keras.ops.convert_to_tensor, values, kinds))
        shapes = tuple(tensor.shape for tensor in tensors)
        with torch.inference_mode():
            if shapes not in frozen:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of Python numbers that become constants, as they may
                    frozen[shapes] = torch.jit.freeze(torch.jit.trace(inference, tensors, check_trace=False))
            return frozen[shapes](*tensors)  # type: ignore[no-any-return]

    return run
