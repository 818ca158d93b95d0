"""What the page shows, as data for JSON: parts, runs of equal blocks, blocks and operations, each with its facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.formats.palette import palette
from resnet_dsl.targets.figure.formats.svg import shapes
from resnet_dsl.targets.figure.layout.layout import lay_out
from resnet_dsl.targets.figure.outline.closeup import gather_block
from resnet_dsl.targets.figure.outline.ends import returned
from resnet_dsl.targets.figure.outline.folding import shared_layers
from resnet_dsl.targets.figure.outline.items import Wishes, macs_of, params_of, summarise
from resnet_dsl.targets.figure.outline.kinds import is_light
from resnet_dsl.targets.figure.outline.outline import Column, Outline
from resnet_dsl.targets.figure.outline.scopes import Scopes, read_scopes
from resnet_dsl.targets.figure.outline.sections import section_tone, tones_of
from resnet_dsl.targets.figure.outline.words import call, clean, label, short, size, whole

if TYPE_CHECKING:
    from resnet_dsl.analyses.receptive import ReceptiveField

Data = dict[str, Any]


def network_data(network: Facts, places: Sequence[str]) -> Data:
    """``places``: for each node where it stands in the spec, in words; may be empty."""
    return _Tree(network, places).data()


class _Tree:
    def __init__(self, network: Facts, places: Sequence[str]) -> None:
        self.network = network
        self.graph = network.graph
        self.places = places
        self.scopes: Scopes = read_scopes(self.graph)
        self.shared = shared_layers(self.graph)
        self.tones = tones_of([network])
        self.drawings: list[Data] = []
        self.drawn: dict[str, int] = {}

    def data(self) -> Data:
        flows = self._flows()
        parts = [
            self._part(scope, nodes) | {"follows": (number - 1, number) in flows}
            for number, (scope, nodes) in enumerate(self._by_part())
        ]
        return {
            "title": clean(self.graph.name, 60),
            "summary": summarise(self.network),
            "input": self._entering(),
            "parts": parts,
            "jumps": [[source, target, *said] for (source, target), said in flows.items() if target - source > 1],
            "outputs": self._outputs(),
            "facts": [self._facts(node) for node in range(len(self.graph.nodes))],
            "drawings": self.drawings,
        }

    def _by_part(self) -> Iterator[tuple[int | None, list[int]]]:
        inside = range(self.graph.inputs, len(self.graph.nodes))
        for scope, nodes in groupby(inside, key=lambda node: self.scopes.part[self.graph.nodes[node].scope]):
            yield scope, list(nodes)

    def _facts(self, index: int) -> list[str]:
        """Name, operation, shape, parameters, MACs, receptive field, place in the spec."""
        node = self.graph.nodes[index]
        return [
            clean(node.name, 120),
            self._label(index),
            whole(self.network.shapes[index]),
            params_of(self.network, [index]),
            macs_of(self.network, [index]),
            self._seen(index),
            clean(self.places[index], 160) if self.places else "",
        ]

    def _entering(self) -> str:
        """The inputs in words: ``input 224×224×3``; several by their names."""
        inputs = self.network.input_shapes
        said = [f"{clean(name, 30)} {whole(shape)}" for name, shape in inputs.items()]
        return " · ".join(said) if len(inputs) > 1 else f"input {whole(self.network.shapes[0])}"

    def _outputs(self) -> list[list[object]]:
        """Each of several outputs: the part that makes it (-1: none, it is an input), and its name and shape."""
        part_of = self._part_of()
        return [
            [part_of[output.node], f"{clean(output.name, 30)} {whole(self.network.shapes[output.node])}"]
            for output in returned(self.graph)
        ]

    def _seen(self, index: int) -> str:
        """The receptive field; of several inputs on each that the node sees."""
        fields = [fields[index] for fields in self.network.fields]
        if len(fields) == 1:
            return _size(fields[0])
        seen = [(self.graph.nodes[number].name, field) for number, field in enumerate(fields) if field is not None]
        return ", ".join(f"{clean(name, 24)} {_size(field)}" for name, field in seen)

    def _part(self, scope: int | None, nodes: list[int]) -> Data:
        last = nodes[-1] if scope is None else self.graph.scopes[scope].exit
        tone = None if scope is None else self.tones.get(self.network.shapes[last][:-1])
        staged = scope is not None and self.graph.scopes[scope].kind == "stage"
        name = "" if scope is None else clean(self.graph.scopes[scope].name, 30)
        part = self._sums("part", name, size(self.network.shapes[last]), nodes, last, tone if staged else None)
        if self._branches(nodes) and scope is not None:
            return part | self._drawing(scope, nodes, tone)
        return part | {"children": list(self._children(nodes, tone))}

    def _branches(self, nodes: list[int]) -> bool:
        """Whether the blocks and operations of a part are wired otherwise than each to the one before it.

        So is a part that begins twice: behind its first operation another one reads only what comes from elsewhere.
        """
        place: dict[int, int] = {}
        blocks: dict[object, int] = {}
        for node in nodes:
            block = self.scopes.block[self.graph.nodes[node].scope]
            place[node] = blocks.setdefault(("op", node) if block is None else block, len(blocks))
        place.setdefault(self.graph.nodes[nodes[0]].inputs[0], -1)
        reads = ((node, other) for node in nodes for other in self.graph.nodes[node].reads if other in place)
        merges = (self.graph.nodes[node] for node in nodes if OPERATIONS[self.graph.nodes[node].op].many)
        free = any(self.scopes.block[merge.scope] is None for merge in merges)
        begins = any(place[node] and not any(other in place for other in self._read_through(node)) for node in nodes)
        return free or begins or any(place[other] < place[node] - 1 for node, other in reads)

    def _read_through(self, node: int) -> list[int]:
        """What a node reads; in an adapter, what the adapter itself reads."""
        adapter = self.scopes.adapter[self.graph.nodes[node].scope]
        return [*self.graph.nodes[node].inputs] if adapter is None else [node]

    def _sums(self, kind: str, name: str, sub: str, nodes: list[int], last: int, tone: int | None) -> Data:
        return {
            "kind": kind,
            "name": name,
            "sub": sub,
            "tone": tone,
            "nodes": nodes,
            "last": last,
            "params": params_of(self.network, nodes),
            "macs": macs_of(self.network, nodes),
        }

    def _children(self, nodes: list[int], tone: int | None) -> Iterator[Data]:
        single = [
            (scope, list(members))
            for scope, members in groupby(nodes, key=lambda node: self.scopes.block[self.graph.nodes[node].scope])
        ]
        for _, equal in groupby(single, key=lambda pair: self._likeness(*pair)):
            run = list(equal)
            blocks = [self._block(scope, members, tone) for scope, members in run if scope is not None]
            if len(blocks) > 1:
                together = [node for _, members in run for node in members]
                first = blocks[-1]
                name = f"{first['name']} × {len(blocks)}"
                sums = self._sums("run", name, first["sub"], together, together[-1], tone)
                yield sums | {"children": blocks, "skip": first["skip"]}
            elif blocks:
                yield blocks[0]
            else:
                yield from (self._operation(node) for _, members in run for node in members)

    def _likeness(self, scope: int | None, nodes: list[int]) -> tuple[object, ...]:
        """What makes two blocks of a run equal to a reader: the definition and its weights, the stride left out."""
        if scope is None:
            return (None,)
        return self.graph.scopes[scope].block, *self._rows(nodes)

    def _rows(self, nodes: list[int]) -> list[str]:
        """What a block does, without strides: its weighted operations, and blocks inside it that branch."""
        rows: dict[object, str] = {}
        for index in nodes:
            node = self.graph.nodes[index]
            attached = self.scopes.attachment[node.scope]
            if attached is not None:
                rows[f"scope {attached}"] = call(self.graph.scopes[attached])
            elif OPERATIONS[node.op].role == "weighted" and self.scopes.adapter[node.scope] is None:
                words = short(self._label(index)).split(", ")
                rows[index] = ", ".join(part for part in words if not part.startswith("/"))
        return list(rows.values())

    def _label(self, index: int) -> str:
        """With the number of a layer that several nodes call."""
        words = label(self.graph.nodes[index])
        return f"{words}, #{self.shared[index]}" if index in self.shared else words

    def _operation(self, index: int) -> Data:
        node = self.graph.nodes[index]
        tone = section_tone(self.network, self.scopes, index, self.tones)
        sub = size(self.network.shapes[index])
        light = is_light(node)
        return self._sums("op", self._label(index), sub, [index], index, tone) | {"light": light}

    def _block(self, scope: int, nodes: list[int], tone: int | None) -> Data:
        one = self.graph.scopes[scope]
        rows = self._rows(nodes)
        sub = " · ".join(rows[:4]) + (" …" if len(rows) > 4 else "")
        data = self._sums("block", clean(one.block or one.name, 30), sub, nodes, one.exit, tone)
        data["skip"] = self._skip_around(scope, nodes)
        return data | self._drawing(scope, nodes, tone)

    def _skip_around(self, scope: int, nodes: list[int]) -> str | None:
        """The kind of the skip connection that passes by all of a block; None where none or several do."""
        merges = [
            node
            for node in nodes
            if self.graph.nodes[node].skip and self._reads(node) == self.graph.scopes[scope].entry
        ]
        if len(merges) != 1 or not all(is_light(self.graph.nodes[node]) for node in nodes if node > merges[0]):
            return None
        return self.graph.nodes[merges[0]].skip

    def _reads(self, merge: int) -> int:
        """Where the skip connection of a merge begins."""
        skipped = self.graph.nodes[merge].reads[1]
        adapter = self.scopes.adapter[self.graph.nodes[skipped].scope]
        return skipped if adapter is None else self.graph.scopes[adapter].entry

    def _drawing(self, scope: int, nodes: list[int], tone: int | None) -> Data:
        """The drawing of what lies in a scope; scopes that look the same share one, so it holds no name."""
        key = json.dumps([tone, self._signature(nodes)])
        if key not in self.drawn:
            self.drawn[key] = len(self.drawings)
            column = gather_block(self.network, scope, tone or 0, Wishes("layer"), formula=False, titled=False)
            self.drawings.append(_drawn(column, nodes))
        return {"drawing": self.drawn[key]}

    def _signature(self, nodes: list[int]) -> list[object]:
        places = {node: place for place, node in enumerate(nodes)}
        told: list[object] = []
        for index in nodes:
            node = self.graph.nodes[index]
            read = [places.get(other, whole(self.network.shapes[other])) for other in node.reads]
            told.append([self._label(index), read, node.skip, whole(self.network.shapes[index])])
        return told

    def _part_of(self) -> dict[int, int]:
        """The number of each node's part; -1 for the inputs."""
        part_of = dict.fromkeys(range(self.graph.inputs), -1)
        for number, (_, nodes) in enumerate(self._by_part()):
            part_of |= dict.fromkeys(nodes, number)
        return part_of

    def _flows(self) -> dict[tuple[int, int], tuple[str, str]]:
        """What flows from part to part, once each: (source, target) -> the way, and which of several inputs it is."""
        part_of = self._part_of()
        flows: dict[tuple[int, int], tuple[str, str]] = {}
        for index, node in enumerate(self.graph.nodes):
            for other in node.reads:
                ends = part_of[other], part_of[index]
                name = clean(self.graph.nodes[other].name, 30) if other < self.graph.inputs > 1 else ""
                flows.setdefault(ends, (node.skip or "branch", name))
        return flows


def _drawn(column: Column, nodes: list[int]) -> Data:
    """The column as SVG, and which of the nodes each of its boxes stands for (-1: none)."""
    places = {node: place for place, node in enumerate(nodes)}
    slot_of = {f"{column.key}/{item.key}": places.get(item.nodes[0], -1) for item in column.items if item.nodes}
    items = tuple(replace(item, tip="") for item in column.items)
    links = tuple(replace(link, tip="") for link in column.links)
    geometry = lay_out(Outline((replace(column, items=items, links=links),)), wide=False)
    slots = [slot_of.get(box.key, -1) for box in geometry.boxes]
    return {
        "w": geometry.width,
        "h": geometry.height,
        "slots": slots,
        "svg": "".join(shapes(geometry, palette("light"))),
    }


def _size(field: ReceptiveField | None) -> str:
    """A receptive field in input positions."""
    if field is None or field == "all":
        return "the whole input"
    return " × ".join(str(round(float(one))) for one in field.size)
