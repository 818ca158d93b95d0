"""Keras models with weights by chance, and what they compute, node by node."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from keras import Model, ops

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower
from resnet_dsl.targets.keras.building import build, room_for_depth
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.inference import optimize_for_inference, weights_of
from tests.interpreter.expected import Expected, Table, numbers

_KEPT_AS = {
    "attention": {"height": ("_height", "kernel"), "width": ("_width", "kernel")},
    "evonorm": {"v": ("_v", "kernel"), "gamma": ("", "kernel"), "beta": ("", "bias")},
    "frn": {"gamma": ("", "kernel"), "beta": ("", "bias")},
    "tlu": {"tau": ("", "kernel")},
    "scale": {"factor": ("", "kernel")},
    "shift": {"offset": ("", "kernel")},
    "channel_scale": {"gamma": ("", "kernel")},
}
"""Where a weight is kept under another name: what its layer's name has behind the node's, and the variable's name."""


def variables(model: Any, graph: Graph, shapes: tuple[Shape, ...]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """(node's name, weight's name) -> (Keras' variable, the weight's shape in the graph), by the names of both."""
    layers = {layer.name: {one.name: one for one in layer.weights} for layer in model.layers}
    found = {}
    for node in (one for one in graph.nodes if one.shares is None):
        for weight in OPERATIONS[node.op].weights(node.args, tuple(shapes[one] for one in node.inputs)):
            suffix, name = _KEPT_AS.get(node.op, {}).get(weight.name, ("", weight.name))
            found[node.name, weight.name] = layers[node.name + suffix][name], weight.shape
    assert len({id(variable) for variable, _ in found.values()}) == len(model.weights), "a weight that nobody knows"
    return found


def shake(model: Any, graph: Graph, shapes: tuple[Shape, ...], random: np.random.Generator) -> None:
    """Gives each weight numbers by chance, of both signs but for variances."""
    for (_, weight), (variable, _) in variables(model, graph, shapes).items():
        variable.assign(numbers(weight, tuple(variable.shape), random))


def normalise(model: Any, batch: Any) -> None:
    """Gives batch normalisations the statistics of what flows in: without, deep networks overflow."""
    for layer in model.layers:
        if hasattr(layer, "moving_mean"):
            layer.momentum = 0.0
    model(batch, training=True)


def read(model: Any, graph: Graph, shapes: tuple[Shape, ...]) -> Table:
    """All weights, in the graph's shapes."""
    table: Table = {}
    for (node, weight), (variable, shape) in variables(model, graph, shapes).items():
        table.setdefault(node, {})[weight] = variable.numpy().reshape(shape)
    return table


def copy_weights(source: Any, target: Any, graph: Graph, shapes: tuple[Shape, ...]) -> None:
    """By name: whatever the order in which either keeps them."""
    given = variables(source, graph, shapes)
    for key, (variable, _) in variables(target, graph, shapes).items():
        variable.assign(given[key][0])


def values_of(model: Any, layers: list[str], batch: Any) -> list[Any]:
    """What the layers and operations of these names return; of one that stands twice the second call, and so on."""
    named = {one.name: one for one in model.operations}
    called: Counter[str] = Counter()
    outputs = []
    for name in layers:
        outputs.append(named[name]._inbound_nodes[called[name]].outputs[0])
        called[name] += 1
    with room_for_depth(len(model.operations)):
        inner = Model(model.input, outputs)
    found = inner(batch, training=False)
    return [ops.convert_to_numpy(one) for one in (found if isinstance(found, list) else [found])]


def compare(
    graph: Graph, shapes: tuple[Shape, ...], batch: Any, random: np.random.Generator, *, normalised: bool = False
) -> None:
    """Every node of the plain and the fast model, and the output of the optimised one, beside the interpreter."""
    calls = lower(graph, shapes)
    plain, quick = build(calls, 1), build_fast(calls, 1)
    shake(plain, graph, shapes, random)
    if normalised:
        normalise(plain, batch)
    table = read(plain, graph, shapes)
    _assert_equal_tables(weights_of(plain, calls, shapes), table)
    copy_weights(plain, quick, graph, shapes)
    expected = Expected(graph, table, batch)
    layers = [calls.calls[one].name for one in calls.result]
    for model in (plain, quick):
        for node, got in enumerate(values_of(model, layers, batch)):
            expected.check(node, got)
    optimised = optimize_for_inference(graph, shapes, plain).model
    returned = optimised(batch, training=False)
    for output in graph.outputs:
        got = returned[output.name] if len(graph.outputs) > 1 else returned
        expected.check_output(output.node, ops.convert_to_numpy(got))


def _assert_equal_tables(found: Table, right: Table) -> None:
    """The table that the passes are given names each weight as its layer does."""
    assert {node: set(arrays) for node, arrays in found.items()} == {node: set(right[node]) for node in right}
    for node, arrays in right.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(found[node][name], array, f"{node}: {name}")
