"""Receptive fields (Araujo et al. 2019, "Computing receptive fields of convolutional neural networks").

Along each spatial axis a value's position sees some input positions, from a first to a last one; on an endless map,
where no border cuts them off. Where a map was lengthened, neighbours may see different numbers of positions (behind
``upsample`` and two more convolutions, say, 11, 13 or 15): the largest number counts. Where paths are merged, all that
they see counts, but for a gate that a product repeats along an axis: there it tells no position from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, gcd, lcm
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operation import Window
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.ir.parameters import LARGEST

MOST_POSITIONS = 250_000
"""Positions that are followed by themselves, in all values of a network. Beyond them sizes are bounds from above."""


class Axis(NamedTuple):
    """What positions see of one axis of the input: ``first[p]`` to ``last[p]``, for each ``p`` of one period.

    shift: input positions from a period to the next one. Numbers are whole, or fractions where they are bounds.
    """

    first: tuple[Fraction | int, ...]
    last: tuple[Fraction | int, ...]
    shift: Fraction | int

    @property
    def size(self) -> int:
        """The most input positions that one position sees."""
        return floor(max(last - first for first, last in zip(self.first, self.last, strict=True))) + 1

    @property
    def stride(self) -> Fraction:
        """How far apart, in input positions, neighbours lie (their mean distance)."""
        return Fraction(self.shift) / len(self.first)


class Field(NamedTuple):
    """What one position sees, axis by axis."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> tuple[int, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def stride(self) -> tuple[Fraction, ...]:
        return tuple(axis.stride for axis in self.axes)


ReceptiveField: TypeAlias = Field | Literal["all"]
"""``all``: every position sees the whole input (behind global pooling and dense layers)."""

_ITSELF = Axis((0,), (0,), 1)


def receptive_fields(graph: Graph, shapes: Sequence[Shape], seen: int = 0) -> tuple[ReceptiveField | None, ...]:
    """The receptive field of every node: what it sees of the input ``seen``; None where that is nothing."""
    longest = max(MOST_POSITIONS // len(graph.nodes), 1)
    fields: list[ReceptiveField | None] = [None] * graph.inputs
    fields[seen] = Field((_ITSELF,) * (len(shapes[seen]) - 1))
    for node, shape in zip(graph.nodes[graph.inputs :], shapes[graph.inputs :], strict=True):
        given = ((fields[index], shapes[index][:-1]) for index in node.reads)
        before = [(field, lengths) for field, lengths in given if field is not None]
        if not before:
            fields.append(None)
            continue
        args = {**node.args, "size": shape[:-1]} if node.args.get("like") else node.args
        window = OPERATIONS[node.op].window(args, shapes[node.inputs[0]])
        merged = _merged(before, shape[:-1], longest) if node.reads[1:] else before[0][0]
        fields.append("all" if merged == "all" or window == "all" else _through(merged, window, longest))
    return tuple(fields)


def _merged(given: list[tuple[ReceptiveField, Shape]], lengths: Shape, longest: int) -> ReceptiveField:
    """What several values see together; a gate that is repeated along an axis counts only along the others."""
    if any(field == "all" and own == lengths for field, own in given):
        return "all"
    known = [(field.axes, own) for field, own in given if field != "all"]
    along = [tuple(of[axis] for of, own in known if own[axis] == length) for axis, length in enumerate(lengths)]
    return Field(tuple(_union(axes, longest) for axes in along)) if all(along) else "all"


def _union(axes: tuple[Axis, ...], longest: int) -> Axis:
    """All that positions see on several paths; of paths whose positions lie otherwise, the one that sees most."""
    if len(set(axes)) == 1:
        return axes[0]
    if len({axis.stride for axis in axes}) > 1:
        return max(axes, key=lambda axis: axis.size)
    period = lcm(*(len(axis.first) for axis in axes))
    if period > longest:
        return _union(tuple(map(_bound, axes)), longest)
    places = range(period)
    first = tuple(min(_at(axis.first, axis.shift, place) for axis in axes) for place in places)
    last = tuple(max(_at(axis.last, axis.shift, place) for axis in axes) for place in places)
    return Axis(first, last, axes[0].stride * period)


def _at(numbers: tuple[Fraction | int, ...], shift: Fraction | int, place: int) -> Fraction | int:
    """The number of any position, from those of one period."""
    periods, rest = divmod(place, len(numbers))
    return numbers[rest] + periods * shift


def _through(field: Field, window: Window, longest: int) -> Field:
    """What positions behind a window see; axes that are alike are worked out once."""
    along = tuple(zip(field.axes, *window, strict=True))
    known = {one: _slid(*one, longest) for one in set(along)}
    return Field(tuple(known[one] for one in along))


def _slid(axis: Axis, reach: int, stride: int, factor: int, before: int, longest: int) -> Axis:
    """Along one axis; see Window."""
    if reach == stride == factor == 1 and before == 0:
        return axis
    finer = len(axis.first) * factor
    period = finer // gcd(finer, stride)
    if period > longest:
        axis, period = _bound(axis), factor // gcd(factor, stride)
    if period > longest:
        return _stretched(axis, reach, stride, factor, before)
    starts = [place * stride - before for place in range(period)]
    first = tuple(_at(axis.first, axis.shift, -(-start // factor)) for start in starts)
    last = tuple(_at(axis.last, axis.shift, (start + reach - 1) // factor) for start in starts)
    shift = axis.shift * (period * stride // (len(axis.first) * factor))
    return Axis(first, last, min(shift, LARGEST))


def _bound(axis: Axis) -> Axis:
    """One position for all of a period, which sees at least what each of them sees from where it lies."""
    lies = [place * axis.stride for place in range(len(axis.first))]
    first = min(first - at for first, at in zip(axis.first, lies, strict=True))
    last = max(last - at for last, at in zip(axis.last, lies, strict=True))
    return Axis((first,), (last,), axis.stride)


def _stretched(axis: Axis, reach: int, stride: int, factor: int, before: int) -> Axis:
    """A bound for a period that is too long to be followed."""
    step = Fraction(axis.shift) / factor
    return Axis((axis.first[0] - before * step,), (axis.last[0] + (reach - 1 - before) * step,), step * stride)


def last_maps(fields: Sequence[ReceptiveField | None], graph: Graph) -> tuple[Field | None, ...]:
    """For each node the field of the last value with positions on the way to it: what papers call the network's."""
    found: list[Field | None] = []
    for field, node in zip(fields, graph.nodes, strict=True):
        before = (found[one] for one in node.reads if fields[one] is not None)
        found.append(next(before, None) if field == "all" else field)
    return tuple(found)
