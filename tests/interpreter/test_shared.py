"""Every operation as one layer that is called twice, with maps of two sizes, beside NumPy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.failure import Failure
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.targets.keras import lower
from tests.interpreter.cases import Case, Size, cases
from tests.interpreter.networks import SINGLE, joined
from tests.targets.keras.graphs import Sketch

keras = pytest.importorskip("keras")
from tests.interpreter.expected import some_batch  # noqa: E402
from tests.interpreter.models import compare  # noqa: E402

SIZES: dict[int, tuple[Size, ...]] = {
    0: ((4,),),
    1: ((8, 4), (None, 4)),
    2: ((8, 6, 4), (None, None, 4)),
    3: ((5, 8, 6, 4),),
}
OWNING = (
    "attention",
    "batchnorm",
    "layernorm",
    "groupnorm",
    "evonorm",
    "frn",
    "prelu",
    "tlu",
    "scale",
    "channel_scale",
)
"""Layers with weights, but for convolutions, of which there are many kinds."""


@pytest.mark.parametrize("op", OWNING)
def test_a_layer_with_weights_is_called_twice(op: str) -> None:
    assert _compare(op, 2)


@pytest.mark.slow
@pytest.mark.parametrize("rank", SIZES)
@pytest.mark.parametrize("op", SINGLE)
def test_every_layer_is_called_twice(op: str, rank: int) -> None:
    _compare(op, rank)


def _compare(op: str, rank: int) -> int:
    """In how many of the sizes calls were compared."""
    random = np.random.default_rng(rank)
    tried: dict[Size, list[Case]] = defaultdict(list)
    for size, case in cases(op, SIZES[rank], random, strength=1):
        if _is_lowered(size, op, case):
            tried[size].append(case)
    for size, found in tried.items():
        net = Sketch(*size)
        ends = [end for case in found for end in _twice(net, op, case)]
        compare(*joined(net, ends).graph(), some_batch(size, random), random)
    return len(tried)


def _twice(net: Sketch, op: str, case: Case) -> tuple[int, int]:
    """The same layer on the input, and on every other position of it."""
    small = net.add("subsample", 0, stride=2) if len(net.shapes[0]) > 1 else net.add("tanh", 0)
    first, second = net.add(op, 0, **case), net.add(op, small, **case)
    net.nodes[second] = replace(net.nodes[second], args=net.nodes[first].args, shares=first)
    return first, second


def _is_lowered(size: Size, op: str, case: Case) -> bool:
    """Whether both are the same layer, and Keras has it."""
    try:
        net = Sketch(*size)
        _twice(net, op, case)
        graph, shapes = net.graph()
        infer_shapes(graph)
        lower(graph, shapes)
    except (Failure, UnfitError):
        return False
    return True
