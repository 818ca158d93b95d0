"""Running a model fast: a plain function on the fastest exact path of the backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.targets.keras.backend import import_keras


def runner(model: Any) -> Callable[[Any], Any]:
    """A function from a batch of inputs to the model's output as a NumPy array, at inference.

    TensorFlow: a ``tf.function`` whose variables are frozen to constants; JAX: ``jit``; PyTorch: ``inference_mode``.
    The results are those of ``model(values, training=False)``, without the waiting of ``predict``. The weights are
    those of the moment: make a new runner after training.
    """
    keras = import_keras()
    ways = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    run = ways[keras.backend.backend()](model)

    def call(values: Any) -> Any:
        return keras.ops.convert_to_numpy(run(values))

    return call


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

    trainable = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    run = jax.jit(lambda first, second, values: model.stateless_call(first, second, values, training=False)[0])
    return lambda values: run(trainable, others, values)


def _torch(model: Any) -> Callable[[Any], Any]:
    import torch

    def run(values: Any) -> Any:
        with torch.inference_mode():
            return model(values, training=False)

    return run
