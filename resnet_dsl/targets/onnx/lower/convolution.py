"""Convolutions and dense layers, as operators of ONNX, channels first; kernels are turned to its order of axes."""

from __future__ import annotations

from math import prod

import numpy as np

from resnet_dsl.ir.windows import content, reach
from resnet_dsl.targets.onnx.calls import Array
from resnet_dsl.targets.onnx.lower.border import bordered, in_a_row, widths_of
from resnet_dsl.targets.onnx.lower.place import OnnxLoweringContext, OnnxValue, Rules


def _conv(at: OnnxLoweringContext) -> OnnxValue:
    args, fill = at.args, content(at.args)
    reaches = tuple(map(reach, args["kernel"], args["dilation"]))
    widths = widths_of(at, reaches)
    window = {"kernel_shape": args["kernel"], "strides": args["stride"], "dilations": args["dilation"]}
    if fill == "zeros" and widths is not None:
        value, window["pads"] = at.tensor(), in_a_row(widths)
    else:
        value = bordered(at, at.tensor(), widths, fill, reaches)
    kernel = at.variable("kernel", np.moveaxis(_kernel(at), (-1, -2), (0, 1)))
    return at.value(at.call("Conv", value, kernel, *_bias(at), group=args["groups"], **window))


def _kernel(at: OnnxLoweringContext) -> Array:
    """What is convolved with. Under `standardize` that follows from the weights: each filter with mean 0 and variance 1
    (Qiao et al. 2019), scaled by the fan in and a learned gain (Brock et al. 2021, equation 1)."""
    args, kernel = at.args, at.weight("kernel")
    if args["standardize"] == "none":
        return kernel
    exact, axes = kernel.astype(np.float64), tuple(range(kernel.ndim - 1))
    exact = (exact - exact.mean(axes)) / np.sqrt(exact.var(axes) + args["epsilon"])
    if args["standardize"] == "scaled":
        exact *= at.weight("gain").astype(np.float64) * args["gamma"] * prod(kernel.shape[:-1]) ** -0.5
    return np.asarray(exact, np.float32)


def _bias(at: OnnxLoweringContext) -> list[str]:
    return [at.variable("bias", at.weight("bias"))] if at.args["bias"] else []


def _conv_transpose(at: OnnxLoweringContext) -> OnnxValue:
    kernel = at.variable("kernel", np.moveaxis(at.weight("kernel"), (-1, -2), (0, 1)))
    window = {"kernel_shape": at.args["kernel"], "strides": at.args["stride"]}
    return at.value(at.call("ConvTranspose", at.tensor(), kernel, *_bias(at), **window))


def _dense(at: OnnxLoweringContext) -> OnnxValue:
    return at.value(at.call("Gemm", at.tensor(), at.variable("kernel", at.weight("kernel")), *_bias(at)))


RULES: Rules = {"conv": _conv, "conv_transpose": _conv_transpose, "dense": _dense}
