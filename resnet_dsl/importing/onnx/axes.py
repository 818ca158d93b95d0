"""Which numbers of a value lie along which axis of a tensor: a Transpose or a Reshape moves none of them.

ONNX has channels first, the language has them last, and between two operators a tensor may be cut into parts, turned
and joined again. All of that is carried as a view of the one value, until an operator asks for an arrangement.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple, TypeAlias

from resnet_dsl.ir.lengths import Length, Shape


class Factor(NamedTuple):
    """Part of an axis of a value: ``length`` places of it, ``step`` apart."""

    axis: int
    step: int
    length: Length


Axis: TypeAlias = tuple[Factor, ...]
"""An axis of a tensor: the outermost factor first; of length 1 where there is none."""
Axes: TypeAlias = tuple[Axis, ...]
"""Of a tensor, behind the batch's."""
Order: TypeAlias = tuple[int, ...]
"""Which axis of a tensor each axis of a value is."""


def whole(axis: int, length: Length) -> Axis:
    return () if length == 1 else (Factor(axis, 1, length),)


def last(rank: int) -> Order:
    """The order of a tensor with its channels last; ``rank``: of its spatial axes."""
    return tuple(range(rank + 1))


def first(rank: int) -> Order:
    """The order of a tensor with its channels first."""
    return (*range(1, rank + 1), 0)


def arranged(shape: Shape, order: Order) -> Axes:
    """The axes of a tensor that holds a value of this shape in an order."""
    return tuple(whole(order.index(place), shape[order.index(place)]) for place in range(len(shape)))


def lies(axes: Axes, shape: Shape, order: Order) -> bool:
    """Whether a tensor of these axes holds a value of this shape in an order."""
    return len(axes) == len(shape) == len(order) and axes == arranged(shape, order)


def order_of(axes: Axes, shape: Shape) -> Order | None:
    """The order in which a tensor of these axes holds a value of this shape; None where it is cut, joined or squeezed.

    Axes of length 1 are taken in their order.
    """
    if len(axes) != len(shape):
        return None
    places: dict[int, int] = {axis[0].axis: place for place, axis in enumerate(axes) if axis}
    free = [place for place, axis in enumerate(axes) if not axis]
    for axis, length in enumerate(shape):
        if length == 1:
            places[axis] = free.pop(0) if free else -1
    order = tuple(places.get(axis, -1) for axis in range(len(shape)))
    return order if -1 not in order and lies(axes, shape, order) else None


def line(axes: Sequence[Axis]) -> Axis:
    """All axes as one."""
    return _joined([factor for axis in axes for factor in axis])


def _joined(factors: Sequence[Factor]) -> Axis:
    made: list[Factor] = []
    for one in factors:
        before = made[-1] if made else None
        if before is not None and before.axis == one.axis and _follows(before, one):
            made[-1] = Factor(one.axis, one.step, before.length * one.length)  # type: ignore[operator,arg-type]
        else:
            made.append(one)
    return tuple(made)


def _follows(outer: Factor, inner: Factor) -> bool:
    both = isinstance(outer.length, int) and isinstance(inner.length, int)
    return both and outer.step == inner.step * inner.length


def length(axis: Axis) -> Length | None:
    """How long an axis is; None where more than one part of it is open."""
    if len(axis) == 1:
        return axis[0].length
    known = [one.length for one in axis if isinstance(one.length, int)]
    return prod(known) if len(known) == len(axis) else None


def reshaped(axes: Axes, size: Sequence[Length | None]) -> Axes | None:
    """The same numbers in a line, cut into axes of these lengths; None, once, is what is left. None where they do not
    come out even."""
    rest = [factor for axis in axes for factor in axis]
    middle = size.index(None) if None in size else len(size)
    front = [_take(rest, one, 0) for one in size[:middle]]
    behind = [_take(rest, one, -1) for one in reversed(size[middle + 1 :])]
    made = [*front, *([_joined(rest)] if None in size else []), *reversed(behind)]
    if None in made or (rest and None not in size):
        return None
    return tuple(one for one in made if one is not None)


def _take(factors: list[Factor], wanted: Length | None, end: int) -> Axis | None:
    """Takes an axis of a length from an end of a line; None where none is so long."""
    taken: list[Factor] = []
    while wanted != 1:
        if not factors or wanted is None:
            return None
        one = factors.pop(end)
        if one.length == wanted:
            wanted = 1
        elif not (isinstance(one.length, int) and isinstance(wanted, int)):
            return None
        elif wanted % one.length == 0:
            wanted //= one.length
        elif one.length % wanted == 0:
            one, left = _cut(one, wanted, end)
            factors.insert(0 if end == 0 else len(factors), left)
            wanted = 1
        else:
            return None
        taken.insert(len(taken) if end == 0 else 0, one)
    return _joined(taken)


def _cut(one: Factor, wanted: int, end: int) -> tuple[Factor, Factor]:
    """(the outer or inner part of this length, the other)."""
    assert isinstance(one.length, int)
    other = one.length // wanted
    if end == 0:
        return Factor(one.axis, one.step * other, wanted), Factor(one.axis, one.step, other)
    return Factor(one.axis, one.step, wanted), Factor(one.axis, one.step * wanted, other)
