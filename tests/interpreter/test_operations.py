"""Every operation, with every word of every argument, over vectors and one, two and three axes, beside NumPy."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.keras import lower
from tests.interpreter.calls import CALLS, SIZES, entering
from tests.interpreter.cases import Case, Size, cases, uncovered
from tests.interpreter.networks import joined
from tests.targets.keras.graphs import Sketch, one_op

keras = pytest.importorskip("keras")
from tests.interpreter.expected import some_batch  # noqa: E402
from tests.interpreter.models import compare  # noqa: E402

_MANY = ("add", "mul", "concat")
"""The merges of any number of values."""

FUSED = ("relu", "silu", "identity", "tanh", "hard_swish")
"""Activations that stand in turn behind convolutions and dense layers: optimised, they are one layer."""


def test_every_word_of_every_argument_is_tried() -> None:
    assert uncovered() == [], "add what is missing to CHOICES"


@pytest.mark.parametrize(("op", "rank"), CALLS)
def test_an_operation_computes_its_definition(op: str, rank: int) -> None:
    """Each two choices of its arguments and of the size that flows in meet in a call."""
    _compare_calls(op, rank, strength=2)


@pytest.mark.slow
@pytest.mark.parametrize(("op", "rank"), CALLS)
def test_an_operation_computes_its_definition_in_every_three_choices(op: str, rank: int) -> None:
    _compare_calls(op, rank, strength=3)


def _compare_calls(op: str, rank: int, strength: int) -> None:
    random = np.random.default_rng(rank)
    by_size: dict[Size, list[Case]] = defaultdict(list)
    for size, case in cases(op, [entering(op, size) for size in SIZES[rank]], random, strength):
        if _is_lowered(size, op, case):
            by_size[size].append(case)
    assert by_size, "no call fits: is it an operation of MAPS, or of some RANKS?"
    for size, tried in by_size.items():
        net = _network(size, op, tried)
        compare(*net.graph(), some_batch(size, random), random)


def _is_lowered(size: Size, op: str, case: Case) -> bool:
    """Whether Keras can do it: where it cannot, the target says so and what to do instead."""
    try:
        lower(*one_op(size, op, **case))
    except Failure:
        return False
    return True


def _network(size: Size, op: str, tried: list[Case]) -> Sketch:
    """All calls side by side on the input, and their results joined in one vector."""
    net = Sketch(*size)
    ends = []
    for number, case in enumerate(tried):
        end = net.add(op, 0, **case)
        if OPERATIONS[op].role == "weighted":
            end = net.add("batchnorm", end, scale=number % 3 > 0)
            end = net.add(FUSED[number % len(FUSED)], end)
        ends.append(end)
    return joined(net, ends)


@pytest.mark.parametrize("size", [size for rank in SIZES.values() for size in rank], ids=str)
def test_a_merge_computes_its_definition(size: Size) -> None:
    random = np.random.default_rng(len(size))
    net = Sketch(*size)
    first, second = net.add("scale", 0, value=-0.5), net.add("tanh", 0)
    pairs = [net.add("sub", *given) for given in ((0, first), (second, 0))]
    ends = pairs + [net.add(op, *given) for op in _MANY for given in ((0, first), (second, 0, first))]
    if len(size) > 1:
        ends += _gated(net, first, second)
    compare(*joined(net, ends).graph(), some_batch(size, random), random)


def _gated(net: Sketch, value: int, other: int) -> list[int]:
    """Gates for each channel, for each position, and for both, on either side."""
    channels = net.add("avgpool", other, kernel="global", keepdims=True)
    positions = net.add("channel_pool", other)
    one = net.add("channel_pool", channels)
    gates = ((value, channels), (channels, value), (value, positions), (value, one), (channels, positions, value))
    return [net.add("mul", *given) for given in gates]
