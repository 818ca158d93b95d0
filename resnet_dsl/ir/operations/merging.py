"""Merges: operations that make one value of several."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Length, Shape, channels, told_apart
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError

_MEETING = "bring them to one size first: `resize(like = …)`, or `crop(like = …)` the larger"


def _to_one_shape(shape: Shape, other: Shape) -> str:
    if len(shape) != len(other):
        return "pool or flatten the one with more axes first, or merge them in front of the pooling"
    if shape[:-1] == other[:-1]:
        return "bring them to one shape first (a convolution, a pool), or join their channels with `concat`"
    alike = channels(shape) == channels(other)
    return _MEETING + ("" if alike else "; then to one number of channels, by a 1x1 convolution")


def _both(shape: Shape, other: Shape) -> str:
    return f"{told_apart(shape, other)} and {told_apart(other, shape)}"


def _equal(name: str, shapes: Shapes) -> Shape:
    for shape in shapes[1:]:
        if shape != shapes[0]:
            raise UnfitError(
                "E0305",
                f"`{name}` needs values of one shape, and these are {_both(shapes[0], shape)}",
                _to_one_shape(shape, shapes[0]),
            )
    return shapes[0]


def _joined(lengths: tuple[Length, ...]) -> Length | None:
    """The common length of an axis where a gate may have length 1; None where there is none."""
    longer = [length for length in lengths if length != 1]
    if not longer:
        return 1
    return longer[0] if all(length == longer[0] for length in longer) else None


def _gate_that_fits(shapes: Shapes, lengths: list[Length | None]) -> str:
    """``lengths``: the common one of each axis, None where there is none."""
    if len({*map(len, shapes)}) > 1:
        return "a gate made by `avgpool(global)` needs `keepdims = true`"
    if None in lengths[:-1]:
        return _MEETING
    main = channels(max(shapes, key=lambda shape: sum(length != 1 for length in shape)))
    gate = next(one for one in map(channels, shapes) if one not in (1, main))
    step = f"dense({main})" if len(shapes[0]) == 1 else f"conv({main}, 1)"
    return f"a gate for {main} channels has {main} or 1, and this one has {gate}: let `{step}` make them"


def _gated(arguments: Arguments, shapes: Shapes) -> Shape:
    lengths = [_joined(axis) for axis in zip(*shapes, strict=False)]
    if len({len(shape) for shape in shapes}) > 1 or None in lengths:
        listed = " and ".join(told_apart(shape, shapes[index == 0]) for index, shape in enumerate(shapes))
        raise UnfitError(
            "E0305",
            f"`mul` needs values of one shape, or gates that have length 1 where the others do not; these are {listed}",
            _gate_that_fits(shapes, lengths),
        )
    return tuple(lengths)  # type: ignore[arg-type]


def _concatenated(arguments: Arguments, shapes: Shapes) -> Shape:
    for shape in shapes[1:]:
        if shape[:-1] != shapes[0][:-1]:
            raise UnfitError(
                "E0305",
                f"`concat` needs values of one size, and these are {_both(shapes[0], shape)}",
                _MEETING if len(shape) == len(shapes[0]) else "pool or flatten the one with more axes first",
            )
    return (*shapes[0][:-1], sum(channels(shape) for shape in shapes))


ADD = Operation(
    "add",
    "The sum of values of one shape.",
    "merge",
    merge="sum",
    infer=lambda arguments, shapes: _equal("add", shapes),
    label=lambda a: "+",
    keeps_sign=True,
    affine=True,
)
SUB = Operation(
    "sub",
    "The first value less the second, which has its shape.",
    "merge",
    merge="difference",
    infer=lambda arguments, shapes: _equal("sub", shapes),
    label=lambda a: "−",
    affine=True,
)
MUL = Operation(
    "mul",
    "The product of values; a gate may have length 1 along some axes and is repeated there.",
    "merge",
    merge="product",
    infer=_gated,
    label=lambda a: "×",
    keeps_sign=True,
)
CONCAT = Operation(
    "concat",
    "Values of one size side by side along the channels.",
    "merge",
    merge="join",
    infer=_concatenated,
    label=lambda a: "concat",
    keeps_sign=True,
    affine=True,
)

OPERATIONS = (ADD, SUB, MUL, CONCAT)
