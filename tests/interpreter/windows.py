"""Sliding windows in NumPy: convolutions, pools and blurs, over any number of spatial axes.

A map is (batch, *lengths, channels). An output position p sees the input positions p * stride + tap * dilation -
before, for every tap of the window (Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"); what
lies outside the map is the border. All is computed tap by tap: for each, the numbers that all positions meet there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import comb, prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Arguments: TypeAlias = Mapping[str, Any]
Weights: TypeAlias = Mapping[str, Array]
Pairs: TypeAlias = tuple[tuple[int, int], ...]


def _border(arguments: Arguments, lengths: tuple[int, ...]) -> Pairs:
    """Positions added before and behind each axis.

    ``same`` adds as few as let ceil(length / stride) windows stand, the smaller half before (TensorFlow's definition:
    https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2).
    """
    if arguments["pad"] != "same":
        return tuple(arguments["pad"])
    missing = []
    for length, taps, stride, apart in zip(
        lengths, arguments["kernel"], arguments["stride"], _dilation(arguments), strict=True
    ):
        windows = -(-length // stride)
        missing.append(max((windows - 1) * stride + (taps - 1) * apart + 1 - length, 0))
    return tuple((one // 2, one - one // 2) for one in missing)


def _dilation(arguments: Arguments) -> tuple[int, ...]:
    return tuple(arguments.get("dilation", (1,) * len(arguments["kernel"])))


_OUTSIDE = {"zeros": 0.0, "lowest": -np.inf}
"""What a border holds that is not of the map's own numbers."""


def _bordered(values: Array, border: Pairs, fill: str) -> Array:
    """``reflect`` and ``edge`` are NumPy's own."""
    widths = ((0, 0), *border, (0, 0))
    if fill in _OUTSIDE:
        return np.pad(values, widths, constant_values=_OUTSIDE[fill])
    return np.pad(values, widths, mode=fill)  # type: ignore[call-overload]


def _taps(
    values: Array, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Array]]:
    """(tap, what every window meets there) for each tap of the window, on a map that has its border."""
    axes = list(zip(values.shape[1:-1], kernel, stride, dilation, strict=True))
    for tap in product(*map(range, kernel)):
        cuts = []
        for place, (length, taps, step, apart) in zip(tap, axes, strict=True):
            last = length - (taps - 1) * apart - 1
            cuts.append(slice(place * apart, place * apart + last + 1, step))
        yield tap, values[(slice(None), *cuts)]


def _met(values: Array, arguments: Arguments, fill: str) -> Iterator[tuple[tuple[int, ...], Array]]:
    bordered = _bordered(values, _border(arguments, values.shape[1:-1]), fill)
    return _taps(bordered, arguments["kernel"], arguments["stride"], _dilation(arguments))


def _fill(arguments: Arguments) -> str:
    return str(arguments.get("fill", "zeros"))


def _standardized(kernel: Array, arguments: Arguments, weights: Weights) -> Array:
    """Qiao et al. (2019), section 3, and Brock et al. (2021), equation 1: statistics of each filter by itself."""
    if arguments["standardize"] == "none":
        return kernel
    axes = tuple(range(kernel.ndim - 1))
    centred = kernel - kernel.mean(axes)
    plain = centred / np.sqrt((centred**2).mean(axes) + arguments["epsilon"])
    if arguments["standardize"] == "plain":
        return plain
    return plain * weights["gain"] * arguments["gamma"] / np.sqrt(prod(kernel.shape[:-1]))


def conv(arguments: Arguments, values: Array, weights: Weights) -> Array:
    """Each group of results sees its own group of channels (Krizhevsky et al. 2012; Xie et al. 2017)."""
    kernel, groups = _standardized(weights["kernel"], arguments, weights), arguments["groups"]
    total: Array | float = 0.0
    for tap, met in _met(values, arguments, _fill(arguments)):
        parts = zip(np.split(met, groups, -1), np.split(kernel[tap], groups, -1), strict=True)
        total = total + np.concatenate([part @ matrix for part, matrix in parts], -1)
    return np.asarray(total) + weights.get("bias", 0.0)


def conv_transpose(arguments: Arguments, values: Array, weights: Weights) -> Array:
    """Every input position adds its number times the kernel to the results from position * stride on."""
    kernel, stride = arguments["kernel"], arguments["stride"]
    axes = list(zip(values.shape[1:-1], kernel, stride, strict=True))
    lengths = [(length - 1) * step + taps for length, taps, step in axes]
    result = np.zeros((len(values), *lengths, arguments["channels"]))
    for tap in product(*map(range, kernel)):
        cuts = [slice(t, t + (length - 1) * step + 1, step) for t, (length, _, step) in zip(tap, axes, strict=True)]
        result[(slice(None), *cuts)] += values @ weights["kernel"][tap].T
    return result + weights.get("bias", 0.0)


def _over_map(values: Array, arguments: Arguments) -> dict[str, Any]:
    return {"axis": tuple(range(1, values.ndim - 1)), "keepdims": arguments["keepdims"]}


def maxpool(arguments: Arguments, values: Array, weights: Weights) -> Array:
    if arguments["kernel"] == "global":
        return np.asarray(values.max(**_over_map(values, arguments)))
    return np.asarray(np.max([met for _, met in _met(values, arguments, arguments["fill"])], axis=0))


def avgpool(arguments: Arguments, values: Array, weights: Weights) -> Array:
    """The sum over the window, over its taps: all of them, or those on the map (always those under
    ``same``); what the map itself puts into its border counts."""
    if arguments["kernel"] == "global":
        return np.asarray(values.mean(**_over_map(values, arguments)))
    fill = _fill(arguments)
    total = np.sum([met for _, met in _met(values, arguments, fill)], axis=0)
    if fill != "zeros" or (arguments["count_border"] and arguments["pad"] != "same"):
        return np.asarray(total / prod(arguments["kernel"]))
    return np.asarray(total / np.sum([met for _, met in _met(np.ones_like(values), arguments, fill)], axis=0))


def blurpool(arguments: Arguments, values: Array, weights: Weights) -> Array:
    """Binomial coefficients as a filter, the border mirrored without the outermost position (Zhang 2019, section 4)."""
    kernel, stride = arguments["kernel"], arguments["stride"]
    border = [((taps - 1) // 2, taps // 2) for taps in kernel]
    mirrored = np.pad(values, ((0, 0), *border, (0, 0)), mode="reflect")
    total = np.zeros(())
    for tap, met in _taps(mirrored, kernel, stride, (1,) * len(kernel)):
        total = total + met * prod(
            comb(taps - 1, place) / 2 ** (taps - 1) for taps, place in zip(kernel, tap, strict=True)
        )
    return total


RULES = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "blurpool": blurpool,
}
