"""The prediction itself: states forward, node by node; gradients back, node by node; what passed each layer."""

from __future__ import annotations

from math import ceil, hypot

import numpy as np

from resnet_dsl.analyses.ends import check_own_layers
from resnet_dsl.analyses.head import logits
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.ir.operations import complete
from resnet_dsl.laboratory.signal import (
    activations,
    blocks_of_places,
    channel_pool,
    linear,
    merging,
    normalisation,
    pooling,
    shaping,
)
from resnet_dsl.laboratory.signal.report import Signal, UnpredictableError, signal_of, weighted
from resnet_dsl.laboratory.signal.rule import Site
from resnet_dsl.laboratory.signal.state import (
    EVEN,
    Array,
    Gradient,
    Gradients,
    Segment,
    State,
    gathered,
    gaussian,
    unlike,
)
from resnet_dsl.laboratory.signal.workload import MOST_POSITIONS, Workload

_WITHOUT: tuple[OperationName, ...] = ("input", "attention", "spatial_softmax", "resize")
"""What softmax makes of logits that are products of random values, or alike as neighbours are, is not derived here, nor
how alike the gradients are that meet where positions are read unevenly often."""

_FAMILIES = (linear, normalisation, activations, pooling, channel_pool, merging, shaping, blocks_of_places)

RULES = complete("resnet_dsl/laboratory/signal/", *(family.RULES for family in _FAMILIES), but=_WITHOUT)

REACH = 8
"""Images are alike over an eighth of their longest side: the correlation of two positions falls by e over that."""


def propagate(graph: Graph, shapes: tuple[Shape, ...]) -> Signal:
    """The signal of a network at initialisation; see `resnet_dsl.laboratory.signal.predict`."""
    _check_own_layers(graph)
    sites = [_site(index, graph, shapes) for index in range(len(graph.nodes))]
    with np.errstate(under="ignore"):
        states = _forward(graph, sites)
        gradients = _backward(graph, sites, states)
    squares = [_squares(states[index], gradients[index]) for index in weighted(graph)]
    return signal_of(graph, shapes, "predicted", [forward for forward, _ in squares], [back for _, back in squares])


def _check_own_layers(graph: Graph) -> None:
    """Raises UnpredictableError where a layer is called again: weights that meet what they made depend on it."""
    try:
        check_own_layers(graph, "the prediction")
    except Failure as again:
        raise UnpredictableError(f"{again}", graph.name) from None


def _site(index: int, graph: Graph, shapes: tuple[Shape, ...]) -> Site:
    node = graph.nodes[index]
    if node.op != "input" and node.op not in RULES:
        raise UnpredictableError(f"`{node.name}` is `{node.op}`, for which no rule of propagation is known", node.name)
    output = _known(node, shapes[index])
    inputs = tuple(_known(graph.nodes[other], shapes[other]) for other in node.inputs)
    return Site(node.name, node.op, node.args, inputs, output, index)


def _known(node: Node, shape: Shape) -> tuple[int, ...]:
    known = tuple(length for length in shape if isinstance(length, int))
    if len(known) < len(shape):
        raise UnpredictableError(
            f"the signal depends on the input's size, and that of `{node.name}` is open (`?`): give the input a size",
            node.name,
        )
    if np.prod([float(length) for length in known[:-1]]) > MOST_POSITIONS:
        raise UnpredictableError(
            f"`{node.name}` has a map of more than {MOST_POSITIONS:,} positions: give the input a smaller size, "
            "gradients grow alike at all of them",
            node.name,
        )
    return known


def _forward(graph: Graph, sites: list[Site]) -> list[State]:
    inputs = sites[: graph.inputs]
    farthest = max(ceil(hypot(*site.output[:-1])) for site in inputs)
    states: list[State] = [(_input(site, farthest),) for site in inputs]
    workload = Workload()
    for node, site in zip(graph.nodes[graph.inputs :], sites[graph.inputs :], strict=True):
        before = [states[other] for other in node.reads]
        workload.before(site, before)
        states.append(RULES[node.op].forward(site, before))
        workload.behind(site, states[-1])
    return states


def _input(site: Site, farthest: int) -> Segment:
    """Standardised data: mean 0 and variance 1 over samples, at each position and channel. Inputs are independent.

    Correlations of all values reach as far as the largest input's diagonal, so that any two can be merged.
    """
    positions = site.output[:-1]
    zero, one = np.zeros(positions), np.ones(positions)
    distances = np.arange(1 + farthest)
    correlation = np.exp(-REACH * distances / max(positions, default=1))
    return Segment(site.output[-1], zero, zero, one, zero, correlation, *gaussian(site.rng()))


def _backward(graph: Graph, sites: list[Site], states: list[State]) -> list[Gradients | None]:
    """The gradient at each node's result; None where none flows."""
    arriving: list[list[Gradients]] = [[] for _ in graph.nodes]
    gradients: list[Gradients | None] = [None] * len(graph.nodes)
    for output in graph.outputs:
        start, gradient = _loss(graph, output.node, sites, states)
        arriving[start].append(gradient)
    for index in range(len(graph.nodes) - 1, graph.inputs - 1, -1):
        if not arriving[index]:
            continue
        gradients[index] = total = tuple(gathered(list(parts)) for parts in zip(*arriving[index], strict=True))
        arriving[index] = []
        node = graph.nodes[index]
        back = RULES[node.op].backward(sites[index], [states[other] for other in node.reads], total)
        for other, one in zip(node.reads, back, strict=True):
            arriving[other].append(one)
    return gradients


def _loss(graph: Graph, output: int, sites: list[Site], states: list[State]) -> tuple[int, Gradients]:
    """Where the gradient of an output's loss starts, and with what. The losses of several outputs are summed.

    Behind a softmax the loss is cross-entropy, the mean over positions: at the logits its gradient is p - y, and a
    label y that is independent of p makes E[(p - y)^2] = (E[sum p^2] + 1 - 2 / n) / n. Else it is a random projection
    of the output: 1 everywhere.
    """
    taken, site = logits(graph, output), sites[output]
    if taken is None:
        return output, tuple(_start(one, 1.0) for one in states[output])
    start = []
    for segment in states[taken]:
        shares, numbers = activations.softmax_shares(site, segment)
        squares = float((shares**2).sum(axis=0).mean()) * (len(shares) / numbers)
        start.append(_start(segment, (squares + 1 - 2 / numbers) / numbers / site.positions**2))
    return taken, tuple(start)


def _start(segment: Segment, energy: float) -> Gradient:
    """A gradient that differs from position to position."""
    return Gradient(np.full_like(segment.mean, energy), EVEN, unlike(segment.correlation))


def _squares(state: State, gradients: Gradients | None) -> tuple[float, float]:
    """The mean squares of a result and of its gradient, over all channels and positions."""
    counts = [segment.count for segment in state]
    back = _mean([one.energy for one in gradients], counts) if gradients else 0.0
    return _mean([segment.square for segment in state], counts), back


def _mean(maps: list[Array], counts: list[int]) -> float:
    return sum(count * float(one.mean()) for count, one in zip(counts, maps, strict=True)) / sum(counts)
