"""Where one operator is read: what its rule sees of it, and how the rule adds nodes to the flat network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.importing.flat import Assembler, NotImportedError
from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import Axes, Order, arranged, first, last, length, lies, line, order_of
from resnet_dsl.importing.onnx.source import Operator
from resnet_dsl.importing.onnx.symbols import sized
from resnet_dsl.ir.lengths import Length, Shape, elements
from resnet_dsl.ir.nodes import Node
from resnet_dsl.sentences import an


class OnnxBorder(NamedTuple):
    """What stands around a map: a border that its reader may take as its own padding.

    widths: (before, behind) along each axis of the value. fill: zeros, lowest, reflect or edge.
    """

    widths: tuple[tuple[int, int], ...]
    fill: str


class Tensor(NamedTuple):
    """A view of a node's value.

    border: what stands around it. repeated: the lengths to which axes of length 1 are repeated, which `mul` does.
    sole: whether the value, and what was made of it up to here, is read once.
    """

    node: int
    axes: Axes
    border: OnnxBorder | None = None
    repeated: tuple[Length | None, ...] | None = None
    sole: bool = True


Value: TypeAlias = Tensor | Array
Made: TypeAlias = "Value | Sequence[Value]"


MOST_ATTENDING = 2**31
"""Numbers that all attentions of a file may have computed to be known: some twenty seconds."""


class Reader(Assembler):
    """The state of reading one file: the nodes so far, and the layers whose arrays were read before.

    attending: how many numbers its attentions may still have computed.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.called: dict[tuple[Any, ...], list[int]] = {}
        self.batch: int | None = None
        self.attending = MOST_ATTENDING

    def amend(self, index: int, op: str, label: str, weights: Mapping[str, Any], **arguments: Any) -> None:
        """Another operation, with the same inputs and a value of the same shape, in the place of a node."""
        before = self.nodes[index]
        made = self.node(op, before.inputs, label, {**self.weights.get(before.name, {}), **weights}, **arguments)
        node, shape = self.nodes.pop(), self.shapes.pop()
        self.labels.pop(node.name)
        assert made == len(self.nodes)
        assert shape == self.shapes[index]
        name = f"{op}_{index}"
        self.nodes[index] = replace(node, name=name, shares=before.shares)
        found, _ = self.weights.pop(node.name, {}), self.weights.pop(before.name, None)
        self.labels[name] = self.labels.pop(before.name)
        self.weights |= {name: found} if found else {}


class Place:
    """One operator, seen by the rule that reads it. inputs: None for an optional one that is left out."""

    def __init__(self, reader: Reader, operator: Operator, inputs: Sequence[Value | None], opset: int) -> None:
        self.reader = reader
        self.operator = operator
        self.inputs = list(inputs)
        self.opset = opset

    def attribute(self, name: str, default: Any = None) -> Any:
        return self.operator.attributes.get(name, default)

    def refuse(self, why: str, remedy: str | None = None) -> NotImportedError:
        return self.reader.refuse(self.operator.label, why, remedy)

    def given(self, place: int) -> Value | None:
        return self.inputs[place] if place < len(self.inputs) else None

    def array(self, place: int, what: str) -> Array:
        """An input that must be fixed."""
        found = self.given(place)
        if not isinstance(found, np.ndarray):
            raise self.refuse(f"is {an(self.operator.kind)} whose {what} is not fixed: it follows from the input")
        return found

    def bordered(self, place: int = 0) -> Tensor:
        """An input that flows, with the border around it."""
        found = self.given(place)
        if not isinstance(found, Tensor):
            raise self.refuse(f"is {an(self.operator.kind)} of fixed numbers, which no operation here takes")
        return found

    def tensor(self, place: int = 0) -> Tensor:
        """An input that flows, its border laid around it."""
        found = self.bordered(place)
        if found.repeated is not None:
            raise self.refuse("reads a value that is repeated along an axis, and here only `mul` repeats")
        return found if found.border is None else self._laid(found)

    @property
    def tensors(self) -> list[Tensor]:
        return [self.tensor(place) for place in range(len(self.inputs))]

    def shape(self, tensor: Tensor) -> Shape:
        """Of the value that it is a view of."""
        return self.reader.shapes[tensor.node]

    def of(self, tensor: Tensor) -> Node:
        return self.reader.nodes[tensor.node]

    def lengths(self, tensor: Tensor) -> list[Length | None]:
        """Of the tensor's axes, behind the batch's."""
        return [length(axis) for axis in tensor.axes]

    def axis(self, number: int, tensor: Tensor) -> int:
        """An axis of the operator as one behind the batch's."""
        found = number if number >= 0 else number + len(tensor.axes) + 1
        if not 1 <= found <= len(tensor.axes):
            why = "the batch's axis" if found == 0 else "an axis that there is not"
            raise self.refuse(f"is {an(self.operator.kind)} along {why}")
        return found - 1

    def node(self, op: str, inputs: Sequence[int], weights: Mapping[str, Any] | None = None, **arguments: Any) -> int:
        return self.reader.node(op, inputs, self.operator.label, weights, **arguments)

    def layer(self, op: str, value: int, names: Sequence[str], weights: Mapping[str, Any], **arguments: Any) -> int:
        """A node with weights, which are the arrays of these names: where an earlier one has them, its layer."""
        key = (op, tuple(names), tuple(sorted(arguments.items())))
        shares = next((one for one in self.reader.called.get(key, []) if self._again(op, one, value, weights)), None)
        if shares is None:
            made = self.node(op, [value], weights, **arguments)
            self.reader.called.setdefault(key, []).append(made)
            return made
        return self.reader.node(op, [value], self.operator.label, None, shares, **arguments)

    def _again(self, op: str, earlier: int, value: int, weights: Mapping[str, Any]) -> bool:
        """Whether one layer is called twice. Exporters let layers that hold equal numbers read one array: those of a
        kernel are never equal by chance; a norm is called again where what it reads is made by one layer, too."""
        kernel = weights.get("kernel")
        if kernel is not None and kernel.size > 1 and np.ptp(kernel) > 0:
            return True
        nodes, reads = self.reader.nodes, self.reader.nodes[earlier].inputs[0]
        return reads != value and (
            nodes[value].shares in (reads, nodes[reads].shares) and nodes[value].shares is not None
        )

    def first(self, node: int) -> Tensor:
        """A node's value, channels first."""
        return self.like(node, first(len(self.reader.shapes[node]) - 1))

    def like(self, node: int, order: Order) -> Tensor:
        return Tensor(node, arranged(self.reader.shapes[node], order))

    def each(self, op: str, **arguments: Any) -> Tensor:
        """An operation on each number: whatever the arrangement is, it stays."""
        value = self.tensor()
        return Tensor(self.node(op, [value.node], **arguments), value.axes)

    def map(self, value: Tensor | None = None) -> int:
        """The value with its channels on the first axis behind the batch's."""
        value = self.tensor() if value is None else value
        return self.held(value, first(len(value.axes) - 1))

    def held(self, tensor: Tensor, order: Order) -> int:
        """A node that the tensor holds in this order; where its axes are cut or joined, a `reshape` makes it."""
        if lies(tensor.axes, self.shape(tensor), order):
            return tensor.node
        return self._reshaped(tensor, [tensor.axes[place] for place in order])

    def _reshaped(self, tensor: Tensor, axes: Sequence[Any]) -> int:
        """These axes of a tensor as the axes of a value."""
        natural = line(arranged(self.shape(tensor), last(len(self.shape(tensor)) - 1)))
        size = [length(axis) for axis in axes]
        if line(axes) != natural or not all(isinstance(one, int) for one in size):
            found = self._moved(tensor, axes)
            if found is None:
                raise self.refuse(f"reads numbers in an order that no operation here makes of {self._shown(tensor)}")
            return found
        if len(size) == 1:
            return self._vector(tensor)
        return self._sized(tensor.node, tuple(one for one in size if one is not None))

    def _sized(self, index: int, size: Shape) -> int:
        """A value in another shape; what was flattened just before is taken as it was."""
        node = self.reader.nodes[index]
        if node.op == "flatten" and self.reader.shapes[node.inputs[0]] == size:
            return node.inputs[0]
        return self.node("reshape", [index], size=size)

    def _moved(self, tensor: Tensor, axes: Sequence[Any]) -> int | None:
        """Places that became channels, or channels that became places, as these axes say; None where it is neither."""
        from resnet_dsl.importing.onnx.blocks import deep_and_wide

        found = deep_and_wide(axes, self.shape(tensor))
        return None if found is None else self.node(found[0], [tensor.node], factor=found[1], order=found[2])

    def _shown(self, tensor: Tensor) -> str:
        node = self.of(tensor)
        return f"`{self.reader.labels.get(node.name, node.name)}`"

    def _vector(self, tensor: Tensor) -> int:
        """All numbers of a map in a row; a pool over the whole map makes it by itself."""
        node = self.of(tensor)
        if node.args.get("kernel") == "global" and node.args["keepdims"]:
            arguments = {**node.args, "keepdims": False, "stride": None}
            return self.reader.node(node.op, node.inputs, self.reader.labels[node.name], **arguments)
        return self.node("flatten", [tensor.node])

    def settled(self, tensor: Tensor) -> Tensor:
        """A view in which channels became places, or places channels, as the value of an operation of its own."""
        shape = self.shape(tensor)
        rank = len(tensor.axes) - 1
        if len(shape) != rank + 1 or set(shape[:-1]) <= {1} or order_of(tensor.axes, shape) is not None:
            return tensor
        made = self._moved(tensor, [tensor.axes[place] for place in first(rank)])
        return tensor if made is None else self.first(made)._replace(sole=tensor.sole)

    def vector(self, tensor: Tensor) -> Tensor:
        """A tensor of one axis as a vector, where its numbers are in the order in which `flatten` has them."""
        shape = self.shape(tensor)
        if len(tensor.axes) > 1 or len(shape) == 1 or line(arranged(shape, last(len(shape) - 1))) != line(tensor.axes):
            return tensor
        if elements(shape) is None:
            return tensor
        return Tensor(self._vector(tensor), tensor_axes_of_vector(elements(shape) or 1), sole=tensor.sole)

    def lifted(self, tensor: Tensor, rank: int) -> Tensor:
        """A view of a vector as one of a map of a single position."""
        shape = self.shape(tensor)
        if len(shape) > 1 or not rank:
            return tensor
        node = self._sized(tensor.node, (*(1,) * rank, *shape))
        axes = tuple(tuple(one._replace(axis=rank) for one in axis) for axis in tensor.axes)
        return tensor._replace(node=node, axes=axes)

    def met(self, tensors: Sequence[Tensor]) -> tuple[list[int], Order]:
        """Nodes for several tensors in one order: that of the one with the most axes longer than 1."""
        ranks = {len(one.axes) for one in tensors}
        if len(ranks) > 1:
            raise self.refuse(
                f"is {an(self.operator.kind)} of values with {' and '.join(map(str, sorted(ranks)))} axes"
            )
        sure = sorted(tensors, key=lambda one: -sum(map(bool, one.axes)))
        orders = (order_of(one.axes, self.shape(one)) for one in sure)
        order = next((one for one in orders if one is not None), first(len(tensors[0].axes) - 1))
        return [self.held(one, order) for one in tensors], order

    def as_long(self, lengths: Sequence[Any], wanted: int | None) -> int | None:
        """A node whose value has these lengths: the one that is wanted, or the last; None where none has."""
        shapes = self.reader.shapes
        candidates = [*(() if wanted is None else (wanted,)), *range(len(shapes) - 1, -1, -1)]
        return next((one for one in candidates if shapes[one][:-1] == tuple(lengths)), None)

    def row(self, tensor: Tensor) -> Any:
        """Its lengths as the file would work them out, the batch's in front."""
        return sized([None, *self.lengths(tensor)], tensor.node)

    def _laid(self, tensor: Tensor) -> Tensor:
        """A border as an operation of its own."""
        assert tensor.border is not None
        *widths, around = tensor.border.widths
        if tensor.border.fill != "zeros":
            raise self.refuse(f"reads a border of `{tensor.border.fill}`, which only convolutions and pools have here")
        node, order = tensor.node, order_of(tensor.axes, self.shape(tensor))
        assert order is not None
        if any(around):
            node = self.node("pad_channels", [node], **self._more_channels(tensor, around))
        if any(map(any, widths)):
            node = self.node("zero_pad", [node], amounts=tuple(widths))
        return self.like(node, order)._replace(sole=tensor.sole)

    def _more_channels(self, tensor: Tensor, around: tuple[int, int]) -> dict[str, Any]:
        channels = self.shape(tensor)[-1]
        extra = sum(around)
        sides = {0: "end", extra // 2: "both"}
        if around[0] not in sides:
            raise self.refuse(f"adds {around[0]} channels in front and {around[1]} behind, and here they stand behind")
        return {"channels": channels + extra, "side": sides[around[0]]}  # type: ignore[operator]


def tensor_axes_of_vector(count: int) -> Axes:
    return arranged((count,), (0,))


Rule: TypeAlias = Callable[[Place], Any]
"""What an operator is here: its value, or a list of one for each of its outputs."""
Rules: TypeAlias = dict[str, Rule]
