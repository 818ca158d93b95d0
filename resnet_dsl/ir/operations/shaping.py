"""Operations that rearrange a value and learn nothing."""

from __future__ import annotations

from math import prod

from resnet_dsl.ir.lengths import Length, OpenLength, Shape, channels, divides, elements, show, slide, stretch
from resnet_dsl.ir.notation import once, times
from resnet_dsl.ir.operation import Arguments, Operation, Shapes, UnfitError, Window, always, per_axis, spatial
from resnet_dsl.ir.parameters import COUNT, EXTENT, NATURAL, Kind, Parameter, is_integer, required, words
from resnet_dsl.ir.sizes import Size, is_open, multiple
from resnet_dsl.sentences import counted

_SIZE = Kind(
    "a size with channels (`224x224x3`, `?x?x3`, `32?x32?x3`)",
    lambda v: isinstance(v, tuple),
    lambda v: (
        isinstance(v, tuple)
        and 1 <= len(v) <= 4
        and is_integer(v[-1])
        and all(is_open(d) or (is_integer(d) and d >= 1) for d in v)
    ),
)
_RESULT = Kind(
    "a size (`1x1x64`), or a whole number of at least 1",
    lambda v: is_integer(v) or isinstance(v, tuple),
    lambda v: (
        all(is_integer(d) and d >= 1 for d in (v if isinstance(v, tuple) else (v,))) and (is_integer(v) or len(v) <= 4)
    ),
)
_AXES = {1: ("n",), 2: ("h", "w"), 3: ("d", "h", "w")}


def input_shape(size: Size) -> Shape:
    """The shape of a network's input: unknown lengths get the name of their axis."""
    names = _AXES.get(len(size) - 1, ())
    return (*map(_entering, names, size), size[-1])  # type: ignore[arg-type]


def _entering(name: str, length: int | str | None) -> Length:
    divisor = multiple(length)
    return length if divisor is None else OpenLength(name, step=divisor, multiple=divisor)  # type: ignore[return-value]


def _sliced(arguments: Arguments, shapes: Shapes) -> Shape:
    end = arguments["start"] + arguments["count"]
    if end > channels(shapes[0]):
        raise UnfitError(
            "E0307",
            f"channels {arguments['start']} to {end - 1} are asked for, and what flows in has {channels(shapes[0])}",
            f"its channels are numbered from 0 to {channels(shapes[0]) - 1}",
        )
    return (*shapes[0][:-1], arguments["count"])


def _padded(arguments: Arguments, shapes: Shapes) -> Shape:
    if arguments["channels"] < channels(shapes[0]):
        raise UnfitError(
            "E0307",
            f"`pad_channels` adds channels: it cannot make {arguments['channels']} of {channels(shapes[0])}",
            "use `channels(0, …)` or a 1x1 convolution for fewer",
        )
    return (*shapes[0][:-1], arguments["channels"])


def _settle(name: str, what: str, arguments: Arguments, shapes: Shapes) -> Arguments:
    return {**arguments, what: per_axis(arguments[what], spatial(shapes[0], name), f"the {what}")}


def _subsampled(arguments: Arguments, shapes: Shapes) -> Shape:
    lengths = (slide(length, 1, stride, 0) for length, stride in zip(shapes[0], arguments["stride"], strict=False))
    return (*lengths, channels(shapes[0]))


def _upsampled(arguments: Arguments, shapes: Shapes) -> Shape:
    lengths = (stretch(length, factor) for length, factor in zip(shapes[0], arguments["factor"], strict=False))
    return (*lengths, channels(shapes[0]))


def _flattened(arguments: Arguments, shapes: Shapes) -> Shape:
    count = elements(shapes[0])
    if count is None:
        raise UnfitError(
            "E0301",
            "`flatten` needs known lengths, and one that flows in is open (`?`)",
            "pool with `avgpool(global)`, or give the input a size",
        )
    return (count,)


def _reshaped(arguments: Arguments, shapes: Shapes) -> Shape:
    size = arguments["size"] if isinstance(arguments["size"], tuple) else (arguments["size"],)
    count, wanted = elements(shapes[0]), prod(size)
    if count is None:
        raise UnfitError(
            "E0301", "`reshape` needs known lengths, and one that flows in is open (`?`)", "give the input a size"
        )
    if count != wanted:
        raise UnfitError(
            "E0301",
            f"`reshape` cannot make {show(size)} ({counted(wanted, 'number')}) of "
            f"{show(shapes[0])} ({counted(count, 'number')})",
            "the product of the lengths must stay the same",
        )
    return size


def _upsample_window(arguments: Arguments, shape: Shape) -> Window:
    """``nearest``: the position whose copy it is. ``bilinear``: the two between whose middles it lies, or the one in
    whose middle."""
    factor = arguments["factor"]
    before = tuple(one - 1 if arguments["method"] == "nearest" else 3 * one // 2 - 1 for one in factor)
    behind = tuple(0 if arguments["method"] == "nearest" else one // 2 for one in factor)
    reach = tuple(1 + one + other for one, other in zip(before, behind, strict=True))
    return Window(reach, (1,) * len(factor), factor, before)


def _copies(factor: tuple[int, ...]) -> Window:
    """Positions that are made of one."""
    return Window(factor, (1,) * len(factor), factor, tuple(one - 1 for one in factor))


def _subsample_window(arguments: Arguments, shape: Shape) -> Window:
    stride = arguments["stride"]
    ones = (1,) * len(stride)
    return Window(ones, stride, ones, (0,) * len(stride))


def _spread(arguments: Arguments, shapes: Shapes) -> Shape:
    parts = prod(arguments["factor"])
    if channels(shapes[0]) % parts:
        raise UnfitError(
            "E0304",
            f"each position becomes {times(arguments['factor'])}, and that does not divide the {channels(shapes[0])} "
            "channels that flow in",
            f"let a convolution make a multiple of {parts} channels",
        )
    lengths = (stretch(length, factor) for length, factor in zip(shapes[0], arguments["factor"], strict=False))
    return (*lengths, channels(shapes[0]) // parts)


def _gathered(arguments: Arguments, shapes: Shapes) -> Shape:
    axes = list(zip(shapes[0], arguments["factor"], strict=False))
    if not all(divides(factor, length) for length, factor in axes):
        raise _uncut(shapes[0], arguments["factor"])
    lengths = (slide(length, factor, factor, 0) for length, factor in axes)
    return (*lengths, channels(shapes[0]) * prod(arguments["factor"]))


def _uncut(shape: Shape, factor: tuple[int, ...]) -> UnfitError:
    missing = [-length % step for length, step in zip(shape, factor, strict=False) if isinstance(length, int)]
    message = f"`space_to_depth` takes blocks of {times(factor)}, which are not known to divide {show(shape)}"
    if len(missing) < len(factor):
        remedy = "give the input a size, or put `space_to_depth` behind what makes a multiple"
        return UnfitError("E0285", message, remedy)
    pairs = ", ".join(f"[0, {one}]" for one in missing)
    remedy = f"`zero_pad({pairs if len(missing) == 1 else f'[{pairs}]'})` before it makes them multiples"
    return UnfitError("E0285", message.replace("are not known to", "do not"), remedy)


INPUT = Operation(
    "input",
    "The network's input.",
    "input",
    (required("shape", _SIZE, "Its size without the batch axis."),),
    infer=lambda arguments, shapes: input_shape(arguments["shape"]),
    label=lambda arguments: "input",
)
IDENTITY = Operation(
    "identity",
    "The value as it is.",
    "reshape",
    label=lambda arguments: "identity",
    keeps_sign=True,
    affine=True,
    idle=always,
)
FLATTEN = Operation(
    "flatten",
    "All numbers in one vector.",
    "reshape",
    infer=_flattened,
    window=lambda arguments, shape: "all",
    label=lambda arguments: "flatten",
    keeps_sign=True,
    affine=True,
)
RESHAPE = Operation(
    "reshape",
    "The same numbers, row by row, in another shape; along channels that became a length, `conv` runs over channels.",
    "reshape",
    (required("size", _RESULT, "The shape of the result: lengths and channels, or one number for a vector."),),
    infer=_reshaped,
    window=lambda arguments, shape: "all",
    label=lambda a: f"reshape, {times(a['size']) if isinstance(a['size'], tuple) else a['size']}",
    affine=True,
)
CHANNELS = Operation(
    "channels",
    "A slice of the channels.",
    "reshape",
    (
        required("start", NATURAL, "The first channel, counted from 0."),
        required("count", COUNT, "How many channels."),
    ),
    infer=_sliced,
    label=lambda a: f"channels {a['start']}–{a['start'] + a['count'] - 1}",
    keeps_sign=True,
    affine=True,
)
PAD_CHANNELS = Operation(
    "pad_channels",
    "Channels of zeros added (He et al. 2015, option A).",
    "reshape",
    (
        required("channels", COUNT, "Channels of the result."),
        Parameter("side", words("end", "both"), "Where the zeros stand; `both`: half before, half behind.", "end"),
    ),
    infer=_padded,
    label=lambda arguments: f"zero-pad, {arguments['channels']}",
    keeps_sign=True,
    affine=True,
)
SUBSAMPLE = Operation(
    "subsample",
    "Every stride-th position, the first one included.",
    "reshape",
    (required("stride", EXTENT, "Distance of the positions that stay."),),
    settle=lambda arguments, shapes: _settle("subsample", "stride", arguments, shapes),
    infer=_subsampled,
    window=_subsample_window,
    label=lambda arguments: f"subsample, /{once(arguments['stride'])}",
    keeps_sign=True,
    affine=True,
)
UPSAMPLE = Operation(
    "upsample",
    "Lengths multiplied by a whole factor.",
    "reshape",
    (
        Parameter("factor", EXTENT, "Factor of each length.", 2),
        Parameter(
            "method", words("nearest", "bilinear"), "How new positions are filled; `bilinear` for images.", "nearest"
        ),
    ),
    settle=lambda arguments, shapes: _settle("upsample", "factor", arguments, shapes),
    infer=_upsampled,
    window=_upsample_window,
    label=lambda arguments: (
        f"upsample, ×{once(arguments['factor'])}" + (", bilinear" if arguments["method"] == "bilinear" else "")
    ),
    keeps_sign=True,
    affine=True,
)

_ORDER = Parameter(
    "order",
    words("tensorflow", "pytorch"),
    "How channels stand for places: those of one place side by side (`tensorflow`: place * channels + channel; ONNX's "
    "DCR, timm's `SpaceToDepth`), or those of one channel (`pytorch`: channel * places + place; `pixel_shuffle`, CRD).",
    "tensorflow",
)
DEPTH_TO_SPACE = Operation(
    "depth_to_space",
    "Channels as places: each position becomes a block of positions with fewer channels (sub-pixel convolution: Shi et "
    "al. 2016).",
    "reshape",
    (Parameter("factor", EXTENT, "Lengths of a block.", 2), _ORDER),
    settle=lambda arguments, shapes: _settle("depth_to_space", "factor", arguments, shapes),
    infer=_spread,
    window=lambda arguments, shape: _copies(arguments["factor"]),
    label=lambda arguments: f"depth to space, ×{once(arguments['factor'])}",
    keeps_sign=True,
    affine=True,
)
SPACE_TO_DEPTH = Operation(
    "space_to_depth",
    "Places as channels: each block of positions becomes one position with more channels, the inverse of "
    "`depth_to_space` (TResNet's stem: Ridnik et al. 2020).",
    "reshape",
    (Parameter("factor", EXTENT, "Lengths of a block; they divide the map's.", 2), _ORDER),
    settle=lambda arguments, shapes: _settle("space_to_depth", "factor", arguments, shapes),
    infer=_gathered,
    window=lambda arguments, shape: Window(
        arguments["factor"], arguments["factor"], (1,) * len(arguments["factor"]), (0,) * len(arguments["factor"])
    ),
    label=lambda arguments: f"space to depth, /{once(arguments['factor'])}",
    keeps_sign=True,
    affine=True,
)

OPERATIONS = (
    *(INPUT, IDENTITY, FLATTEN, RESHAPE, CHANNELS, PAD_CHANNELS, SUBSAMPLE, UPSAMPLE),
    *(DEPTH_TO_SPACE, SPACE_TO_DEPTH),
)
