"""Where each node with weights stands: the path of parts that leads to it, in words that no user chose.

``stage2/block1:bottleneck/skip/project/conv``: stages and the blocks in them are counted; deeper blocks and the
operations have their own words, numbered where a part has several. Layouts go by these paths (``tables/``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import Weight
from resnet_dsl.ir.operations import OPERATIONS

_EACH_FOR_ITSELF = ("activation", "noise", "norm", "scale")
"""Roles of operations that leave every number in its place."""
_BLOCK = re.compile(r"stage\d*/block\d+:(.*?)\d*/")


class NodePlace(NamedTuple):
    """node, op: its name and operation. part: the name of its stage, stem or head; "" where it lies in none.

    map: the shape of the map whose numbers it takes as a vector, in the order in which they stand there; () where it
    takes none: PyTorch has the channels of a map first.
    numbers: what a layout may go by besides the path: the whole numbers that the blocks around it were called with,
    those of inner ones first; ``count``, how many of its word the part has; ``at``, how many nodes with weights stand
    before it in its part and the parts of that.
    """

    node: str
    op: str
    part: str
    path: str
    numbers: Mapping[str, int]
    weights: tuple[Weight, ...]
    map: tuple[int, ...] = ()

    @property
    def block(self) -> str | None:
        """What the block in its stage is called, that it lies in."""
        found = _BLOCK.match(self.path)
        return found and found[1]


def places(graph: Graph, shapes: Sequence[Shape]) -> tuple[NodePlace, ...]:
    """Of every node that has weights of its own, in the graph's order. ``shapes``: of all nodes' values."""
    owning = [
        (node, weights)
        for node in graph.nodes
        if node.shares is None
        and (weights := OPERATIONS[node.op].weights(node.args, tuple(shapes[one] for one in node.inputs)))
    ]
    parts = _Parts(graph, [node.scope for node, _ in owning])
    words = [(node.scope, _word(node)) for node, _ in owning]
    numbers = zip(_numbers(words), _before(parts.around(node.scope) for node, _ in owning), strict=True)
    return tuple(
        _place(parts, node, weights, {"count": count, "at": at}, f"{_word(node)}{number or ''}")._replace(
            map=_map(node, graph, shapes)
        )
        for (node, weights), ((number, count), at) in zip(owning, numbers, strict=True)
    )


def _place(parts: _Parts, node: Node, weights: tuple[Weight, ...], own: Mapping[str, int], word: str) -> NodePlace:
    path = "/".join((*parts.steps(node.scope), word))
    return NodePlace(
        node.name, node.op, parts.outermost(node.scope), path, {**parts.numbers(node.scope), **own}, weights
    )


def _map(node: Node, graph: Graph, shapes: Sequence[Shape]) -> tuple[int, ...]:
    """The map that was flattened before a node, where nothing in between mixes its numbers."""
    index = node.inputs[0]
    while OPERATIONS[graph.nodes[index].op].role in _EACH_FOR_ITSELF and len(graph.nodes[index].inputs) == 1:
        index = graph.nodes[index].inputs[0]
    before = graph.nodes[index]
    if before.op not in ("flatten", "reshape") or len(shapes[index]) > 1:
        return ()
    return tuple(one for one in shapes[before.inputs[0]] if isinstance(one, int))


def _word(node: Node) -> str:
    """What an operation is called in a path: every normalisation is a ``norm``."""
    return "norm" if OPERATIONS[node.op].role == "norm" else node.op


def _numbers(words: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Of each word which of its kind it is, 0 where it is the only one, and how many there are."""
    many, seen = Counter(words), Counter[Hashable]()
    found = []
    for one in words:
        seen[one] += 1
        found.append((seen[one] if many[one] > 1 else 0, many[one]))
    return found


def _before(around: Iterable[Sequence[int]]) -> Iterator[int]:
    """Of each node how many others came before it in its part; ``around``: the parts that each lies in."""
    seen: Counter[int] = Counter()
    for parts in around:
        yield seen[parts[0]] if parts else 0
        seen.update(parts)


class _Parts:
    """The parts in which nodes with weights lie. A block that does nothing but call another one is passed over."""

    def __init__(self, graph: Graph, holding: Sequence[int]) -> None:
        """``holding``: the scopes of these nodes."""
        self._scopes = graph.scopes
        self._holding = {*holding}
        self._inside: dict[int, list[int]] = {}
        for index in sorted({one for scope in self._holding for one in self.around(scope)}):
            self._inside.setdefault(self._scopes[index].parent or 0, []).append(index)
        self._step: dict[int, str] = {}
        for outer, inside in self._inside.items():
            self._name(outer, inside)

    def around(self, scope: int) -> list[int]:
        """The scope and those that it lies in, from the inside out, without the network itself."""
        found = []
        while scope:
            found.append(scope)
            scope = self._scopes[scope].parent or 0
        return found

    def steps(self, scope: int) -> tuple[str, ...]:
        return tuple(self._step[one] for one in reversed(self.around(scope)) if one in self._step)

    def outermost(self, scope: int) -> str:
        around = self.around(scope)
        return self._scopes[around[-1]].name if around else ""

    def numbers(self, scope: int) -> dict[str, int]:
        outside_in = reversed(self.around(scope))
        called = ((name, value) for one in outside_in for name, value in self._scopes[one].args.items())
        return {name: value for name, value in called if isinstance(value, int) and not isinstance(value, bool)}

    def _name(self, outer: int, inside: Sequence[int]) -> None:
        """Gives the scopes in one their steps."""
        if self._calls_another(outer):
            return
        words = [self._word(one) for one in inside]
        for place, (one, word, (number, _)) in enumerate(zip(inside, words, _numbers(words), strict=True), 1):
            counted = f"block{place}:" if self._scopes[outer].kind == "stage" else ""
            self._step[one] = f"{counted}{word}{number or ''}"

    def _word(self, scope: int) -> str:
        while self._calls_another(scope):
            scope = self._inside[scope][0]
        one = self._scopes[scope]
        return one.name if one.kind == "head" else one.block or one.kind

    def _calls_another(self, scope: int) -> bool:
        inside = [self._scopes[one].kind for one in self._inside.get(scope, ())]
        return scope not in self._holding and self._scopes[scope].kind == "block" and inside == ["block"]
