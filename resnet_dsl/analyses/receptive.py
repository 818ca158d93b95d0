"""Receptive fields (Araujo et al. 2019, "Computing receptive fields of convolutional neural networks").

Along each spatial axis a value's position sees ``size`` input positions, and neighbours lie ``stride`` input positions
apart. Where paths of different reach are merged, the larger one counts; of a product the first value, since a gate of
one position sees everything and moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.ir.draft import AnyGraph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Window
from resnet_dsl.ir.operations import OPERATIONS


class Field(NamedTuple):
    """For each axis: how many input positions are seen, and how far apart neighbouring outputs lie."""

    size: tuple[Fraction, ...]
    stride: tuple[Fraction, ...]


ReceptiveField: TypeAlias = Field | Literal["all"]
"""``all``: every position sees the whole input (behind global pooling and dense layers)."""


def receptive_fields(graph: AnyGraph, shapes: Sequence[Shape]) -> tuple[ReceptiveField, ...]:
    """The receptive field of every node."""
    ones = (Fraction(1),) * (len(shapes[0]) - 1)
    fields: list[ReceptiveField] = [Field(ones, ones)]
    for node in graph.nodes[1:]:
        before = [fields[index] for index in node.inputs]
        window = OPERATIONS[node.op].window(node.args, shapes[node.inputs[0]])
        merged = before[0] if node.op == "mul" and before[0] != "all" else _widest(before)
        fields.append("all" if merged == "all" or window == "all" else _through(merged, window))
    return tuple(fields)


def _widest(fields: list[ReceptiveField]) -> ReceptiveField:
    known = [one for one in fields if one != "all"]
    if len(known) < len(fields):
        return "all"
    sizes = tuple(max(sizes) for sizes in zip(*(one.size for one in known), strict=True))
    strides = tuple(max(strides) for strides in zip(*(one.stride for one in known), strict=True))
    return Field(sizes, strides)


def _through(field: Field, window: Window) -> Field:
    sizes = tuple(
        size + (reach - 1) * stride for size, stride, reach in zip(field.size, field.stride, window.reach, strict=True)
    )
    strides = tuple(
        stride * step / factor for stride, step, factor in zip(field.stride, window.stride, window.factor, strict=True)
    )
    return Field(sizes, strides)


def last_map(fields: Sequence[ReceptiveField], output: int, graph: AnyGraph) -> Field | None:
    """The field of the last value with positions on the way to the output: what papers call the network's."""
    node = output
    while fields[node] == "all" and graph.nodes[node].inputs:
        node = graph.nodes[node].inputs[0]
    found = fields[node]
    return None if found == "all" else found
