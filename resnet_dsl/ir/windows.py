"""Sliding windows, shared by convolutions and pools: padding made explicit, and the lengths that come out."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Length, OpenLength, Shape, show, slide
from resnet_dsl.ir.operation import Arguments, Shapes, UnfitError, Window, per_axis, spatial
from resnet_dsl.ir.parameters import Argument, Parameter, words
from resnet_dsl.sentences import counted

FILL = Parameter(
    "fill",
    words("zeros", "reflect", "edge"),
    "What stands in the border: zeros, the map mirrored at its outermost position (`reflect`), or that position "
    "repeated (`edge`).",
    "zeros",
    later=True,
)


def reach(kernel: int, dilation: int) -> int:
    """The positions from a window's first tap to its last."""
    return (kernel - 1) * dilation + 1


def content(arguments: Arguments) -> str:
    """What stands in the border: ``zeros``, ``reflect``, ``edge``; of a maxpool ``lowest``, too."""
    return str(arguments.get("fill", "zeros"))


def spared(arguments: Arguments) -> Arguments:
    """The arguments without a ``fill`` of zeros (see Parameter.later)."""
    return {name: value for name, value in arguments.items() if (name, value) != ("fill", "zeros")}


def is_bare(pad: Argument) -> bool:
    """Whether this padding is none, whatever the window."""
    sides = pad if isinstance(pad, tuple) else (pad,)
    return all(is_bare(side) if isinstance(side, tuple) else side in ("valid", 0) for side in sides)


def settle_padding(pad: Argument, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Argument:
    """Padding as (before, after) pairs, one an axis; "same" stays a word, since it depends on the length.

    ``half`` is ``floor((kernel - 1) * dilation / 2)`` on both sides: what the ResNet paper, Caffe and PyTorch mean by
    padding that keeps the length at stride 1 (for odd kernels). ``causal`` stands in front alone, so that no position
    sees one behind it (van den Oord et al. 2016).
    """
    if pad == "causal":
        return _in_front(kernel, dilation)
    if pad == "same":
        return pad
    if pad == "half":
        return tuple(((k - 1) * d // 2,) * 2 for k, d in zip(kernel, dilation, strict=True))
    if pad == "valid":
        pad = 0
    return settle_border(pad, len(kernel), "the padding")


def _in_front(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Argument:
    if len(kernel) > 1:
        raise UnfitError(
            "E0281",
            f"`pad = causal` is for signals, and what flows in has {len(kernel)} spatial axes",
            "say how much stands in front and behind: `pad = [2, 0]`, or a pair an axis, `pad = [[2, 0], [1, 1]]`",
        )
    return tuple(((k - 1) * d, 0) for k, d in zip(kernel, dilation, strict=True))


def settle_border(border: Argument, rank: int, what: str) -> Argument:
    """Positions in front and behind, one pair an axis, of a number, one an axis, a pair, or pairs."""
    if not (isinstance(border, tuple) and isinstance(border[0], tuple)):
        return tuple((one, one) for one in per_axis(border, rank, what))
    if len(border) not in (1, rank):
        raise UnfitError(
            "E0301",
            f"{what} has {len(border)} pairs, and the value that flows in has {rank} spatial "
            f"{'axis' if rank == 1 else 'axes'}",
            "write one pair for all axes, `[1, 0]`, or one an axis",
        )
    return border * rank if len(border) == 1 else border


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
    if content(arguments) == "reflect":
        _check_mirror(name, arguments, shape)
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


def _check_mirror(name: str, arguments: Arguments, shape: Shape) -> None:
    """A map is mirrored without its outermost position: it must be longer than the border."""
    kernel, dilation = arguments["kernel"], arguments.get("dilation", (1,) * len(arguments["kernel"]))
    reaches = map(reach, kernel, dilation)
    for length, taps, stride, pad in zip(shape, reaches, arguments["stride"], _pads(arguments), strict=False):
        widest = border_of_same(length, taps, stride)[1] if pad == "same" else max(pad)
        if isinstance(length, int) and length <= widest:
            raise UnfitError(
                "E0282",
                f"`{name}` mirrors {counted(widest, 'position')} at the border, and the map has a length of {length}",
                "use `fill = edge` or `fill = zeros`, a smaller kernel, or reduce the map less before it",
            )


def border_of_same(length: Length, taps: int, stride: int) -> tuple[int, int]:
    """What ``same`` adds; to an open length what it adds to a multiple of the stride."""
    known = length if isinstance(length, int) else stride
    total = max((-(-known // stride) - 1) * stride + taps - known, 0)
    return total // 2, total - total // 2


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
    """Positions before the first."""
    return border_of_same(length, taps, stride)[0] if pad == "same" else int(pad[0])


def stride_between(source: Shape, target: Shape) -> Argument:
    """The stride that takes a shape's lengths to another's: one number, or one an axis; None where there is none."""
    if len(source) != len(target):
        return None
    strides = [_axis_stride(a, b) for a, b in zip(source[:-1], target[:-1], strict=True)]
    if None in strides:
        return None
    if len(set(strides)) <= 1:
        return strides[0] if strides else 1
    return tuple(strides)


def _axis_stride(source: Length, target: Length) -> int | None:
    if isinstance(source, OpenLength) != isinstance(target, OpenLength):
        return None
    if isinstance(source, OpenLength) and isinstance(target, OpenLength):
        stride = round(source.rate / target.rate)
    else:
        stride = -(-source // target)  # type: ignore[operator]
    return stride if stride >= 1 and slide(source, 1, stride, 0) == target else None
