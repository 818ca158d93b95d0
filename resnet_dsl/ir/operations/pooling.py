"""Pooling: over windows, over the whole map, and with a blur."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.notation import once, times
from resnet_dsl.ir.operation import Arguments, Operation, OperationName, Shapes, UnfitError, Window, spatial
from resnet_dsl.ir.parameters import EXTENT, FLAG, PADDING, Argument, Kind, Parameter, or_words, words
from resnet_dsl.ir.windows import FILL, content, is_bare, settle_window, slide_window, spared, window_of
from resnet_dsl.sentences import counted

_KERNEL: Kind = or_words(EXTENT, "global")
_PARAMETERS = (
    Parameter("kernel", _KERNEL, "Length of the window; `global` is the whole map.", required=True),
    Parameter("stride", EXTENT, "Step of the window; the kernel's length unless given.", computed="kernel"),
    Parameter(
        "pad", PADDING, "The border; `half` is floor((kernel - 1) / 2), `causal` all in front (signals).", "half"
    ),
)
_KEEPDIMS = Parameter("keepdims", FLAG, "Whether `global` keeps axes of length 1.", False)


def _settle(name: str, arguments: Arguments, shapes: Shapes) -> Arguments:
    if arguments["kernel"] != "global":
        return settle_window(name, arguments, shapes)
    spatial(shapes[0], name)
    return {**arguments, "stride": None, "pad": "valid"}


def _settle_mean(arguments: Arguments, shapes: Shapes) -> Arguments:
    return spared(_settle("avgpool", arguments, shapes))


def _infer(name: str, zeros: str, arguments: Arguments, shapes: Shapes) -> Shape:
    if arguments["kernel"] != "global":
        _refuse_empty_windows(name, zeros, arguments)
        _refuse_idle_fill(name, arguments)
        return (*slide_window(name, arguments, shapes[0]), channels(shapes[0]))
    ones = (1,) * spatial(shapes[0], name) if arguments["keepdims"] else ()
    return (*ones, channels(shapes[0]))


def _refuse_empty_windows(name: str, zeros: str, arguments: Arguments) -> None:
    """Of a window in the border alone there is no largest number and no mean, unless its zeros count."""
    left_out = content(arguments) == "lowest" or not arguments.get("count_border", True)
    if arguments["pad"] == "same" or not left_out:
        return
    for taps, pad in zip(arguments["kernel"], arguments["pad"], strict=True):
        if max(pad) >= taps:
            raise UnfitError(
                "E0306",
                f"`{name}` has windows of {taps} in a border of {max(pad)}: some see nothing of the map",
                f"pad with less than {taps}, or let the border's zeros count: `{zeros}`",
            )


def _refuse_idle_fill(name: str, arguments: Arguments) -> None:
    if name == "avgpool" and not arguments["count_border"] and content(arguments) != "zeros":
        raise UnfitError(
            "E0283",
            f"`fill = {content(arguments)}` says what the border holds, and `count_border = false` leaves it out",
            "write one of the two",
        )


def _ignored(arguments: Arguments) -> dict[str, str]:
    """Over the whole map there is no step and no border; over windows no axis is lost that could be kept."""
    border = [name for name in ("fill", "count_border") if name in arguments]
    if arguments["kernel"] == "global":
        return dict.fromkeys(("stride", "pad", *border), "kernel")
    return {"keepdims": "kernel"} | (dict.fromkeys(border, "pad") if is_bare(arguments["pad"]) else {})


def _window(arguments: Arguments, shape: Shape) -> Window | str:
    return "all" if arguments["kernel"] == "global" else window_of(arguments, shape)


def _label(what: str, arguments: Arguments) -> str:
    if arguments["kernel"] == "global":
        return f"global {what} pool"
    filled = f", {content(arguments)}" if content(arguments) in ("reflect", "edge") else ""
    return f"{times(arguments['kernel'])} {what} pool{_step(arguments)}{filled}"


def _step(arguments: Arguments) -> str:
    stride = once(arguments["stride"])
    return f", /{stride}" if stride != "1" else ""


def _pool(
    name: OperationName,
    doc: str,
    what: str,
    settle: Callable[[Arguments, Shapes], Arguments],
    *more: Parameter,
    zeros: str,
    affine: bool,
) -> Operation:
    """``zeros``: how the border's zeros are made to count."""
    return Operation(
        name,
        doc,
        "pool",
        (*_PARAMETERS, _KEEPDIMS, *more),
        settle=settle,
        infer=lambda arguments, shapes: _infer(name, zeros, arguments, shapes),
        window=_window,  # type: ignore[arg-type]
        label=lambda arguments: _label(what, arguments),
        ignored=_ignored,
        keeps_sign=True,
        affine=affine,
    )


MAXPOOL = _pool(
    "maxpool",
    "The largest number of each window.",
    "max",
    lambda arguments, shapes: _settle("maxpool", arguments, shapes),
    Parameter(
        "fill",
        words("lowest", "zeros", "reflect", "edge"),
        "What stands in the border: `lowest` never wins (PyTorch); `zeros` may win (Keras' applications, BiT); the map "
        "mirrored at its outermost position (`reflect`), or that position repeated (`edge`).",
        "lowest",
    ),
    zeros="fill = zeros",
    affine=False,
)
AVGPOOL = _pool(
    "avgpool",
    "The mean of each window.",
    "avg",
    _settle_mean,
    Parameter(
        "count_border",
        FLAG,
        "Whether zeros of the border count in the mean; never under `pad = same`.",
        True,
    ),
    FILL,
    zeros="count_border = true",
    affine=True,
)


def _blur_settle(arguments: Arguments, shapes: Shapes) -> Arguments:
    settled = dict(settle_window("blurpool", {**arguments, "pad": "half"}, shapes))
    del settled["pad"]
    return settled


def _blur_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    pad = tuple(((k - 1) // 2, k // 2) for k in arguments["kernel"])
    for length, (_, after) in zip(shapes[0], pad, strict=False):
        if isinstance(length, int) and length <= after:
            raise UnfitError(
                "E0303",
                f"`blurpool` mirrors {counted(after, 'position')} at the border, and the map has a length of {length}",
                "use a smaller kernel, or reduce the map less before it",
            )
    return (*slide_window("blurpool", {**arguments, "pad": pad}, shapes[0]), channels(shapes[0]))


def _is_blur(value: Argument) -> bool:
    """One length for all axes; settled, the same one for each."""
    return EXTENT.fits(value) and len(set(value if isinstance(value, tuple) else (value,))) == 1


def _is_blur_length(value: Argument) -> bool:
    return _is_blur(value) and 2 <= (value[0] if isinstance(value, tuple) else value) <= 7


BLURPOOL = Operation(
    "blurpool",
    "A fixed binomial filter on each channel, mirrored at the border, then the stride (Zhang 2019).",
    "pool",
    (
        Parameter("kernel", Kind("a whole number from 2 to 7", _is_blur, _is_blur_length), "Length of the filter.", 3),
        Parameter("stride", EXTENT, "Step of the filter.", 2),
    ),
    settle=_blur_settle,
    infer=_blur_infer,
    window=window_of,
    label=lambda arguments: f"{times(arguments['kernel'])} blur{_step(arguments)}",
    keeps_sign=True,
    affine=True,
)

CHANNEL_POOL = Operation(
    "channel_pool",
    "The mean or the largest number over the channels of each position: one channel (CBAM: Woo et al. 2018).",
    "pool",
    (Parameter("by", words("mean", "max"), "What is taken of the channels.", "mean"),),
    infer=lambda arguments, shapes: (*shapes[0][:-1], 1),
    label=lambda arguments: f"{arguments['by']} over channels",
)

OPERATIONS = (MAXPOOL, AVGPOOL, BLURPOOL, CHANNEL_POOL)
