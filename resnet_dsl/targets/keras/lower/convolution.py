"""Convolutions and dense layers, as calls of Keras.

Padding is explicit in the graph. Keras' ``same`` computes the same where the stride is 1 and the border is what
``same`` would add; everywhere else a ZeroPadding layer stands before a ``valid`` convolution.
"""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, padded, slide, stretch
from resnet_dsl.ir.windows import border_of_same, content, reach
from resnet_dsl.targets.keras.calls import Initializer, Value, fan
from resnet_dsl.targets.keras.lower.border import Widths, bordered
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules, initializer
from resnet_dsl.targets.keras.lower.shaping import subsample


def is_same(pad: tuple[tuple[int, int], ...], reaches: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Whether this border is the one that Keras' ``same`` adds (whatever the length: stride 1)."""
    wanted = tuple(((taps - 1) // 2, taps // 2) for taps in reaches)
    return pad == wanted and all(step == 1 for step in stride) and any(map(any, pad))


def _depthwise_initializer(init: str, kernel: tuple[int, ...], entering: int, channels: int) -> Initializer:
    """The initialiser whose spread in a depthwise layer is the one that it has in the equal grouped convolution.

    Keras counts the fans of a depthwise kernel from its shape (kernel, channels in, multiplier), where the fan in is
    too large by a factor of the channels.
    """
    usual = initializer(init)
    if usual.spread is None:
        return usual
    mode = usual.spread.mode
    wider = fan(mode, (*kernel, entering, channels // entering)) / fan(mode, (*kernel, 1, channels))
    spread = usual.spread._replace(scale=usual.spread.scale * wider)
    return Initializer("VarianceScaling", tuple(spread._asdict().items()), random=True)


def explicit_same(lengths: Shape, stride: tuple[int, ...], reaches: tuple[int, ...], what: str) -> Widths:
    """What ``same`` adds. ``what`` says beside what it is explicit: there a length must be known, or the stride 1."""
    axes = list(zip(lengths, reaches, stride, strict=False))
    if any(step > 1 and not isinstance(length, int) for length, _, step in axes):
        raise Failure(
            f"Keras cannot pad as `same` under {what} where a length is open",
            "give the input a size, or `pad = half`",
        )
    return tuple(border_of_same(*axis) for axis in axes)


def _conv(at: LoweringContext) -> int:
    args, entering = at.args, at.shapes[0]
    kernel, stride, dilation, pad = args["kernel"], args["stride"], args["dilation"], args["pad"]
    reaches = tuple(map(reach, kernel, dilation))
    dense_first = max(stride) > 1 and max(dilation) > 1  # Keras' convolutions cannot do both at once
    fill = content(args)
    if pad == "same" and (dense_first or fill != "zeros"):
        what = "a stride and a dilation" if dense_first else f"a stride and `fill = {fill}`"
        pad = explicit_same(entering, stride, reaches, what)
    value, padding = at.input, "same"
    if pad != "same" and (fill != "zeros" or not is_same(pad, reaches, stride)):
        value, padding = bordered(at, pad, fill), "valid"
    if not dense_first:
        return _convolve(at, value, padding, stride, at.shape)
    ones = (1,) * at.rank
    lengths = zip(padded(entering, pad), reaches, strict=True)
    shape = (*(slide(length, taps, 1, 0) for length, taps in lengths), args["channels"])
    return subsample(at, _convolve(at, value, padding, ones, shape), shape, stride, "stride")


def _convolve(at: LoweringContext, value: int, padding: str, stride: tuple[int, ...], shape: Shape) -> int:
    args, kind = at.args, f"Conv{at.rank}D"
    own = {"filters": args["channels"], "groups": args["groups"], "kernel_initializer": initializer(args["init"])}
    common: dict[str, Value] = {
        "kernel_size": args["kernel"],
        "strides": stride,
        "padding": padding,
        "data_format": "channels_last",
        "dilation_rate": args["dilation"],
        "use_bias": args["bias"],
    }
    if args["standardize"] != "none":
        kind, scaled = f"own.Standardized{kind}", args["standardize"] == "scaled"
        own |= {"epsilon": args["epsilon"], "gamma": args["gamma"], "scaled": scaled}
    elif _is_depthwise(at, stride):
        kind = f"Depthwise{kind}"
        own = {
            "depthwise_initializer": _depthwise_initializer(args["init"], args["kernel"], at.entering, args["channels"])
        }
        common["depth_multiplier"] = args["channels"] // at.entering
    return at.call(kind, value, shape=shape, **own, **common)


def _is_depthwise(at: LoweringContext, stride: tuple[int, ...]) -> bool:
    """One filter a channel, where Keras has a layer for it (up to two axes, one stride and dilation for both)."""
    uniform = len(set(stride)) == 1 and len(set(at.args["dilation"])) == 1
    return at.args["groups"] == at.entering > 1 and at.rank <= 2 and uniform


def _conv_transpose(at: LoweringContext) -> int:
    kernel, stride = at.args["kernel"], at.args["stride"]
    surplus = tuple(max(step - taps, 0) for taps, step in zip(kernel, stride, strict=True))
    lengths = zip(at.shapes[0], kernel, stride, strict=False)
    shape = (*(stretch(length, step, max(taps - step, 0)) for length, taps, step in lengths), at.args["channels"])
    value = at.call(
        f"Conv{at.rank}DTranspose",
        at.input,
        shape=shape,
        filters=at.args["channels"],
        kernel_size=kernel,
        strides=stride,
        padding="valid",
        data_format="channels_last",
        use_bias=at.args["bias"],
        kernel_initializer=initializer(at.args["init"]),
    )
    if not any(surplus):
        return value
    # Keras gives each position `stride` places even if the kernel is less.
    cropping = tuple((0, one) for one in surplus)
    if at.rank == 1:
        return at.call("Cropping1D", value, suffix="crop", cropping=cropping[0])
    return at.call(f"Cropping{at.rank}D", value, suffix="crop", cropping=cropping, data_format="channels_last")


def _dense(at: LoweringContext) -> int:
    init = initializer(at.args["init"])
    return at.call("Dense", at.input, units=at.args["units"], use_bias=at.args["bias"], kernel_initializer=init)


RULES: Rules = {"conv": _conv, "conv_transpose": _conv_transpose, "dense": _dense}
