"""Pools, as operators of ONNX, channels first."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from resnet_dsl.ir.windows import content
from resnet_dsl.targets.onnx.lower.border import Widths, bordered, in_a_row, widths_of
from resnet_dsl.targets.onnx.lower.operators import reduced
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rules


def _maxpool(at: OnnxLoweringContext) -> OnnxValue:
    if at.args["kernel"] == "global":
        return _global(at, "GlobalMaxPool")
    return _pool(at, "MaxPool", content(at.args), own="lowest")


def _avgpool(at: OnnxLoweringContext) -> OnnxValue:
    if at.args["kernel"] == "global":
        return _global(at, "GlobalAveragePool")
    counted = at.args["count_border"] and at.args["pad"] != "same"
    if not counted and content(at.args) == "zeros" and widths_of(at, at.args["kernel"]) is None:
        return _mean_on_the_map(at)
    return _pool(at, "AveragePool", content(at.args), own="zeros", count_include_pad=int(counted))


def _mean_on_the_map(at: OnnxLoweringContext) -> OnnxValue:
    """Under a border that follows from an open length: the mean with its zeros, over the same of a map of ones."""
    kernel, one = at.args["kernel"], at.numbers("one", 1.0)
    ones = at.call("Expand", one, at.call("Shape", at.tensor(), suffix="shape"), suffix="ones")
    window = {"kernel_shape": kernel, "strides": at.args["stride"]}
    means = (bordered(at, of, None, "zeros", kernel) for of in (at.tensor(), ones))
    mean, share = (at.call("AveragePool", of, suffix="mean", **window) for of in means)
    return at.value(at.call("Div", mean, share))


def _global(at: OnnxLoweringContext, kind: str) -> OnnxValue:
    if at.args["keepdims"]:
        return at.value(at.call(kind, at.tensor()))
    return at.value(at.call("Flatten", at.call(kind, at.tensor(), suffix="map"), axis=1))


def _pool(at: OnnxLoweringContext, kind: str, fill: str, own: str, **more: Any) -> OnnxValue:
    """``own``: what the operator's own padding is like."""
    kernel = at.args["kernel"]
    widths = widths_of(at, kernel)
    window = {"kernel_shape": kernel, "strides": at.args["stride"], **more}
    if fill != own or widths is None or _is_wide(widths, kernel):
        return at.value(at.call(kind, bordered(at, at.tensor(), widths, fill, kernel), **window))
    return at.value(at.call(kind, at.tensor(), pads=in_a_row(widths), **window))


def _is_wide(widths: Widths, kernel: tuple[int, ...]) -> bool:
    """Whether some windows see nothing but the border, which no runtime takes."""
    return any(max(pair) >= taps for pair, taps in zip(widths, kernel, strict=True))


def _blurpool(at: OnnxLoweringContext) -> OnnxValue:
    """One convolution of each channel with the binomial filter (Zhang 2019), for k - 1 means of two neighbours."""
    pad = tuple(((taps - 1) // 2, taps // 2) for taps in at.args["kernel"])
    filters = [reduce(np.convolve, [np.array([0.5, 0.5])] * (taps - 1)) for taps in at.args["kernel"]]
    whole = reduce(np.multiply.outer, filters)
    kernel = at.numbers("filter", np.broadcast_to(whole, (at.entering, 1, *whole.shape)))
    value = bordered(at, at.tensor(), pad, "reflect", at.args["kernel"])
    window = {"kernel_shape": at.args["kernel"], "strides": at.args["stride"], "group": at.entering}
    return at.value(at.call("Conv", value, kernel, **window))


_CHANNEL_POOLS = {name: reduced(f"Reduce{name.title()}", lambda at: [at.rank]) for name in ("mean", "max")}

RULES: Rules = {
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "blurpool": _blurpool,
    "channel_pool": lambda at: _CHANNEL_POOLS[at.args["by"]](at),
}
