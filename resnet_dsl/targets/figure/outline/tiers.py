"""A network by lanes, one a resolution, as papers draw U-Net and HRNet: what each box, plate, sign and arrow says.

The sections of such a column are its lanes, the finest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.contracting import Contracted, Contraction, Flow, LaneStep
from resnet_dsl.targets.figure.outline.ends import gather_ends, gather_flow, main_output, returned
from resnet_dsl.targets.figure.outline.folding import Folding, fold_to_layers, fold_to_rows
from resnet_dsl.targets.figure.outline.items import (
    Wishes,
    facts_of,
    gather_item,
    mark_of,
    row_words,
    summarise,
    told_params,
    with_times,
)
from resnet_dsl.targets.figure.outline.kinds import Kinds
from resnet_dsl.targets.figure.outline.outline import Arc, Column, Group, Item, Link, Section, Way
from resnet_dsl.targets.figure.outline.resolutions import Resolution, coarseness, lane_words, resolutions_of
from resnet_dsl.targets.figure.outline.scopes import Scopes, place_of, read_scopes
from resnet_dsl.targets.figure.outline.sections import Tones
from resnet_dsl.targets.figure.outline.words import adapting, clean, label, short, whole

_MOST_PLATES = 6
"""Of a concat; one of more values is a sign."""
_NAMES = {"maxpool": "max pool", "avgpool": "avg pool", "blurpool": "blur pool", "conv_transpose": "transposed conv"}


def gather_tiers(subject: Facts, tones: Tones, wishes: Wishes, title: str) -> Column:
    """Blocks and rows in lanes; by stages equal ones that follow each other are one box."""
    return _Tiers(subject, tones, wishes).column(title)


class _Tiers:
    def __init__(self, subject: Facts, tones: Tones, wishes: Wishes) -> None:
        self.subject, self.graph = subject, subject.graph
        self.tones, self.wishes = tones, wishes
        self.scopes = read_scopes(self.graph)
        layers = wishes.level == "layer"
        self.folding: Folding = _folding(self.graph, self.scopes, wishes.kinds, layers)
        self.resolutions = resolutions_of(subject)
        self.contraction = Contraction(subject, self.scopes, self.folding, self.resolutions)

    @cached_property
    def found(self) -> Contracted:
        """The things of the figure, and what flows between them and to the ends."""
        links = gather_flow(self.subject, self.scopes, self.folding)
        return self.contraction.contracted((*links, *self._to_the_end()), self.wishes.level)

    @cached_property
    def left(self) -> list[int]:
        """The nodes that make what the network returns."""
        return [output.node for output in returned(self.graph) or (main_output(self.subject),)]

    @cached_property
    def reached(self) -> list[Resolution]:
        """Of each thing and of each end."""
        return [steps[-1].resolution for steps in self.found.things] + [self.resolutions[node] for node in self.left]

    def column(self, title: str) -> Column:
        lanes = sorted(set(self.reached), key=coarseness)
        items = [self._item(number, steps) for number, steps in enumerate(self.found.things)]
        items += gather_ends(self.subject, 0) or [self._end()]
        items = [replace(item, section=lanes.index(one)) for item, one in zip(items, self.reached, strict=True)]
        sections = tuple(self._lane(lane, items) for lane in range(len(lanes)))
        links = tuple(map(self._link, self.found.flows))
        return Column(self.graph.name, title, sections, tuple(items), links, summarise(self.subject))

    def mixes(self) -> bool:
        """Whether maps become larger again, or a merge reads one that was made smaller and one that was not."""
        changed: dict[int, set[bool]] = {}
        for flow in self.found.flows:
            before, after = self.reached[flow.source], self.reached[flow.target]
            if before and after and coarseness(before) > coarseness(after):
                return True
            if flow.target < len(self.found.things) and flow.way in ("main", "branch") and before and after:
                changed.setdefault(flow.target, set()).add(before != after)
        return any(len(kinds) > 1 for kinds in changed.values())

    def _to_the_end(self) -> Iterator[Link]:
        """A network that returns one value has an end here, too."""
        if not returned(self.graph):
            row = self.folding.row_of[main_output(self.subject).node]
            yield Link(row, len(self.folding.rows), "main", "output")

    def _end(self) -> Item:
        shape = whole(self.subject.shapes[main_output(self.subject).node])
        return Item("output", "text", ("output", shape), None, 0, tip=f"output, {shape}")

    def _lane(self, lane: int, items: Sequence[Item]) -> Section:
        """Its name and the sizes of what lies in it."""
        nodes = [item.nodes[-1] for item in items if item.section == lane and item.nodes]
        ends = items[len(items) - len(self.left) :]
        nodes += [node for item, node in zip(ends, self.left, strict=True) if item.section == lane]
        words = lane_words(self.resolutions[nodes[0]], [self.subject.shapes[node] for node in nodes])
        return Section(f"lane {words[0]}", words)

    def _item(self, number: int, steps: Sequence[LaneStep]) -> Item:
        first = self.contraction.node(steps[0])
        if first.op == "input":
            item = gather_item(self.subject, self.folding, steps[0].rows[0], self.wishes, None, 0)
            return replace(item, lines=tuple(item.lines[0].rsplit(" ", 1)))
        if self.contraction.is_merge(steps[0]):
            return self._merge(number, steps[0])
        return self._plate(steps)

    def _merge(self, number: int, step: LaneStep) -> Item:
        item = gather_item(self.subject, self.folding, step.rows[0], self.wishes, self._tone(step), 0)
        entering = [flow for flow in self.found.flows if flow.target == number]
        node = self.contraction.node(step)
        if node.skip is not None and len(set(node.reads)) < len(node.reads):  # a skip of no length has no arrow here
            item = replace(item, lines=(with_times(node, node.reads), *item.lines[1:]))
        if node.op != "concat" or not 2 <= len(entering) <= _MOST_PLATES:
            return item
        copied = sorted((self._is_copied(flow) for flow in entering), reverse=True)
        reached = str(self.subject.shapes[item.nodes[-1]][-1])
        return replace(item, kind="join", lines=(reached, *item.lines[1:]), copied=tuple(copied))

    def _is_copied(self, flow: Flow) -> bool:
        """Whether a value is joined as it is to one that was just worked out: U-Net's white plate."""
        goes_on = any(other.source == flow.source and other.target != flow.target for other in self.found.flows)
        return goes_on and self.reached[flow.source] == self.reached[flow.target] and flow.way != "main"

    def _tone(self, step: LaneStep) -> int | None:
        return self.tones.get(self.subject.shapes[self._nodes([step])[-1]][:-1])

    def _nodes(self, steps: Sequence[LaneStep]) -> tuple[int, ...]:
        rows = [row for step in steps for row in step.rows]
        return tuple(sorted(node for row in rows for node in (*self.folding.rows[row], *self.folding.adapters[row])))

    def _plate(self, steps: Sequence[LaneStep]) -> Item:
        nodes = self._nodes(steps)
        groups = tuple(map(self._group, self._runs(steps)))
        name = self.graph.nodes[nodes[0]].name
        shape, params = whole(self.subject.shapes[nodes[-1]]), told_params(self.subject, nodes)
        held = ", then ".join(f"{group.repeat} x ({group.rows[0]})" for group in groups)
        facts = facts_of(self.subject, nodes, self.wishes.show)
        tip = f"{clean(name, 80)}: {held}, output {shape}, {params}"
        return Item(name, "plate", ("", facts) if facts else ("",), self._tone(steps[-1]), 0, nodes, tip, groups=groups)

    def _runs(self, steps: Sequence[LaneStep]) -> Iterator[list[LaneStep]]:
        """Steps of which the same is said; of equal blocks the first one alone may have other skip connections."""
        for _, run in groupby(steps, key=self._words):
            members = list(run)
            if len({self._arcs(step) for step in members[1:]}) < 2:
                yield members
            else:
                yield from (list(part) for _, part in groupby(members, key=self._arcs))

    def _group(self, steps: Sequence[LaneStep]) -> Group:
        row, first, last = self._words(steps[-1]), self._arcs(steps[0]), self._arcs(steps[-1])
        boxes = () if steps[-1].block is None else (steps[-1].block,)
        first_rows = (f"{row}, {self._adapting(steps[0])}",) if any(arc.way == "adapted" for arc in first) else ()
        blocks = tuple(self._nodes([step]) for step in steps)
        return Group((row,), last, first_rows, first if first != last else (), boxes, blocks)

    def _arcs(self, step: LaneStep) -> tuple[Arc, ...]:
        """The skip connections in a block, which are counted and not drawn."""
        ways = (self.graph.nodes[node].skip for node in self._nodes([step])) if step.block is not None else ()
        return tuple(Arc(0, 1, way) for way in ways if way)

    def _adapting(self, step: LaneStep) -> str:
        inside = (self.graph.nodes[node] for node in self._nodes([step]))
        return adapting({node.op for node in inside if self.scopes.adapter[node.scope] is not None})

    def _words(self, step: LaneStep) -> str:
        if step.block is None:
            return short(row_words(self.graph, self.folding, step.rows[0]), self.wishes.replaced)
        scope = self.graph.scopes[step.block]
        name = clean(scope.block or place_of(self.graph, step.block), 24)
        marks = [mark for row in step.rows for mark in mark_of(self.folding, row)]
        return ", ".join([name, str(self.subject.shapes[scope.exit][-1]), *self._dilated(step), *marks[:1]])

    def _dilated(self, step: LaneStep) -> Iterator[str]:
        """How far apart the taps of a block lie, where they do."""
        args = (self.graph.nodes[node].args.get("dilation") or () for node in self._nodes([step]))
        most = max((one for dilation in args for one in dilation), default=1)
        if most > 1:
            yield f"dilation {most}"

    def _link(self, flow: Flow) -> Link:
        things, reached = self.found.things, self.reached
        ends = (things[flow.source][-1], things[flow.target][0] if flow.target < len(things) else None)
        named = (self.contraction.node(one).name if one else "the output" for one in ends)
        tip = f"from {' to '.join(clean(name, 60) for name in named)}"
        link = Link(flow.source, flow.target, flow.way, tip)
        if flow.way == "adapted":
            return link
        if reached[flow.source] != reached[flow.target]:
            return self._changing(link, flow, ends[1])
        copied = ends[1] is not None and self._joins(ends[1], flow)
        via = " and ".join(("copy",) * copied + ("crop",) * bool(flow.over))
        return replace(link, way="copy", via=via, tip=f"{via} {tip}") if via else link

    def _changing(self, link: Link, flow: Flow, step: LaneStep | None) -> Link:
        """Into another lane: by what is done on the way, or by the thing that reads it."""
        rows = [self.graph.nodes[self.folding.rows[row][0]] for row in flow.over]
        down = coarseness(self.reached[flow.source]) < coarseness(self.reached[flow.target])
        via = " + ".join(dict.fromkeys(map(_named, rows))) or self._change(step, down)
        weighted = any(OPERATIONS[node.op].has_weights for node in rows) or (not rows and self._learns(step))
        return replace(link, way=_WAYS[down, weighted], via=via, tip=f"{via} {link.tip}")

    def _joins(self, step: LaneStep, flow: Flow) -> bool:
        joins = self.contraction.node(step).op == "concat" and self.contraction.is_merge(step)
        return joins and self._is_copied(flow)

    def _change(self, step: LaneStep | None, down: bool) -> str:
        """What brings a value into another lane where nothing on the way does: the thing that reads it."""
        if step is None:
            return ""
        if step.block is not None:
            return "strided block" if down else "block"
        node = self.contraction.node(step)
        return "repeated over the map" if OPERATIONS[node.op].many else _named(node)

    def _learns(self, step: LaneStep | None) -> bool:
        return step is not None and (step.block is not None or OPERATIONS[self.contraction.node(step).op].has_weights)


_WAYS: dict[tuple[bool, bool], Way] = {
    (True, False): "down",
    (True, True): "learned-down",
    (False, False): "up",
    (False, True): "learned-up",
}
"""Ways into a coarser lane or a finer one, without weights or by what has some."""


def _named(node: Node) -> str:
    """An operation by what it is, without its numbers."""
    if node.args.get("kernel") == "global":
        return f"global {_NAMES[node.op]}"
    if node.op == "conv":
        strided = any(one > 1 for one in node.args["stride"])
        return "strided conv" if strided else f"{label(node).split(',')[0]}"
    return _NAMES.get(node.op, node.op.replace("_", " "))


def _folding(graph: Graph, scopes: Scopes, kinds: Kinds, layers: bool) -> Folding:
    return fold_to_layers(graph, kinds) if layers else fold_to_rows(graph, scopes, kinds)


def legend_of_lanes(columns: Sequence[Column]) -> tuple[tuple[Way, str], ...]:
    """What the arrows between lanes stand for, and those of copies, as far as there are any."""
    found: dict[Way, dict[str, None]] = {way: {} for way in ("copy", *_WAYS.values())}
    for link in (link for column in columns for link in column.links if link.way in found):
        found[link.way].setdefault(link.via, None)
    return tuple((way, " or ".join(said)) for way, said in found.items() if said)


def calls_for_lanes(subject: Facts) -> bool:
    """Whether lanes show a network best: maps of several sizes meet there, or maps become larger again."""
    return _Tiers(subject, {}, Wishes("stage")).mixes()
