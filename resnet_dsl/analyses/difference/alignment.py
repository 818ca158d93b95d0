"""Two networks beside each other: their stages, their blocks, and the steps of these.

Stages are laid beside each other by name (by position where the names differ), blocks by position (where there are more
on one side, by what they do), and the steps of two blocks so that as much as possible agrees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import zip_longest
from typing import NamedTuple

from resnet_dsl.analyses.difference.aligning import ComparedStep, Effort, aligned, beside
from resnet_dsl.analyses.difference.found import Pair
from resnet_dsl.analyses.difference.wiring import Matched
from resnet_dsl.analyses.network import CountedPart, Facts
from resnet_dsl.analyses.parts import block_of_scopes, stage_of_scopes
from resnet_dsl.ir.notation import times


class Laid(NamedTuple):
    """Steps that are compared: one of each network, or those that stand on one side alone, in a block or a part."""

    place: str
    left: list[ComparedStep]
    right: list[ComparedStep]

    @property
    def agrees(self) -> bool:
        """Whether it is one step that both networks have."""
        return len(self.left) == len(self.right) == 1 and self.left[0].node.op == self.right[0].node.op


class Alignment(NamedTuple):
    """Two networks beside each other. parts: stem, stages and head; steps: those of parts and blocks that both have."""

    parts: tuple[Pair, ...]
    blocks: tuple[Pair, ...]
    steps: tuple[Laid, ...]

    @property
    def matched(self) -> Matched:
        """The steps that both networks have."""
        return [(one.place, one.left[0], one.right[0]) for one in self.steps if one.agrees]


def lay_beside(left: Facts, right: Facts) -> Alignment:
    """Raises Failure where the two are too large to be laid beside each other."""
    parts = _beside(left.stages, right.stages)
    effort = Effort()
    groups, blocks = _groups(left, right, parts, effort)
    pairs = ((group.place, *pair) for group in groups for pair in aligned(group.left, group.right, effort))
    return Alignment(tuple(parts), tuple(blocks), tuple(Laid(*pair) for pair in pairs))


def _beside(lefts: tuple[CountedPart, ...], rights: tuple[CountedPart, ...]) -> list[Pair]:
    """Stem, stages and head, each beside its counterpart."""
    pairs = []
    for kind in ("stem", "stage", "head"):
        ours = {part.name: part for part in lefts if part.kind == kind}
        others = {part.name: part for part in rights if part.kind == kind}
        if ours.keys() <= others.keys() or others.keys() <= ours.keys():
            pairs += [Pair(name, ours.get(name), others.get(name)) for name in (ours | others)]
        else:
            for one, other in zip_longest(ours.values(), others.values()):
                pairs.append(Pair((one or other).name, one, other))
    return pairs


def _groups(left: Facts, right: Facts, stages: list[Pair], effort: Effort) -> tuple[list[Laid], list[Pair]]:
    """The blocks of each pair of stages side by side, and their steps."""
    ours, theirs = inside = Inside(left), Inside(right)
    groups, blocks = [], []
    for stage in stages:
        if stage.left is None or stage.right is None:
            continue
        left_scope, right_scope = stage.left.scope, stage.right.scope
        groups.append(Laid(stage.place, ours.steps[left_scope], theirs.steps[right_scope]))
        lefts, rights = ours.blocks[left_scope], theirs.blocks[right_scope]
        for one, other in beside(lefts, rights, lambda block, side: inside[side].likeness(block), effort):
            place = one.name if one is not None else other.name if other is not None else ""
            blocks.append(Pair(place, one, other))
            if one is not None and other is not None:
                groups.append(Laid(place, ours.steps[one.scope], theirs.steps[other.scope]))
    return groups, blocks


class Inside:
    """What lies in each part of one network, by the part's scope: its own steps, and the blocks of a stage."""

    def __init__(self, facts: Facts) -> None:
        stage_of, owners = stage_of_scopes(facts.graph), block_of_scopes(facts.graph)
        self.nodes = facts.graph.nodes
        members: defaultdict[int, list[int]] = defaultdict(list)
        for index, node in enumerate(self.nodes[facts.graph.inputs :], facts.graph.inputs):
            members[owners[node.scope]].append(index)
        self.within: list[bool] = []
        for scope in facts.graph.scopes:
            self.within.append(scope.kind == "skip" or (scope.parent is not None and self.within[scope.parent]))
        self.steps = defaultdict(list, {owner: self._named(nodes) for owner, nodes in members.items()})
        self.blocks: defaultdict[int, list[CountedPart]] = defaultdict(list)
        for part in facts.parts_by_block:
            if stage_of[part.scope] != part.scope:
                self.blocks[stage_of[part.scope]].append(part)

    def likeness(self, block: CountedPart) -> tuple[object, ...]:
        """What makes two blocks equal: the definition and the operations with their windows."""
        return block.block, *(step.likeness for step in self.steps[block.scope])

    def _named(self, indices: list[int]) -> list[ComparedStep]:
        """Each step's name in its block, numbered where the block has several of its operation."""
        nodes = [self.nodes[index] for index in indices]
        totals = Counter((self.within[node.scope], node.op) for node in nodes)
        counts: Counter[tuple[bool, str]] = Counter()
        steps = []
        for before, index, node in zip([-1, *indices], indices, nodes, strict=False):
            in_skip, op = key = self.within[node.scope], node.op
            counts[key] += 1
            number = str(counts[key]) if totals[key] > 1 else ""
            kernel = node.args.get("kernel")
            window = f" ({times(kernel)})" if isinstance(kernel, tuple) else ""
            name = f"{'skip: ' if in_skip else ''}{op}{number}{window}"
            steps.append(ComparedStep(node, name, in_skip, index, node.inputs[0] == before))
        return steps
