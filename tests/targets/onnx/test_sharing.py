"""Layers that are called several times: with maps of two sizes, in both layouts, and their weights once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.operations import OPERATIONS
from tests.interpreter.cases import Case, Size, cases
from tests.interpreter.expected import some_batch
from tests.interpreter.networks import SINGLE
from tests.targets.keras.graphs import Sketch
from tests.targets.onnx.running import compare, with_ends

SIZES: dict[int, tuple[Size, ...]] = {
    0: ((4,),),
    1: ((8, 4), (None, 4)),
    2: ((8, 6, 4), (None, None, 4)),
    3: ((5, 8, 6, 4),),
}
OWNING = [name for name in SINGLE if OPERATIONS[name].has_weights]


@pytest.mark.parametrize("rank", SIZES)
@pytest.mark.parametrize("op", OWNING)
def test_a_layer_is_called_twice_and_has_its_weights_once(op: str, rank: int) -> None:
    random = np.random.default_rng(rank)
    tried: dict[Size, list[Case]] = defaultdict(list)
    for size, case in cases(op, SIZES[rank], random, strength=1):
        if _is_one_layer(size, op, case):
            tried[size].append(case)
    for size, found in tried.items():
        net = Sketch(*size)
        ends = [end for case in found for end in twice(net, op, case)]
        graph, shapes = net.graph()
        model = compare(with_ends(graph, ends), shapes, some_batch(size, random), random)
        again = tuple(f"{node.name}{mark}" for node in net.nodes if node.shares is not None for mark in "/_")
        assert not [one.name for one in model.graph.initializer if one.name.startswith(again)]


def test_a_layer_that_is_called_on_a_map_and_on_a_vector_has_one_array() -> None:
    """Slopes stand behind the channels of a map, and alone beside those of a vector: one is made of the other."""
    random = np.random.default_rng(0)
    net = Sketch(6, 6, 4)
    on_map = net.add("prelu", 0)
    on_vector = net.add("prelu", net.add("avgpool", 0, kernel="global"))
    net.nodes[on_vector] = replace(net.nodes[on_vector], shares=on_map)
    graph, shapes = net.graph()
    ends = with_ends(graph, [on_map, on_vector])
    model = compare(ends, shapes, some_batch((6, 6, 4), random), random, channels="first")
    assert [one.name for one in model.graph.initializer if "alpha" in one.name] == ["prelu1/alpha", "prelu1/alpha_size"]


def twice(net: Sketch, op: str, case: Case) -> tuple[int, int]:
    """The same layer on the input, and on every other position of it."""
    small = net.add("subsample", 0, stride=2) if len(net.shapes[0]) > 1 else net.add("tanh", 0)
    first, second = net.add(op, 0, **case), net.add(op, small, **case)
    net.nodes[second] = replace(net.nodes[second], args=net.nodes[first].args, shares=first)
    return first, second


def _is_one_layer(size: Size, op: str, case: Case) -> bool:
    try:
        net = Sketch(*size)
        twice(net, op, case)
        infer_shapes(net.graph()[0])
    except UnfitError:
        return False
    return True
