"""Every operation, with every word of every argument, over vectors and one, two and three axes, beside NumPy."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from resnet_dsl.ir.operations import OPERATIONS
from tests.interpreter.calls import CALLS, SIZES, entering
from tests.interpreter.cases import Case, Size, cases
from tests.interpreter.expected import some_batch
from tests.targets.keras.graphs import Sketch
from tests.targets.onnx.running import compare, with_ends


@pytest.mark.parametrize(("op", "rank"), CALLS)
def test_an_operation_computes_its_definition(op: str, rank: int) -> None:
    """Each two choices of its arguments and of the size that flows in meet in a call."""
    _compare_calls(op, rank, strength=2)


@pytest.mark.slow
@pytest.mark.parametrize(("op", "rank"), CALLS)
def test_an_operation_computes_its_definition_in_every_three_choices(op: str, rank: int) -> None:
    _compare_calls(op, rank, strength=3)


@pytest.mark.parametrize(("op", "rank"), CALLS)
def test_it_does_so_with_channels_first(op: str, rank: int) -> None:
    _compare_calls(op, rank, strength=1, channels="first")


def _compare_calls(op: str, rank: int, strength: int, channels: Any = "last") -> None:
    random = np.random.default_rng(rank)
    by_size: dict[Size, list[Case]] = defaultdict(list)
    for size, case in cases(op, [entering(op, size) for size in SIZES[rank]], random, strength):
        by_size[size].append(case)
    assert by_size, "no call fits: is it an operation of MAPS, or of some RANKS?"
    for size, tried in by_size.items():
        net = Sketch(*size)
        ends = [_end(net, op, case, number) for number, case in enumerate(tried)]
        graph, shapes = net.graph()
        compare(with_ends(graph, ends), shapes, some_batch(size, random), random, channels)


def _end(net: Sketch, op: str, case: Case, number: int) -> int:
    end = net.add(op, 0, **case)
    return net.add("batchnorm", end) if OPERATIONS[op].role == "weighted" and number % 2 else end


@pytest.mark.parametrize("size", [(None, 4), (None, None, 4), (None, 12, 4), (None, None, None, 4)], ids=str)
def test_a_value_is_brought_to_the_size_of_another(size: Size) -> None:
    """Where lengths are open: by whatever ratio, and by a number of positions that nobody knows before."""
    random = np.random.default_rng(len(size))
    net = Sketch(*size)
    smaller = [net.add("subsample", 0, stride=3), net.add("conv", 0, channels=4, kernel=3, stride=2, pad="valid")]
    methods = ("nearest", "bilinear") if len(size) == 3 else ("nearest",)
    ends = [net.add("resize", one, 0, like=True, method=method) for one in smaller for method in methods]
    ends += [net.add("crop", 0, one, like=True) for one in smaller]
    graph, shapes = net.graph()
    compare(with_ends(graph, ends), shapes, some_batch(size, random), random)
