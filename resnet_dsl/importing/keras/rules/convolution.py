"""Keras' convolutions and dense layers."""

from __future__ import annotations

from typing import Any

from resnet_dsl.importing.keras.at import At, Rule, Rules
from resnet_dsl.importing.keras.initial import initial
from resnet_dsl.importing.keras.rules.activations import activated
from resnet_dsl.importing.keras.rules.border import KerasBorder, border_before, expect_rank, explicit_or_same
from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.operation import UnfitError


def _window(at: At, kernel: tuple[int, ...], stride: tuple[int, ...]) -> tuple[int, dict[str, Any]]:
    """The map that a convolution runs over, and the arguments of its window, of which none is asked for here."""
    rank = len(kernel)
    dilation = at.settings.lengths("dilation_rate", rank, 1)
    padding = at.settings.word("padding", "valid", "same", "causal")
    window: dict[str, Any] = {"kernel": kernel, "stride": stride, "dilation": dilation}
    if padding == "causal" and rank > 1:
        raise at.cannot("pads as `causal` along several axes")
    if padding == "causal":
        return at.input, {**window, "pad": tuple(((k - 1) * d, 0) for k, d in zip(kernel, dilation, strict=True))}
    if padding == "same":
        return at.input, {**window, "pad": explicit_or_same(kernel, stride, dilation)}
    border = border_before(at, rank, "zeros", "reflect")
    return border.node, {**window, "pad": border.pad, **_fill(border)}


def _fill(border: KerasBorder) -> dict[str, str]:
    return {} if border.fill == "zeros" else {"fill": border.fill}


def _with_initial(at: At, op: Any, node: int, args: dict[str, Any], described: Any) -> dict[str, Any]:
    """The arguments with the word for what the kernel starts from."""
    try:
        word = initial(op, args, at.shape(node), described)
    except UnfitError as unfit:
        raise at.cannot(f"does not fit as `{op}`: {unfit.message}") from None
    if word is None:
        at.lacks_word()
        return args
    return {**args, "init": word}


def _conv(rank: int, standardized: bool = False) -> Rule:
    def rule(at: At) -> int:
        settings = at.settings
        kernel, stride = settings.lengths("kernel_size", rank), settings.lengths("strides", rank, 1)
        node, args = _window(at, kernel, stride)
        expect_rank(at, node, rank)
        bias = settings.flag("use_bias", True)
        args |= {"channels": settings.count("filters"), "groups": settings.count("groups", 1), "bias": bias}
        scaled = False
        if standardized:
            scaled = settings.flag("scaled")
            args |= {"standardize": "scaled" if scaled else "plain", "epsilon": settings.number("epsilon", 1e-6)}
            args |= {"gamma": settings.number("gamma", 1.0)}
        args = _with_initial(at, "conv", node, args, settings.take("kernel_initializer"))
        weights = at.weights("kernel", *["bias"] * bias, *["gain"] * scaled)
        return activated(at, at.node("conv", node, weights=weights, **args))

    return rule


def _depthwise(rank: int) -> Rule:
    def rule(at: At) -> int:
        bias = at.settings.flag("use_bias", True)
        node, args = _depthwise_part(at, rank, bias)
        weights = at.weights("depthwise_kernel", *["bias"] * bias)
        return activated(at, at.node("conv", node, weights=_as_grouped(weights), **args))

    return rule


def _depthwise_part(at: At, rank: int, bias: bool) -> tuple[int, dict[str, Any]]:
    settings = at.settings
    times = settings.count("depth_multiplier", 1)
    kernel, stride = settings.lengths("kernel_size", rank), settings.lengths("strides", rank, 1)
    node, args = _window(at, kernel, stride)
    expect_rank(at, node, rank)
    entering = channels(at.shape(node))
    args |= {"channels": entering * times, "groups": entering, "bias": bias}
    return node, _with_initial(at, "conv", node, args, settings.take("depthwise_initializer"))


def _as_grouped(weights: dict[str, Any] | None) -> dict[str, Any] | None:
    """A kernel of (window, channels, multiplier) as that of a grouped convolution: (window, 1, all channels)."""
    if weights is None:
        return None
    kernel = weights["depthwise_kernel"]
    shape = (*kernel.shape[:-2], 1, kernel.shape[-2] * kernel.shape[-1]) if kernel.ndim > 2 else kernel.shape
    bias = {"bias": weights["bias"]} if "bias" in weights else {}
    return {"kernel": kernel.reshape(shape), **bias}


def _separable(rank: int) -> Rule:
    """A depthwise convolution and one over the channels, which has the bias."""

    def rule(at: At) -> int:
        settings, bias = at.settings, at.settings.flag("use_bias", True)
        filters, point = settings.count("filters"), settings.take("pointwise_initializer")
        weights = at.weights("depthwise_kernel", "pointwise_kernel", *["bias"] * bias) or {}
        first, args = _depthwise_part(at, rank, bias=False)
        depthwise = {"depthwise_kernel": weights["depthwise_kernel"]} if weights else None
        node = at.node("conv", first, weights=_as_grouped(depthwise), **args)
        behind = {"channels": filters, "kernel": 1, "bias": bias}
        behind = _with_initial(at, "conv", node, behind, point)
        own = {"kernel": weights["pointwise_kernel"]} if weights else {}
        own |= {"bias": weights["bias"]} if weights and bias else {}
        return activated(at, at.node("conv", node, weights=own or None, **behind))

    return rule


def _transposed(rank: int) -> Rule:
    """Without padding; ``same`` takes away what is more than stride times the length, of an odd number more behind."""

    def rule(at: At) -> int:
        expect_rank(at, at.input, rank)
        settings, bias = at.settings, at.settings.flag("use_bias", True)
        kernel, stride = settings.lengths("kernel_size", rank), settings.lengths("strides", rank, 1)
        surplus = tuple(taps - step for taps, step in zip(kernel, stride, strict=True))
        padding = settings.word("padding", "valid", "same")
        if settings.says("output_padding"):
            raise at.cannot("has an `output_padding`, and `conv_transpose` has none")
        if settings.lengths("dilation_rate", rank, 1) != (1,) * rank:
            raise at.cannot("is dilated, and `conv_transpose` is not")
        if min(surplus) < 0:
            raise at.cannot("has a stride that is longer than its kernel: positions without a tap hold the bias")
        args: dict[str, Any] = {"channels": settings.count("filters"), "kernel": kernel, "stride": stride, "bias": bias}
        args = _with_initial(at, "conv_transpose", at.input, args, settings.take("kernel_initializer"))
        weights = at.weights("kernel", *["bias"] * bias)
        node = at.node("conv_transpose", at.input, weights=weights, **args)
        if padding == "same" and any(surplus):
            node = at.node("crop", node, amounts=tuple((one // 2, one - one // 2) for one in surplus))
        return activated(at, node)

    return rule


def _dense(at: At) -> int:
    """On a map a convolution with a window of one."""
    settings, bias = at.settings, at.settings.flag("use_bias", True)
    units, described = settings.count("units"), settings.take("kernel_initializer")
    weights = at.weights("kernel", *["bias"] * bias)
    if at.rank == 0:
        args = _with_initial(at, "dense", at.input, {"units": units, "bias": bias}, described)
        return activated(at, at.node("dense", at.input, weights=weights, **args))
    args = {"channels": units, "kernel": 1, "bias": bias}
    args = _with_initial(at, "conv", at.input, args, described)
    if weights is not None and weights["kernel"].ndim == 2:
        weights |= {"kernel": weights["kernel"].reshape((1,) * at.rank + weights["kernel"].shape)}
    return activated(at, at.node("conv", at.input, weights=weights, **args))


RULES: Rules = {
    **{f"Conv{rank}D": _conv(rank) for rank in (1, 2, 3)},
    **{f"own.StandardizedConv{rank}D": _conv(rank, standardized=True) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _transposed(rank) for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": _depthwise(rank) for rank in (1, 2)},
    **{f"SeparableConv{rank}D": _separable(rank) for rank in (1, 2)},
    "Dense": _dense,
}
