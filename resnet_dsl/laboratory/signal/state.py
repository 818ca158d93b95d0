"""What is known of a value's distribution over channels and samples, forward, and of its gradient's, backward.

A channel's mean over the batch differs from channel to channel, since weights are random: that part is *frozen*. What
differs from sample to sample is its *batch* part. Convolutions make Gaussians of both; a sum of a rectified stream and
a branch is not Gaussian, so that the distribution's form travels along as particles: CHANNELS x SAMPLES of them, laid
out so that a row is a channel and its mean the channel's mean over the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

CHANNELS, SAMPLES = 32, 64
TINY, HUGE = 1e-290, 1e290
"""Mean squares are kept inside these, so that a signal that dies or blows up still has a logarithm."""
KINDS = 512
"""At most this many kinds of positions are told apart at one activation."""


@dataclass(frozen=True)
class Segment:
    """A run of ``count`` alike channels.

    mean, frozen, batch: maps over positions: the mean over channels, the variance between channels of their means over
        the batch, and the variance over the batch.
    shared: map of the covariance, over channels, of the frozen part with its own mean over all positions: what batch
        normalisation and global pooling see of it.
    correlation: of the batch part at two positions of one image, by their distance 0, 1, 2 …
    channel, sample: particles, standardised: (CHANNELS,) of the frozen part, (CHANNELS, SAMPLES) of the batch part,
        each row with mean 0.
    """

    count: int
    mean: Array
    frozen: Array
    batch: Array
    shared: Array
    correlation: Array
    channel: Array
    sample: Array

    @property
    def maps(self) -> tuple[Array, Array, Array, Array]:
        return self.mean, self.frozen, self.batch, self.shared

    @property
    def steady(self) -> Array:
        """The mean square over channels of their means over the batch."""
        return self.mean**2 + self.frozen

    @property
    def square(self) -> Array:
        """The mean square, a position."""
        return self.steady + self.batch


@dataclass(frozen=True)
class Gradient:
    """The gradient at a segment.

    energy: its mean square, a position.
    weight: how it is spread over the particles, with mean 1. What passed one ReLU is likelier to pass the next one on
        the same stream: the particles remember.
    correlation: of it at two positions of one image, by their distance 0, 1, 2 …
    """

    energy: Array
    weight: Array
    correlation: Array


State: TypeAlias = tuple[Segment, ...]
Gradients: TypeAlias = tuple[Gradient, ...]


def _quantiles(count: int) -> Array:
    normal = NormalDist()
    return np.array([normal.inv_cdf((place + 0.5) / count) for place in range(count)])


def standardised(values: Array) -> tuple[Array, float]:
    """Values over their standard deviation, and the variance; zeros stay zeros."""
    variance = float(np.mean(values**2))
    return (values / np.sqrt(variance) if variance > 0 else values), variance


_HALF = CHANNELS // 2
_CHANNEL = standardised(_quantiles(CHANNELS))[0][:_HALF]
_ROWS = _quantiles(_HALF * SAMPLES).reshape(SAMPLES, _HALF).T
_ROWS = _ROWS - _ROWS.mean(axis=1, keepdims=True)
_ROWS = _ROWS / np.sqrt(np.mean(_ROWS**2, axis=1, keepdims=True))

EVEN = np.ones((CHANNELS, SAMPLES))
"""The weight of a gradient that does not depend on the value."""


def gaussian(rng: np.random.Generator) -> tuple[Array, Array]:
    """Particles of fresh, independent Gaussians, stratified: (channel, sample).

    The second half of the rows mirrors the first, in all draws alike, so that sums of draws are symmetric too.
    """
    channel = rng.permutation(_CHANNEL) * rng.choice([-1.0, 1.0], _HALF)
    sample = rng.permuted(rng.permutation(_ROWS), axis=1)
    return np.concatenate([channel, -channel]), np.concatenate([sample, -sample])


def values(segment: Segment, mean: Array, frozen: Array, batch: Array) -> Array:
    """The particles' values where the moments are these, (kinds,): (kinds, CHANNELS, SAMPLES)."""
    spread = np.sqrt(frozen)[:, None, None] * segment.channel[:, None] + np.sqrt(batch)[:, None, None] * segment.sample
    moved: Array = mean[:, None, None] + spread
    return moved


def typical(segment: Segment) -> Array:
    """The particles' values at a position with the mean moments of all positions: (CHANNELS, SAMPLES)."""
    moments = (np.array([part.mean()]) for part in segment.maps[:3])
    first: Array = values(segment, *moments)[0]
    return first


def split(particles: Array) -> tuple[Array, Array]:
    """Values (CHANNELS, SAMPLES) as standardised particles (channel, sample)."""
    rows = particles.mean(axis=1)
    return standardised(rows - rows.mean())[0], standardised(particles - rows[:, None])[0]


def moments(particles: Array) -> tuple[Array, Array, Array]:
    """Mean, frozen and batch variance of values (kinds, CHANNELS, SAMPLES), each (kinds,)."""
    rows = particles.mean(axis=2)
    batch = np.mean((particles - rows[:, :, None]) ** 2, axis=(1, 2))
    return rows.mean(axis=1), rows.var(axis=1), batch


def kinds(segment: Segment) -> tuple[NDArray[np.intp], Array]:
    """Positions with the same moments taken together: each position's kind, and the moments (3, kinds).

    The last kind is the typical position. Positions are told apart to a thousandth of the value's largest size, or
    more coarsely where that makes too many kinds.
    """
    maps = np.stack([part.ravel() for part in segment.maps[:3]])
    sizes = np.stack([maps[0], np.sqrt(maps[1]), np.sqrt(maps[2])])
    scale = max(float(np.abs(sizes).max()), TINY)
    kind, count = np.zeros(maps.shape[1], dtype=np.intp), 1
    for fineness in (1024, 256, 64, 16):
        keys = np.rint(sizes / scale * fineness).astype(np.int64) + fineness
        found, kind = np.unique((keys[0] << 40) + (keys[1] << 20) + keys[2], return_inverse=True)
        count = len(found)
        if count <= KINDS:
            break
    size = np.bincount(kind, minlength=count)
    means = np.stack([np.bincount(kind, weights=one, minlength=count) / size for one in maps])
    return kind, np.concatenate([means, maps.mean(axis=1, keepdims=True)], axis=1)


def scaled(segment: Segment, factor: float | Array) -> Segment:
    """All values times a factor, or times one a position."""
    square = np.asarray(factor, dtype=np.float64) ** 2
    return replaced(segment, segment.mean * factor, *(part * square for part in segment.maps[1:]))


def replaced(segment: Segment, mean: Array, frozen: Array, batch: Array, shared: Array) -> Segment:
    """The segment with other moments, kept finite."""
    limit = np.sqrt(HUGE)
    return replace(
        segment,
        mean=np.clip(mean, -limit, limit),
        frozen=_bounded(frozen),
        batch=_bounded(batch),
        shared=np.clip(shared, -HUGE, HUGE),
    )


def reshaped(segment: Segment, positions: tuple[int, ...], maps: tuple[Array, Array, Array, Array]) -> Segment:
    """The segment with other moments, laid out over these positions."""
    mean, frozen, batch, shared = (part.reshape(positions) for part in maps)
    return replaced(segment, mean, frozen, batch, shared)


def _bounded(square: Array) -> Array:
    """Mean squares inside TINY and HUGE; nothing stays nothing."""
    bounded: Array = np.where(square > 0, np.clip(square, TINY, HUGE), 0.0)
    return bounded


def blank(count: int, positions: tuple[int, ...], distances: int, form: tuple[Array, Array]) -> Segment:
    """Channels of zeros."""
    zero = np.zeros(positions)
    return Segment(count, zero, zero, zero, zero, np.ones(distances), *form)


def combined(parts: list[tuple[Array, Array]]) -> Array:
    """The mean of arrays weighted by how much there is of each: [(amount, array)]; the plain mean where all is zero."""
    total = sum(float(np.mean(amount)) for amount, _ in parts)
    if total <= 0:
        plain: Array = np.mean([array for _, array in parts], axis=0)
        return plain
    summed: Array = np.sum([float(np.mean(amount)) / total * array for amount, array in parts], axis=0)
    return summed


def gradient(energy: Array, weight: Array, correlation: Array) -> Gradient:
    """A gradient whose weight is brought to mean 1 and whose energy stays finite."""
    mean = float(weight.mean())
    return Gradient(_bounded(energy), weight / mean if mean > 0 else EVEN, correlation)


def through(at: Gradient, factor: float | Array) -> Gradient:
    """A gradient whose mean square is multiplied and that is spread as before."""
    return gradient(at.energy * factor, at.weight, at.correlation)


def gathered(gradients: list[Gradient]) -> Gradient:
    """The sum of independent gradients of one value."""
    if len(gradients) == 1:
        return gradients[0]
    energy: Array = np.sum([one.energy for one in gradients], axis=0)
    return mixed(energy, [(one.energy, one) for one in gradients])


def unlike(correlation: Array) -> Array:
    """The correlation of what differs at each position."""
    alone = np.zeros_like(correlation)
    alone[0] = 1
    return alone


def mixed(energy: Array, parts: list[tuple[Array, Gradient]]) -> Gradient:
    """A gradient of this energy, spread as its parts are: [(amount, part)]."""
    weight = combined([(amount, part.weight) for amount, part in parts])
    return gradient(energy, weight, combined([(amount, part.correlation) for amount, part in parts]))
