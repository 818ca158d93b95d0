"""Sliding windows, shared by convolutions and pools: padding made explicit, and the lengths that come out."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Length, Shape, show, slide
from resnet_dsl.ir.operation import Arguments, Shapes, UnfitError, Window, per_axis, spatial
from resnet_dsl.ir.parameters import Argument


def reach(kernel: int, dilation: int) -> int:
    """The positions from a window's first tap to its last."""
    return (kernel - 1) * dilation + 1


def settle_padding(pad: Argument, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Argument:
    """Padding as (before, after) pairs, one an axis; "same" stays a word, since it depends on the length.

    ``half`` is ``floor((kernel - 1) * dilation / 2)`` on both sides: what the ResNet paper, Caffe and PyTorch mean by
    padding that keeps the length at stride 1 (for odd kernels).
    """
    if pad == "same":
        return pad
    if pad == "half":
        return tuple(((k - 1) * d // 2,) * 2 for k, d in zip(kernel, dilation, strict=True))
    if pad == "valid":
        pad = 0
    if isinstance(pad, tuple) and len(pad) == len(kernel) and isinstance(pad[0], tuple):
        return pad
    return tuple((one, one) for one in per_axis(pad, len(kernel), "the padding"))


def settle_window(name: str, arguments: Arguments, shapes: Shapes) -> Arguments:
    """``kernel``, ``stride``, ``dilation`` and ``pad`` with one number (pad: pair) an axis."""
    rank = spatial(shapes[0], name)
    settled = dict(arguments)
    kernel = per_axis(arguments["kernel"], rank, "the kernel")
    stride = arguments["stride"]
    settled["kernel"] = kernel
    settled["stride"] = kernel if stride is None else per_axis(stride, rank, "the stride")
    dilation = per_axis(arguments.get("dilation", 1), rank, "the dilation")
    if "dilation" in arguments:
        settled["dilation"] = dilation
    settled["pad"] = settle_padding(arguments["pad"], kernel, dilation)
    return settled


def slide_window(name: str, arguments: Arguments, shape: Shape) -> tuple[Length, ...]:
    """The spatial lengths behind a window; Unfit where the window is larger than the padded map."""
    kernel, stride, pad = arguments["kernel"], arguments["stride"], arguments["pad"]
    dilation = arguments.get("dilation", (1,) * len(kernel))
    if pad == "same":
        return tuple(slide(length, 1, s, 0) for length, s in zip(shape, stride, strict=False))
    for length, k, d, p in zip(shape, kernel, dilation, pad, strict=False):
        if isinstance(length, int) and length + sum(p) < reach(k, d):
            raise UnfitError(
                "E0303",
                f"`{name}` has a window of {reach(k, d)}, larger than the {show(shape)} map that flows in",
                "use a smaller kernel or more padding, or reduce the map less before it",
            )
    return tuple(
        slide(length, reach(k, d), s, sum(p))
        for length, k, d, s, p in zip(shape, kernel, dilation, stride, pad, strict=False)
    )


def window_of(arguments: Arguments, shape: Shape) -> Window:
    """The receptive-field rule of a sliding window."""
    kernel, stride = arguments["kernel"], arguments["stride"]
    dilation = arguments.get("dilation", (1,) * len(kernel))
    taps = tuple(reach(k, d) for k, d in zip(kernel, dilation, strict=True))
    before = tuple(_border_before(*axis) for axis in zip(shape, taps, stride, _pads(arguments), strict=False))
    return Window(taps, stride, (1,) * len(kernel), before)


def _pads(arguments: Arguments) -> tuple[Argument, ...]:
    """The padding of each axis; a blur's is not an argument."""
    pad = arguments.get("pad", tuple(((k - 1) // 2, k // 2) for k in arguments["kernel"]))
    return (pad,) * len(arguments["kernel"]) if pad == "same" else tuple(pad)


def _border_before(length: Length, taps: int, stride: int, pad: Argument) -> int:
    """Positions before the first; what ``same`` adds to an open length is that of a multiple of the stride."""
    if pad != "same":
        return int(pad[0])
    known = length if isinstance(length, int) else stride
    return max((-(-known // stride) - 1) * stride + taps - known, 0) // 2
