"""A network as its source has it: operations of the language one behind the other, with no stages and no blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.elaborate.building.builder import LARGEST, MOST_NODES
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, elements, of_further_input, show
from resnet_dsl.ir.nodes import Node, Output, Scope
from resnet_dsl.ir.operation import UnfitError, Weight
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.sizes import Size
from resnet_dsl.passes.rewriting import WeightedGraph

Run: TypeAlias = Callable[[Sequence[Any]], Sequence[Any]]
"""The source's own runtime: from inputs to outputs, both in order, arrays with a batch axis and channels last."""


class FlatNetwork(NamedTuple):
    """A graph whose nodes all lie in its one scope.

    network: with the weights that the source holds; None where it holds none of those that the operations have.
    labels: what the source calls a node, by the node's name.
    unsaid: names of arguments of which the source says nothing (``init``, ``momentum``): any value is right.
    run: None where the source's runtime is not installed; not_run: why else there is none, empty where that is it.
    said: what a user is told of the reading, in sentences.
    source: what diagnostics call it: a path, or the name of a model.
    """

    network: WeightedGraph
    labels: Mapping[str, str]
    unsaid: frozenset[str] = frozenset()
    run: Run | None = None
    said: tuple[str, ...] = ()
    source: str = ""
    not_run: str = ""

    @property
    def graph(self) -> Graph:
        return self.network.graph


class NotImportedError(Failure):
    """A source holds what the language cannot say. ``part``: what could be read, up to there."""

    of_content = True

    def __init__(self, message: str, remedy: str | None = None, part: FlatNetwork | None = None) -> None:
        super().__init__(message, remedy)
        self.part = part


class Assembler:
    """Puts a flat network together, node by node, with each operation's own rules.

    Readers name operations, and arguments where they are not the defaults; what fits nothing is refused beside the
    source's name of it. Values are known by their node's index.
    """

    def __init__(self, source: str) -> None:
        """``source``: what diagnostics call it: a path, or the name of a model."""
        self.source = source
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.labels: dict[str, str] = {}
        self.weights: dict[str, dict[str, Any]] = {}
        self._inputs = 0

    def input(self, name: str, shape: Size) -> int:
        """One of the network's inputs, in their order, before all else. ``shape``: without the batch axis."""
        assert self._inputs == len(self.nodes)
        self._inputs += 1
        args = _frozen({"shape": shape})
        known = OPERATIONS["input"].infer(args, ())
        node = Node(name=name, op="input", args=args, inputs=(), scope=0)
        return self._append(node, of_further_input(known, name) if self.nodes else known, name)

    def node(
        self,
        op: str,
        inputs: Sequence[int],
        label: str,
        weights: Mapping[str, Any] | None = None,
        shares: int | None = None,
        **arguments: Any,
    ) -> int:
        """A node that applies an operation. Raises NotImportedError where it does not fit.

        weights: in the shapes that the operation gives them (Keras' layout). shares: an earlier node whose layer it
        calls again.
        """
        operation, entering = OPERATIONS[op], tuple(self.shapes[index] for index in inputs)
        given = {one.name: arguments.get(one.name, one.default) for one in operation.parameters}
        assert arguments.keys() <= given.keys(), (op, arguments)
        try:
            settled = operation.settle(given, entering)
            shape = operation.infer(settled, entering)
        except UnfitError as unfit:
            raise self.refuse(label, f"does not fit as `{op}`: {unfit.message}") from None
        node = Node(
            name=f"{op}_{len(self.nodes)}", op=op, args=_frozen(settled), inputs=tuple(inputs), scope=0, shares=shares
        )
        self._check_weights(node, label, weights or {})
        return self._append(node, shape, label, weights)

    def finish(
        self,
        name: str,
        outputs: Mapping[str, int],
        unsaid: frozenset[str] = frozenset(),
        run: Run | None = None,
        said: tuple[str, ...] = (),
    ) -> FlatNetwork:
        """The network. ``outputs``: the values that it returns, by name and in order."""
        kept = self._reaching(outputs.values())
        place = {old: new for new, old in enumerate(kept)}
        nodes = tuple(_moved(self.nodes[old], place) for old in kept)
        scope = Scope(kind="network", name=name, entry=0, exit=len(nodes) - 1)
        returned = tuple(Output(name=one, node=place[node]) for one, node in outputs.items())
        graph = Graph(name=name, nodes=nodes, scopes=(scope,), outputs=returned)
        names = {node.name for node in nodes}
        weights = {node: arrays for node, arrays in self.weights.items() if node in names}
        known = weights or not any(map(self._wanted, (self.nodes[old] for old in kept)))
        network = WeightedGraph(graph, tuple(self.shapes[old] for old in kept), weights if known else None)
        return FlatNetwork(network, self.labels, unsaid, run, said, self.source)

    def refuse(self, label: str, why: str, remedy: str | None = None) -> NotImportedError:
        """What to raise of something in the source: ``why`` goes on from its name (``is an `Erf`, which …``)."""
        return NotImportedError(f"`{self.source}` cannot be imported: `{label}` {why}", remedy, self.part())

    def part(self) -> FlatNetwork | None:
        """What has been read so far, with the values that nothing reads as outputs; None where there is nothing."""
        read = {index for node in self.nodes for index in node.inputs}
        ends = [index for index in range(self._inputs, len(self.nodes)) if index not in read]
        return self.finish("part", {self.nodes[index].name: index for index in ends}) if ends else None

    def _append(self, node: Node, shape: Shape, label: str, weights: Mapping[str, Any] | None = None) -> int:
        if len(self.nodes) >= MOST_NODES:
            raise self.refuse(label, f"is one operation too many: {MOST_NODES:,} are the most")
        if (elements(shape) or 0) > LARGEST:
            raise self.refuse(label, f"makes a value of {show(shape)}, and {LARGEST:,} numbers are the most")
        self.nodes.append(node)
        self.shapes.append(shape)
        self.labels[node.name] = label
        if weights:
            self.weights[node.name] = dict(weights)
        return len(self.nodes) - 1

    def _reaching(self, outputs: Iterable[int]) -> list[int]:
        """The nodes that an output depends on, in order; all inputs are kept."""
        needed = {*outputs, *range(self._inputs)}
        for index in range(len(self.nodes) - 1, -1, -1):
            if index in needed:
                needed.update(self.nodes[index].inputs)
                needed.update(() if self.nodes[index].shares is None else (self.nodes[index].shares,))
        return sorted(needed)

    def _check_weights(self, node: Node, label: str, weights: Mapping[str, Any]) -> None:
        """That what the source gives is what the operation has. A source may have none at all."""
        for one in self._wanted(node) if weights else ():
            found = weights.get(one.name)
            if found is None or tuple(found.shape) != one.shape:
                shown = "none" if found is None else show(tuple(found.shape))
                raise self.refuse(label, f"has a {one.name} of {shown}, and `{node.op}` needs {show(one.shape)}")

    def _wanted(self, node: Node) -> Sequence[Weight]:
        """The weights of an operation, or none."""
        return OPERATIONS[node.op].weights(node.args, tuple(self.shapes[index] for index in node.inputs))


def _moved(node: Node, place: Mapping[int, int]) -> Node:
    """A node in a graph where others stand elsewhere."""
    shares = None if node.shares is None else place.get(node.shares)
    return replace(node, inputs=tuple(place[one] for one in node.inputs), shares=shares)


def _frozen(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(arguments))
