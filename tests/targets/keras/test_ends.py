"""Models of several inputs and outputs: both ways, saved and loaded, optimised, run; beside the interpreter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.keras import load, save
from tests.interpreter.models import compare

TEXT = """network n {
  input right 12x12x3
  input left ?x?x1
  stem { conv(4, 3) -> norm -> act }
  stage a { 2 x basic(4) }
  head { avgpool(global) -> dense(3) -> softmax }
  head aux {
    one = a -> avgpool(global)
    two = left -> conv(4, 5) -> norm -> act -> avgpool(global)
    add(one, two)
    dense(2) -> sigmoid
  }
  output stem, head, aux, right
}"""
NAMES = ["stem", "head", "aux", "right"]


@pytest.fixture(scope="module")
def network() -> Any:
    return resnet_dsl.load(TEXT).network()


@pytest.fixture(scope="module")
def batch() -> list[Any]:
    random = np.random.default_rng(0)
    return [random.normal(size=(2, *size)).astype("float32") for size in ((12, 12, 3), (7, 9, 1))]


@pytest.fixture(scope="module")
def model(network: Any) -> Any:
    return network.to_keras(seed=1)


def returned(model: Any, batch: Any) -> dict[str, Any]:
    found = model(batch, training=False)
    return {name: keras.ops.convert_to_numpy(one) for name, one in found.items()}


def assert_same(found: dict[str, Any], expected: dict[str, Any], within: float = 1e-6) -> None:
    """The same values under the same names, in the same order."""
    assert list(found) == list(expected) == NAMES
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], atol=within, err_msg=name)


def test_both_ways_optimised_and_not_compute_what_the_interpreter_does(network: Any, batch: list[Any]) -> None:
    compiled = network.compiled
    compare(compiled.graph, compiled.shapes, batch, np.random.default_rng(1), normalised=True)


@pytest.mark.parametrize("fast", [True, False])
def test_inputs_are_taken_in_order_or_by_name(network: Any, batch: list[Any], fast: bool) -> None:
    model = network.to_keras(seed=1, fast=fast)
    right, left = batch
    assert_same(returned(model, {"left": left, "right": right}), returned(model, batch))
    predicted = model.predict({"left": left, "right": right}, verbose=0)
    assert_same(predicted, returned(model, batch))


def test_keras_alone_loads_it_with_its_names(model: Any, batch: list[Any], tmp_path: Path) -> None:
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_same(returned(loaded, batch), returned(model, batch), 0)


def test_a_file_written_here_holds_the_graph_with_its_outputs(
    network: Any, model: Any, batch: list[Any], tmp_path: Path
) -> None:
    save(model, tmp_path / "model.keras", network.graph)
    assert_same(returned(load(tmp_path / "model.keras"), batch), returned(model, batch))


def test_the_optimised_model_returns_the_same_names(network: Any, model: Any, batch: list[Any]) -> None:
    assert_same(returned(network.optimize(model), batch), returned(model, batch), 1e-5)


def test_the_runner_takes_and_returns_what_the_model_does(model: Any, batch: list[Any]) -> None:
    run = resnet_dsl.runner(model)
    expected = returned(model, batch)
    assert_same(run(batch), expected, 1e-5)
    assert_same(run({"left": batch[1], "right": batch[0]}), expected, 1e-5)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda b: b[:1], "1 input"),
        (lambda b: {"left": b[1]}, "nothing for `right`"),
        (lambda b: {"left": b[1], "right": b[0], "middle": b[0]}, "also `middle`"),
        (lambda b: {"lefd": b[1], "right": b[0]}, "nothing for `left`, also `lefd`"),
        (lambda b: {"left": b[1], 3: b[0]}, "nothing for `right`, also `3`"),
        (lambda b: [*b, b[0]], "3 inputs"),
        (lambda b: b[0], "one ndarray"),
    ],
)
def test_the_runner_refuses_other_inputs(model: Any, batch: list[Any], wrong: Any, words: str) -> None:
    with pytest.raises(Failure) as caught:
        resnet_dsl.runner(model)(wrong(batch))
    assert str(caught.value).startswith(f"the model takes `right`, `left`, and is given {words}")


def test_the_runner_of_one_input_knows_its_name(batch: list[Any]) -> None:
    run = resnet_dsl.runner(
        resnet_dsl.load("network n { input 12x12x3 head { avgpool(global) } }").network().to_keras()
    )
    np.testing.assert_allclose(run({"input": batch[0]}), run(batch[0]))
    with pytest.raises(Failure, match="the model takes `input`, and is given nothing for `input`, also `image`"):
        run({"image": batch[0]})


def test_what_an_output_reads_is_not_folded_or_fused(batch: list[Any]) -> None:
    """Each of these is an output, and read by a step that would take it up otherwise."""
    text = """network n { input 12x12x3
    stage a { conv(4, 3) } head one { norm } head two { one -> relu } head three { a -> relu }
    output a, one, two, three }"""
    network = resnet_dsl.load(text).network()
    compare(network.graph, network.compiled.shapes, batch[0], np.random.default_rng(1), normalised=True)


def test_one_output_is_no_dictionary(batch: list[Any]) -> None:
    network = resnet_dsl.load("network n { input 12x12x3 head some { conv(4, 3) } }").network()
    assert network.to_keras()(batch[0]).shape == (2, 12, 12, 4)


def test_a_normalisation_of_images_belongs_to_one_input(network: Any) -> None:
    from resnet_dsl.targets.keras.model import to_keras
    from resnet_dsl.weights import InputScaling

    graph: Graph = network.graph
    with pytest.raises(Failure, match="takes networks with one input and one output, and `n` has 2 inputs"):
        to_keras(graph, network.compiled.shapes, scaling=InputScaling((0.0,) * 3, (1.0,) * 3))


def test_a_model_may_have_another_size_than_the_text(network: Any) -> None:
    model = network.to_keras(input_size={"right": (8, 8, 3)})
    assert [tuple(tensor.shape) for tensor in model.inputs] == [(None, 8, 8, 3), (None, None, None, 1)]
    with pytest.raises(resnet_dsl.Refusal, match="it is not said which has this size"):
        network.to_keras(input_size=(8, 8, 3))


def test_shapes_are_told_by_name(network: Any) -> None:
    assert list(network.output_shapes.items())[1:3] == [("head", (3,)), ("aux", (2,))]
    assert network.input_shapes["right"] == (12, 12, 3)
    for one in ("input_shape", "output_shape"):
        with pytest.raises(Failure, match=r"has [24] (in|out)puts"):
            getattr(network, one)
