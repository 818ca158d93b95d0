"""Running a model fast: a plain function on the fastest exact path of the backend."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.sizes import beside, fits, rule
from resnet_dsl.sentences import either, listed
from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.private.grouping import groups_apart

_Run: TypeAlias = Callable[[list[Any]], Sequence[Any]]
"""From the inputs in order to the outputs in order."""


def runner(model: Any) -> Callable[[Any], Any]:
    """A function from a batch of inputs to the model's output as a NumPy array, at inference.

    It takes and returns what the model does: of several inputs a list in order or a dictionary by name, of several
    outputs a dictionary by name. TensorFlow: a ``tf.function``; JAX: ``jit``; PyTorch: a ``torch.jit`` trace. The
    weights are frozen to constants. The results are those of ``model(values, training=False)`` to rounding. The first
    call with a shape takes longer. The weights are those of the moment: make a new runner after training. Raises
    Failure, when it is called, for inputs that are missing or too many, and for a size that the network of a model made
    here does not take (``input 32?x32?x3``).
    """
    keras = import_keras()
    ways = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    run = ways[keras.backend.backend()](model)

    def call(values: Any) -> Any:
        given = _inputs(model, values)
        _check_sizes(model, given)
        found = [keras.ops.convert_to_numpy(one) for one in run(given)]
        return dict(zip(model.output, found, strict=True)) if isinstance(model.output, dict) else found[0]

    return call


_DIVISORS: WeakKeyDictionary[Any, list[tuple[int, ...]]] = WeakKeyDictionary()
"""What lengths must be multiples of, of models whose networks say so: a Keras model itself has no word for it."""


def hold_to_multiples(model: Any, divisors: list[tuple[int, ...]]) -> None:
    """Runners of this model refuse values whose lengths are no multiples of these, one a spatial axis of each input."""
    if any(max(one, default=1) > 1 for one in divisors):
        _DIVISORS[model] = divisors


def _check_sizes(model: Any, values: list[Any]) -> None:
    for value, divisors in zip(values, _DIVISORS.get(model, ()), strict=False):
        size = tuple(map(int, getattr(value, "shape", ())[1:]))
        if not fits(size, divisors):
            fitting = either([show(one) for one in beside(size, divisors)])
            raise Failure(
                f"`{model.name}` does not take values of {show(size)}: {rule(divisors)}", f"give it {fitting}"
            )


def _inputs(model: Any, values: Any) -> list[Any]:
    """What the model takes, in order. Raises Failure where something is missing, or too much."""
    names = [tensor.name for tensor in model.inputs]
    if isinstance(values, Mapping):
        _check_names(names, [*values])
        return [values[name] for name in names]
    if len(names) == 1:
        return [values]
    if not isinstance(values, list | tuple):  # an array is one input, and no list of them, however long it is
        raise _wrong_inputs(names, f"one {type(values).__name__}")
    if len(values) != len(names):
        raise _wrong_inputs(names, f"{len(values)} inputs")
    return [*values]


def _check_names(names: list[str], given: list[Any]) -> None:
    missing = [name for name in names if name not in given]
    others = [str(name) for name in given if name not in names]
    if missing or others:
        parts = (f"nothing for {listed(missing)}" if missing else "", f"also {listed(others)}" if others else "")
        raise _wrong_inputs(names, ", ".join(filter(None, parts)))


def _wrong_inputs(names: list[str], given: str) -> Failure:
    remedy = (
        "give a value for each by name" if len(names) == 1 else "give a list in this order, or a value for each by name"
    )
    return Failure(f"the model takes {listed(names)}, and is given {given}", remedy)


def _outputs(model: Any, result: Any) -> list[Any]:
    """What the model returns, in order."""
    return [result[name] for name in model.output] if isinstance(result, Mapping) else [result]


def _taken(values: Sequence[Any]) -> Any:
    """What a model is called with."""
    return values[0] if len(values) == 1 else [*values]


def _tensorflow(model: Any) -> _Run:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze

    specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in model.inputs]
    compute = tf.function(lambda *values: _outputs(model, model(_taken(values), training=False)))
    with groups_apart():
        frozen = freeze(compute.get_concrete_function(*specs), lower_control_flow=False)
    kinds = [spec.dtype for spec in specs]
    return lambda values: frozen(*map(tf.convert_to_tensor, values, kinds))


def _jax(model: Any) -> _Run:
    import jax

    weights = _weights(model, lambda value: jax.numpy.array(value, copy=True))  # training gives its arrays away

    def compute(values: list[Any]) -> Sequence[Any]:
        with groups_apart():  # what stands here runs while it is traced
            return _outputs(model, model.stateless_call(*weights, _taken(values), training=False)[0])

    run: _Run = jax.jit(compute)
    return run


def _weights(model: Any, copy: Callable[[Any], Any]) -> tuple[list[Any], list[Any]]:
    """Copies of the weights, as ``stateless_call`` takes them."""
    trained, others = model.trainable_variables, model.non_trainable_variables
    return [copy(variable.value) for variable in trained], [copy(variable.value) for variable in others]


def _torch(model: Any) -> _Run:
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
