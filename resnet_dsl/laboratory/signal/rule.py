"""What a rule of propagation is: for one operation, how a value's state follows, and how its gradient flows back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.ir.operation import OperationName
from resnet_dsl.laboratory.signal.state import Gradient, Gradients, Segment, State, mixed


class Site(NamedTuple):
    """One operation at one place: its settled arguments, the shapes around it (lengths known), and its own number."""

    name: str
    op: str
    args: Mapping[str, Any]
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    number: int

    @property
    def positions(self) -> int:
        """Positions of the first input."""
        return int(np.prod(self.inputs[0][:-1], dtype=np.int64))

    def rng(self) -> np.random.Generator:
        """The same numbers for one site forward and backward, others at each site."""
        return np.random.default_rng(self.number)


class Propagation(NamedTuple):
    """forward: states of the inputs -> state of the result, its segments in channel order.

    backward: the inputs' states and the result's gradient -> each input's gradients, one a segment of its state.
    """

    forward: Callable[[Site, list[State]], State]
    backward: Callable[[Site, list[State], Gradients], tuple[Gradients, ...]]


Rules: TypeAlias = dict[OperationName, Propagation]


def each(
    forward: Callable[[Site, Segment], Segment], backward: Callable[[Site, Segment, Gradient], Gradient]
) -> Propagation:
    """The rule of an operation that treats each channel by itself."""
    return Propagation(
        lambda site, states: tuple(forward(site, segment) for segment in states[0]),
        lambda site, states, gradients: (
            tuple(backward(site, *pair) for pair in zip(states[0], gradients, strict=True)),
        ),
    )


def cut(state: State, starts: list[int]) -> State:
    """The same state with a segment's border at each of these channels (0 among them), ascending."""
    pieces = []
    at = 0
    ends = [*starts[1:], sum(segment.count for segment in state)]
    for segment in state:
        for start, end in zip(starts, ends, strict=True):
            inside = min(end, at + segment.count) - max(start, at)
            if inside > 0:
                pieces.append(replace(segment, count=inside))
        at += segment.count
    return tuple(pieces)


def borders(state: State) -> list[int]:
    """The channels at which segments start."""
    return [0, *np.cumsum([segment.count for segment in state[:-1]]).tolist()]


def joined(gradients: Gradients, counts: list[int], state: State) -> Gradients:
    """Gradients over pieces of these counts, brought together over the state's own segments."""
    result = []
    pieces = iter(zip(gradients, counts, strict=True))
    for segment in state:
        left, inside = segment.count, []
        while left > 0:
            piece, count = next(pieces)
            inside.append((piece, count))
            left -= count
        result.append(_averaged(inside))
    return tuple(result)


def _averaged(pieces: list[tuple[Gradient, int]]) -> Gradient:
    if len(pieces) == 1:
        return pieces[0][0]
    total = sum(count for _, count in pieces)
    energy = np.sum([piece.energy * (count / total) for piece, count in pieces], axis=0)
    return mixed(energy, [(piece.energy * count, piece) for piece, count in pieces])
