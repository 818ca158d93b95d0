"""What is one thing of a figure by lanes: a block, or steps from where values meet, part or change size to the next.

A way from one thing to another may have operations upon it: what only makes a map coarser or finer for the one thing
that reads it is an arrow, no box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.boxing import boxes_of
from resnet_dsl.targets.figure.outline.folding import Folding
from resnet_dsl.targets.figure.outline.outline import Link, Way
from resnet_dsl.targets.figure.outline.resolutions import Resolution
from resnet_dsl.targets.figure.outline.scopes import Scopes


@dataclass(frozen=True)
class LaneStep:
    """A row, or all rows of a block; ``resolution`` is that of what comes out."""

    rows: tuple[int, ...]
    resolution: Resolution
    block: int | None = None


@dataclass(frozen=True)
class Flow:
    """A value from one thing to another; ``over``: the rows that are done on the way."""

    source: int
    target: int
    way: Way
    over: tuple[int, ...] = ()


@dataclass(frozen=True)
class Contracted:
    """things: steps one behind the other. flows: between things, forward; a target behind the last thing is an end."""

    things: tuple[tuple[LaneStep, ...], ...]
    flows: tuple[Flow, ...]


class Contraction:
    """Contracts a network by the level: layers not at all, blocks to a box each, in stages what follows them, too."""

    def __init__(self, subject: Facts, scopes: Scopes, folding: Folding, resolutions: Sequence[Resolution]) -> None:
        self.graph = subject.graph
        self.scopes, self.folding, self.resolutions = scopes, folding, resolutions

    def contracted(self, links: Sequence[Link], level: str) -> Contracted:
        """``links``: between rows, and from them to the ends."""
        steps, step_of = self._steps(level)
        ends = max(link.target for link in links) - len(self.folding.rows) + 1 if links else 0
        step_of += range(len(steps), len(steps) + ends)
        flows = self._between(links, steps, step_of)
        if level != "layer":
            flows = self._with_arrows(steps, flows)
        gone = {step_of[row] for flow in flows for row in flow.over}
        joined = self._joined(steps, flows, gone) if level == "stage" else {}
        return _renumbered(steps, flows, gone, joined, ends)

    def _steps(self, level: str) -> tuple[list[LaneStep], list[int]]:
        boxes = boxes_of(self.graph, self.scopes, self.folding, self.resolutions) if level != "layer" else ()
        steps: list[LaneStep] = []
        step_of: list[int] = []
        for row, nodes in enumerate(self.folding.rows):
            block = boxes[self.graph.nodes[nodes[0]].scope] if boxes else None
            if block is not None and steps and steps[-1].block == block:
                steps[-1] = replace(steps[-1], rows=(*steps[-1].rows, row), resolution=self.resolutions[nodes[-1]])
            else:
                steps.append(LaneStep((row,), self.resolutions[nodes[-1]], block))
            step_of.append(len(steps) - 1)
        return steps, step_of

    def _between(self, links: Sequence[Link], steps: Sequence[LaneStep], step_of: Sequence[int]) -> list[Flow]:
        """Values between steps, each once; what flows into a block is a value like others."""
        found: dict[tuple[int, int, bool], Flow] = {}
        for link in links:
            source, target = step_of[link.source], step_of[link.target]
            boxed = target < len(steps) and steps[target].block is not None
            way: Way = "branch" if boxed and link.way != "main" else link.way
            if source != target:
                kept = found.setdefault((source, target, way == "adapted"), Flow(source, target, way))
                if way == "main":
                    found[source, target, False] = replace(kept, way="main")
        return list(found.values())

    def _with_arrows(self, steps: Sequence[LaneStep], flows: list[Flow]) -> list[Flow]:
        """The flows in which steps that only lead to one other, in another lane, are done on the way."""
        over = self._on_the_way(steps, flows)
        for weighted in (True, False):  # steps with weights become things first: what is left may then be a way
            found = list(_rejoined(steps, flows, over))
            times = Counter((flow.source, flow.target) for flow in found)
            readers = Counter(flow.source for flow in found)
            doubtful = (
                one.over
                for one in found
                if times[one.source, one.target] > 1 or self._stays(one, steps) or self._only(one, readers)
            )
            kept = {row for rows in doubtful for row in rows if self._has_weights(row) or not weighted}
            over = {step: after for step, after in over.items() if steps[step].rows[0] not in kept}
        return list(_rejoined(steps, flows, over))

    def _stays(self, flow: Flow, steps: Sequence[LaneStep]) -> bool:
        """Whether it ends in the lane in which it began: only a crop has nothing to do there."""
        crops = all(self._row(row).op == "crop" for row in flow.over)
        same = flow.target < len(steps) and steps[flow.source].resolution == steps[flow.target].resolution
        return same and not crops

    def _only(self, flow: Flow, readers: Mapping[int, int]) -> bool:
        """Whether a convolution is all that is done with a value."""
        return readers[flow.source] == 1 and any(self._row(row).op == "conv" for row in flow.over)

    def _row(self, row: int) -> Node:
        return self.graph.nodes[self.folding.rows[row][0]]

    def _has_weights(self, row: int) -> bool:
        return OPERATIONS[self._row(row).op].has_weights

    def _on_the_way(self, steps: Sequence[LaneStep], flows: Sequence[Flow]) -> dict[int, Flow]:
        """The steps that are no things, each with the flow that leaves it."""
        into, out = _by_end(flows)
        over: dict[int, Flow] = {}
        target: dict[int, int] = {}
        for step in range(len(steps) - 1, -1, -1):
            beside = (*into.get(step, ()), *out.get(step, ()))
            if len(into.get(step, ())) != 1 or len(beside) != 2 or any(flow.way == "adapted" for flow in beside):
                continue
            before, after = beside
            reached = target.get(after.target, after.target)
            merge = steps[reached] if reached < len(steps) and self.is_merge(steps[reached]) else None
            if self._leads(steps[step], steps[before.source], merge, after.target in over):
                over[step], target[step] = after, reached
        return over

    def _leads(self, step: LaneStep, before: LaneStep, merge: LaneStep | None, followed: bool) -> bool:
        """Whether a step is a way and no thing: a pool or resizing; towards a merge what it needs besides.

        followed: whether what it leads to is a way, too.
        """
        node, row = self.node(step), step.rows[0]
        if step.block is not None or row in self.folding.attachments or OPERATIONS[node.op].many:
            return False
        changes = before.resolution != step.resolution
        if node.op not in _TOWARDS_MERGES:
            return changes and OPERATIONS[node.op].role in ("pool", "reshape")
        if merge is None or self._shared(row) or self._part(merge) != self._part(step):
            return node.op == "crop" and merge is not None
        return changes or node.op == "crop" or (followed and set(node.args["kernel"]) == {1})

    def _shared(self, row: int) -> bool:
        return any(node in self.folding.shared for node in self.folding.rows[row])

    def is_merge(self, step: LaneStep) -> bool:
        """Whether it is drawn as a sign or as joined plates."""
        row = step.rows[0]
        boxed = step.block is not None or row in self.folding.attachments
        return not boxed and OPERATIONS[self.node(step).op].many

    def node(self, step: LaneStep) -> Node:
        """The operation of a step that is a row, the first one of a block."""
        return self._row(step.rows[0])

    def _joined(self, steps: Sequence[LaneStep], flows: Sequence[Flow], gone: set[int]) -> dict[int, int]:
        """The steps that go on in one box with the one before them."""
        into, out = _by_end(flows)
        joined: dict[int, int] = {}
        for step, one in enumerate(steps):
            before = into[step][0] if len(into.get(step, ())) == 1 else None
            if step in gone or before is None or before.over or len(out[before.source]) > 1:
                continue
            source = steps[before.source]
            same = source.resolution == one.resolution and self._part(source) == self._part(one)
            if same and not self.is_merge(source) and self.node(source).op != "input" and before.way != "adapted":
                joined[step] = joined.get(before.source, before.source)
        return joined

    def _part(self, step: LaneStep) -> int | None:
        return self.scopes.part[self.node(step).scope]


_TOWARDS_MERGES = ("conv", "conv_transpose", "crop")
"""Operations that may be ways to a merge, and are things elsewhere."""


def _rejoined(steps: Sequence[LaneStep], flows: Sequence[Flow], over: Mapping[int, Flow]) -> Iterator[Flow]:
    for flow in flows:
        if flow.source in over:
            continue
        rows: list[int] = []
        last = flow
        while last.target in over:
            rows.append(steps[last.target].rows[0])
            last = over[last.target]
        yield replace(last, source=flow.source, over=tuple(rows))


def _renumbered(
    steps: Sequence[LaneStep], flows: Sequence[Flow], gone: set[int], joined: Mapping[int, int], ends: int
) -> Contracted:
    """The steps that are left, joined where they go on in one box, and the flows between these."""
    things: dict[int, list[LaneStep]] = {}
    for number, step in enumerate(steps):
        if number not in gone:
            things.setdefault(joined.get(number, number), []).append(step)
    place = {first: number for number, first in enumerate(things)}
    place |= {len(steps) + end: len(things) + end for end in range(ends)}
    own = [(joined.get(flow.source, flow.source), joined.get(flow.target, flow.target), flow) for flow in flows]
    kept = (replace(flow, source=place[one], target=place[other]) for one, other, flow in own if one != other)
    return Contracted(tuple(map(tuple, things.values())), tuple(kept))


def _by_end(flows: Sequence[Flow]) -> tuple[dict[int, list[Flow]], dict[int, list[Flow]]]:
    """The flows into each thing, and out of it."""
    into: dict[int, list[Flow]] = {}
    out: dict[int, list[Flow]] = {}
    for flow in flows:
        into.setdefault(flow.target, []).append(flow)
        out.setdefault(flow.source, []).append(flow)
    return into, out
