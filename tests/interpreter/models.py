"""Keras models with weights by chance, and what they compute, node by node."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
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
from tests.interpreter.cases import OPEN
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
"""What float32 may differ from float64, as a part of the largest number of a value (or of 1)."""
ULP, FACTOR = 2.0**-23, 100
"""Where it differs more: a rounding, and how many times what roundings at random do it may be off. (Keras takes a
variance as the difference of two means, which loses more than one.)"""


def some_batch(size: tuple[int | None, ...], random: np.random.Generator) -> Any:
    """One to three inputs of a network of this size."""
    known = [length or other for length, other in zip(size[:-1], OPEN, strict=False)]
    return random.normal(size=(int(random.integers(1, 4)), *known, size[-1])).astype("float32")


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
        variable.assign(_numbers(weight, tuple(variable.shape), random))


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
    """What the layers and operations of these names return; of one that stands twice the second call, and so on."""
    named = {one.name: one for one in model.operations}
    called: Counter[str] = Counter()
    outputs = []
    for name in layers:
        outputs.append(named[name]._inbound_nodes[called[name]].outputs[0])
        called[name] += 1
    with room_for_depth(len(model.operations)):
        inner = Model(model.input, outputs)
    return [ops.convert_to_numpy(one) for one in inner(batch, training=False)]


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


class Expected:
    """What every node is to be, and how far float32 may lead from it."""

    def __init__(self, graph: Graph, weights: Table, batch: Any) -> None:
        self._graph, self._weights, self._batch = graph, weights, batch
        self.values = interpret(graph, weights, batch)

    @cached_property
    def _roughly(self) -> list[Array]:
        """The same with every value rounded at random: where a normalisation of what hardly varies, say, moves it far,
        float32 may be off, too."""
        random = np.random.default_rng(0)
        return interpret(
            self._graph, self._weights, self._batch, lambda one: one * (1 + random.choice([-ULP, ULP], one.shape))
        )

    def check(self, node: int, got: Any) -> None:
        right, what = self.values[node], self._graph.nodes[node]
        assert got.shape == right.shape, f"{what.name}: {got.shape} for {right.shape}"
        difference = np.abs(got - right).max()
        if not difference <= CLOSE * max(1.0, np.abs(right).max()):
            allowed = FACTOR * np.abs(self._roughly[node] - right).max()
            assert difference <= allowed, f"{what.name}: {what.op}({dict(what.args)}) is off by {difference:.1e}"

    def check_output(self, output: int, got: Any) -> None:
        """Where an output joins many values, each of them by itself."""
        last = self._graph.nodes[output]
        joined = last.inputs if last.op == "concat" else (output,)
        ends = np.cumsum([self.values[one].shape[-1] for one in joined])[:-1]
        for node, part in zip(joined, np.split(got, ends, axis=-1), strict=True):
            self.check(node, part)
