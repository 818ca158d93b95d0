"""Channels that stand for places, and places that stand for channels; at most one length of these may be open.

Deep is (lengths, factors, channels), or (lengths, channels, factors) in PyTorch's order; wide has each factor behind
its length.
"""

from __future__ import annotations

from itertools import chain

from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.passes.primitives.step import Composite, Composites, Whole


def _layout(of: Whole, lengths: Shape, count: int) -> tuple[Shape, tuple[int, ...]]:
    """The deep shape, and the order of its axes that makes the wide one."""
    rank, factor = of.rank, of.args["factor"]
    if of.args["order"] == "tensorflow":
        deep, places, last = (*lengths, *factor, count), range(rank, 2 * rank), 2 * rank
    else:
        deep, places, last = (*lengths, count, *factor), range(rank + 1, 2 * rank + 1), rank
    return deep, (*chain.from_iterable(zip(range(rank), places, strict=True)), last)


def _reshape(of: Whole, value: int, shape: Shape, name: str = "") -> int:
    size = tuple(length if isinstance(length, int) else None for length in shape)
    return of.step("reshape", value, shape=shape, name=name, size=size)


def _depth_to_space(of: Whole) -> None:
    deep, order = _layout(of, of.shapes[0][:-1], channels(of.shape))
    wide = tuple(deep[axis] for axis in order)
    value = _reshape(of, 0, deep, "deep")
    _reshape(of, of.step("permute", value, shape=wide, name="wide", order=order), of.shape)


def _space_to_depth(of: Whole) -> None:
    deep, order = _layout(of, of.shape[:-1], of.entering)
    value = _reshape(of, 0, tuple(deep[axis] for axis in order), "wide")
    back = tuple(order.index(axis) for axis in range(len(order)))
    _reshape(of, of.step("permute", value, shape=deep, name="deep", order=back), of.shape)


COMPOSITES: Composites = {
    "depth_to_space": Composite(_depth_to_space),
    "space_to_depth": Composite(_space_to_depth),
}
