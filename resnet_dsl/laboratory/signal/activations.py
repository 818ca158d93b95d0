"""What activations do to a distribution, by quadrature over its particles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.ir.operation import OperationName
from resnet_dsl.laboratory.signal.report import UnpredictableError
from resnet_dsl.laboratory.signal.rule import Rules, Site, each
from resnet_dsl.laboratory.signal.state import (
    Array,
    Gradient,
    Segment,
    gradient,
    kinds,
    moments,
    replaced,
    split,
    typical,
    values,
)

Arguments: TypeAlias = Mapping[str, Any]


class Function(NamedTuple):
    """An activation: (value, arguments) -> its value and its derivative."""

    value: Callable[[Array, Arguments], Array]
    slope: Callable[[Array, Arguments], Array]


def _sigmoid(x: Array) -> Array:
    half: Array = 0.5 * (1 + np.tanh(x / 2))
    return half


def _hard_sigmoid(x: Array) -> Array:
    return np.clip(x / 6 + 0.5, 0, 1)


_C, _D = np.sqrt(2 / np.pi), 0.044715


def _gelu(x: Array) -> Array:
    # The tanh form serves the exact one too: they differ by less than 0.0005 everywhere.
    half: Array = 0.5 * x * (1 + np.tanh(_C * (x + _D * x**3)))
    return half


def _gelu_slope(x: Array) -> Array:
    inner = np.tanh(_C * (x + _D * x**3))
    slope: Array = 0.5 * (1 + inner) + 0.5 * x * (1 - inner**2) * _C * (1 + 3 * _D * x**2)
    return slope


def _mish_slope(x: Array) -> Array:
    inner = np.tanh(np.logaddexp(0, x))
    slope: Array = inner + x * (1 - inner**2) * _sigmoid(x)
    return slope


def _leaky(x: Array, slope: float) -> Array:
    return np.where(x > 0, x, slope * x)


def _leaky_slope(x: Array, slope: float) -> Array:
    return np.where(x > 0, 1.0, slope)


_SELU, _NEGATIVE = 1.0507009873554805, 1.6732632423543772

FUNCTIONS: dict[OperationName, Function] = {
    "relu": Function(lambda x, a: np.maximum(x, 0), lambda x, a: _leaky_slope(x, 0)),
    "tlu": Function(lambda x, a: np.maximum(x, 0), lambda x, a: _leaky_slope(x, 0)),
    "relu6": Function(lambda x, a: np.clip(x, 0, 6), lambda x, a: ((x > 0) & (x < 6)).astype(np.float64)),
    "leaky_relu": Function(lambda x, a: _leaky(x, a["slope"]), lambda x, a: _leaky_slope(x, a["slope"])),
    "prelu": Function(lambda x, a: _leaky(x, 0.25), lambda x, a: _leaky_slope(x, 0.25)),
    "elu": Function(
        lambda x, a: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda x, a: np.exp(np.minimum(x, 0)),
    ),
    "gelu": Function(lambda x, a: _gelu(x), lambda x, a: _gelu_slope(x)),
    "silu": Function(
        lambda x, a: x * _sigmoid(x),
        lambda x, a: _sigmoid(x) * (1 + x * (1 - _sigmoid(x))),
    ),
    "mish": Function(lambda x, a: x * np.tanh(np.logaddexp(0, x)), lambda x, a: _mish_slope(x)),
    "softplus": Function(lambda x, a: np.logaddexp(0, x), lambda x, a: _sigmoid(x)),
    "sigmoid": Function(lambda x, a: _sigmoid(x), lambda x, a: _sigmoid(x) * (1 - _sigmoid(x))),
    "hard_sigmoid": Function(lambda x, a: _hard_sigmoid(x), lambda x, a: (np.abs(x) < 3) / 6.0),
    "hard_swish": Function(
        lambda x, a: x * _hard_sigmoid(x),
        lambda x, a: np.where(np.abs(x) < 3, x / 3 + 0.5, (x >= 3).astype(np.float64)),
    ),
    "selu": Function(
        lambda x, a: _SELU * np.where(x > 0, x, _NEGATIVE * np.expm1(np.minimum(x, 0))),
        lambda x, a: _SELU * np.where(x > 0, 1.0, _NEGATIVE * np.exp(np.minimum(x, 0))),
    ),
    "abs": Function(lambda x, a: np.abs(x), lambda x, a: np.sign(x)),
    "tanh": Function(lambda x, a: np.tanh(x), lambda x, a: 1 - np.tanh(x) ** 2),
}


def activated(function: Function, site: Site, segment: Segment) -> Segment:
    """The segment behind an activation."""
    kind, parts = kinds(segment)
    results = function.value(values(segment, *parts), site.args)
    mean, frozen, batch = (part[kind].reshape(segment.mean.shape) for part in moments(results))
    channel, sample = split(results[-1])
    kept = np.divide(segment.shared, segment.frozen, out=np.ones_like(segment.mean), where=segment.frozen > 0)
    moved = replaced(segment, mean, frozen, batch, frozen * np.clip(kept, -1, 1))
    correlation = correlated(segment, results[-1])
    return replace(moved, correlation=correlation, channel=channel, sample=sample)


def correlated(segment: Segment, result: Array) -> Array:
    """How alike the batch part of a function's result is at two positions, from how alike its argument's is.

    The covariance is the series ``sum a_n^2 r^n`` over the function's Hermite coefficients; what lies beyond the first
    is taken as the second.
    """
    moved = result - result.mean(axis=1, keepdims=True)
    total = float(np.mean(moved**2))
    if total <= 0:
        return segment.correlation
    linear = min(float(np.mean(moved * segment.sample)) ** 2 / total, 1.0)
    return linear * segment.correlation + (1 - linear) * segment.correlation**2


def passed_back(function: Function, site: Site, segment: Segment, at: Gradient) -> Gradient:
    """The gradient before an activation."""
    kind, parts = kinds(segment)
    squares = function.slope(values(segment, *parts), site.args) ** 2
    passed = np.mean(squares * at.weight, axis=(1, 2))
    alike = at.correlation * _both(segment, np.sqrt(squares[-1]))
    return gradient(at.energy * passed[kind].reshape(at.energy.shape), at.weight * squares[-1], alike)


def _both(segment: Segment, slope: Array) -> Array:
    """E[s s'] / E[s^2] of the slopes at two positions, by their distance."""
    square = float(np.mean(slope**2))
    rows = slope.mean(axis=1, keepdims=True)
    moving = float(np.mean((slope - rows) ** 2))
    if square <= 0:
        return np.ones_like(segment.correlation)
    shared: Array = (square - moving + moving * correlated(segment, slope)) / square
    return shared


RULES: Rules = {
    name: each(partial(activated, function), partial(passed_back, function)) for name, function in FUNCTIONS.items()
}

PARTNERS = 256
"""A softmax over more numbers is computed over this many and taken as the same but for its scale."""


def softmax_shares(site: Site, segment: Segment) -> tuple[Array, int]:
    """Softmax of each particle among others: (numbers, CHANNELS, SAMPLES), and how many numbers there truly are.

    The others are other channels at the typical position. Raises UnpredictableError where branches share weights out;
    measured: a factor of 3 at the gates of SK-ResNet, and of 30 at the stem of ResNeSt-50.
    """
    if site.args["splits"] > 1:
        raise UnpredictableError(
            f"`{site.name}` shares weights out among branches that are alike, which the prediction does not follow",
            site.name,
        )
    particles, rng, numbers = typical(segment), site.rng(), site.output[-1]
    others = range(min(numbers, PARTNERS) - 1)
    draws = np.stack([particles, *(rng.permuted(rng.permutation(particles), axis=1) for _ in others)])
    powers = np.exp(draws - draws.max(axis=0))
    return powers / powers.sum(axis=0), numbers


def _softmax(site: Site, segment: Segment) -> Segment:
    shares, numbers = softmax_shares(site, segment)
    result = shares[0] * (len(shares) / numbers)
    mean, frozen, batch = (np.full_like(segment.mean, part[0]) for part in moments(result[None]))
    channel, sample = split(result)
    moved = replaced(segment, mean, frozen, batch, frozen)
    return replace(moved, correlation=correlated(segment, result), channel=channel, sample=sample)


def _softmax_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    """d p_j / d x_i = p_i (1 - p_i) where j is i, else -p_i p_j."""
    shares, numbers = softmax_shares(site, segment)
    first = shares[0] * (len(shares) / numbers)
    others = first**2 * np.sum(shares[1:] ** 2, axis=0) * (len(shares) / numbers)
    squares = (first * (1 - first)) ** 2 + others
    return gradient(at.energy * float(np.mean(squares * at.weight)), at.weight * squares, at.correlation)


RULES["softmax"] = each(_softmax, _softmax_backward)
