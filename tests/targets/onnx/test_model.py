"""What stands in a model besides its operators: names, shapes, layouts, where operators lie, what images pass first."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import onnx
import pytest

import resnet_dsl
from resnet_dsl.api import Network
from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.initial import slots
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.onnx import to_onnx
from resnet_dsl.weights import InputScaling
from tests.interpreter.expected import Expected, some_weights
from tests.targets.onnx.running import channels_first, run

ENDS = """network ends {
  input left 8x8x3
  input facts 5
  stage a { 2 x basic(4) }
  stage b { conv(6, 3, stride = 2) -> norm -> act last = conv(4, 1) }
  head {
    seen = avgpool(global)
    concat(seen, facts)
    dense(3) -> softmax
  }
  output a, head, left, b, last
}
"""
OPEN = """network open {
  input ?x32?x3
  stage a { conv(4, 3, stride = 2) -> relu }
  stage b { conv(4, 3, stride = 2, pad = same) }
}
"""


def network(text: str) -> Network:
    return resnet_dsl.load(text).network()


def made(text: str, **asked: Any) -> tuple[Network, dict[str, Any], onnx.ModelProto]:
    """The network, its weights by chance, and its model."""
    found = network(text)
    weights = some_weights(found.graph, found.compiled.shapes, np.random.default_rng(0))
    return found, weights, to_onnx(found.graph, found.compiled.shapes, weights, **asked)


def shapes(ends: Any) -> dict[str, list[Any]]:
    return {one.name: [axis.dim_param or axis.dim_value for axis in one.type.tensor_type.shape.dim] for one in ends}


def test_inputs_and_outputs_go_by_name_and_one_that_is_both_has_two() -> None:
    """Two outputs of one value, and an output that is an input, have a tensor each."""
    found, weights, model = made(ENDS)
    assert shapes(model.graph.input) == {"left": ["batch", 8, 8, 3], "facts": ["batch", 5]}
    assert [*shapes(model.graph.output)] == ["a", "head", "left_output", "b", "last"]
    batches = [np.random.default_rng(1).normal(size=size).astype("f4") for size in ((2, 8, 8, 3), (2, 5))]
    expected = Expected(found.graph, weights, batches)
    for got, output in zip(run(model, *batches).values(), found.graph.outputs, strict=True):
        expected.check(output.node, got)


def test_channels_first_is_the_same_network() -> None:
    _, weights, last = made(ENDS)
    found = network(ENDS)
    first = to_onnx(found.graph, found.compiled.shapes, weights, channels="first")
    assert shapes(first.graph.input)["left"] == ["batch", 3, 8, 8]
    image, facts = (np.random.default_rng(1).normal(size=size).astype("f4") for size in ((2, 8, 8, 3), (2, 5)))
    theirs = run(first, channels_first(image), facts)
    for name, right in run(last, image, facts).items():
        np.testing.assert_allclose(theirs[name], channels_first(right) if right.ndim > 2 else right, 1e-5, 1e-5)


def test_open_lengths_have_names_and_so_has_what_follows_from_them() -> None:
    """What the input must be a multiple of is said beside it."""
    _, _, model = made(OPEN)
    assert shapes(model.graph.input) == {"input": ["batch", "h", "w", 3]}
    assert shapes(model.graph.output) == {"b": ["batch", "floor((h + 3) / 4)", "w / 4", 4]}
    assert model.graph.input[0].doc_string == "the width must be a multiple of 32"


@pytest.mark.parametrize("name", ["resnet18", "convnext_tiny", "botnet26t_256", "resnetv2_50d_evos", "ecg_network"])
def test_weights_are_called_as_in_keras(name: str) -> None:
    found = resnet_dsl.load(name).networks[name]
    graph, compiled = found.graph, found.compiled
    weights = some_weights(graph, compiled.shapes, np.random.default_rng(0))
    arrays = {one.name for one in to_onnx(graph, compiled.shapes, weights).graph.initializer}
    theirs = {f"{slot.layer}/{slot.variable.name}" for slot in slots(lower(graph, compiled.shapes))}
    assert theirs <= arrays


def test_every_layer_of_keras_with_weights_is_an_operator_of_its_name() -> None:
    found, _, model = made(ENDS)
    calls: Calls = lower(found.graph, found.compiled.shapes)
    assert {slot.layer for slot in slots(calls)} <= {node.name for node in model.graph.node}


def test_operators_say_where_they_lie() -> None:
    found, _, model = made(ENDS)
    parts = json.loads({one.key: one.value for one in model.metadata_props}["resnet_dsl.scopes"])
    blocks = [part["path"] for part in parts if part["counts"]]
    assert blocks == ["/a/block1", "/a/block2"]
    assert next(part for part in parts if part["path"] == "/a/block1") == {
        "path": "/a/block1",
        "kind": "block",
        "block": "basic",
        "args": {"width": 4},
        "counts": True,
    }
    said = {node.name: {one.key: one.value for one in node.metadata_props} for node in model.graph.node}
    assert said["a_block2_conv1"] == {
        "resnet_dsl.node": "a_block2_conv1",
        "resnet_dsl.operation": "conv",
        "resnet_dsl.scope": "/a/block2",
    }
    assert {one["resnet_dsl.node"] for one in said.values()} <= {node.name for node in found.graph.nodes}


def test_one_transpose_stands_at_the_border_and_none_inside() -> None:
    found = resnet_dsl.load("resnet18").networks["resnet18"]
    weights = some_weights(found.graph, found.compiled.shapes, np.random.default_rng(0))
    for channels, most in (("last", 1), ("first", 0)):
        model = to_onnx(found.graph, found.compiled.shapes, weights, channels=channels)  # type: ignore[arg-type]
        assert sum(node.op_type == "Transpose" for node in model.graph.node) == most


def test_images_are_normalised_first_where_the_weights_want_that() -> None:
    scaling = {"left": InputScaling((1.0, -2.0, 0.5), (4.0, 0.25, 1.0))}
    _, _, scaled = made(ENDS, scaling=scaling)
    _, _, plain = made(ENDS)
    image, facts = (np.random.default_rng(1).normal(size=size).astype("f4") for size in ((2, 8, 8, 3), (2, 5)))
    given = image * np.sqrt(scaling["left"].variance) + scaling["left"].mean
    theirs = run(scaled, given.astype("f4"), facts)
    for name, right in run(plain, image, facts).items():
        np.testing.assert_allclose(theirs[name], right, 1e-5, 1e-5)


def test_a_normalisation_of_other_inputs_is_refused() -> None:
    with pytest.raises(Failure, match="normalises `right`, and the network takes `left`, `facts`"):
        made(ENDS, scaling={"right": InputScaling((0.0,), (1.0,))})
    with pytest.raises(Failure, match="normalises 1 channel, and the network has 3"):
        made(ENDS, scaling={"left": InputScaling((0.0,), (1.0,))})


def test_names_of_classes_stand_in_the_metadata() -> None:
    _, _, model = made(OPEN, classes=("cat", "dög"))
    assert json.loads({one.key: one.value for one in model.metadata_props}["resnet_dsl.classes"]) == ["cat", "dög"]


def test_without_the_package_it_is_said_what_to_install() -> None:
    program = (
        "import sys; sys.modules['onnx'] = None\n"
        "from tests.targets.keras.graphs import one_op\n"
        "from resnet_dsl.targets.onnx import to_onnx\n"
        "to_onnx(*one_op((4,), 'relu'), {})"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'pip install "resnet-dsl[onnx]"' in ended.stderr
    assert (
        "MissingPackageError: models in ONNX are read and written by a package that is not installed: onnx"
        in ended.stderr
    )
