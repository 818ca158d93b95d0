"""Merges: sums, products and concatenations of several values, taken as independent of each other.

On a sum the gradient is copied to both sides; through a product it meets the other factor's square.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import replace
from functools import reduce
from math import prod

import numpy as np

from resnet_dsl.laboratory.signal.report import UnpredictableError
from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site, borders, cut, joined
from resnet_dsl.laboratory.signal.state import (
    Array,
    Gradient,
    Gradients,
    Segment,
    State,
    combined,
    gradient,
    replaced,
    split,
    typical,
)
from resnet_dsl.laboratory.signal.window import over_pairs

MOST_SEGMENTS = 1024


def _sum(parts: tuple[Segment, ...]) -> Segment:
    mean, frozen, batch, shared = (np.sum(same, axis=0) for same in zip(*(part.maps for part in parts), strict=True))
    channel, sample = split(np.sum([typical(part) for part in parts], axis=0))
    correlation = combined([(part.batch, part.correlation) for part in parts])
    moved = replaced(parts[0], mean, frozen, batch, shared)
    return replace(moved, correlation=correlation, channel=channel, sample=sample)


def _add_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    counts = [segment.count for segment in _aligned(states)[0]]
    return tuple(joined(gradients, counts, state) for state in states)


def _add(site: Site, states: list[State]) -> State:
    return tuple(_sum(parts) for parts in zip(*_aligned(states), strict=True))


def _sub(site: Site, states: list[State]) -> State:
    return _add(site, [states[0], tuple(_negated(segment) for segment in states[1])])


def _negated(segment: Segment) -> Segment:
    return replace(segment, mean=-segment.mean, channel=-segment.channel, sample=-segment.sample)


def _product(first: Segment, second: Segment) -> Segment:
    """Of independent values: second moments multiply, of values and of channels' means alike."""
    mean, steady = first.mean * second.mean, first.steady * second.steady
    shared = (first.mean**2 + first.shared) * (second.mean**2 + second.shared) - mean**2
    channel, sample = split(typical(first) * typical(second))
    moved = replaced(first, mean, steady - mean**2, first.square * second.square - steady, shared)
    correlation = combined([(first.batch, first.correlation), (second.batch, second.correlation)])
    return replace(moved, correlation=correlation, channel=channel, sample=sample)


def _aligned(states: list[State]) -> list[State]:
    """States cut at each other's borders, so that their segments match; a single channel stands beside each segment."""
    full = max(states, key=lambda state: sum(segment.count for segment in state))
    starts = sorted({start for state in states for start in borders(state)})
    wide = sum(segment.count for segment in full)
    return [
        cut(state, starts) if sum(one.count for one in state) == wide else state * len(cut(full, starts))
        for state in states
    ]


def _mul_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    aligned = _aligned(states)
    return tuple(_to_factor(site, states, aligned, number, gradients) for number in range(len(states)))


def _to_factor(site: Site, states: list[State], aligned: list[State], number: int, gradients: Gradients) -> Gradients:
    """One factor's gradient: the result's, times the square of the others, summed where the factor was repeated."""
    others = [state for index, state in enumerate(aligned) if index != number]
    shape = states[number][0].mean.shape
    pieces = [_times(at, [state[index] for state in others], shape) for index, at in enumerate(gradients)]
    if site.inputs[number][-1] == 1 < site.output[-1]:
        counts = [segment.count for segment in aligned[number - 1]]
        total = np.sum([count * piece.energy for count, piece in zip(counts, pieces, strict=True)], axis=0)
        return (gradient(total, pieces[0].weight, pieces[0].correlation),)
    return joined(tuple(pieces), [segment.count for segment in aligned[number]], states[number])


def _times(at: Gradient, others: list[Segment], shape: tuple[int, ...]) -> Gradient:
    energy, weight, alike = at.energy, at.weight, at.correlation
    for other in others:
        alike = alike * _alike(other)
        squares = typical(other) ** 2
        mean = float(squares.mean())
        tilt = float(np.mean(squares * weight)) / mean if mean > 0 else 1.0
        energy, weight = energy * other.square * tilt, weight * squares
    return gradient(_unbroadcast(energy, shape, alike), weight, alike)


def _alike(segment: Segment) -> Array:
    """E[x x'] / E[x^2] of a value at two positions, by their distance."""
    square = float(segment.square.mean())
    if square <= 0:
        return np.ones_like(segment.correlation)
    alike: Array = 1 - (1 - segment.correlation) * float(segment.batch.mean()) / square
    return alike


def _unbroadcast(energy: Array, shape: tuple[int, ...], correlation: Array) -> Array:
    """What a factor that was repeated gets from all its copies."""
    axes = tuple(axis for axis, (have, want) in enumerate(zip(energy.shape, shape, strict=True)) if want == 1 < have)
    lengths = tuple(energy.shape[axis] for axis in axes)
    summed: Array = energy.sum(axis=axes, keepdims=True) * (prod(lengths) * over_pairs(correlation, lengths))
    return summed


def _concat(site: Site, states: list[State]) -> State:
    result: list[Segment] = []
    for segment in (segment for state in states for segment in state):
        if result and result[-1].sample is segment.sample and result[-1].batch is segment.batch:
            result[-1] = replace(segment, count=segment.count + result[-1].count)
        else:
            result.append(segment)
    if len(result) > MOST_SEGMENTS:
        raise UnpredictableError(f"`{site.name}` joins channels of more than {MOST_SEGMENTS} kinds")
    return tuple(result)


def _concat_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    """Each input's segment lies in one segment of the result."""
    whole, start, result = borders(_concat(site, states)), 0, []
    for state in states:
        result.append(tuple(gradients[bisect(whole, start + border) - 1] for border in borders(state)))
        start += sum(segment.count for segment in state)
    return tuple(result)


RULES: Rules = {
    "add": Propagation(_add, _add_backward),
    "sub": Propagation(_sub, _add_backward),
    "mul": Propagation(
        lambda site, states: tuple(reduce(_product, parts) for parts in zip(*_aligned(states), strict=True)),
        _mul_backward,
    ),
    "concat": Propagation(_concat, _concat_backward),
}
