"""Reads a network back from the outline of a figure, and compares it with the graph: what is drawn is the network.

Nothing of the figure's own code is used: the outline (items, links, groups, arcs) is walked as a reader walks it, the
graph by its nodes and scopes. A named box counts as one thing on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.outline import Column, Group

DETAILS = {name for name, one in OPERATIONS.items() if one.role in ("norm", "activation", "noise")}


def audit(facts, column: Column, level: str) -> list[str]:
    """What the figure says and the graph does not, or the other way round; empty where it is the network."""
    graph = Contracted(facts.graph, _boxes_of_column(facts.graph, column))
    said = _stages(column) if level == "stage" else _rows(column)
    found = {
        "paths": (said["paths"], graph.paths(said["paths"])),
        "nodes twice or nowhere": (graph.misplaced(column), []),
        "strides": (said["strides"], graph.strides(level)),
        "outputs": (said["outputs"], len(facts.graph.outputs)),
        "values read twice": (sum("times)" in words for words in _words(column)), graph.doubled()),
    }
    if level == "stage":
        found["blocks"] = (graph.drawn_blocks(column), graph.blocks())
        found["skips"] = (said["skips"], graph.skips(free=True))
    else:
        found["merges"] = (sum(item.kind == "merge" for item in column.items), graph.merges())
        found["skips"] = (_skips(column), graph.skips())
    return [
        f"{level} {what}: drawn {drawn}, there are {real}" for what, (drawn, real) in found.items() if drawn != real
    ]


SKIPS = ("identity", "adapted")


def _skips(column: Column) -> Counter:
    """The shortcuts that links draw; in an adapter of several operations all links are dashed, the last one counts."""
    merges = {number for number, item in enumerate(column.items) if item.kind == "merge"}
    return Counter(link.way for link in column.links if link.way in SKIPS and link.target in merges)


def _rows(column: Column) -> dict:
    return {
        "paths": _ways(column, {}),
        "strides": sum(_strides(item.lines[0]) for item in column.items),
        "outputs": len(column.items) - len({link.source for link in column.links}),
    }


def _stages(column: Column) -> dict:
    groups = [group for item in column.items for group in item.groups]
    rows = [row for group in groups for row in [*(group.first_rows or group.rows), *group.rows * (group.repeat - 1)]]
    plain = [item.lines[0] for item in column.items if not item.groups]
    arcs = [
        arc.way for group in groups for arc in [*(group.first_arcs or group.arcs), *group.arcs * (group.repeat - 1)]
    ]
    skips = Counter(arcs) + Counter(link.way for link in column.links if link.way in SKIPS)
    return {
        "paths": _ways(column, {n: item.groups for n, item in enumerate(column.items)}),
        "strides": sum(map(_strides, [*rows, *plain])),
        "outputs": len(column.items) - len({link.source for link in column.links}),
        "skips": skips,
    }


def _strides(words: str) -> int:
    """Of an operation; a named box says how much smaller its map is."""
    return words.startswith(tuple("123456789")) * sum(part.startswith("/") for part in words.split(", "))


def _ways(column: Column, groups: dict[int, tuple[Group, ...]]) -> int:
    """How many ways lead from the inputs to the outputs, as the picture shows them: to where nothing goes on."""
    entering: dict[int, list[int]] = {}
    for link in column.links:
        entering.setdefault(link.target, []).append(link.source)
    ways: list[int] = []
    for number in range(len(column.items)):
        read = entering.get(number, ())
        arriving = sum(ways[source] for source in read) if read or column.items[number].kind != "text" else 1
        for group in groups.get(number, ()):
            for block in range(group.repeat):
                arriving = _through(group, (group.first_arcs or group.arcs) if block == 0 else group.arcs, arriving)
        ways.append(arriving)
    going = {link.source for link in column.links}
    return sum(found for number, found in enumerate(ways) if number not in going)


def _through(group: Group, arcs, ways: int) -> int:
    behind = [ways]
    for row in range(1, len(group.rows) + 1):
        behind.append(behind[-1] + sum(behind[arc.start] for arc in arcs if arc.end == row))
    return behind[-1]


def _boxes_of_column(graph, column: Column) -> dict[int, object]:
    """The nodes that boxes with names stand for, with their box."""
    box: dict[int, object] = {}
    within = ancestors(graph)
    names = {scope.block for scope in graph.scopes if scope.block}
    called = {name for words in _words(column) for name in [words.split("(")[0].split(",")[0]] if name in names}
    for index, node in enumerate(graph.nodes):
        nested = [s for s in within[node.scope] if graph.scopes[s].kind == "block"]
        inner = [s for s in nested[1:] if graph.scopes[s].block in called]
        if inner and not any(graph.scopes[s].kind == "skip" for s in within[node.scope]):
            box[index] = ("inner", inner[0])
    for group in (group for item in column.items for group in item.groups):
        if len(group.rows) == 1 and (group.boxes or group.rows[0].startswith("…")):
            for block in group.blocks:
                box.update(dict.fromkeys(block, ("group", block)))
        for own in group.boxes if len(group.rows) > 1 else ():
            inside = [n for n, node in enumerate(graph.nodes) if own in within[node.scope]]
            box.update(dict.fromkeys(inside, ("inner", own)))
    return box


def ancestors(graph) -> list[list[int]]:
    """The scopes in which each scope lies, the outermost first and itself last."""
    found: list[list[int]] = []
    for index, scope in enumerate(graph.scopes):
        found.append([*(found[scope.parent] if scope.parent is not None else []), index])
    return found


class Contracted:
    """The graph with every box of the figure as one node. ``box``: the nodes in boxes, with the box of each."""

    def __init__(self, graph, box: dict[int, object]) -> None:
        self.graph = graph
        self.box = box
        self._within = ancestors(graph)

    def in_adapter(self, node) -> bool:
        return any(self.graph.scopes[s].kind == "skip" for s in self._within[node.scope])

    def paths(self, drawn: int) -> int:
        """Ways from the inputs to the outputs, where possible as many as are drawn.

        A box that reads a value both before and behind an activation that is folded away reads one row, which is drawn
        as one line: these may count once. Everything else counts as it is.
        """
        fewest, most = self._paths(folded=True), self._paths(folded=False)
        return min(max(drawn, fewest), most)

    def _paths(self, folded: bool) -> int:
        at = {index: self.box.get(index, index) for index in range(len(self.graph.nodes))}
        edges: dict[object, dict[object, set]] = {}
        for index, node in enumerate(self.graph.nodes):
            here = at[index]
            mine = edges.setdefault(here, {})
            for read, skips in dict.fromkeys(_lines(node)):
                other = at[self._without_details(read) if folded and isinstance(here, tuple) else read]
                if other != here and isinstance(here, tuple):
                    mine[other] = {0}
                elif other != here:
                    mine.setdefault(other, set()).add(skips if isinstance(other, tuple) else (read, skips))
        ways: dict[object, int] = dict.fromkeys(range(self.graph.inputs), 1)
        for here in TopologicalSorter(edges).static_order():
            ways.setdefault(here, sum(ways[other] * len(lines) for other, lines in edges[here].items()))
        return sum(ways[at[output.node]] for output in self.graph.outputs)

    def _without_details(self, index: int) -> int:
        while self.graph.nodes[index].op in DETAILS and index not in self.box:
            index = self.graph.nodes[index].inputs[0]
        return index

    def doubled(self) -> int:
        """Merges that read one value several times: one line leads there, and words say so."""
        return sum(len(set(_lines(n))) < len(n.reads) and self._outside(i) for i, n in enumerate(self.graph.nodes))

    def misplaced(self, column: Column) -> list[int]:
        """Nodes that no item holds (adapters stand on their links), or more than one."""
        held = Counter(node for item in column.items for node in item.nodes)
        return [
            index
            for index, node in enumerate(self.graph.nodes)
            if held[index] > 1 or (held[index] == 0 and not self.in_adapter(node))
        ]

    def draws(self, index: int, level: str) -> bool:
        """Whether an operation is drawn by itself: not in a box, and in an adapter at layer level only."""
        return index not in self.box and (level == "layer" or not self.in_adapter(self.graph.nodes[index]))

    def drawn_as(self, index: int) -> object:
        """The box or the node itself."""
        return self.box.get(index, index)

    def _outside(self, node_index: int) -> bool:
        return node_index not in self.box

    def strides(self, level: str) -> int:
        kinds = ("conv", "maxpool", "avgpool", "blurpool")
        return sum(
            any(one > 1 for one in node.args.get("stride") or ())
            for index, node in enumerate(self.graph.nodes)
            if node.op in kinds and self._outside(index) and (level == "layer" or not self.in_adapter(node))
        )

    def blocks(self) -> set[object]:
        """The outermost blocks of stages, and what is one box."""
        return {key for index in range(len(self.graph.nodes)) if (key := self._block(index)) is not None}

    def drawn_blocks(self, column: Column) -> set[object]:
        """The same as groups say it: what they repeat must be one block each time (a shortcut may pass by several)."""
        groups = [group for item in column.items for group in item.groups]
        keys = [[{self._block(node) for node in nodes} - {None} for nodes in group.blocks] for group in groups]
        single = all(len(own) == 1 or all(len(found) < 2 for found in own) for own in keys)
        return {key for own in keys for found in own for key in found} if single else set()

    def _block(self, index: int) -> object:
        """None for what stands in no block, and for details, which fold into the row before."""
        node = self.graph.nodes[index]
        if self.box.get(index, ("",))[0] == "group":
            return self.box[index]
        outer = next((s for s in self._within[node.scope] if self.graph.scopes[s].kind == "block"), None)
        return outer if self._in_stage(node) and node.op not in DETAILS else None

    def skips(self, free: bool = False) -> Counter:
        """``free``: a sum or concat of two values looks like a skip connection in a card, declared or not."""
        declared = Counter(n.skip for i, n in enumerate(self.graph.nodes) if n.skip and self._outside(i))
        undeclared = sum(
            n.op in ("add", "concat") and n.skip is None and self._outside(i) and self._in_stage(n)
            for i, n in enumerate(self.graph.nodes)
        )
        return declared + Counter({"identity": undeclared} if free else {})

    def _in_stage(self, node) -> bool:
        return any(self.graph.scopes[s].kind == "stage" for s in self._within[node.scope])

    def merges(self) -> int:
        return sum(len(node.reads) > 1 for i, node in enumerate(self.graph.nodes) if self._outside(i))


def _lines(node) -> list[tuple[int, bool]]:
    """What a node reads, but for a value that only lends its size; a skip connection has a line of its own."""
    return [(other, node.skip is not None and place > 0) for place, other in enumerate(node.reads)]


def _words(column: Column) -> Iterator[str]:
    for item in column.items:
        yield item.lines[0]
        for group in item.groups:
            yield from group.rows
