"""Convolutions and dense layers: the operations that carry weights and count towards the depth."""

from __future__ import annotations

from math import prod

from resnet_dsl.ir.lengths import Shape, channels, show, stretch
from resnet_dsl.ir.notation import once, times
from resnet_dsl.ir.operation import (
    Arguments,
    Operation,
    Shapes,
    UnfitError,
    Weight,
    Window,
    nearest_divisors,
    positions,
)
from resnet_dsl.ir.parameters import (
    COUNT,
    EXTENT,
    FLAG,
    INITIALISER,
    PADDING,
    POSITIVE,
    Parameter,
    required,
    words,
)
from resnet_dsl.ir.windows import FILL, content, is_bare, settle_window, slide_window, spared, window_of

_BIAS = Parameter("bias", FLAG, "Whether a bias is learned for each channel.", False)
_INIT = Parameter("init", INITIALISER, "How the kernel is initialised (He et al. 2015).", "he_normal")


def _conv_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    groups, entering = arguments["groups"], channels(shapes[0])
    for count, what in ((entering, "channels that flow in"), (arguments["channels"], "channels of the result")):
        if count % groups:
            raise UnfitError(
                "E0304",
                f"{groups} groups do not divide the {count} {what}",
                f"use {nearest_divisors(groups, entering, arguments['channels'])}: groups divide what flows in and the "
                "result",
            )
    return (*slide_window("conv", arguments, shapes[0]), arguments["channels"])


def _conv_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    entering = channels(shapes[0]) // arguments["groups"]
    weights = [Weight("kernel", (*arguments["kernel"], entering, arguments["channels"]), arguments["init"])]
    if arguments["standardize"] == "scaled":
        weights.append(Weight("gain", (arguments["channels"],), "ones"))
    if arguments["bias"]:
        weights.append(Weight("bias", (arguments["channels"],), "zeros"))
    return tuple(weights)


def _conv_macs(arguments: Arguments, shapes: Shapes, output: Shape) -> int | None:
    places = positions(output)
    taps = prod(arguments["kernel"]) * (channels(shapes[0]) // arguments["groups"])
    return None if places is None else places * taps * channels(output)


def _conv_label(arguments: Arguments) -> str:
    parts = [f"{times(arguments['kernel'])} conv, {arguments['channels']}"]
    if any(stride > 1 for stride in arguments["stride"]):
        parts.append(f"/{once(arguments['stride'])}")
    if arguments["groups"] > 1:
        parts.append(f"{arguments['groups']} groups")
    if any(dilation > 1 for dilation in arguments["dilation"]):
        parts.append(f"dilation {once(arguments['dilation'])}")
    if content(arguments) != "zeros":
        parts.append(content(arguments))
    return ", ".join(parts)


def _conv_ignored(arguments: Arguments) -> dict[str, str]:
    unasked = {"none": ("epsilon", "gamma"), "plain": ("gamma",), "scaled": ()}[arguments["standardize"]]
    return dict.fromkeys(unasked, "standardize") | ({"fill": "pad"} if is_bare(arguments["pad"]) else {})


CONV = Operation(
    "conv",
    "Convolution over all spatial axes (1, 2 or 3 of them).",
    "weighted",
    (
        required("channels", COUNT, "Channels of the result."),
        required("kernel", EXTENT, "Length of the window."),
        Parameter("stride", EXTENT, "Step of the window.", 1),
        Parameter("dilation", EXTENT, "Distance between the window's taps.", 1),
        Parameter("groups", COUNT, "Channels are convolved in this many separate groups (Xie et al. 2017).", 1),
        _BIAS,
        Parameter(
            "pad",
            PADDING,
            "The border; `half` is floor((kernel - 1) * dilation / 2), `causal` all in front (signals).",
            "half",
        ),
        _INIT,
        Parameter(
            "standardize",
            words("none", "plain", "scaled"),
            "Weight standardisation: of each filter (`plain`, Qiao et al. 2019), with fan-in scaling and a learned "
            "gain (`scaled`, Brock et al. 2021).",
            "none",
        ),
        Parameter("epsilon", POSITIVE, "Added to the variance under `standardize`.", 1e-6),
        Parameter("gamma", POSITIVE, "Gain of the non-linearity under `standardize = scaled`.", 1.0),
        FILL,
    ),
    settle=lambda arguments, shapes: spared(settle_window("conv", arguments, shapes)),
    infer=_conv_infer,
    weights=_conv_weights,
    macs=_conv_macs,
    window=window_of,
    label=_conv_label,
    ignored=_conv_ignored,
    affine=True,
)


def _transpose_settle(arguments: Arguments, shapes: Shapes) -> Arguments:
    settled = dict(settle_window("conv_transpose", {**arguments, "pad": "valid"}, shapes))
    del settled["pad"]
    return settled


def _transpose_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    sizes = zip(shapes[0], arguments["kernel"], arguments["stride"], strict=False)
    return (*(stretch(length, stride, kernel - stride) for length, kernel, stride in sizes), arguments["channels"])


def _transpose_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    shape = (*arguments["kernel"], arguments["channels"], channels(shapes[0]))
    bias = (Weight("bias", (arguments["channels"],), "zeros"),) if arguments["bias"] else ()
    return (Weight("kernel", shape, arguments["init"]), *bias)


def _transpose_macs(arguments: Arguments, shapes: Shapes, output: Shape) -> int | None:
    places = positions(shapes[0])
    taps = prod(arguments["kernel"]) * channels(shapes[0]) * channels(output)
    return None if places is None else places * taps


def _transpose_window(arguments: Arguments, shape: Shape) -> Window:
    kernel, stride = arguments["kernel"], arguments["stride"]
    return Window(kernel, (1,) * len(kernel), stride, tuple(taps - 1 for taps in kernel))


CONV_TRANSPOSE = Operation(
    "conv_transpose",
    "Transposed convolution without padding: a length becomes (length - 1) * stride + kernel.",
    "weighted",
    (
        required("channels", COUNT, "Channels of the result."),
        required("kernel", EXTENT, "Length of the window."),
        Parameter("stride", EXTENT, "Factor of the lengths; the kernel's length unless given.", computed="kernel"),
        _BIAS,
        _INIT,
    ),
    settle=_transpose_settle,
    infer=_transpose_infer,
    weights=_transpose_weights,
    macs=_transpose_macs,
    window=_transpose_window,
    label=lambda a: f"{times(a['kernel'])} up-conv, {a['channels']}, ×{once(a['stride'])}",
    affine=True,
)


def _dense_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    if len(shapes[0]) > 1:
        raise UnfitError(
            "E0301",
            f"`dense` needs a vector, and what flows in is {show(shapes[0])}",
            "put `avgpool(global)` or `flatten` before it, or use `conv(…, 1)`",
        )
    return (arguments["units"],)


def _dense_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    bias = (Weight("bias", (arguments["units"],), "zeros"),) if arguments["bias"] else ()
    return (Weight("kernel", (channels(shapes[0]), arguments["units"]), arguments["init"]), *bias)


DENSE = Operation(
    "dense",
    "Fully connected layer on a vector.",
    "weighted",
    (
        required("units", COUNT, "Length of the result."),
        Parameter("bias", FLAG, "Whether a bias is learned for each unit.", True),
        _INIT,
    ),
    infer=_dense_infer,
    weights=_dense_weights,
    macs=lambda arguments, shapes, output: channels(shapes[0]) * arguments["units"],
    window=lambda arguments, shape: "all",
    label=lambda arguments: f"fc {arguments['units']}",
    affine=True,
)


OPERATIONS = (CONV, CONV_TRANSPOSE, DENSE)
