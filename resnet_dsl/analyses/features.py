"""Feature maps: what the stages of a network give to whatever is built on them (a pyramid, a decoder, a detector)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS

Strides: TypeAlias = tuple[Fraction, ...] | None
"""Input positions between neighbours, axis by axis; None where positions stand for none of the input's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What a stage gives; timm's ``feature_info`` calls these ``module``, ``num_chs`` and ``reduction``.

    name: the stage's. channels: of each position. shape: without the batch axis.
    stride: how many input positions lie between neighbours, along the axis where they are most (below 1 on a finer map
        than the input); None of a value whose positions are none of the input's, as a vector's.
    """

    name: str
    channels: int
    stride: int | float | None
    shape: Shape


def features(graph: Graph, shapes: tuple[Shape, ...]) -> tuple[Feature, ...]:
    """Of each stage, in flow order. ``shapes``: of each node's value."""
    strides = _strides(graph, shapes)
    return tuple(
        Feature(
            name=scope.name,
            channels=channels(shapes[scope.exit]),
            stride=_largest(strides[scope.exit]),
            shape=shapes[scope.exit],
        )
        for scope in graph.scopes
        if scope.kind == "stage"
    )


def _largest(strides: Strides) -> int | float | None:
    if not strides:
        return None
    stride = max(strides)
    return int(stride) if stride.denominator == 1 else float(stride)


def _strides(graph: Graph, shapes: tuple[Shape, ...]) -> list[Strides]:
    """Of each node. A receptive field does not tell them: behind attention it is the whole input."""
    found: list[Strides] = []
    for node, shape in zip(graph.nodes, shapes, strict=True):
        alike = [one for one in node.inputs if shapes[one][:-1] == shape[:-1]]
        if not node.inputs:
            found.append((Fraction(1),) * (len(shape) - 1))
        elif len(node.inputs) > 1 and alike:  # of a value and its gate, the value
            found.append(found[alike[0]])
        else:
            before = node.inputs[0]
            found.append(_behind(node, found[before], shapes[before], shape))
    return found


def _behind(node: Node, strides: Strides, entering: Shape, leaving: Shape) -> Strides:
    window = OPERATIONS[node.op].window(node.args, entering)
    if strides is None or window == "all":
        return strides if entering[:-1] == leaving[:-1] else None
    steps = zip(strides, window.stride, window.factor, strict=True)
    return tuple(before * step / factor for before, step, factor in steps)
