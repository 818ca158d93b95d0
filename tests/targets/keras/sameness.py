"""When two Keras models are the same: layer by layer, connection by connection, in configuration and in output."""

from __future__ import annotations

import json
import re
from typing import Any

import keras
import numpy as np


def _structure(model: Any) -> list[Any]:
    """Layer by layer: class, name, configuration, connections, variables, and what each attribute is."""
    found = []
    for operation in model.operations:
        nodes = [
            ([one._keras_history[0].name for one in node.input_tensors], [one.shape for one in node.outputs])
            for node in operation._inbound_nodes
        ]
        out = [_without_count(node.operation.name) for node in operation._outbound_nodes]
        config = json.dumps(operation.get_config(), default=str, sort_keys=True)
        variables = [
            (_without_count(v.path), v.name, tuple(v.shape), v.dtype, v.trainable, _without_count(_inner_name(v)))
            for v in getattr(operation, "variables", [])
        ]
        attributes = {name: type(value).__name__ for name, value in vars(operation).items()}
        found.append((type(operation), operation.name, config, nodes, out, variables, attributes))
    return found


def _without_count(name: str) -> str:
    """What Keras names itself (seed generators, casts) it counts through the whole process."""
    return re.sub(r"^(seed_generator|cast)_\d+", r"\1", name)


def _inner_name(variable: Any) -> str:
    return getattr(variable.value, "name", None) or ""


def assert_equal(plain: Any, quick: Any) -> None:
    for one, other in zip(_structure(plain), _structure(quick), strict=True):
        assert one == other
    assert plain.get_config() == quick.get_config()
    assert [layer.name for layer in plain.layers] == [layer.name for layer in quick.layers]
    assert sorted(plain._nodes_by_depth) == sorted(quick._nodes_by_depth)
    for depth in plain._nodes_by_depth:
        names = [[node.operation.name for node in model._nodes_by_depth[depth]] for model in (plain, quick)]
        assert names[0] == names[1]


def random_input(model: Any, samples: int = 2) -> Any:
    shape = (samples, *(length or 6 for length in model.input_shape[1:]))
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def assert_same_outputs(plain: Any, quick: Any) -> None:
    quick.set_weights(plain.get_weights())
    values = random_input(plain)
    outputs = [keras.ops.convert_to_numpy(model(values)) for model in (plain, quick)]
    np.testing.assert_array_equal(*outputs)
