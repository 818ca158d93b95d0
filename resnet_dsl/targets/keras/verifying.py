"""A file that was written without Keras, held against the model that Keras builds of the same network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from resnet_dsl.failure import Failure, reason
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.sizes import multiples
from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.building import room_for_depth

_LEAST = 64
"""What an open length is at least where a model is run."""


def verify(path: str, model: Any, shapes: tuple[Shape, ...], *, weights: bool) -> str:
    """What was compared, in words. Raises Failure where Keras loads another model from the file than it builds.

    model: the one that Keras built. shapes: of its inputs, without the batch axis. weights: whether those of both are
    the same; else the file's are given to the model that was built.
    """
    import resnet_dsl.layers  # noqa: F401  # Keras knows the layers of ours from here on

    keras = import_keras()
    try:
        with room_for_depth(len(model.layers) * 10):
            loaded = keras.saving.load_model(path)
        wrong = next(_differences(loaded, model, shapes, weights), None)
    except Exception as failure:  # of whatever kind: Keras says with it that the file is none of its own
        wrong = f"Keras fails on it ({reason(failure)})"
    if wrong is not None:
        raise Failure(
            f"what was to be written of `{model.name}` is not what Keras {keras.__version__} builds: {wrong}",
            "write it with `--plain`, and report this",
        )
    return f"Keras {keras.__version__} builds the same: layers, calls, weights and outputs are equal"


def _differences(loaded: Any, built: Any, shapes: tuple[Shape, ...], weights: bool) -> Iterator[str]:
    """One after another: where one is found, what comes after it may not even run."""
    names = [[operation.name for operation in model.operations] for model in (loaded, built)]
    if names[0] != names[1]:
        yield "it has other layers"
    for mine, theirs in zip(loaded.operations, built.operations, strict=True):
        if type(mine) is not type(theirs) or _set(mine) != _set(theirs):
            yield f"`{mine.name}` is another layer"
        if _read(mine) != _read(theirs):
            yield f"`{mine.name}` reads something else"
    yield from _other_weights(loaded, built) if weights else ()
    built.set_weights(loaded.get_weights())
    yield from _other_outputs(loaded, built, shapes)


def _set(operation: Any) -> str:
    """How it is set, as a file says it: that knows no tuples, so that what was loaded has lists in their place."""
    return json.dumps(operation.get_config(), default=str, sort_keys=True)


def _read(operation: Any) -> list[list[str]]:
    """What each call of a layer reads, by the names of layers."""
    return [[one._keras_history.operation.name for one in node.input_tensors] for node in operation._inbound_nodes]


def _other_weights(loaded: Any, built: Any) -> Iterator[str]:
    import numpy as np

    for mine, theirs in zip(loaded.weights, built.weights, strict=True):
        if not np.array_equal(mine.numpy(), theirs.numpy(), equal_nan=True):
            yield f"`{mine.path}` has other values"


def _other_outputs(loaded: Any, built: Any, shapes: tuple[Shape, ...]) -> Iterator[str]:
    import numpy as np

    keras, random = import_keras(), np.random.default_rng(0)
    values = [random.normal(size=(1, *_known(shape))).astype("float32") for shape in shapes]
    given = values if len(values) > 1 else values[0]
    found = (keras.tree.flatten(model(given, training=False)) for model in (loaded, built))
    for mine, theirs in zip(*found, strict=True):
        one, other = (keras.ops.convert_to_numpy(values) for values in (mine, theirs))
        if not np.array_equal(one, other, equal_nan=True):
            yield "it returns other numbers"


def _known(shape: Shape) -> tuple[int, ...]:
    """A size that the input takes."""
    divisors = (*multiples(shape), 1)
    return tuple(
        length if isinstance(length, int) else divisor * -(-_LEAST // divisor)
        for length, divisor in zip(shape, divisors, strict=True)
    )
