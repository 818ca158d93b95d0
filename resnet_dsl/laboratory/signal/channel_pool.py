"""The mean or the largest value over the channels of each position: one channel, as spatial gates read it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site
from resnet_dsl.laboratory.signal.state import (
    CHANNELS,
    SAMPLES,
    Array,
    Gradients,
    Segment,
    State,
    combined,
    gaussian,
    gradient,
    moments,
    replaced,
    split,
    typical,
)

MOST_DRAWS = 256


def _pool(site: Site, states: list[State]) -> State:
    return (_largest(site, states[0]) if site.args["by"] == "max" else _mean(site, states[0]),)


def _mean(site: Site, state: State) -> Segment:
    """Channels are independent: variances fall by their number, and what is left is Gaussian."""
    count = site.inputs[0][-1]
    mean, frozen, batch, shared = (
        np.sum([segment.count * getattr(segment, name) for segment in state], axis=0) / count**power
        for name, power in (("mean", 1), ("frozen", 2), ("batch", 2), ("shared", 2))
    )
    moved = replaced(state[0], mean, frozen, batch, shared)
    channel, sample = gaussian(site.rng())
    return replace(moved, count=1, correlation=_correlation(state), channel=channel, sample=sample)


def _correlation(state: State) -> Array:
    return combined([(segment.batch * segment.count, segment.correlation) for segment in state])


def _largest(site: Site, state: State) -> Segment:
    """The largest of as many draws as there are channels, at a typical position; others in proportion to their size."""
    rng, count = site.rng(), site.inputs[0][-1]
    shares = np.array([segment.count for segment in state]) / count
    drawn = [typical(state[k]) for k in rng.choice(len(state), size=min(count, MOST_DRAWS), p=shares)]
    results = np.max([rng.permuted(rng.permutation(one), axis=1) for one in drawn], axis=0)
    square = np.sum([share * segment.square for share, segment in zip(shares, state, strict=True)], axis=0)
    size = np.sqrt(square / max(float(square.mean()), 1e-290))
    mean, frozen, batch = (float(part[0]) for part in moments(results[None]))
    channel, sample = split(results)
    moved = replaced(state[0], size * mean, size**2 * frozen, size**2 * batch, size**2 * frozen)
    return replace(moved, count=1, correlation=_correlation(state), channel=channel, sample=sample)


def _backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    at, count = gradients[0], site.inputs[0][-1]
    if site.args["by"] == "mean":
        return (tuple(gradient(at.energy / count**2, np.ones_like(at.weight), at.correlation) for _ in states[0]),)
    return (tuple(gradient(at.energy / count, _wins(segment, count), at.correlation) for segment in states[0]),)


def _wins(segment: Segment, count: int) -> Array:
    """How likely each particle is the largest of ``count``: its rank to the power of the others."""
    ranks = np.empty(CHANNELS * SAMPLES)
    ranks[np.argsort(typical(segment), axis=None)] = (np.arange(CHANNELS * SAMPLES) + 1) / (CHANNELS * SAMPLES)
    wins: Array = (ranks ** min(count - 1, MOST_DRAWS)).reshape(CHANNELS, SAMPLES)
    return wins


RULES: Rules = {"channel_pool": Propagation(_pool, _backward)}
