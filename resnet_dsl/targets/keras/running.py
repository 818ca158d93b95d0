"""Running a model fast: a plain function on the fastest exact path of the backend."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import beside, fits, rule
from resnet_dsl.sentences import either
from resnet_dsl.targets.keras.backend import import_keras


def runner(model: Any) -> Callable[[Any], Any]:
    """A function from a batch of inputs to the model's output as a NumPy array, at inference.

    TensorFlow: a ``tf.function``; JAX: ``jit``; PyTorch: a ``torch.jit`` trace. The weights are frozen to constants.
    The results are those of ``model(values, training=False)`` to rounding. The first call with a shape takes longer.
    The weights are those of the moment: make a new runner after training. Raises Failure, when it is called, for a size
    that the network of a model made here does not take (``input 32?x32?x3``).
    """
    keras = import_keras()
    ways = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    run = ways[keras.backend.backend()](model)

    def call(values: Any) -> Any:
        _check_size(model, values)
        return keras.ops.convert_to_numpy(run(values))

    return call


_DIVISORS: WeakKeyDictionary[Any, tuple[int, ...]] = WeakKeyDictionary()
"""What lengths must be multiples of, of models whose networks say so: a Keras model itself has no word for it."""


def hold_to_multiples(model: Any, divisors: tuple[int, ...]) -> None:
    """Runners of this model refuse values whose lengths are no multiples of these, one a spatial axis."""
    if max(divisors, default=1) > 1:
        _DIVISORS[model] = divisors


def _check_size(model: Any, values: Any) -> None:
    divisors = _DIVISORS.get(model, ())
    size = tuple(map(int, getattr(values, "shape", ())[1:]))
    if not fits(size, divisors):
        fitting = either([show(one) for one in beside(size, divisors)])
        raise Failure(f"`{model.name}` does not take values of {show(size)}: {rule(divisors)}", f"give it {fitting}")


def _tensorflow(model: Any) -> Callable[[Any], Any]:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze

    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in model.inputs]
    traced = tf.function(lambda values: model(values, training=False)).get_concrete_function(*specs)
    frozen = freeze(traced, lower_control_flow=False)
    dtype = specs[0].dtype
    return lambda values: frozen(tf.convert_to_tensor(values, dtype))[0]


def _jax(model: Any) -> Callable[[Any], Any]:
    import jax

    weights = _weights(model, lambda value: jax.numpy.array(value, copy=True))  # training gives its arrays away
    run: Callable[[Any], Any] = jax.jit(lambda values: model.stateless_call(*weights, values, training=False)[0])
    return run


def _weights(model: Any, copy: Callable[[Any], Any]) -> tuple[list[Any], list[Any]]:
    """Copies of the weights, as ``stateless_call`` takes them."""
    trained, others = model.trainable_variables, model.non_trainable_variables
    return [copy(variable.value) for variable in trained], [copy(variable.value) for variable in others]


def _torch(model: Any) -> Callable[[Any], Any]:
    """Traced and frozen once for each shape of the input: a trace holds for one shape alone."""
    import torch

    weights = _weights(model, lambda value: value.detach().clone())

    class Inference(torch.nn.Module):  # type: ignore[misc]
        def forward(self, values: Any) -> Any:
            return model.stateless_call(*weights, values, training=False)[0]

    keras = import_keras()
    inference, dtype = Inference().eval(), model.inputs[0].dtype
    frozen: dict[tuple[int, ...], Any] = {}

    def run(values: Any) -> Any:
        tensor = keras.ops.convert_to_tensor(values, dtype)
        with torch.inference_mode():
            if tensor.shape not in frozen:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of Python numbers that become constants, as they may
                    frozen[tensor.shape] = torch.jit.freeze(torch.jit.trace(inference, tensor, check_trace=False))
            return frozen[tensor.shape](tensor)

    return run
