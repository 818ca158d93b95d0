"""Channels that became places, and places that became channels, as the axes of a tensor tell it."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.importing.onnx.axes import Axis, line, whole
from resnet_dsl.ir.lengths import Shape

Found = tuple[str, tuple[int, ...], str]
"""The operation, its factor, its order."""


def deep_and_wide(axes: Sequence[Axis], shape: Shape) -> Found | None:
    """``depth_to_space`` or ``space_to_depth`` of a value of this shape whose axes are these, channels last."""
    if len(axes) != len(shape) or not all(isinstance(one, int) for one in shape):
        return None
    for factor in _factors(axes, shape):
        for order in ("tensorflow", "pytorch"):
            for op, expected in (("depth_to_space", _spread), ("space_to_depth", _gathered)):
                if expected(shape, factor, order) == [line([axis]) for axis in axes]:
                    return op, factor, order
    return None


def _factors(axes: Sequence[Axis], shape: Shape) -> list[tuple[int, ...]]:
    """By how much lengths grew, or shrank."""
    lengths = [_length(axis) for axis in axes]
    grown = tuple(made // old for made, old in zip(lengths[:-1], shape[:-1], strict=True))  # type: ignore[operator]
    shrunk = tuple(old // made for made, old in zip(lengths[:-1], shape[:-1], strict=True))  # type: ignore[operator]
    return [one for one in (grown, shrunk) if min(one, default=0) >= 1]


def _length(axis: Axis) -> int:
    count = 1
    for one in axis:
        assert isinstance(one.length, int)
        count *= one.length
    return count


def _spread(shape: Shape, factor: tuple[int, ...], order: str) -> list[Axis] | None:
    """Each length with its factor behind it, out of the channels."""
    channels: int = shape[-1]  # type: ignore[assignment]
    rank, parts = len(factor), 1
    for one in factor:
        parts *= one
    if channels % parts:
        return None
    left = channels // parts
    unit, rest = (left, 1) if order == "tensorflow" else (1, parts)
    made: list[Axis] = []
    step = parts
    for axis, one in enumerate(factor):
        step //= one
        made.append(line([whole(axis, shape[axis]), _part(rank, step * unit, one)]))
    return [*made, line([_part(rank, rest, left)])]


def _gathered(shape: Shape, factor: tuple[int, ...], order: str) -> list[Axis] | None:
    """Each length without its factor, and the factors among the channels."""
    if any(length % one for length, one in zip(shape, factor, strict=False)):  # type: ignore[operator]
        return None
    lengths = [_part(axis, one, shape[axis] // one) for axis, one in enumerate(factor)]  # type: ignore[operator]
    places, channels = [_part(axis, 1, one) for axis, one in enumerate(factor)], whole(len(factor), shape[-1])
    deep = [*places, channels] if order == "tensorflow" else [channels, *places]
    return [*(line([one]) for one in lengths), line(deep)]


def _part(axis: int, step: int, count: int) -> Axis:
    from resnet_dsl.importing.onnx.axes import Factor

    return () if count == 1 else (Factor(axis, step, count),)
