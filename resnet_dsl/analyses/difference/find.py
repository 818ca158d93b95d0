"""Finding what tells two networks apart.

Stages are laid beside each other by name (by position where the names differ), blocks by position (where there are more
on one side, by what they do), and the steps of two blocks so that as much as possible agrees: a block with one step
more still has all its other steps compared. Where two steps agree, what they read is compared, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

from resnet_dsl.analyses.difference.aligning import ComparedStep, Effort, aligned, beside
from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Pair, Setting, Steps
from resnet_dsl.analyses.difference.wiring import Matched, rewired
from resnet_dsl.analyses.network import CountedPart, Facts
from resnet_dsl.analyses.parts import block_of_scopes, stage_of_scopes
from resnet_dsl.ir.lengths import Shape, as_json
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.notation import times
from resnet_dsl.ir.operations import OPERATIONS

_Kind = Literal["input", "output"]
_Shapes = dict[str, Shape]


class _Group(NamedTuple):
    """Steps that are compared as one sequence: a block, or what lies directly in a stage."""

    place: str
    left: list[ComparedStep]
    right: list[ComparedStep]


def difference(left: Facts, right: Facts, names: tuple[str, str] | None = None) -> Difference:
    """What tells two networks apart: totals, stages and blocks, steps, arguments, what reads what.

    ``names``: what they are called, where their own names are the same. Raises Failure where they are too large to be
    laid beside each other.
    """
    stages = _beside(left.stages, right.stages)
    effort = Effort()
    groups, blocks = _groups(left, right, stages, effort)
    matched: Matched = []
    steps: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for group in groups:
        for lefts, rights in aligned(group.left, group.right, effort):
            if len(lefts) == len(rights) == 1 and lefts[0].node.op == rights[0].node.op:
                matched.append((group.place, lefts[0], rights[0]))
            else:
                key = tuple(step.name for step in lefts), tuple(step.name for step in rights)
                steps.setdefault(key, []).append(group.place)
    strides, moved = _moved_strides(matched)
    return Difference(
        names or (left.graph.name, right.graph.name),
        _quantities(left, right),
        tuple(pair for pair in stages if pair.differs),
        tuple(pair for pair in blocks if pair.differs),
        tuple(Steps(*key, tuple(places)) for key, places in steps.items()),
        strides,
        (*_settings(matched, moved), *_layers(left, right, matched)),
        rewired(left.graph, right.graph, matched),
        (
            *_ends("input", left.input_shapes, right.input_shapes),
            *_ends("output", left.output_shapes, right.output_shapes),
        ),
    )


def _quantities(left: Facts, right: Facts) -> dict[str, tuple[Any, Any]]:
    def of(facts: Facts) -> dict[str, Any]:
        count = facts.count
        return {"params": count.params, "total_params": count.total_params, "macs": count.macs, "depth": facts.depth}

    lefts, rights = of(left), of(right)
    inputs = _in_all("input", left.input_shapes, right.input_shapes)
    outputs = _in_all("output", left.output_shapes, right.output_shapes)
    found = inputs | outputs | {name: (lefts[name], rights[name]) for name in lefts}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _in_all(kind: _Kind, lefts: _Shapes, rights: _Shapes) -> dict[str, tuple[Any, Any]]:
    """The shapes where both have one input or output, whatever it is called; else the order of those in common."""
    if len(lefts) == len(rights) == 1:
        ours, theirs = (tuple(as_json(shape)) for one in (lefts, rights) for shape in one.values())
        return {kind: (ours, theirs)}
    return {f"{kind}s": (tuple(n for n in lefts if n in rights), tuple(n for n in rights if n in lefts))}


def _ends(kind: _Kind, lefts: _Shapes, rights: _Shapes) -> Iterator[End]:
    if len(lefts) == len(rights) == 1:
        return
    for name in lefts | rights:
        one = End(kind, name, lefts.get(name), rights.get(name))
        if one.left != one.right:
            yield one


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


def _groups(left: Facts, right: Facts, stages: list[Pair], effort: Effort) -> tuple[list[_Group], list[Pair]]:
    """The blocks of each pair of stages side by side, and their steps."""
    ours, theirs = inside = Inside(left), Inside(right)
    groups, blocks = [], []
    for stage in stages:
        if stage.left is None or stage.right is None:
            continue
        left_scope, right_scope = stage.left.scope, stage.right.scope
        groups.append(_Group(stage.place, ours.steps[left_scope], theirs.steps[right_scope]))
        lefts, rights = ours.blocks[left_scope], theirs.blocks[right_scope]
        for one, other in beside(lefts, rights, lambda block, side: inside[side].likeness(block), effort):
            place = one.name if one is not None else other.name if other is not None else ""
            blocks.append(Pair(place, one, other))
            if one is not None and other is not None:
                groups.append(_Group(place, ours.steps[one.scope], theirs.steps[other.scope]))
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


def _moved_strides(matched: Matched) -> tuple[tuple[MovedStride, ...], set[int]]:
    """Strides that stand at another step of the same block, and the pairs that this explains."""
    by_place: dict[str, list[int]] = {}
    for index, (place, one, other) in enumerate(matched):
        if one.node.args.get("stride") != other.node.args.get("stride"):
            by_place.setdefault(place, []).append(index)
    found: dict[tuple[Any, str, str], list[str]] = {}
    explained: set[int] = set()
    for place, indices in by_place.items():
        if len(indices) != 2:
            continue
        (_, first_left, first_right), (_, then_left, then_right) = (matched[index] for index in indices)
        strides = [step.node.args["stride"] for step in (first_left, first_right, then_left, then_right)]
        if strides[0] != strides[3] or strides[1] != strides[2]:
            continue
        explained.update(indices)
        left_first = max(strides[0]) > max(strides[1])
        at = (first_left.name, then_right.name) if left_first else (then_left.name, first_right.name)
        found.setdefault((strides[0] if left_first else strides[1], *at), []).append(place)
    return tuple(MovedStride(*key, tuple(places)) for key, places in found.items()), explained


def _settings(matched: Matched, moved: set[int]) -> tuple[Setting, ...]:
    """Arguments that differ, those that do so in the same way together."""
    totals = Counter(one.node.op for _, one, _ in matched)
    found: dict[tuple[str, str, Any, Any], list[tuple[str, str]]] = {}
    for index, (_, one, other) in enumerate(matched):
        if (one.node.shares is None) != (other.node.shares is None):
            ours, theirs = ("own" if step.node.shares is None else "shared" for step in (one, other))
            found.setdefault((one.node.op, "weights", ours, theirs), []).append((one.node.name, other.node.name))
        if one.node.args is other.node.args:
            continue
        for name in dict.fromkeys((*one.node.args, *other.node.args)):
            value, others = (_argument(step.node, name) for step in (one, other))
            if value != others and not (name == "stride" and index in moved):
                key = one.node.op, name, value, others
                found.setdefault(key, []).append((one.node.name, other.node.name))
    return tuple(Setting(*key, tuple(places), totals[key[0]]) for key, places in found.items())


def _layers(left: Facts, right: Facts, matched: Matched) -> Iterator[Setting]:
    """Steps with weights that call another step's layer in one network, and not its counterpart's in the other."""
    beside = {one.at: other.at for _, one, other in matched}
    totals = Counter(one.node.op for _, one, _ in matched)
    for _, one, other in matched:
        mine, theirs = left.graph.owner(one.at), right.graph.owner(other.at)
        if beside.get(mine) != theirs and left.counts[mine].total_params:
            layers = left.graph.nodes[mine].name, right.graph.nodes[theirs].name
            yield Setting(one.node.op, "layer", *layers, ((one.node.name, other.node.name),), totals[one.node.op])


def _argument(node: Node, name: str) -> Any:
    """An argument of a node; where a graph spares it, its default."""
    parameter = OPERATIONS[node.op].parameter(name)
    return node.args.get(name, None if parameter is None else parameter.default)
