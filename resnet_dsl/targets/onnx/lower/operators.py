"""What rules of several families share: single operators, in the layout that is there, and sizes that are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from resnet_dsl.targets.onnx.calls import Layout, in_layout
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rule

END = 2**63 - 1
"""Of a slice: behind the last position."""

Widths: TypeAlias = Mapping[int, tuple[int, int]]
"""From axes of a shape to how many positions stand before and behind."""

Lengths: TypeAlias = list[int] | str
"""Lengths that are known, or the tensor that holds them when the model runs."""


def each(kind: str, **attributes: Any) -> Rule:
    """The rule of an operator that takes one value or several, number by number."""

    def rule(at: OnnxLoweringContext) -> OnnxValue:
        return at.value(at.call(kind, *at.tensors(at.layout), **attributes), at.layout)

    return rule


def with_number(kind: str, number: Callable[[OnnxLoweringContext], float]) -> Rule:
    """The rule of an operator that takes a value and a fixed number."""

    def rule(at: OnnxLoweringContext) -> OnnxValue:
        return at.value(at.call(kind, at.tensor(at.layout), at.numbers("number", number(at))), at.layout)

    return rule


def reduced(kind: str, axes: Callable[[OnnxLoweringContext], Sequence[int]]) -> Rule:
    """The rule of an operator that makes the length of axes of the shape 1."""

    def rule(at: OnnxLoweringContext) -> OnnxValue:
        places = [at.input.axis(axis, at.layout) for axis in axes(at)]
        return at.value(at.call(kind, at.tensor(at.layout), at.whole("axes", places)), at.layout)

    return rule


def sliced(
    at: OnnxLoweringContext, axes: Sequence[int], starts: Sequence[int], ends: Sequence[int], *steps: int
) -> OnnxValue:
    """A part of the input along axes of its shape."""
    given = {"starts": starts, "ends": ends, "axes": [at.input.axis(axis, at.layout) for axis in axes]}
    given |= {"steps": steps} if steps else {}
    row = (at.whole(name, values) for name, values in given.items())
    return at.value(at.call("Slice", at.tensor(at.layout), *row), at.layout)


def pad(
    at: OnnxLoweringContext, tensor: str, layout: Layout, widths: Widths, mode: str, *number: str, suffix: str
) -> str:
    """A tensor of the input's shape with zeros (or another number), or its own numbers, around it."""
    row = [0] * (2 * at.input.axes + 2)
    for axis, (before, behind) in widths.items():
        place = at.input.axis(axis, layout)
        row[place], row[place + at.input.axes + 1] = before, behind
    return at.call("Pad", tensor, at.whole("pads", row), *number, suffix=suffix, mode=mode)


def padded(at: OnnxLoweringContext, widths: Widths, mode: str = "constant") -> OnnxValue:
    """The input with such a border, as the operation's value."""
    return at.value(pad(at, at.tensor(at.layout), at.layout, widths, mode, suffix=""), at.layout)


def in_a_line(at: OnnxLoweringContext) -> str:
    """The input with its numbers in the order in which they are counted: channels last."""
    lengths = at.input.shape[:-1]
    return at.tensor(at.layout if all(length == 1 for length in lengths) else "last")


def reshaped_back(at: OnnxLoweringContext, tensor: str, suffix: str = "") -> str:
    """Numbers in the order of the input, channels first, in its shape."""
    if at.is_open:
        size = at.call("Shape", at.tensor(), suffix="shape")
    else:
        size = at.whole("shape", [0, *in_layout(at.input.shape, "first")])
    return at.call("Reshape", tensor, size, suffix=suffix)


def lengths_of(at: OnnxLoweringContext, value: OnnxValue, suffix: str = "lengths") -> Lengths:
    """The lengths of a map, without its channels."""
    known = [length for length in value.shape[:-1] if isinstance(length, int)]
    if len(known) == value.axes - 1:
        return known
    return at.call("Shape", at.tensor("first", value), suffix=suffix, start=2)


def size_of(at: OnnxLoweringContext, what: str, *parts: Lengths) -> str:
    """Lengths behind one another, as one tensor; 0 stands for the batch's."""
    if not any(isinstance(part, str) for part in parts):
        return at.whole(what, [one for part in parts for one in part])
    pieces = (part if isinstance(part, str) else at.whole(f"{what}_part", part) for part in parts)
    return at.call("Concat", *pieces, suffix=what, axis=0)
