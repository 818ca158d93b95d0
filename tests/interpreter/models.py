"""Keras models with weights by chance, and what they compute, node by node."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from keras import Model, ops

from resnet_dsl.ir.graph import Graph, Node
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower
from resnet_dsl.targets.keras.building import build, room_for_depth
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.inference import optimize_for_inference
from tests.interpreter.interpret import interpret
from tests.interpreter.windows import Array

Table = dict[str, dict[str, Any]]

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

CLOSE = 3e-5
"""What float32 may differ from float64, as a part of the largest number of a value."""


LENGTHS = (13, 10, 11)
"""What stands for open lengths."""


def some_batch(size: tuple[int | None, ...], random: np.random.Generator) -> Any:
    """One to three inputs of a network of this size."""
    known = [length or other for length, other in zip(size[:-1], LENGTHS, strict=False)]
    return random.normal(size=(int(random.integers(1, 4)), *known, size[-1])).astype("float32")


class Compared(NamedTuple):
    """How many nodes were compared in how many models, and the largest difference there was."""

    nodes: int
    models: int
    difference: float


def variables(model: Any, graph: Graph, shapes: tuple[Shape, ...]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """(node's name, weight's name) -> (Keras' variable, the weight's shape in the graph), by the names of both."""
    layers = {layer.name: {one.name: one for one in layer.weights} for layer in model.layers}
    found = {}
    for node in graph.nodes:
        for weight in OPERATIONS[node.op].weights(node.args, tuple(shapes[one] for one in node.inputs)):
            suffix, name = _KEPT_AS.get(node.op, {}).get(weight.name, ("", weight.name))
            found[node.name, weight.name] = layers[node.name + suffix][name], weight.shape
    assert len({id(variable) for variable, _ in found.values()}) == len(model.weights), "a weight that nobody knows"
    return found


def shake(model: Any, graph: Graph, shapes: tuple[Shape, ...], random: np.random.Generator) -> Table:
    """Gives each weight numbers by chance, of both signs but for variances; returns them in the graph's shapes."""
    table: Table = {}
    for (node, weight), (variable, shape) in variables(model, graph, shapes).items():
        array = _numbers(weight, tuple(variable.shape), random)
        variable.assign(array)
        table.setdefault(node, {})[weight] = array.reshape(shape)
    return table


def _numbers(weight: str, shape: tuple[int, ...], random: np.random.Generator) -> Any:
    if weight == "moving_variance":
        return random.uniform(0.5, 2, shape).astype("float32")
    if weight in {"gamma", "gain", "factor"}:
        return (random.choice([-1, 1], shape) * random.uniform(0.5, 1.5, shape)).astype("float32")
    entering = np.prod(shape[:-1]) if weight == "kernel" else 1
    return random.normal(0.2, 1, shape).astype("float32") / np.float32(np.sqrt(entering))


def copy_weights(source: Any, target: Any, graph: Graph, shapes: tuple[Shape, ...]) -> None:
    """By name: whatever the order in which either keeps them."""
    given = variables(source, graph, shapes)
    for key, (variable, _) in variables(target, graph, shapes).items():
        variable.assign(given[key][0])


def values_of(model: Any, layers: list[str], batch: Any) -> list[Any]:
    """What the layers and operations of these names return."""
    named = {one.name: one for one in model.operations}
    with room_for_depth(len(model.operations)):
        inner = Model(model.input, [named[name].output for name in layers])
    return [ops.convert_to_numpy(one) for one in inner(batch, training=False)]


def compare(graph: Graph, shapes: tuple[Shape, ...], batch: Any, random: np.random.Generator) -> Compared:
    """Every node of the plain and the fast model, and the output of the optimised one, beside the interpreter."""
    calls = lower(graph, shapes)
    plain, quick = build(calls, 1), build_fast(calls, 1)
    expected = interpret(graph, shake(plain, graph, shapes, random), batch)
    copy_weights(plain, quick, graph, shapes)
    layers = [calls.calls[one].name for one in calls.result]
    worst = 0.0
    for model in (plain, quick):
        for node, got, right in zip(graph.nodes, values_of(model, layers, batch), expected, strict=True):
            worst = max(worst, _difference(node, got, right))
    optimised = optimize_for_inference(graph, shapes, plain).model
    output = ops.convert_to_numpy(optimised(batch, training=False))
    return Compared(2 * len(graph.nodes) + 1, 3, max(worst, _difference_of_parts(graph, output, expected)))


def _difference_of_parts(graph: Graph, output: Any, expected: list[Array]) -> float:
    """Where the output joins many values, each of them by itself."""
    last = graph.nodes[graph.output]
    joined = last.inputs if last.op == "concat" else (graph.output,)
    ends = np.cumsum([expected[one].shape[-1] for one in joined])[:-1]
    parts = zip(joined, np.split(output, ends, axis=-1), strict=True)
    return max(_difference(graph.nodes[one], part, expected[one]) for one, part in parts)


def _difference(node: Node, got: Any, right: Array) -> float:
    """The largest difference, as a part of the largest number (or of 1); fails where it is beyond rounding."""
    assert got.shape == right.shape, f"{node.name}: {got.shape} for {right.shape}"
    difference = float(np.abs(got - right).max() / max(1.0, np.abs(right).max()))
    assert difference <= CLOSE, f"{node.name}: {node.op}({dict(node.args)}) is off by {difference:.1e}"
    return difference
