"""What happens to numbers where they stand: activations, normalisation at inference, factors and offsets, in NumPy."""

from __future__ import annotations

from math import erf, pi

import numpy as np

from tests.interpreter.windows import Arguments, Array, Weights

_erf = np.vectorize(erf, otypes=[float])


def _sigmoid(x: Array) -> Array:
    return np.exp(-np.logaddexp(0, -x))


def _softplus(x: Array) -> Array:
    return np.logaddexp(0, x)


def _hard_sigmoid(x: Array) -> Array:
    """Howard et al. (2019), section 5.2: ReLU6(x + 3) / 6."""
    return np.clip(x + 3, 0, 6) / 6


def gelu(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Hendrycks & Gimpel (2016), section 2, exact and with the tanh."""
    if arguments["approximate"]:
        return x / 2 * (1 + np.tanh(np.sqrt(2 / pi) * (x + 0.044715 * x**3)))
    return x / 2 * (1 + _erf(x / np.sqrt(2)))


def softmax(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """With n splits, each channel of a part is compared with those at its place in the other parts (Zhang et al. 2020,
    "ResNeSt", r-softmax)."""
    splits = arguments["splits"]
    parts = x[..., None, :] if splits == 1 else x.reshape(*x.shape[:-1], splits, -1)
    axis = -1 if splits == 1 else -2
    powers = np.exp(parts - parts.max(axis, keepdims=True))
    return (powers / powers.sum(axis, keepdims=True)).reshape(x.shape)


def selu(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Klambauer et al. (2017), equation 2 and the numbers behind equation 14."""
    return 1.0507009873554804934 * np.where(x > 0, x, 1.6732632423543772848 * (np.exp(np.minimum(x, 0)) - 1))


def spatial_softmax(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Cao et al. (2019), equation 4: the weights of the context, exp over the sum of all positions."""
    axes = tuple(range(1, x.ndim - 1))
    powers = np.exp(x - x.max(axes, keepdims=True))
    return powers / powers.sum(axes, keepdims=True)


def batchnorm(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Ioffe & Szegedy (2015), algorithm 2: at inference with the statistics that were kept."""
    root = np.sqrt(weights["moving_variance"] + arguments["epsilon"])
    return (x - weights["moving_mean"]) / root * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def _standard(x: Array, axes: tuple[int, ...], epsilon: float) -> Array:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def layernorm(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Ba et al. (2016), equation 3, over the channels of each position (as in Liu et al. 2022, "ConvNeXt")."""
    return _standard(x, (-1,), arguments["epsilon"]) * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def _in_groups(x: Array, groups: int) -> tuple[Array, tuple[int, ...]]:
    """The channels as (groups, channels of a group), and all axes but the batch's and the groups'."""
    parts = x.reshape(*x.shape[:-1], groups, -1)
    return parts, (*range(1, x.ndim - 1), x.ndim)


def groupnorm(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Wu & He (2018), equation 7: over a sample's positions and the channels of a group."""
    parts, axes = _in_groups(x, arguments["groups"])
    standard = _standard(parts, axes, arguments["epsilon"]).reshape(x.shape)
    return standard * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def instancenorm(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Ulyanov et al. (2016), equation 1: over the positions of each sample's channel."""
    standard = _standard(x, tuple(range(1, x.ndim - 1)), arguments["epsilon"])
    return standard * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def evonorm(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Liu et al. (2020), EvoNorm-S0 in table 2."""
    parts, axes = _in_groups(x, arguments["groups"])
    deviation = np.sqrt(parts.var(axes, keepdims=True) + arguments["epsilon"])
    spread = np.broadcast_to(deviation, parts.shape).reshape(x.shape)
    return x * _sigmoid(weights["v"] * x) / spread * weights["gamma"] + weights["beta"]


def frn(arguments: Arguments, x: Array, weights: Weights) -> Array:
    """Singh & Krishnan (2020), equation 1: each channel of a sample over its root mean square."""
    square = (x**2).mean(tuple(range(1, x.ndim - 1)), keepdims=True)
    return x / np.sqrt(square + arguments["epsilon"]) * weights["gamma"] + weights["beta"]


RULES = {
    "relu": lambda arguments, x, weights: np.maximum(x, 0),
    "relu6": lambda arguments, x, weights: np.clip(x, 0, 6),
    "leaky_relu": lambda arguments, x, weights: np.where(x > 0, x, arguments["slope"] * x),
    "tlu": lambda arguments, x, weights: np.maximum(x, weights["tau"][0]),
    "prelu": lambda arguments, x, weights: np.where(x > 0, x, weights["alpha"] * x),
    "elu": lambda arguments, x, weights: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "gelu": gelu,
    "silu": lambda arguments, x, weights: x * _sigmoid(x),
    "mish": lambda arguments, x, weights: x * np.tanh(_softplus(x)),
    "softplus": lambda arguments, x, weights: _softplus(x),
    "sigmoid": lambda arguments, x, weights: _sigmoid(x),
    "hard_sigmoid": lambda arguments, x, weights: _hard_sigmoid(x),
    "hard_swish": lambda arguments, x, weights: x * _hard_sigmoid(x),
    "tanh": lambda arguments, x, weights: np.tanh(x),
    "selu": selu,
    "spatial_softmax": spatial_softmax,
    "abs": lambda arguments, x, weights: np.where(x < 0, -x, x),
    "softmax": softmax,
    "batchnorm": batchnorm,
    "layernorm": layernorm,
    "groupnorm": groupnorm,
    "instancenorm": instancenorm,
    "evonorm": evonorm,
    "frn": frn,
    "normalize": lambda arguments, x, weights: (x - np.array(arguments["mean"])) / np.array(arguments["std"]),
    "scale": lambda arguments, x, weights: x * weights.get("factor", arguments["value"]),
    "shift": lambda arguments, x, weights: x + weights.get("offset", arguments["value"]),
    "channel_scale": lambda arguments, x, weights: x * weights["gamma"],
}
