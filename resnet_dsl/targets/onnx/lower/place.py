"""Where one operation is lowered: what its rule reads, and how it adds operators and arrays.

A value is held by a tensor with its channels first, as ONNX's operators take maps, by one with its channels last, as
Keras has them, or by both: the second is made by a Transpose when it is first asked for. Vectors are the same in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.passes.primitives.step import NO_WEIGHTS
from resnet_dsl.passes.rewriting import Weights
from resnet_dsl.targets.onnx.calls import Array, Layout, OnnxCalls, OperatorCall, free, names_of_outputs

LAYOUTS: tuple[Layout, ...] = ("first", "last")
"""What rules prefer comes first."""


class OnnxValue:
    """What a node or a step computes. shape: without the batch's axis, channels last. node: the one that it comes from.

    tensors: those that hold it, by layout.
    """

    def __init__(self, shape: Shape, node: int, tensors: dict[Layout, str]) -> None:
        self.shape = shape
        self.node = node
        self.tensors = tensors

    @property
    def axes(self) -> int:
        """Their number, without the batch's."""
        return len(self.shape)

    def axis(self, axis: int, layout: Layout) -> int:
        """Where a tensor of this layout has an axis of the shape."""
        return axis + 1 if layout == "last" else 1 if axis == self.axes - 1 else axis + 2


class OnnxLowering:
    """The state of one lowering: operators and arrays so far, and the value of each node."""

    def __init__(self, graph: Graph, shapes: tuple[Shape, ...], weights: Weights) -> None:
        self.graph = graph
        self.shapes = shapes
        self.weights = weights
        self.calls: list[OperatorCall] = []
        self.arrays: dict[str, Array] = {}
        self.values: list[OnnxValue] = []
        self._called: Counter[tuple[int, str]] = Counter()
        self._names: dict[tuple[int, str, int], str] = {}
        self._reshaped: dict[tuple[str, tuple[int, ...]], str] = {}
        self._taken = {node.name for node in graph.nodes}
        self._outputs = names_of_outputs(graph)

    def name(self, node: int, suffix: str, number: int = 0) -> str:
        """The name of what a node does under a suffix, for the first time or again: its own where it has no suffix."""
        if (node, suffix, number) not in self._names:
            own = self.graph.nodes[node].name
            wanted = f"{own}_{suffix}" if suffix else own
            name = free(wanted, self._taken) if suffix or number else own
            self._taken.add(name)
            self._names[node, suffix, number] = name
        return self._names[node, suffix, number]

    def call(self, node: int, kind: str, inputs: Sequence[str], suffix: str = "", **attributes: Any) -> str:
        """Adds an operator; the tensor that it makes, which has its name."""
        name = self.name(node, suffix, self._called[node, suffix])
        self._called[node, suffix] += 1
        tensor = free(f"{name}_value", self._taken) if name in self._outputs else name
        self._taken.add(tensor)
        self.calls.append(OperatorCall(name, kind, tuple(inputs), tensor, attributes, node))
        return tensor

    def array(self, name: str, array: Array) -> str:
        """Adds fixed numbers; the name under which they are read."""
        own = free(name, self.arrays)
        self.arrays[own] = array
        return own

    def weight(self, name: str, array: Array, node: int) -> str:
        """A layer's variable: one array, however often the layer is called. Another form is reshaped from it."""
        if name not in self.arrays:
            self.arrays[name] = array
        if self.arrays[name].shape == array.shape:
            return name
        if (name, array.shape) not in self._reshaped:
            size = self.array(f"{name}_size", np.array(array.shape, np.int64))
            self._reshaped[name, array.shape] = self.call(node, "Reshape", (name, size), "form")
        return self._reshaped[name, array.shape]

    def tensor(self, value: OnnxValue, layout: Layout) -> str:
        """The one of this layout; a Transpose where there is none yet."""
        if layout not in value.tensors:
            count, other = value.axes, LAYOUTS[layout == "first"]
            order = (0, count, *range(1, count)) if layout == "first" else (0, *range(2, count + 1), 1)
            made = value.tensors[other]
            if count > 1:
                made = self.call(value.node, "Transpose", (made,), f"channels_{layout}", perm=order)
            value.tensors[layout] = made
        return value.tensors[layout]

    def done(self, layout: Layout) -> OnnxCalls:
        """All of it, with its outputs in this layout and under their names."""
        inputs = {node.name for node in self.graph.nodes[: self.graph.inputs]}
        renamed: dict[str, str] = {}
        for output, name in zip(self.graph.outputs, self._outputs, strict=True):
            made = self.tensor(self.values[output.node], layout)
            if made in inputs or made in renamed:
                made = self.call(output.node, "Identity", (made,), "output")
            renamed[made] = name
        return OnnxCalls(self.graph, self.shapes, layout, tuple(_renamed(self.calls, renamed)), self.arrays)


def _renamed(calls: Sequence[OperatorCall], names: Mapping[str, str]) -> Iterator[OperatorCall]:
    """The same operators with other names for some tensors."""
    for call in calls:
        inputs = tuple(names.get(one, one) for one in call.inputs)
        yield call._replace(inputs=inputs, output=names.get(call.output, call.output))


class OnnxLoweringContext:
    """One operation, or one step of a composite one, seen by the rule that lowers it.

    args, inputs, shape: what it is given, the values that it reads, and the shape of its own.
    """

    def __init__(self, lowering: OnnxLowering, index: int) -> None:
        node = lowering.graph.nodes[index]
        self._lowering = lowering
        self._index = index
        self._suffix = ""
        self._weights: Mapping[str, str] | None = None
        self.node = node
        self.args: Mapping[str, Any] = node.args
        self.inputs = tuple(lowering.values[one] for one in node.inputs)
        self.shape = lowering.shapes[index]

    def part(
        self,
        suffix: str,
        inputs: tuple[OnnxValue, ...],
        shape: Shape,
        args: Mapping[str, Any] = NO_WEIGHTS,
        weights: Mapping[str, str] = NO_WEIGHTS,
    ) -> OnnxLoweringContext:
        """A part of this operation that is one itself; ``weights``: of the operation's those that it owns."""
        at = OnnxLoweringContext(self._lowering, self._index)
        at.args, at.inputs, at.shape = args, inputs, shape
        at._suffix, at._weights = suffix, weights
        return at

    @property
    def input(self) -> OnnxValue:
        return self.inputs[0]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(value.shape for value in self.inputs)

    @property
    def rank(self) -> int:
        """The number of spatial axes of the (first) input."""
        return self.input.axes - 1

    @property
    def entering(self) -> int:
        """The channels of the (first) input."""
        return channels(self.input.shape)

    @property
    def is_open(self) -> bool:
        """Whether a length of the (first) input is not known."""
        return not all(isinstance(length, int) for length in self.input.shape)

    @property
    def layout(self) -> Layout:
        """One that all inputs have; channels first where there is none."""
        return next((one for one in LAYOUTS if all(one in value.tensors for value in self.inputs)), "first")

    def tensor(self, layout: Layout = "first", value: OnnxValue | None = None) -> str:
        """Of the (first) input, or of another value."""
        return self._lowering.tensor(self.input if value is None else value, layout)

    def tensors(self, layout: Layout) -> list[str]:
        """Of all inputs."""
        return [self.tensor(layout, value) for value in self.inputs]

    def call(self, kind: str, *inputs: str, suffix: str = "", **attributes: Any) -> str:
        """Adds an operator; ``suffix`` tells those apart that do not make the value itself."""
        joined = "_".join(filter(None, (self._suffix, suffix)))
        return self._lowering.call(self._index, kind, inputs, joined, **attributes)

    def value(self, tensor: str, layout: Layout = "first") -> OnnxValue:
        """The operation's, held by this tensor."""
        return OnnxValue(
            self.shape, self._index, {layout: tensor} if len(self.shape) > 1 else dict.fromkeys(LAYOUTS, tensor)
        )

    def numbers(self, what: str, values: Any, kind: Any = np.float32) -> str:
        """Fixed numbers, as an array."""
        return self._lowering.array(f"{self._layer}/{what}", np.asarray(values, kind))

    def whole(self, what: str, values: Any) -> str:
        """Fixed whole numbers: axes, lengths, places."""
        return self.numbers(what, values, np.int64)

    def weight(self, name: str) -> Array:
        """One of its weights, in the shape that the graph gives it."""
        theirs = name if self._weights is None else self._weights[name]
        array: Array = self._lowering.weights[self._owner][theirs]
        return array

    def has(self, name: str) -> bool:
        """Whether a step owns a weight of this name."""
        return self._weights is not None and name in self._weights

    def variable(self, name: str, array: Array) -> str:
        """A weight as an operator takes it."""
        return self._lowering.weight(f"{self._layer}/{name}", np.asarray(array, np.float32), self._index)

    def learned(self, name: str) -> OnnxValue:
        """A weight as a value of one position."""
        array = self.weight(name)
        layouts = LAYOUTS[: 2 if array.size == 1 else 1]
        held = self.variable(name, array.reshape(1, -1, *(1,) * (len(self.shape) - 1)))
        return OnnxValue(self.shape, self._index, dict.fromkeys(layouts, held))

    def a_channel(self, array: Array, layout: Layout) -> Array:
        """One number a channel, so that it meets the channels of the (first) input."""
        behind = 0 if layout == "last" else self.rank
        return array.reshape(-1, *(1,) * behind)

    @property
    def _owner(self) -> str:
        return self._lowering.graph.nodes[self._lowering.graph.owner(self._index)].name

    @property
    def _layer(self) -> str:
        """The name that Keras' layer has."""
        return self._lowering.name(self._lowering.graph.owner(self._index), self._suffix)


Rule: TypeAlias = Callable[[OnnxLoweringContext], OnnxValue]
Rules: TypeAlias = dict[OperationName, Rule]
"""For each operation of a family what adds its operators; it returns the node's value."""
