"""Borders around maps, channels first: as an operator's own padding, or as a Pad before it."""

from __future__ import annotations

from typing import TypeAlias

from resnet_dsl.ir.lengths import divides
from resnet_dsl.ir.windows import border_of_same
from resnet_dsl.targets.onnx.lower.operators import pad
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext

Widths: TypeAlias = tuple[tuple[int, int], ...]
"""Positions in front and behind, one pair a spatial axis."""

_MODES = {"zeros": "constant", "lowest": "constant", "reflect": "reflect", "edge": "edge"}
_LOWEST = -3.4028234663852886e38
"""float32's lowest number."""


def widths_of(at: OnnxLoweringContext, reaches: tuple[int, ...]) -> Widths | None:
    """The border of the operation's window; None where it follows from a length that is not known."""
    if at.args["pad"] != "same":
        widths: Widths = at.args["pad"]
        return widths
    axes = list(zip(at.input.shape, reaches, at.args["stride"], strict=False))
    if not all(isinstance(length, int) or divides(stride, length) for length, _, stride in axes):
        return None
    return tuple(border_of_same(*axis) for axis in axes)


def in_a_row(widths: Widths) -> list[int]:
    """As ONNX has them: all in front, then all behind."""
    return [front for front, _ in widths] + [behind for _, behind in widths]


def bordered(at: OnnxLoweringContext, tensor: str, widths: Widths | None, fill: str, reaches: tuple[int, ...]) -> str:
    """A map of the input's shape with a border; where its widths are None, with that of `same` under these reaches."""
    if widths is None:
        return at.call("Pad", tensor, _same(at, reaches), *_number(at, fill), suffix="pad", mode=_MODES[fill])
    if not any(map(any, widths)):
        return tensor
    return pad(at, tensor, "first", dict(enumerate(widths)), _MODES[fill], *_number(at, fill), suffix="pad")


def _number(at: OnnxLoweringContext, fill: str) -> list[str]:
    return [at.numbers("border", _LOWEST)] if fill == "lowest" else []


def _same(at: OnnxLoweringContext, reaches: tuple[int, ...]) -> str:
    """``max((ceil(length / stride) - 1) * stride + reach - length, 0)``, the smaller half in front, when it runs."""
    lengths = at.call("Shape", at.tensor(), suffix="lengths", start=2)
    stride, one, two = at.whole("stride", at.args["stride"]), at.whole("one", [1]), at.whole("two", [2])
    before = at.call("Sub", lengths, one, suffix="before_last")
    last = at.call("Mul", at.call("Div", before, stride, suffix="steps"), stride, suffix="last")
    beyond = at.call("Sub", at.call("Add", last, at.whole("reach", reaches), suffix="end"), lengths, suffix="beyond")
    total = at.call("Max", beyond, at.whole("zero", [0]), suffix="missing")
    front = at.call("Div", total, two, suffix="front")
    none = at.whole("none", [0, 0])
    return at.call("Concat", none, front, none, at.call("Sub", total, front, suffix="behind"), suffix="pads", axis=0)
