"""Pools: the largest or the mean of the values in a window, or of the whole map.

Neighbours in one image are alike. A window's values are drawn as such: each is, with the probability that is their
correlation, the same particle, and else another of the same channel.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.signal.rule import Rules, Site, each
from resnet_dsl.laboratory.signal.state import (
    CHANNELS,
    EVEN,
    SAMPLES,
    Array,
    Gradient,
    Segment,
    gradient,
    moments,
    replaced,
    reshaped,
    split,
    typical,
)
from resnet_dsl.laboratory.signal.window import SlidingWindow, nearer, over_pairs, window

MOST_DRAWS = 1024
"""Windows with more values are taken as if they had this many."""


def _draws(site: Site, segment: Segment, count: int, alike: float) -> tuple[Array, NDArray[np.int64]]:
    """Values of windows, and which sample of its row each is: both (draws, CHANNELS, SAMPLES)."""
    rng = site.rng()
    count = min(count, MOST_DRAWS)
    own = np.broadcast_to(np.arange(SAMPLES), (count, CHANNELS, SAMPLES))
    same = rng.random(own.shape) < np.sqrt(max(alike, 0.0))
    source = np.where(same, own, rng.permuted(own, axis=2))
    return np.take_along_axis(typical(segment)[None], source, axis=2), source


def _sliding(site: Site) -> SlidingWindow:
    """The window that slides; of global pooling one that is the map."""
    if site.args["kernel"] != "global":
        return window(site)
    shape = site.inputs[0][:-1]
    ones = (1,) * len(shape)
    return SlidingWindow(shape, ones, ones, ((0, 0),) * len(shape), shape, ones)


def _alike(segment: Segment, sliding: SlidingWindow) -> float:
    """The mean correlation of two different values in a window."""
    if sliding.taps == 1:
        return 1.0
    kept, alone = over_pairs(segment.correlation, sliding.kernel), 1 / sliding.taps
    return max((kept - alone) / (1 - alone), 0.0)


def _spread(segment: Segment, sliding: SlidingWindow) -> Array:
    """A window's mean moments (mean, frozen, batch, shared), of what lies inside the map: (4, *places)."""
    if sliding.whole:
        return np.array([part.mean() for part in segment.maps]).reshape(4, *sliding.places)
    inside = sliding.sum(np.ones(sliding.shape))
    result: Array = sliding.sum(np.stack(segment.maps)) / np.maximum(inside, 1)
    return result


def _pooled(site: Site, segment: Segment, results: Array, sliding: SlidingWindow) -> Segment:
    """The segment behind a pool: the typical position's moments, carried to each place in proportion."""
    mean, frozen, batch, shared = _spread(segment, sliding)
    centre, between, within = (float(part[0]) for part in moments(results[None]))
    channel, sample = split(results)
    root = np.sqrt(np.maximum(mean**2 + frozen + batch, 0))
    size = root / max(float(np.sqrt(segment.square.mean())), 1e-145)
    kept = np.clip(np.divide(shared, frozen, out=np.ones_like(shared), where=frozen > 0), -1, 1)
    maps = (size * centre, size**2 * between, size**2 * within, size**2 * between * kept)
    moved = reshaped(segment, site.output[:-1], maps)
    far = nearer(segment.correlation, sliding.stride[0])
    return replace(moved, correlation=far, channel=channel, sample=sample)


def _maxpool(site: Site, segment: Segment) -> Segment:
    sliding = _sliding(site)
    values, _ = _draws(site, segment, sliding.taps, _alike(segment, sliding))
    return _pooled(site, segment, values.max(axis=0), sliding)


def _maxpool_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    """The gradient goes to the largest value: shared by chance among positions, not among particles."""
    sliding = _sliding(site)
    values, sources = _draws(site, segment, sliding.taps, _alike(segment, sliding))
    source = np.take_along_axis(sources, values.argmax(axis=0)[None], axis=0)[0]
    weight = np.zeros((CHANNELS, SAMPLES))
    np.add.at(weight, (np.arange(CHANNELS)[:, None], source), at.weight)
    alike = _spread_back(at, sliding)
    # Two windows that overlap by half rarely have the same largest value; where they do, its gradient is their sum.
    energy = _back(at.energy, sliding, alike / 2) / sliding.taps
    return gradient(energy, weight, np.where(np.arange(len(alike)) > 0, alike / sliding.taps, 1.0))


def _back(energy: Array, sliding: SlidingWindow, alike: Array) -> Array:
    """Each position's sum of the gradients of the windows that see it."""
    if sliding.whole:
        return np.full(sliding.shape, energy.sum())
    return sliding.overlapping(energy.reshape(sliding.places), alike)


def _spread_back(at: Gradient, sliding: SlidingWindow) -> Array:
    """How alike gradients are at two positions before the pool: those of the windows that they lie in."""
    if sliding.whole:
        return np.ones_like(at.correlation)
    alike: Array = at.correlation[np.arange(len(at.correlation)) // sliding.stride[0]]
    return alike


def _avgpool(site: Site, segment: Segment) -> Segment:
    """Means of frozen parts that are shared stay; batch parts average out as far as they are not alike."""
    sliding = _sliding(site)
    mean, frozen, batch, shared = _spread(segment, sliding)
    alike = _alike(segment, sliding)
    kept = alike + (1 - alike) / sliding.taps
    counted = _counted(site, sliding)
    standing = shared if site.args["kernel"] == "global" else frozen
    maps = (mean * counted, standing * counted**2, batch * counted**2 * kept, np.maximum(shared, 0) * counted**2)
    moved = reshaped(segment, site.output[:-1], maps)
    values, _ = _draws(site, segment, sliding.taps, alike)
    channel, sample = split(values.mean(axis=0))
    return replace(moved, correlation=nearer(segment.correlation, sliding.stride[0]), channel=channel, sample=sample)


def _counted(site: Site, sliding: SlidingWindow) -> Array:
    """What a border's zeros leave of a mean: 1 where they do not count."""
    if site.args["kernel"] == "global" or site.args["pad"] == "same" or not site.args["count_border"]:
        return np.ones(sliding.places)
    return sliding.sum(np.ones(sliding.shape)) / sliding.taps


def _avgpool_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    sliding = _sliding(site)
    inside = np.full(sliding.places, sliding.taps) if sliding.whole else sliding.sum(np.ones(sliding.shape))
    share = _counted(site, sliding) / np.maximum(inside, 1)
    energy = _back(at.energy.reshape(sliding.places) * share**2, sliding, at.correlation)
    return gradient(energy, EVEN, _spread_back(at, sliding))


def _binomial(kernel: tuple[int, ...]) -> Array:
    """The blur's weights, over its taps, with sum 1."""
    weights = np.ones(1)
    for length in kernel:
        row = np.ones(1)
        for _ in range(length - 1):
            row = np.convolve(row, [0.5, 0.5])
        weights = np.outer(weights, row).ravel()
    return weights


def _blur(site: Site, segment: Segment) -> Segment:
    sliding = window(site)
    mean, frozen, batch, shared = _spread(segment, sliding)
    alike = _alike(segment, sliding)
    kept = alike + (1 - alike) * float(np.sum(_binomial(sliding.kernel) ** 2))
    moved = replaced(segment, mean, frozen, batch * kept, shared)
    return replace(moved, correlation=nearer(segment.correlation, sliding.stride[0]))


def _blur_backward(site: Site, segment: Segment, at: Gradient) -> Gradient:
    sliding = window(site)
    kept = float(np.sum(_binomial(sliding.kernel) ** 2)) / sliding.taps
    return gradient(sliding.overlapping(at.energy * kept, at.correlation), EVEN, _spread_back(at, sliding))


RULES: Rules = {
    "maxpool": each(_maxpool, _maxpool_backward),
    "avgpool": each(_avgpool, _avgpool_backward),
    "blurpool": each(_blur, _blur_backward),
}
