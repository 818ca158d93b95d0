"""Pools, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, slide
from resnet_dsl.targets.keras.calls import Value
from resnet_dsl.targets.keras.lower.convolution import border_of_same, is_same
from resnet_dsl.targets.keras.lower.place import Place, Rules, longer, padded

LOWEST = -3.4028234663852886e38
"""float32's lowest number: no value of a map is below it, and JSON can hold it (it cannot hold an infinity)."""


def _pool(at: Place, what: str, value: int, padding: str, suffix: str = "", shape: Shape | None = None) -> int:
    return at.call(
        f"{what}Pooling{at.rank}D",
        value,
        shape=shape,
        suffix=suffix,
        pool_size=at.args["kernel"],
        strides=at.args["stride"],
        padding=padding,
        data_format="channels_last",
    )


def _global(at: Place, what: str) -> int:
    keepdims = at.args["keepdims"]
    return at.call(f"Global{what}Pooling{at.rank}D", at.input, data_format="channels_last", keepdims=keepdims)


def _maxpool(at: Place) -> int:
    pad = at.args["pad"]
    if at.args["kernel"] == "global":
        return _global(at, "Max")
    zeros_may_stand = at.args["fill"] == "zeros" or at.nonnegative
    if pad == "same" and at.args["fill"] == "zeros" and not at.nonnegative:
        pad = border_of_same(at.shapes[0], at.args["stride"], at.args["kernel"], "a stride and `fill = zeros`")
    if pad == "same":
        return _pool(at, "Max", at.input, "same")
    if at.args["fill"] == "lowest" and is_same(pad, at.args["kernel"], at.args["stride"]):
        return _pool(at, "Max", at.input, "same")
    value = at.pad_with_zeros(at.input, pad) if zeros_may_stand else _pad_with(at, pad, LOWEST)
    return _pool(at, "Max", value, "valid")


def _pad_with(at: Place, pad: tuple[tuple[int, int], ...], number: float) -> int:
    if not any(map(any, pad)):
        return at.input
    shape = (*padded(at.shapes[0], pad), at.entering)
    return at.call(
        "ops.pad", at.input, shape=shape, suffix="pad", pad_width=((0, 0), *pad, (0, 0)), constant_values=number
    )


def _avgpool(at: Place) -> int:
    pad = at.args["pad"]
    if at.args["kernel"] == "global":
        return _global(at, "Average")
    counted: bool = at.args["count_border"]
    if pad == "same" or (not counted and is_same(pad, at.args["kernel"], at.args["stride"])):
        return _pool(at, "Average", at.input, "same")
    value = at.pad_with_zeros(at.input, pad)
    if counted or value == at.input:
        return _pool(at, "Average", value, "valid")
    return _mean_without_border(at, value, pad)


def _mean_without_border(at: Place, value: int, pad: tuple[tuple[int, int], ...]) -> int:
    """The mean over the window with zeros, divided by the part of the window that lies on the map."""
    whole = (None, None, None)
    one_channel = (*at.shapes[0][:-1], 1)
    first = at.part(at.input, (*[whole] * at.rank, (0, 1, None)), one_channel, "channel")
    ones = at.call("ops.ones_like", first, shape=one_channel, suffix="ones")
    ones = at.pad_with_zeros(ones, pad, "ones_pad", one_channel)
    share = _pool(at, "Average", ones, "valid", "share", (*at.shape[:-1], 1))
    mean = _pool(at, "Average", value, "valid")
    return at.call("ops.divide", mean, share, suffix="mean")


def _blurpool(at: Place) -> int:
    """A binomial filter of length k is k - 1 means of two neighbours one after another; the last takes the stride."""
    pad = tuple(((taps - 1) // 2, taps // 2) for taps in at.args["kernel"])
    lengths = padded(at.shapes[0], pad)
    value = _mirrored(at, pad) if at.rank < 3 else _mirrored_by_slices(at, pad)
    pair: dict[str, Value] = {"pool_size": (2,) * at.rank, "padding": "valid", "data_format": "channels_last"}
    kind = f"AveragePooling{at.rank}D"
    for _ in range(at.args["kernel"][0] - 2):
        lengths = tuple(slide(length, 2, 1, 0) for length in lengths)
        value = at.call(kind, value, shape=(*lengths, at.entering), suffix="blur", strides=(1,) * at.rank, **pair)
    return at.call(kind, value, strides=at.args["stride"], **pair)


def _channel_pool(at: Place) -> int:
    return at.call(f"ops.{at.args['by']}", at.input, axis=-1, keepdims=True)


def _mirrored(at: Place, pad: tuple[tuple[int, int], ...]) -> int:
    """The map with its border mirrored (the outermost positions are not repeated)."""
    shape: Shape = (*padded(at.shapes[0], pad), at.entering)
    return at.call("ops.pad", at.input, shape=shape, suffix="pad", pad_width=((0, 0), *pad, (0, 0)), mode="reflect")


def _mirrored_by_slices(at: Place, pad: tuple[tuple[int, int], ...]) -> int:
    """The same, axis by axis: PyTorch mirrors no more than the last three axes of a volume."""
    value, shape = at.input, at.shapes[0]
    for axis, (before, after) in enumerate(pad):
        known = isinstance(shape[axis], int)
        one: Shape = (*shape[:axis], 1, *shape[axis + 1 :]) if known else shape  # all that Keras knows of such a slice
        parts = [_slice_of(at, value, axis, place, one) for place in range(before, 0, -1)]
        parts.append(value)
        parts += [_slice_of(at, value, axis, -2 - place, one) for place in range(after)]
        shape = (*shape[:axis], longer(shape[axis], before + after), *shape[axis + 1 :])
        value = at.call("Concatenate", *parts, shape=shape, suffix="pad", axis=axis + 1) if parts[1:] else value
    return value


def _slice_of(at: Place, value: int, axis: int, place: int, shape: Shape) -> int:
    """One position of an axis; places below 0 are counted from the end."""
    whole = (None, None, None)
    cut = (place, place + 1, None)
    return at.part(value, tuple(cut if one == axis else whole for one in range(at.rank + 1)), shape, "edge")


RULES: Rules = {"maxpool": _maxpool, "avgpool": _avgpool, "blurpool": _blurpool, "channel_pool": _channel_pool}
