"""The normal form of a network, by which two of them are compared: what is written in two ways, and is one, is alike.

Steps that do nothing are looked through, and so is a reshaping in front of another, and one back to the shape before.
A concatenation of a concatenation is one of all its parts, and so is a sum of a sum that nothing else reads. `same`
padding is the numbers that it comes to. Of arguments those are left out that change nothing, and those of which a
source says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import OpenLength, Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import Argument
from resnet_dsl.ir.windows import border_of_same, reach

MOST_JOINED = 2_000_000
"""Parts of all concatenations together; those beyond it are compared as they are written."""

_ORDER = {"reshape", "flatten"}
"""Operations of which only the order of the numbers that enter counts."""

_STILL = {"flatten", "reshape", "channels", "pad_channels", "zero_pad", "crop"}
"""Operations that do nothing where they leave the shape as it is."""


class NormalStep(NamedTuple):
    """A node in normal form. args: sorted by name. inputs: indices of nodes, none of which does nothing."""

    op: str
    args: tuple[tuple[str, Argument], ...]
    inputs: tuple[int, ...]

    @property
    def commutes(self) -> bool:
        return OPERATIONS[self.op].merge in ("sum", "product")


class Normal:
    """A graph in normal form. ``steps``: for each of its nodes; ``stands``: the node whose value a node's value is.

    ``bare``: global pools whose axes of length 1 nothing sees; ``shapes``: without these.
    ``outputs``: nodes, in order. ``needed``: the nodes that an output depends on, in order, and all inputs.
    """

    def __init__(self, graph: Graph, shapes: Sequence[Shape], unsaid: Iterable[str] = ()) -> None:
        self.graph = graph
        self.unsaid = frozenset(unsaid)
        self.bare = _bare_pools(graph)
        self.shapes = tuple(shape[-1:] if index in self.bare else shape for index, shape in enumerate(shapes))
        self.stands = _looked_through(graph, self.shapes)
        self.steps = self._made()
        self.outputs = tuple(self.stands[output.node] for output in graph.outputs)
        self.needed = self._reached()

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """Of each node: equal where two values are computed alike from the inputs, whatever their weights are."""
        found: list[bytes] = []
        for index, step in enumerate(self.steps):
            before = [found[one] for one in step.inputs]
            place = str(index) if step.op == "input" else ""
            found.append(digest(step.op, step.args, place, *(sorted(before) if step.commutes else before)))
        return tuple(found)

    @cached_property
    def uses(self) -> tuple[bytes, ...]:
        """Of each node: equal where two values are read alike, up to the outputs."""
        read: list[list[bytes]] = [[] for _ in self.steps]
        for place, output in enumerate(self.outputs):
            read[output].append(digest("output", place))
        found = [b""] * len(self.steps)
        for index in reversed(self.needed):
            found[index] = digest(self.digests[index], *sorted(read[index]))
            for place, one in enumerate(self.steps[index].inputs):
                at = "" if self.steps[index].commutes else place
                read[one].append(digest(found[index], at))
        return tuple(found)

    def _made(self) -> list[NormalStep]:
        steps: list[NormalStep] = []
        read = _times_read(self.graph, self.stands)
        known: dict[object, tuple[tuple[str, Argument], ...]] = {}
        left = MOST_JOINED
        for index, node in enumerate(self.graph.nodes):
            key = (id(node.args), self.shapes[node.inputs[0]] if node.inputs else (), index in self.bare)
            if key not in known:
                known[key] = self._arguments(node, index)
            inputs: list[int] = []
            for one in (self.stands[one] for one in node.inputs):
                opened = _is_part(node, steps[one], alone=read[one] == 1, few=len(steps[one].inputs) <= left)
                inputs += steps[one].inputs if opened else [one]
            left -= len(inputs) if OPERATIONS[node.op].merge == "join" else 0
            steps.append(NormalStep(node.op, known[key], tuple(inputs)))
        return steps

    def _arguments(self, node: Node, index: int) -> tuple[tuple[str, Argument], ...]:
        parameters = OPERATIONS[node.op].parameters
        args = {one.name: one.default for one in parameters} | dict(node.args)
        if node.inputs:
            args = resolved(node.op, args, self.shapes[node.inputs[0]])
        if index in self.bare:
            args["keepdims"] = False
        idle = OPERATIONS[node.op].ignored(args)
        return tuple(
            sorted((name, _plain(args[name])) for name in args if name not in idle and name not in self.unsaid)
        )

    def _reached(self) -> tuple[int, ...]:
        needed = {*self.outputs, *range(self.graph.inputs)}
        for index in range(len(self.steps) - 1, -1, -1):
            if index in needed:
                needed.update(self.steps[index].inputs)
        return tuple(sorted(needed))


def _is_part(node: Node, step: NormalStep, *, alone: bool, few: bool) -> bool:
    """Whether a node may take what an input of it takes, in its place."""
    if node.op in _ORDER:
        return step.op in _ORDER
    merge = OPERATIONS[node.op].merge
    return step.op == node.op and ((merge == "join" and few) or (merge == "sum" and alone))


def resolved(op: str, args: Mapping[str, Argument], shape: Shape) -> dict[str, Argument]:
    """Arguments with the numbers that `same` padding comes to, where the lengths tell; a mean leaves its border out."""
    if args.get("pad") != "same" or not isinstance(args.get("kernel"), tuple):
        return dict(args)
    steps = args["stride"]
    if any(isinstance(one, OpenLength) and one.divisor % step for one, step in zip(shape, steps, strict=False)):
        return dict(args)
    taps = [reach(*one) for one in zip(args["kernel"], args.get("dilation", (1,) * len(steps)), strict=True)]
    pads = tuple(border_of_same(*one) for one in zip(shape, taps, steps, strict=False))
    whole = {**args, "pad": pads}
    return whole | {"count_border": False} if op == "avgpool" and any(map(any, pads)) else whole


def _bare_pools(graph: Graph) -> frozenset[int]:
    """The global pools of which every reader takes the numbers in a row."""
    pools = {
        one for one, node in enumerate(graph.nodes) if node.args.get("kernel") == "global" and node.args["keepdims"]
    }
    for node in graph.nodes:
        pools.difference_update(() if node.op in _ORDER else node.inputs)
    return frozenset(pools.difference(output.node for output in graph.outputs))


def _plain(value: Argument) -> Argument:
    """A number in one form: ``1`` for ``1.0``."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digest(*parts: object) -> bytes:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


def _looked_through(graph: Graph, shapes: Sequence[Shape]) -> list[int]:
    stands: list[int] = []
    rows: list[int] = []  # for each node the one whose numbers, in their order, its value has
    for index, node in enumerate(graph.nodes):
        row = rows[node.inputs[0]] if node.op in _ORDER else index
        if does_nothing(node, shapes, index):
            stands.append(stands[node.inputs[0]])
        else:
            stands.append(row if shapes[row] == shapes[index] else index)
        rows.append(row if node.op in _ORDER else stands[index])
    return stands


def does_nothing(node: Node, shapes: Sequence[Shape], index: int) -> bool:
    """Whether a node's value is the one that it reads: in training, too."""
    operation = OPERATIONS[node.op]
    if operation.role == "noise":
        return not node.args["rate"]
    if node.op in _STILL and len(node.inputs) == 1:
        return shapes[index] == shapes[node.inputs[0]]
    return len(node.inputs) == 1 and operation.idle(node.args)


def _times_read(graph: Graph, stands: Sequence[int]) -> list[int]:
    read = [0] * len(graph.nodes)
    for index, node in enumerate(graph.nodes):
        for one in node.inputs if stands[index] == index else ():
            read[stands[one]] += 1
    for output in graph.outputs:
        read[stands[output.node]] += 1
    return read
