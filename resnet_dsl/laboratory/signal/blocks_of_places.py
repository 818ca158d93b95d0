"""Channels that become places of a block, and places that become channels.

Wide is the map with the places, deep the one with the channels. Neighbours of one block are different channels, which
have nothing in common but what all channels have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from math import prod
from typing import NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.laboratory.signal.rule import Propagation, Rules, Site
from resnet_dsl.laboratory.signal.state import Array, Gradient, Gradients, Segment, State, mixed, replaced
from resnet_dsl.laboratory.signal.window import farther, nearer

Place: TypeAlias = tuple[slice, ...]


def _places(site: Site) -> list[Place]:
    """Where each place of a block lies in the wide map."""
    factor = site.args["factor"]
    starts = product(*map(range, factor))
    return [tuple(slice(at, None, step) for at, step in zip(place, factor, strict=True)) for place in starts]


class _Column(NamedTuple):
    """Wide channels that are alike: how many, and of which deep segment each of their places is."""

    width: int
    segments: tuple[int, ...]


def _columns(site: Site, state: State) -> Iterator[_Column]:
    """The wide channels, from the deep segments."""
    parts = prod(site.args["factor"])
    of = np.repeat(np.arange(len(state)), [segment.count for segment in state])
    rows = of.reshape(-1, parts) if site.args["order"] == "pytorch" else of.reshape(parts, -1).T
    changes = (np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + 1).tolist()
    for start, end in pairwise([0, *changes, len(rows)]):
        yield _Column(end - start, tuple(rows[start].tolist()))


def _depth_to_space(site: Site, states: list[State]) -> State:
    return tuple(_laid_wide(site, states[0], column) for column in _columns(site, states[0]))


def _laid_wide(site: Site, state: State, column: _Column) -> Segment:
    """A channel's mean is that of the block's channels: positions that are not a block apart share nothing of it."""
    first = state[column.segments[0]]
    mean, frozen, batch, shared = (np.zeros(site.output[:-1]) for _ in first.maps)
    for place, number in zip(_places(site), column.segments, strict=True):
        for wide, deep in zip((mean, frozen, batch, shared), state[number].maps, strict=True):
            wide[place] = deep
    shared /= len(column.segments)
    correlation = farther(first.correlation, site.args["factor"][0])
    return replace(replaced(first, mean, frozen, batch, shared), count=column.width, correlation=correlation)


def _depth_to_space_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    found: list[list[tuple[Array, Gradient]]] = [[] for _ in states[0]]
    for column, at in zip(_columns(site, states[0]), gradients, strict=True):
        for place, number in zip(_places(site), column.segments, strict=True):
            found[number].append((column.width * at.energy[place], at))
    pairs = zip(states[0], found, strict=True)
    return (tuple(_to_deep(site, segment.count, parts) for segment, parts in pairs),)


def _to_deep(site: Site, count: int, parts: list[tuple[Array, Gradient]]) -> Gradient:
    """The gradient of so many channels, from what all of them get."""
    whole = mixed(np.sum([energy for energy, _ in parts], axis=0) / count, parts)
    return replace(whole, correlation=nearer(whole.correlation, site.args["factor"][0]))


def _space_to_depth(site: Site, states: list[State]) -> State:
    """In PyTorch's order the places of a channel stand side by side, too many to be told apart: their mean is taken."""
    apart = [tuple(_at_place(site, segment, place) for segment in states[0]) for place in _places(site)]
    if site.args["order"] == "tensorflow":
        return tuple(segment for part in apart for segment in part)
    return tuple(_mean(parts) for parts in zip(*apart, strict=True))


def _at_place(site: Site, segment: Segment, place: Place) -> Segment:
    moved = replaced(segment, *(one[place] for one in segment.maps))
    return replace(moved, correlation=nearer(segment.correlation, site.args["factor"][0]))


def _mean(parts: tuple[Segment, ...]) -> Segment:
    moved = replaced(parts[0], *np.mean([one.maps for one in parts], axis=0))
    return replace(moved, count=len(parts) * parts[0].count)


def _space_to_depth_backward(site: Site, states: list[State], gradients: Gradients) -> tuple[Gradients, ...]:
    places, kinds = _places(site), len(states[0])
    if site.args["order"] == "pytorch":
        gradients = gradients * len(places)
    return (tuple(_to_wide(site, places, gradients[number::kinds]) for number in range(kinds)),)


def _to_wide(site: Site, places: list[Place], given: Gradients) -> Gradient:
    """The gradient of a channel's map, from those of its places."""
    energy = np.zeros(site.inputs[0][:-1])
    for place, at in zip(places, given, strict=True):
        energy[place] = at.energy
    whole = mixed(energy, [(at.energy, at) for at in given])
    return replace(whole, correlation=farther(whole.correlation, site.args["factor"][0]))


RULES: Rules = {
    "depth_to_space": Propagation(_depth_to_space, _depth_to_space_backward),
    "space_to_depth": Propagation(_space_to_depth, _space_to_depth_backward),
}
