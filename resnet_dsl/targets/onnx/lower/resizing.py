"""Operations that bring a value to another size, as operators of ONNX.

Positions are the middles of cells. Where a nearest cell is not found by a whole factor, its place is worked out in
whole numbers: a runtime's own rounding would take another one here and there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from resnet_dsl.ir.lengths import factor_between
from resnet_dsl.targets.onnx.lower.operators import END, Lengths, lengths_of, padded, size_of, sliced
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rules

_NEAREST = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
_BILINEAR = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}


def _enlarged(at: OnnxLoweringContext, factors: Any) -> OnnxValue:
    """Each position so often; or on the line between two middles."""
    how: dict[str, Any] = {"nearest": _NEAREST, "bilinear": _BILINEAR}[at.args["method"]]
    return at.value(at.call("Resize", at.tensor(), "", at.numbers("scales", [1, 1, *factors]), **how))


def _resize(at: OnnxLoweringContext) -> OnnxValue:
    factors = [factor_between(*axis) for axis in zip(at.input.shape[:-1], at.shape[:-1], strict=True)]
    if None not in factors:
        return _enlarged(at, factors)
    size = [*at.args["size"]] if at.args["size"] else lengths_of(at, at.inputs[1], "size")
    return _bilinear(at, size) if at.args["method"] == "bilinear" else _nearest(at, size)


def _bilinear(at: OnnxLoweringContext, size: Lengths) -> OnnxValue:
    """All lengths are given: ONNX Runtime 1.32 moves a Transpose wrongly past a Resize of some axes."""
    others = at.call("Shape", at.tensor(), suffix="others", end=2)
    return at.value(at.call("Resize", at.tensor(), "", "", size_of(at, "sizes", others, size), **_BILINEAR))


def _nearest(at: OnnxLoweringContext, size: Lengths) -> OnnxValue:
    """Along each axis position i is cell ``(2 * i + 1) * old // (2 * new)``: PyTorch's `nearest-exact`."""
    lengths, made = lengths_of(at, at.input), at.tensor()
    for axis in range(at.rank):
        made = at.call(
            "Gather", made, _cells(at, lengths, size, axis), suffix="" if axis == at.rank - 1 else "axis", axis=axis + 2
        )
    return at.value(made)


def _cells(at: OnnxLoweringContext, lengths: Lengths, size: Lengths, axis: int) -> str:
    if not isinstance(lengths, str) and not isinstance(size, str):
        return at.whole("cells", (2 * np.arange(size[axis]) + 1) * lengths[axis] // (2 * size[axis]))
    old, new = (_one(at, of, axis) for of in (lengths, size))
    one, two = at.whole("one", 1), at.whole("two", 2)
    places = at.call("Range", at.whole("zero", 0), new, one, suffix="places")
    middles = at.call("Add", at.call("Mul", places, two, suffix="even"), one, suffix="middles")
    return at.call(
        "Div", at.call("Mul", middles, old, suffix="wide"), at.call("Mul", new, two, suffix="unit"), suffix="cells"
    )


def _one(at: OnnxLoweringContext, lengths: Lengths, axis: int) -> str:
    """One of the lengths, as a number."""
    if isinstance(lengths, str):
        return at.call("Gather", lengths, at.whole("axis", axis), suffix="length", axis=0)
    return at.whole("length", lengths[axis])


def _pairs(
    then: Callable[[OnnxLoweringContext, dict[int, tuple[int, int]]], OnnxValue],
) -> Callable[[OnnxLoweringContext], OnnxValue]:
    return lambda at: then(at, dict(enumerate(at.args["amounts"])))


def _cropped(at: OnnxLoweringContext, amounts: dict[int, tuple[int, int]]) -> OnnxValue:
    ends = [-behind or END for _, behind in amounts.values()]
    return sliced(at, [*amounts], [front for front, _ in amounts.values()], ends)


def _crop(at: OnnxLoweringContext) -> OnnxValue:
    """The middle that is as long as another value; of an odd number one more goes behind."""
    if not at.args["like"]:
        return _pairs(_cropped)(at)
    old, new = at.call("Shape", at.tensor(), suffix="lengths", start=2), lengths_of(at, at.inputs[1], "size")
    size = new if isinstance(new, str) else at.whole("size", new)
    start = at.call("Div", at.call("Sub", old, size, suffix="more"), at.whole("two", [2]), suffix="start")
    end = at.call("Add", start, size, suffix="end")
    return at.value(at.call("Slice", at.tensor(), start, end, at.whole("axes", range(2, at.rank + 2))))


RULES: Rules = {
    "upsample": lambda at: _enlarged(at, at.args["factor"]),
    "resize": _resize,
    "zero_pad": _pairs(padded),
    "crop": _crop,
}
