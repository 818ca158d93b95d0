"""Layers with random weights: convolutions, their transposes and dense layers.

Weights are independent with mean 0 and variance ``s^2``, so second moments add: a result's is ``s^2`` times the sum of
those that it sees, and Gaussian (He et al. 2015, equations 5 to 8; backward 11 to 14). Taps outside the map see zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from resnet_dsl.ir.operation import Weight
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.laboratory.signal.report import UnpredictableError
from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site, borders, cut, joined
from resnet_dsl.laboratory.signal.state import (
    EVEN,
    Array,
    Gradient,
    Gradients,
    Segment,
    State,
    blank,
    combined,
    gaussian,
    gradient,
    replaced,
)
from resnet_dsl.laboratory.signal.window import SlidingWindow, farther, nearer, window

TRUNCATED = 0.02**2 * 0.7737413
"""What is left of the variance of Keras' TruncatedNormal(0.02), which cuts a normal at two standard deviations."""
MOST_GROUPS = 65536


def variance(site: Site) -> float:
    """The variance of a weight at initialisation, standardisation included."""
    kernel = OPERATIONS[site.op].weights(site.args, site.inputs)[0]
    drawn = _drawn(site, kernel)
    kind = site.args.get("standardize", "none")
    if kind == "none":
        return drawn
    if kind == "plain":
        return drawn / (drawn + float(site.args["epsilon"]))
    fan_in = prod(kernel.shape[:-1])
    return float(site.args["gamma"]) ** 2 * drawn / max(drawn * fan_in, float(site.args["epsilon"]))


def _drawn(site: Site, kernel: Weight) -> float:
    """Fans are Keras': (taps * the last but one length, taps * the last)."""
    taps = prod(kernel.shape[:-2])
    fan_in, fan_out = taps * kernel.shape[-2], taps * kernel.shape[-1]
    init = str(kernel.init)
    known = {
        "he": 2.0 / (fan_out if init.endswith("_out") else fan_in),
        "glorot": 2.0 / (fan_in + fan_out),
        "lecun": 1.0 / fan_in,
        "truncated": TRUNCATED,
        "zeros": 0.0,
    }
    family = init.split("_", maxsplit=1)[0]
    if family not in known:
        words = f"`{site.name}` starts from {init}: its filters are all alike, so that no signal is random"
        raise UnpredictableError(words)
    return known[family]


@dataclass(frozen=True)
class _Run:
    """Neighbouring groups that see the same kinds of channels: the segments seen by one group, and its results."""

    seen: State
    groups: int
    results: int


def _runs(site: Site, state: State) -> list[_Run]:
    """The groups of a convolution, alike neighbours together."""
    groups, results = site.args.get("groups", 1), site.output[-1]
    if groups == 1:
        return [_Run(state, 1, results)]
    size = site.inputs[0][-1] // groups
    if len(state) == 1:
        return [_Run((replace(state[0], count=size),), groups, results // groups)]
    if groups > MOST_GROUPS:
        raise UnpredictableError(f"`{site.name}` has {groups} groups of channels of several kinds, too many to follow")
    return [_Run(seen, 1, results // groups) for seen in _seen(state, size)]


def _seen(state: State, size: int) -> Iterator[State]:
    """The segments of each group of ``size`` channels."""
    total = sum(segment.count for segment in state)
    starts = sorted({*borders(state), *range(0, total, size)})
    group: list[Segment] = []
    for segment in cut(state, starts):
        group.append(segment)
        if sum(one.count for one in group) == size:
            yield tuple(group)
            group = []


def _seen_by(site: Site, sliding: SlidingWindow, segment: Segment) -> Array:
    """Sums over the taps for one channel: batch, steady and shared second moments, and the mean: (4, *places)."""
    standing = np.sqrt(segment.mean**2 + np.clip(segment.shared, 0, segment.frozen))  # the same at all positions
    maps = np.stack([segment.batch, segment.steady, standing, segment.mean])
    total = np.zeros((4, *sliding.places))
    for view in sliding.views(maps):
        total += view
        total[2] += view[2] * view[2].mean() - view[2]
    return total


def _run_result(site: Site, run: _Run, sliding: SlidingWindow, square: float) -> Segment:
    sums = np.sum([segment.count * _seen_by(site, sliding, segment) for segment in run.seen], axis=0)
    batch, steady, shared, mean = sums
    if site.args["standardize"] != "none":
        # Filters of mean zero do not see what all that they see has in common.
        fan_in = sliding.taps * sum(segment.count for segment in run.seen)
        steady = np.maximum(steady - mean**2 / fan_in, 0)
        shared = np.clip(shared - mean * mean.mean() / fan_in, 0, None)
    return _fresh(site, run, sliding.stride[0], square * batch, square * steady, square * shared)


def _fresh(site: Site, run: _Run, stride: int, batch: Array, frozen: Array, shared: Array) -> Segment:
    """A Gaussian result with these moments; images stay as alike at two positions as what the windows see."""
    correlation = combined([(segment.batch * segment.count, segment.correlation) for segment in run.seen])
    empty = blank(run.groups * run.results, batch.shape, 1, gaussian(site.rng()))
    drawn = replaced(empty, np.zeros_like(batch), frozen, batch, shared)
    return replace(drawn, correlation=nearer(correlation, stride))


def _conv(site: Site, states: list[State]) -> State:
    sliding, square = window(site), variance(site)
    return tuple(_run_result(site, run, sliding, square) for run in _runs(site, states[0]))


def _conv_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    sliding, square = window(site), variance(site)
    runs = _runs(site, states[0])
    back = [
        gradient(
            square * run.results * sliding.adjoint_of_weights(at.energy, at.correlation),
            EVEN,
            farther(at.correlation, sliding.stride[0]),
        )
        for run, at in zip(runs, gradients, strict=True)
    ]
    counts = [run.groups * sum(segment.count for segment in run.seen) for run in runs]
    if len(runs) == 1:
        return (tuple(back[0] for _ in states[0]),)
    return (_per_segment(states[0], back, counts),)


def _per_segment(state: State, back: list[Gradient], counts: list[int]) -> Gradients:
    """Gradients by group as gradients by segment."""
    ends = np.cumsum(counts).tolist()
    starts = sorted({*borders(state), *[0, *ends[:-1]]})
    pieces, sizes, group = [], [], 0
    for segment, start in zip(cut(state, starts), starts, strict=True):
        while ends[group] <= start:
            group += 1
        pieces.append(back[group])
        sizes.append(segment.count)
    return joined(tuple(pieces), sizes, state)


def _transposed(site: Site) -> SlidingWindow:
    """The convolution whose adjoint this is: from the result's map to the argument's."""
    kernel, stride = tuple(site.args["kernel"]), tuple(site.args["stride"])
    none = ((0, 0),) * len(kernel)
    return SlidingWindow(kernel, stride, (1,) * len(kernel), none, site.output[:-1], site.inputs[0][:-1])


def _transpose(site: Site, states: list[State]) -> State:
    sliding, square = _transposed(site), variance(site)
    batch = np.sum([s.count * sliding.adjoint(s.batch) for s in states[0]], axis=0) * square
    steady = np.sum([s.count * sliding.adjoint(s.steady) for s in states[0]], axis=0) * square
    # Positions that meet different taps have different means: only every stride-th shares them.
    shared = steady / prod(site.args["stride"])
    result = _fresh(site, _Run(states[0], 1, site.output[-1]), 1, batch, steady, shared)
    return (replace(result, correlation=farther(result.correlation, sliding.stride[0])),)


def _transpose_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    sliding = _transposed(site)
    energy = variance(site) * site.output[-1] * sliding.sum(gradients[0].energy)
    alike = nearer(gradients[0].correlation, sliding.stride[0])
    return (tuple(gradient(energy, EVEN, alike) for _ in states[0]),)


def _dense(site: Site, states: list[State]) -> State:
    square = variance(site)
    batch = np.asarray(square * sum(s.count * s.batch for s in states[0]))
    steady = np.asarray(square * sum(s.count * s.steady for s in states[0]))
    return (_fresh(site, _Run(states[0], 1, site.output[-1]), 1, batch, steady, steady),)


def _dense_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    energy = variance(site) * site.output[-1] * gradients[0].energy
    return (tuple(gradient(energy, EVEN, gradients[0].correlation) for _ in states[0]),)


RULES: Rules = {
    "conv": Propagation(_conv, _conv_backward),
    "conv_transpose": Propagation(_transpose, _transpose_backward),
    "dense": Propagation(_dense, _dense_backward),
}
