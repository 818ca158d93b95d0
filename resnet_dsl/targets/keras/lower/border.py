"""A border around a map, as calls of Keras: of zeros, of the map's own numbers mirrored, or of its edge repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from resnet_dsl.ir.lengths import Shape, longer, padded
from resnet_dsl.targets.keras.lower.place import WHOLE, LoweringContext

Widths = tuple[tuple[int, int], ...]
"""Positions in front and behind, one pair a spatial axis."""


def bordered(at: LoweringContext, widths: Widths, fill: str) -> int:
    """What enters the node, with a border; as it is where that is empty. fill: zeros, reflect or edge."""
    if fill == "zeros" or not any(map(any, widths)):
        return at.pad_with_zeros(widths)
    if fill == "edge":
        return _by_slices(at, widths, _repeated)
    if at.rank == 3:
        return _by_slices(at, widths, _flipped)  # PyTorch mirrors no more than the last three axes of a volume
    shape = (*padded(at.shapes[0], widths), at.entering)
    return at.call("ops.pad", at.input, shape=shape, suffix="pad", pad_width=((0, 0), *widths, (0, 0)), mode="reflect")


def mirrored_by_slices(at: LoweringContext, widths: Widths) -> int:
    """What enters the node, mirrored axis by axis, position by position: for borders of a few."""
    return _by_slices(at, widths, _mirrored)


_Sides = tuple[list[int], list[int]]
"""The calls that stand in front and behind."""


def _by_slices(at: LoweringContext, widths: Widths, sides: Callable[[_Axis, int, int], _Sides]) -> int:
    value, shape = at.input, at.shapes[0]
    for number, (front, behind) in enumerate(widths):
        if front or behind:
            before, after = sides(_Axis(at, value, shape, number), front, behind)
            shape = (*shape[:number], longer(shape[number], front + behind), *shape[number + 1 :])
            value = at.call("Concatenate", *before, value, *after, shape=shape, suffix="pad", axis=number + 1)
    return value


class _Axis(NamedTuple):
    """One axis of a map whose border is made."""

    at: LoweringContext
    value: int
    shape: Shape
    number: int

    def position(self, place: int) -> int:
        """One position of the axis; places below 0 are counted from the end."""
        return self.at.part(self.value, self._key(place, place + 1), self._of_length(1), "edge")

    def repeated(self, place: int, times: int) -> list[int]:
        """One position of the axis, so often."""
        if times < 2:
            return [self.position(place)] * times
        shape = self._of_length(times)
        return [
            self.at.call(
                "ops.repeat", self.position(place), shape=shape, suffix="edges", repeats=times, axis=self.number + 1
            )
        ]

    def flipped(self, start: int, stop: int) -> int:
        """A part of the axis, backwards; places below 0 are counted from the end."""
        shape = self._of_length(stop - start)
        part = self.at.part(self.value, self._key(start, stop), shape, "edge")
        return self.at.call("ops.flip", part, shape=shape, suffix="mirror", axis=self.number + 1)

    def _key(self, start: int, stop: int) -> tuple[tuple[int | None, int | None, None], ...]:
        return tuple((start, stop or None, None) if one == self.number else WHOLE for one in range(len(self.shape)))

    def _of_length(self, length: int) -> Shape:
        """The map with this length; where the axis is open, Keras knows no better of a slice than that it is."""
        known = isinstance(self.shape[self.number], int)
        return (*self.shape[: self.number], length, *self.shape[self.number + 1 :]) if known else self.shape


def _mirrored(axis: _Axis, front: int, behind: int) -> _Sides:
    return [axis.position(one) for one in range(front, 0, -1)], [axis.position(-2 - one) for one in range(behind)]


def _flipped(axis: _Axis, front: int, behind: int) -> _Sides:
    return [axis.flipped(1, front + 1)] if front else [], [axis.flipped(-behind - 1, -1)] if behind else []


def _repeated(axis: _Axis, front: int, behind: int) -> _Sides:
    return axis.repeated(0, front), axis.repeated(-1, behind)
