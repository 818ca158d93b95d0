"""Finding what tells two networks apart, which are laid beside each other (alignment.py).

A block with one step more still has all its other steps compared. Where two steps agree, what they read is compared,
too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from resnet_dsl.analyses.difference.alignment import Alignment, lay_beside
from resnet_dsl.analyses.difference.found import Difference, End, MovedStride, Setting, UnmatchedSteps
from resnet_dsl.analyses.difference.wiring import Matched, rewired
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import Shape, as_json
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS

_Kind = Literal["input", "output"]
_Shapes = dict[str, Shape]


def difference(left: Facts, right: Facts, names: tuple[str, str] | None = None) -> Difference:
    """What tells two networks apart: totals, stages and blocks, steps, arguments, what reads what.

    ``names``: what they are called, where their own names are the same. Raises Failure where they are too large to be
    laid beside each other.
    """
    return difference_of(left, right, lay_beside(left, right), names)


def difference_of(left: Facts, right: Facts, laid: Alignment, names: tuple[str, str] | None = None) -> Difference:
    """The same of networks that are laid beside each other already."""
    matched = laid.matched
    steps: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for one in laid.steps:
        if not one.agrees:
            key = tuple(step.name for step in one.left), tuple(step.name for step in one.right)
            steps.setdefault(key, []).append(one.place)
    strides, moved = _moved_strides(matched)
    return Difference(
        names or (left.graph.name, right.graph.name),
        _quantities(left, right),
        tuple(pair for pair in laid.parts if pair.differs),
        tuple(pair for pair in laid.blocks if pair.differs),
        tuple(UnmatchedSteps(*key, tuple(places)) for key, places in steps.items()),
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
