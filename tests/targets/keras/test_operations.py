"""Every operation of the registry becomes layers of Keras: shapes, weights, names, and the way through a file."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower, to_keras
from tests.targets.keras.graphs import one_op

keras = pytest.importorskip("keras")

VECTOR = (6,)
MAPS = ((9, 4), (9, 8, 4), (5, 7, 6, 4), (None, 4), (None, None, 4), (None, None, None, 4))

ON_MAPS: list[tuple[str, dict[str, Any]]] = [
    ("conv", {"channels": 6, "kernel": 3, "stride": 2, "bias": True}),
    ("conv", {"channels": 6, "kernel": 3, "stride": 2, "dilation": 2}),
    ("conv", {"channels": 8, "kernel": 3, "groups": 2}),
    ("conv", {"channels": 8, "kernel": 3, "groups": 4}),
    ("conv", {"channels": 6, "kernel": 4, "pad": "same", "stride": 2}),
    ("conv", {"channels": 6, "kernel": 3, "standardize": "plain", "stride": 2, "bias": True}),
    ("conv", {"channels": 6, "kernel": 3, "standardize": "scaled", "bias": True}),
    *[("conv", {"channels": 6, "kernel": 4, "fill": fill}) for fill in ("reflect", "edge")],
    ("conv_transpose", {"channels": 3, "kernel": 3, "stride": 2}),
    ("conv_transpose", {"channels": 3, "kernel": 2, "stride": 3}),
    ("groupnorm", {"groups": 2}),
    ("gelu", {"approximate": True}),
    ("softmax", {"splits": 2}),
    ("maxpool", {"kernel": 3, "stride": 2}),
    ("maxpool", {"kernel": 3, "stride": 2, "fill": "zeros"}),
    ("maxpool", {"kernel": 3, "pad": ((1, 2),), "fill": "edge"}),
    ("maxpool", {"kernel": "global"}),
    ("avgpool", {"kernel": 3, "stride": 2}),
    ("avgpool", {"kernel": 3, "stride": 2, "count_border": False}),
    ("avgpool", {"kernel": "global", "keepdims": True}),
    ("blurpool", {"kernel": 3}),
    ("spatial_softmax", {}),
    ("subsample", {"stride": 2}),
    *[("normalize", {"mean": mean, "std": 0.5}) for mean in (0.5, (1.0, 2.0, 3.0, 4.0))],
    *[(op, {"amounts": ((1, 2),)}) for op in ("zero_pad", "crop")],
    ("upsample", {}),
    ("resize", {"size": 5}),
    ("pad_channels", {"channels": 7, "side": "both"}),
    ("evonorm", {"groups": 2}),
    ("frn", {}),
    ("instancenorm", {}),
]
ON_ANYTHING: list[tuple[str, dict[str, Any]]] = [
    *[(op, {}) for op in ["batchnorm", "layernorm", "identity", "channel_scale"]],
    ("batchnorm", {"gamma": "zeros", "center": False}),
    *[(name, {}) for name, operation in OPERATIONS.items() if operation.role == "activation"],
    ("channels", {"start": 1, "count": 2}),
    ("channel_pool", {"by": "max"}),
    ("dropout", {"rate": 0.5}),
    ("drop_path", {"rate": 0.5}),
    *[(op, {"value": 0.5, "learned": learned}) for op in ("scale", "shift") for learned in (False, True)],
]
ONCE: list[tuple[tuple[int | None, ...], str, dict[str, Any]]] = [
    ((6,), "dense", {"units": 3}),
    ((9, 8, 4), "flatten", {}),
    ((9, 8, 4), "reshape", {"size": (8, 36)}),
    ((6,), "reshape", {"size": (1, 1, 6)}),
    ((4, 3, 20), "attention", {"heads": 2, "key": 3, "position": "relative"}),
    ((7, 12), "attention", {"heads": 2, "key": 2}),
    ((9, 8, 4), "dropblock", {"rate": 0.2, "size": 3}),
    ((9, 8, 4), "upsample", {"method": "bilinear"}),
    ((9, 8, 4), "resize", {"size": 6, "method": "bilinear"}),
    ((None, 8, 4), "resize", {"size": 6, "method": "bilinear"}),
    ((9, 8, 4), "conv", {"channels": 6, "kernel": 3, "stride": 2, "dilation": 2, "pad": "same"}),
    ((None, 9, 4), "depth_to_space", {"order": "pytorch"}),
    ((None, None, 4), "depth_to_space", {"order": "pytorch"}),
    ((None, None, None, 8), "depth_to_space", {}),
    ((8, 6, 4), "space_to_depth", {"order": "pytorch"}),
    ((8, 6, 4, 2), "space_to_depth", {"factor": (4, 2, 1)}),
]
CASES = [
    *ONCE,
    *[(size, op, args) for size in MAPS for op, args in ON_MAPS],
    *[(size, op, args) for size in (VECTOR, *MAPS[:3], MAPS[4]) for op, args in ON_ANYTHING],
]


def test_every_operation_is_tried() -> None:
    merges = {name for name, operation in OPERATIONS.items() if operation.many}
    assert {op for _, op, _ in CASES} == OPERATIONS.keys() - merges - {"input"}, "add what is missing to a list above"


@pytest.mark.parametrize(("size", "op", "args"), CASES, ids=str)
def test_an_operation_is_built_counted_run_and_reloaded(
    size: tuple[int | None, ...], op: str, args: dict[str, Any], tmp_path: Path
) -> None:
    graph, shapes = one_op(size, op, **args)
    model = to_keras(graph, shapes, seed=1)  # raises WrongShapeError unless Keras' shapes are the graph's
    weights = OPERATIONS[op].weights(graph.nodes[1].args, (shapes[0],))
    assert model.count_params() == sum(prod(weight.shape) for weight in weights)
    assert sum(prod(w.shape) for w in model.trainable_weights) == sum(prod(w.shape) for w in weights if w.trainable)

    values = np.random.default_rng(0).normal(size=(2, *(length or 6 for length in size))).astype("float32")
    model(values, training=True)
    result = keras.ops.convert_to_numpy(model(values))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(values)), result)
    assert [one.name for one in again.operations] == [one.name for one in model.operations]


@pytest.mark.parametrize(("size", "op", "args"), CASES, ids=str)
def test_a_layer_is_found_from_its_node_and_back(size: tuple[int | None, ...], op: str, args: dict[str, Any]) -> None:
    calls = lower(*one_op(size, op, **args))
    names = [call.name for call in calls.calls]
    assert len(set(names)) == len(names)
    assert names == [name for node in calls.graph.nodes for name in calls.layers_of[node.name]]
    assert "it" in calls.layers_of["it"] or op in {"scale", "shift"}
    node_of = {call.name: call.node for call in calls.calls}
    assert all(calls.graph.nodes[node_of[name]].name == "it" for name in calls.layers_of["it"])
