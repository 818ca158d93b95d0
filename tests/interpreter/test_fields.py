"""Receptive fields beside what positions depend on: shipped networks, networks by chance, and true gradients."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.analyses.receptive import receptive_fields
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.shipped import find, names
from resnet_dsl.targets.keras import to_keras
from tests.elaborate.compiling import staged
from tests.interpreter.cases import call_by_chance
from tests.interpreter.dependence import POSITIONS, extent
from tests.specs.family import SEVERAL_ENDS, spec
from tests.targets.keras.graphs import Sketch

WINDOWED = ("conv", "conv", "maxpool", "avgpool", "blurpool", "conv_transpose", "upsample", "upsample", "subsample")
WINDOWED += ("zero_pad", "crop", "depth_to_space", "space_to_depth")
LENGTH = 900
"""Of the axis that networks by chance begin with."""


def _along(shapes: tuple[Shape, ...], axis: int) -> list[int]:
    """The length of every value along an axis; a vector has one position."""
    return [int(shape[axis]) if len(shape) > 1 else 1 for shape in shapes]  # type: ignore[arg-type]


def _network(random: np.random.Generator, steps: int) -> Sketch:
    """Windows of every kind over one axis, and branches of them where these end in one length."""
    net = Sketch(LENGTH, 4)
    value = 0
    for _ in range(steps):
        ends = [_step(net, value, random) for _ in range(random.integers(1, 3))]
        alike = [end for end in ends if net.shapes[end][0] == net.shapes[ends[0]][0]]
        value = net.add("concat", *alike) if alike[1:] else ends[0]
        value = net.add("conv", value, channels=4, kernel=1)
    return net


def _step(net: Sketch, value: int, random: np.random.Generator) -> int:
    for name in random.choice(WINDOWED, 5):
        call = call_by_chance(name, net.shapes[value], random)
        if call is not None and call.get("kernel") != "global":
            return net.add(name, value, **call)
    return value


@pytest.mark.parametrize("seed", range(100))
def test_a_field_is_the_most_that_a_position_depends_on(seed: int) -> None:
    graph, shapes = _network(np.random.default_rng(seed), 5).graph()
    lengths = _along(shapes, 0)
    compared = 0
    for node, field in enumerate(receptive_fields(graph, shapes)):
        assert field is not None
        assert field != "all"
        axis = field.axes[0]
        if len(axis.first) <= POSITIONS <= lengths[node] and axis.size + POSITIONS * axis.stride < LENGTH:
            assert axis.size == extent(graph, lengths, node), graph.nodes[node].name
            compared += 1
    assert compared > 2


TOO_WIDE = "edsr_x4"
"""Of so long a map it makes one of two billion numbers."""


def _last_map(graph: Graph, lengths: list[int]) -> int:
    """The extent of the last value on the way to the output that does not see everything, along the first axis."""
    node = graph.outputs[0].node
    while lengths[node] == 1 or (found := extent(graph, lengths, node)) == lengths[0]:
        node = graph.nodes[node].inputs[0]
    return found


@pytest.mark.parametrize("name", [name for name in names() if name not in SEVERAL_ENDS | {TOO_WIDE}])
def test_shipped_networks_have_the_fields_of_what_they_depend_on(name: str) -> None:
    """On a map that is long enough for none to be cut off, and thin, so that it may be long."""
    path = find(name)
    assert path is not None
    shape = spec(path).compile(name).facts.input_shape
    network = spec(path).compile(name, input_size=(*(16384, 32)[: len(shape) - 1], shape[-1]))  # type: ignore[arg-type]
    assert network.facts.receptive_field == _last_map(network.graph, _along(network.shapes, 0))


@pytest.mark.keras
@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("conv(2, 3, stride = 2) conv(2, 3, stride = 2) upsample(2) conv(2, 3) upsample(2) conv(2, 3)", 15),
        ("conv(2, 4, stride = 2) upsample(3) conv(2, 2)", 6),
        ("conv_transpose(2, 3, stride = 2) conv(2, 3)", 3),
        ("a = conv(2, 4, pad = 1, stride = 2) b = in -> avgpool(2, pad = 0) concat(a, b) conv(2, 3)", 8),
    ],
)
def test_fields_are_the_largest_extents_of_gradients(body: str, size: int) -> None:
    """The gradient of each position by itself, of linear operations: nothing cancels by chance."""
    tensorflow = pytest.importorskip("tensorflow")
    network = staged(body, size="64x2")
    model = to_keras(network.graph, network.shapes, seed=1)
    values = tensorflow.random.stateless_normal((1, 64, 2), seed=(0, 1))
    with tensorflow.GradientTape() as tape:
        tape.watch(values)
        result = tensorflow.reduce_sum(model(values), axis=(0, 2))
    rows = np.abs(tape.jacobian(result, values).numpy()).sum((1, 3)) > 0
    assert network.facts.receptive_field == size == max(int(np.ptp(np.flatnonzero(row))) + 1 for row in rows)
