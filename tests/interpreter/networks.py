"""Networks by chance: chains of any operations, with residual blocks, gates and branches."""

from __future__ import annotations

import os
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Length, Shape
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower
from tests.interpreter.cases import OPEN, Case, Size, call_by_chance, fits
from tests.interpreter.expected import some_batch
from tests.targets.keras.graphs import Sketch

SINGLE = [name for name, operation in OPERATIONS.items() if not operation.many and name != "input"]
LARGEST = 3_000
"""Numbers of a value."""

RUN = int(os.environ.get("NETWORKS_SEED", np.random.SeedSequence().entropy % 1_000_000))  # type: ignore[operator]
"""The seed of this run; a test that fails says which to give to have it again."""

CHAINS = 10
"""Networks on one input, in one model."""


def drawn(seed: int) -> tuple[Graph, tuple[Shape, ...], Any, np.random.Generator]:
    """Networks on one input in one graph, its shapes, a batch for it, and what draws on."""
    random = np.random.default_rng(seed)
    graph, shapes = network(random, CHAINS).graph()
    print(f"NETWORKS_SEED={RUN}")
    return graph, shapes, some_batch(graph.nodes[0].args["shape"], random), random


def network(random: np.random.Generator, chains: int, most: int = 8) -> Sketch:
    """``chains`` networks of up to ``most`` steps on one input, and their results side by side in one vector."""
    net = Sketch(*_size(random))
    return joined(net, [_chain(net, int(random.integers(2, most + 1)), random) for _ in range(chains)])


def _size(random: np.random.Generator) -> Size:
    """Lengths of 3 to 12, or open ones, and channels."""
    rank = int(random.choice((0, 1, 2, 2, 2, 3)))
    is_open = random.random() < 0.15
    return (*(None if is_open else int(random.integers(3, 13)) for _ in range(rank)), int(random.choice((4, 6, 8))))


def joined(net: Sketch, ends: list[int]) -> Sketch:
    """The network with all these values in one vector: whole, or the largest numbers where lengths are open."""
    net.add("concat", *[one if len(net.shapes[one]) == 1 else _vector(net, one) for one in (0, *ends)])
    return net


def _vector(net: Sketch, node: int) -> int:
    if all(isinstance(length, int) for length in net.shapes[node]):
        return net.add("flatten", node)
    return net.add("maxpool", node, kernel="global")


def _chain(net: Sketch, steps: int, random: np.random.Generator) -> int:
    value = 0
    for _ in range(steps):
        step = _STEPS[int(random.choice(len(_STEPS), p=(0.6, 0.2, 0.1, 0.1)))]
        value = step(net, value, random)
    return value


def _single(net: Sketch, value: int, random: np.random.Generator) -> int:
    """One operation with arguments by chance; the value as it was where none of five fits."""
    for name in random.choice(SINGLE, 5):
        call = call_by_chance(name, net.shapes[value], random)
        if call is not None and _is_small(net, value, name, call):
            return _lowered(net, net.add(name, value, **call), value)
    return value


def _is_small(net: Sketch, value: int, name: str, call: Case) -> bool:
    """Whether the call fits and makes a few numbers, on open lengths, too, when they are what they will be.

    A number less itself is nothing but what rounding leaves of it, and a norm of that enlarges it a thousand times.
    """
    operation, entering = OPERATIONS[name], (tuple(map(_length, net.shapes[value])),)
    if not fits(name, call, entering[0]):
        return False
    settled = operation.settle(call, entering)
    return operation.centred(settled, entering[0]) != 1 and prod(operation.infer(settled, entering)) <= LARGEST


def _length(length: Length) -> int:
    """Its number, or the least that it will be; 0 where it follows by no plain formula."""
    if isinstance(length, int):
        return length
    known = min(OPEN) if length.symbol in {"n", "d", "h", "w"} else -length.before
    return max(length.times * ((known + length.before) // length.by) + length.after, 0)


def _lowered(net: Sketch, added: int, value: int) -> int:
    """The node that was added; where Keras cannot do it (and the target says so), it is taken back."""
    try:
        lower(*net.graph())
    except Failure:
        _take_back(net, added)
        return value
    return added


def _residual(net: Sketch, value: int, random: np.random.Generator) -> int:
    """A branch of convolution, normalisation and activation, and the value itself, or a projection of it."""
    channels = int(random.choice((4, 8)))
    if len(net.shapes[value]) == 1:
        branch, skip = net.add("dense", value, units=channels), net.add("dense", value, units=channels, bias=False)
    else:
        stride = int(random.choice((1, 1, 2)))
        branch = net.add("conv", value, channels=channels, kernel=3, stride=stride)
        skip = net.add("conv", value, channels=channels, kernel=1, stride=stride)
    branch = net.add("batchnorm", branch)
    return net.add("relu", net.add("add", branch, skip))


def _gated(net: Sketch, value: int, random: np.random.Generator) -> int:
    """A gate for each channel or for each position (Hu et al. 2018; Woo et al. 2018), on either side."""
    if len(net.shapes[value]) == 1 or random.random() < 0.5:
        gate = net.add("channel_pool", value)
    else:
        gate = net.add("avgpool", value, kernel="global", keepdims=True)
    gate = net.add("sigmoid", gate)
    return net.add("mul", *random.permutation((value, gate)).tolist())


def _branched(net: Sketch, value: int, random: np.random.Generator) -> int:
    """Two branches side by side; one, where they do not end in one size."""
    first = _single(net, value, random)
    nodes = len(net.nodes)
    second = _single(net, value, random)
    try:
        return net.add("concat", first, second)
    except UnfitError:
        _take_back(net, nodes)
        return first


def _take_back(net: Sketch, nodes: int) -> None:
    """Leaves the first nodes, as many as these."""
    del net.nodes[nodes:], net.shapes[nodes:]


_STEPS: tuple[Callable[[Sketch, int, np.random.Generator], int], ...] = (_single, _residual, _gated, _branched)
