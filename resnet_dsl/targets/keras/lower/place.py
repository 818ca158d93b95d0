"""Where one node is lowered: what its rule reads, and how it adds calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, channels, padded
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import Arguments, OperationName
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras.calls import NOTHING, Initializer, LayerCall, Value, is_layer

WHOLE = (None, None, None)
"""Of a slice: the whole axis."""

_INITIALIZERS = {
    "zeros": Initializer("Zeros"),
    "ones": Initializer("Ones"),
    "truncated_normal": Initializer("TruncatedNormal", (("stddev", 0.02),), random=True),
    "he_normal_out": Initializer(
        "VarianceScaling", (("scale", 2.0), ("mode", "fan_out"), ("distribution", "untruncated_normal")), random=True
    ),
}


def initializer(init: str | float) -> Initializer:
    """The initialiser that a word of the language means, ``HeNormal`` for ``he_normal``; a number fills."""
    if not isinstance(init, str):
        return Initializer("Constant", (("value", float(init)),))
    return _INITIALIZERS.get(init) or Initializer(init.title().replace("_", ""), random=True)


class Lowering:
    """The state of one lowering: the calls so far, and the one that computes each node."""

    def __init__(self, graph: Graph, shapes: tuple[Shape, ...]) -> None:
        self.graph = graph
        self.shapes = shapes
        self.calls: list[LayerCall] = []
        self.result: list[int] = []
        self.nonnegative: list[bool] = []
        self._taken = {node.name for node in graph.nodes}
        self._made: dict[tuple[int, str], list[int]] = {}
        self._entering: dict[int, set[tuple[Shape, ...]]] = {}
        for index, node in enumerate(graph.nodes):
            entering = tuple(shapes[one] for one in node.inputs)
            self._entering.setdefault(graph.owner(index), set()).add(entering)

    def add(self, call: LayerCall, suffix: str) -> int:
        """Adds a call, and returns its index. A node that shares another's layer calls that, where it has the same."""
        made = self._made.setdefault((call.node, suffix), [])
        shared = self._shared(call, suffix, len(made))
        if shared is None:
            call = call._replace(name=self.name(call.name, suffix))
        else:
            call = call._replace(name=self.calls[shared].name, shares=shared)
        made.append(len(self.calls))
        self.calls.append(call)
        return made[-1]

    def _shared(self, call: LayerCall, suffix: str, number: int) -> int | None:
        """The call whose layer this one calls again: that of the same number with the suffix, of the node's owner."""
        owner = self.graph.owner(call.node)
        others = self._made.get((owner, suffix), []) if owner != call.node and is_layer(call) else []
        if len(others) <= number or not _is_same(call, self.calls[others[number]]):
            return None
        return others[number]

    def varies(self, index: int) -> bool:
        """Whether the layer of a node is called with values of several shapes."""
        return len(self._entering[self.graph.owner(index)]) > 1

    @cached_property
    def carrying(self) -> set[int]:
        """The nodes whose numbers reach an output."""
        found = {output.node for output in self.graph.outputs}
        for index in range(len(self.graph.nodes) - 1, -1, -1):
            if index in found:
                found.update(self.graph.nodes[index].reads)
        return found

    def name(self, node: str, suffix: str) -> str:
        """The name of a layer of ``node``: the node's own, or one with a suffix that no other layer has."""
        if not suffix:
            return node
        name = wanted = f"{node}_{suffix}"
        count = 1
        while name in self._taken:
            count += 1
            name = f"{wanted}{count}"
        self._taken.add(name)
        return name

    def enter(self, index: int) -> LoweringContext:
        """The node whose call comes next, for its rule; ``result`` takes what that returns."""
        node = self.graph.nodes[index]
        operation = OPERATIONS[node.op]
        kept = operation.keeps_sign and all(self.nonnegative[one] for one in node.reads)
        self.nonnegative.append(kept or operation.range[0] >= 0)
        return LoweringContext(self, index)


def _is_same(call: LayerCall, other: LayerCall) -> bool:
    return (call.kind, call.args, call.keeps) == (other.kind, other.args, other.keeps)


class LoweringContext:
    """One node with its inputs, seen by the rule that lowers it. Results are indices of calls."""

    def __init__(self, lowering: Lowering, index: int) -> None:
        self._lowering = lowering
        self._index = index
        self.node: Node = lowering.graph.nodes[index]
        self.args: Arguments = self.node.args
        self.inputs: tuple[int, ...] = tuple(lowering.result[one] for one in self.node.inputs)
        self.shapes: tuple[Shape, ...] = tuple(lowering.shapes[one] for one in self.node.inputs)
        self.shape: Shape = lowering.shapes[index]

    @property
    def input(self) -> int:
        return self.inputs[0]

    @property
    def varies(self) -> bool:
        """Whether its layer is called with values of several shapes, too."""
        return self._lowering.varies(self._index)

    @property
    def alone_lends(self) -> bool:
        """Whether the value that lends its size does nothing else: no model has it but one that reads it here."""
        return any(one not in self._lowering.carrying for one in self.node.inputs[1:])

    @property
    def rank(self) -> int:
        """The number of spatial axes of the (first) input."""
        return len(self.shapes[0]) - 1

    @property
    def entering(self) -> int:
        """The channels of the (first) input."""
        return channels(self.shapes[0])

    @property
    def nonnegative(self) -> bool:
        """Whether no number that flows in can be negative, by construction."""
        return all(self._lowering.nonnegative[one] for one in self.node.reads)

    def call(
        self,
        kind: str,
        *inputs: int,
        shape: Shape | None = None,
        suffix: str = "",
        keeps: Mapping[str, str] = NOTHING,
        **args: Value,
    ) -> int:
        """Adds a call; ``shape`` is the node's unless given. The suffix tells the node's helper layers apart.

        keeps: as Call.keeps.
        """
        given = self.shape if shape is None else shape
        return self._lowering.add(LayerCall(self.node.name, kind, args, inputs, given, self._index, keeps), suffix)

    def part(
        self, value: int, key: tuple[tuple[int | None, int | None, int | None], ...], shape: Shape, suffix: str = ""
    ) -> int:
        """A slice of a value: one (start, stop, step) an axis, the batch axis left out."""
        return self.call("slice", value, shape=shape, suffix=suffix, key=(WHOLE, *key))

    def pad_with_zeros(self, pad: tuple[tuple[int, int], ...]) -> int:
        """The input with explicit zeros around; the input itself where there are none."""
        if not any(map(any, pad)):
            return self.input
        shape = (*padded(self.shapes[0], pad), self.entering)
        padding = pad[0] if len(pad) == 1 else pad
        kind = f"ZeroPadding{len(pad)}D"
        return self.call(kind, self.input, shape=shape, suffix="pad", padding=padding, data_format="channels_last")


Rule: TypeAlias = Callable[[LoweringContext], int]
Rules: TypeAlias = dict[OperationName, Rule]
"""For each operation of a family what adds its calls; it returns the one that computes the node's value."""
