"""What ships, in ONNX Runtime beside Keras: the logits, where there are some, else what the network returns."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.ir.graph import Graph
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.onnx import to_onnx
from tests.specs.family import TOO_LARGE
from tests.targets.onnx.running import run, with_ends

keras = pytest.importorskip("keras")
from tests.interpreter.models import normalise, read, shake, values_of  # noqa: E402

QUICK = {
    *("first_network", "first_smooth", "two_view_network", "ecg_network", "small_resnet8", "small_resnet20"),
    *("cifar_resnet20", "edsr_baseline_x2", "tcn_music", "resnet10t", "seresnet18", "skresnet18"),
}
"""Those among the ordinary tests."""
CLOSE, DEEP_CLOSE, DEEP = 1e-5, 1e-4, 100
"""What may differ, as a part of the largest number; and in networks that are so deep."""
ROUGH = {"deeplabv3_resnet50", "deeplabv3_resnet50_aux"}
"""On weights by chance their encoder makes more of each rounding, block after block: beside float64 (the interpreter)
Keras is 3.0e-5 off, ONNX Runtime 1.7e-5. They may differ as much as deep ones."""
OPEN = 96


@pytest.mark.parametrize(
    "name",
    [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in shipped.names() if one != TOO_LARGE],
)
def test_what_ships_computes_what_keras_computes(name: str) -> None:
    found = pipeline.load(str(shipped.find(name))).compile(name)
    differs = difference(found)
    print(f"{name}: {differs:.1e}")
    close = DEEP_CLOSE if found.facts.depth > DEEP or name in ROUGH else CLOSE
    assert differs < close
    keras.utils.clear_session()
    gc.collect()


def difference(network: Compiled) -> float:
    """The largest difference of a number, as a part of the largest of its output."""
    graph, shapes = network.graph, network.shapes
    model = to_keras(graph, shapes, seed=1)
    random = np.random.default_rng(0)
    shake(model, graph, shapes, random)
    normalise(model, _taken(_batches(network, 8, random)))
    batches = _batches(network, 2, random)
    ends = [_unsquashed(graph, output.node) for output in graph.outputs]
    calls = lower(graph, shapes)
    right = values_of(model, [calls.calls[calls.result[one]].name for one in ends], _taken(batches))
    got = run(to_onnx(with_ends(graph, ends), shapes, read(model, graph, shapes)), *batches)
    return max(_relative(got[graph.nodes[one].name], theirs) for one, theirs in zip(ends, right, strict=True))


def _unsquashed(graph: Graph, output: int) -> int:
    """The logits. A sigmoid makes a rounding at -20 twenty times as large a part of what it returns."""
    last = graph.nodes[output]
    return last.inputs[0] if last.op in ("softmax", "sigmoid") else output


def _batches(network: Compiled, count: int, random: np.random.Generator) -> list[Any]:
    """Values for each input, whose means differ, as those of images do: else what gates are normalised by is noise."""
    sizes = [node.args["shape"] for node in network.graph.nodes[: network.graph.inputs]]
    known = [[length if isinstance(length, int) else OPEN for length in size] for size in sizes]
    means = [random.normal(size=(count, *(1 for _ in size[:-1]), size[-1])) for size in known]
    return [random.normal(mean, 1, (count, *size)).astype("float32") for mean, size in zip(means, known, strict=True)]


def _taken(batches: list[Any]) -> Any:
    """What a model is called with."""
    return batches if len(batches) > 1 else batches[0]


def _relative(got: Any, right: Any) -> float:
    assert got.shape == right.shape
    return float(np.abs(got - right).max() / np.abs(right).max())
