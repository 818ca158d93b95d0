"""What a network is to compute, and how far float32 may lead from it; weights and inputs by chance."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from tests.interpreter.cases import OPEN
from tests.interpreter.interpret import interpret
from tests.interpreter.windows import Array

Table = dict[str, dict[str, Any]]

CLOSE = 3e-5
"""What float32 may differ from float64, as a part of the largest number of a value (or of 1)."""
ULP, FACTOR = 2.0**-23, 100
"""Where it differs more: a rounding, and how many times what roundings at random do it may be off. (Keras takes a
variance as the difference of two means, which loses more than one.)"""


def some_batch(size: tuple[int | None, ...], random: np.random.Generator) -> Any:
    """One to three inputs of a network of this size."""
    known = [length or other for length, other in zip(size[:-1], OPEN, strict=False)]
    return random.normal(size=(int(random.integers(1, 4)), *known, size[-1])).astype("float32")


def numbers(weight: str, shape: tuple[int, ...], random: np.random.Generator) -> Any:
    """A weight by chance, of both signs but for variances."""
    if weight == "moving_variance":
        return random.uniform(0.5, 2, shape).astype("float32")
    if weight in {"gamma", "gain", "factor"}:
        return (random.choice([-1, 1], shape) * random.uniform(0.5, 1.5, shape)).astype("float32")
    entering = np.prod(shape[:-1]) if weight == "kernel" else 1
    return random.normal(0.2, 1, shape).astype("float32") / np.float32(np.sqrt(entering))


def some_weights(graph: Graph, shapes: tuple[Shape, ...], random: np.random.Generator) -> Table:
    """Weights by chance for all that have some, in the graph's shapes."""
    table: Table = {}
    for node in (one for one in graph.nodes if one.shares is None):
        for weight in OPERATIONS[node.op].weights(node.args, tuple(shapes[one] for one in node.inputs)):
            table.setdefault(node.name, {})[weight.name] = numbers(weight.name, weight.shape, random)
    return table


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
