"""The proof that a text says what a source holds: its graph, compiled, is the source's, node by node.

Digests choose which node goes with which; that each pair is alike is then checked, so that nothing rests on a digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from resnet_dsl.importing.flat import FlatNetwork, NotImportedError
from resnet_dsl.importing.normal import Normal
from resnet_dsl.importing.shortening import short
from resnet_dsl.importing.words import call
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS

if TYPE_CHECKING:
    from resnet_dsl.passes.rewriting import Weights
    from resnet_dsl.pipeline import Compiled

_T = TypeVar("_T")


class Matched(NamedTuple):
    """pairs: from each node of the source to the text's; those that do nothing have none."""

    pairs: Mapping[int, int]

    def weights(self, flat: FlatNetwork, compiled: Compiled) -> Weights | None:
        """The source's weights by the names of the text's nodes; None where it holds none."""
        found = flat.network.weights
        return None if found is None else self._named(flat, compiled, found)

    def labels(self, flat: FlatNetwork, compiled: Compiled) -> dict[str, str]:
        """What the source calls the text's nodes, by their names."""
        return self._named(flat, compiled, flat.labels)

    def _named(self, flat: FlatNetwork, compiled: Compiled, table: Mapping[str, _T]) -> dict[str, _T]:
        ours, theirs = compiled.graph, flat.graph
        found: dict[str, _T] = {}
        for one, own in self.pairs.items():
            layer = theirs.nodes[one if table is flat.labels else theirs.owner(one)].name
            if layer in table:
                found.setdefault(ours.nodes[own if table is flat.labels else ours.owner(own)].name, table[layer])
        return found


class Unequal(NamedTuple):
    """The first difference: a node of the source and one of the text, None where there is no counterpart; in words."""

    source: int | None = None
    text: int | None = None
    why: str = ""


def compare(flat: FlatNetwork, compiled: Compiled) -> Matched | Unequal:
    """Whether the text's network is the source's, and which node is which."""
    source = Normal(flat.graph, flat.network.shapes, flat.unsaid)
    text = Normal(compiled.graph, compiled.shapes, flat.unsaid)
    found = GraphComparison(source, text).result()
    return found if isinstance(found, Matched) or found.why else found._replace(why=_difference(found, flat, compiled))


def _difference(found: Unequal, flat: FlatNetwork, compiled: Compiled) -> str:
    """The two places, each with its own name for it."""
    source = text = "nothing in its place"
    if found.source is not None:
        node = flat.graph.nodes[found.source]
        source = f"{show(node, flat.graph, flat.network.shapes)} as `{flat.labels.get(node.name, node.name)}`"
    if found.text is not None:
        node = compiled.graph.nodes[found.text]
        text = f"{show(node, compiled.graph, compiled.shapes)} at {compiled.places[found.text]}"
    return f"the source has {source}, the text {text}"


def unequal(flat: FlatNetwork, compiled: Compiled, found: Unequal) -> NotImportedError:
    """What to raise where the text that was found says something else."""
    return NotImportedError(
        f"`{flat.source}` cannot be imported: the text that was found for it is another network: {found.why}",
        "please report it, with the model",
        flat,
    )


class GraphComparison:
    """Of a source's graph with a text's, both in normal form."""

    def __init__(self, source: Normal, text: Normal) -> None:
        self.source, self.text = source, text
        self.pairs: dict[int, int] = {}
        self._taken: dict[int, int] = {}

    def result(self) -> Matched | Unequal:
        ends = self._ends()
        return ends or self._paired() or self._shared() or Matched(self.pairs)

    def _ends(self) -> Unequal | None:
        ours, theirs = self.text, self.source
        for what, one, other in (
            ("inputs", theirs.graph.inputs, ours.graph.inputs),
            ("outputs", len(theirs.outputs), len(ours.outputs)),
        ):
            if one != other:
                return Unequal(why=f"the source has {one} {what}, the text {other}")
        return None

    def _paired(self) -> Unequal | None:
        """Pairs from the outputs backwards; what stands first where that fails."""
        open_ = [*zip(self.source.outputs, self.text.outputs, strict=True)]
        open_ += [(index, index) for index in range(self.source.graph.inputs)]
        while open_:
            pair = open_.pop()
            if pair[0] in self.pairs and self.pairs[pair[0]] == pair[1]:
                continue
            if not self._fit(*pair):
                return self._first(*pair)
            self.pairs[pair[0]], self._taken[pair[1]] = pair[1], pair[0]
            open_ += self._inputs(*pair)
        return None

    def _fit(self, source: int, text: int) -> bool:
        one, other = self.source.steps[source], self.text.steps[text]
        free = source not in self.pairs and text not in self._taken
        return free and one[:2] == other[:2] and len(one.inputs) == len(other.inputs)

    def _inputs(self, source: int, text: int) -> Iterable[tuple[int, int]]:
        """What two nodes read, in pairs: where the order says nothing, as digests go together."""
        one, other = self.source.steps[source], self.text.steps[text]
        if not one.commutes:
            return zip(one.inputs, other.inputs, strict=True)
        return zip(_in_order(one.inputs, self.source), _in_order(other.inputs, self.text), strict=True)

    def _first(self, source: int, text: int) -> Unequal:
        """The first node of each that the other has no counterpart of; else the pair that did not fit."""
        one, other = _without_twin(self.source, self.text), _without_twin(self.text, self.source)
        if one is None and other is None:
            one, other = source, text
        return Unequal(one, other)

    def _shared(self) -> Unequal | None:
        """Calls of one layer in the source must be calls of one layer in the text, and no others."""
        layers: dict[tuple[str, int], int] = {}
        for one, other in sorted(self.pairs.items()):
            if not OPERATIONS[self.source.steps[one].op].has_weights:
                continue
            theirs, ours = self.source.graph.owner(one), self.text.graph.owner(other)
            if (layers.setdefault(("source", theirs), ours), layers.setdefault(("text", ours), theirs)) != (
                ours,
                theirs,
            ):
                name = self.source.graph.nodes[one].name
                return Unequal(
                    one, other, f"`{name}` has a layer of its own in one of them, and shares it in the other"
                )
        return None


def show(node: Node, graph: Graph, shapes: Sequence[Shape]) -> str:
    """``conv(64, 3, stride = 2)``: as it is written, whoever made the graph."""
    entering = tuple(shapes[one] for one in node.inputs)
    return call(node.op, short(node.op, [*node.args.items()], entering))


def _in_order(inputs: Sequence[int], where: Normal) -> list[int]:
    return sorted(inputs, key=lambda index: (where.digests[index], where.uses[index]))


def _without_twin(where: Normal, other: Normal) -> int | None:
    known = {other.digests[index] for index in other.needed}
    return next((index for index in where.needed if where.digests[index] not in known), None)
