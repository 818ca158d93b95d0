"""Who runs a model: the engines that are installed, the one that is asked for, and Keras where no other may."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from resnet_dsl.engines import runner
from resnet_dsl.engines.sessions import ENGINES
from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.keras import to_keras
from resnet_dsl.targets.keras.inference import optimize_for_inference
from resnet_dsl.weights import InputScaling
from tests.targets.keras.graphs import residual

keras = pytest.importorskip("keras")

INSTALLED = [name for name, one in ENGINES.items() if one.installed]
PAIR = """
shared block eye { conv(4, 3) -> norm -> relu -> conv(4, 3, stride = 2, groups = 2) }
network pair {
  input left ?x?x3
  input right ?x?x3
  head eyes { concat(left -> eye -> avgpool(global), right -> eye -> avgpool(global)) -> dense(3) -> softmax }
  head map { left -> eye }
}"""


def text(name: str, source: str) -> Any:
    compiled = load_text(source).compile(name)
    return compiled.graph, compiled.shapes


@pytest.fixture
def images() -> Any:
    return np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("float32")


@pytest.fixture(autouse=True)
def unwarned() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        yield


def moved(model: Any) -> Any:
    """The same model with weights and moving statistics that hide nothing."""
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.5, 1.5, one.shape).astype(one.dtype) / 3 for one in model.get_weights()])
    return model


def relative(found: Any, expected: Any) -> float:
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engine_computes_what_the_model_does(engine: str, images: Any) -> None:
    if engine not in INSTALLED:
        pytest.skip(f"{engine} is not installed")
    graph, shapes = residual(3).graph()
    model = moved(to_keras(graph, shapes, seed=0, scaling=InputScaling((0.5, 0.25, 0.0), (4.0, 1.0, 2.0))))
    expected = keras.ops.convert_to_numpy(model(images, training=False))
    run = runner(model, engine)
    assert run.engine == engine
    assert relative(run(images), expected) < 1e-5
    optimised = optimize_for_inference(graph, shapes, model).model
    assert relative(runner(optimised, engine)(images), expected) < 1e-5
    assert relative(run(keras.ops.convert_to_tensor(images[:1])), expected[:1]) < 1e-5


@pytest.mark.parametrize("engine", ENGINES)
def test_several_inputs_and_outputs_and_open_sides(engine: str) -> None:
    if engine not in INSTALLED:
        pytest.skip(f"{engine} is not installed")
    model = to_keras(*text("pair", PAIR), seed=0)
    run = runner(model, engine)
    for side in (9, 12):
        values = {name: np.random.default_rng(side).normal(size=(2, side, side, 3)) for name in ("right", "left")}
        expected = model({name: one.astype("float32") for name, one in values.items()}, training=False)
        found = run(values)
        assert found.keys() == expected.keys() == {"eyes", "map"}
        for name, one in expected.items():
            assert relative(found[name], keras.ops.convert_to_numpy(one)) < 1e-5


def test_results_are_the_callers_own(images: Any) -> None:
    """They do not change under his hands when the engine computes the next."""
    run = runner(to_keras(*residual(3).graph(), seed=0))
    first = run(images)
    kept = first.copy()
    run(images[::-1] * 2)
    np.testing.assert_array_equal(first, kept)


def test_the_first_that_is_installed_runs_what_was_made_here() -> None:
    model = to_keras(*residual(3).graph(), seed=0)
    expected = INSTALLED[0] if INSTALLED else f"keras ({keras.backend.backend()})"
    assert runner(model).engine == expected
    assert repr(runner(model)) == f"<runner of net, by {expected}>"
    part = keras.Model(model.input, model.layers[3].output)
    assert runner(part).engine == runner(model, "keras").engine == f"keras ({keras.backend.backend()})"


def test_none_is_taken_where_its_packages_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = to_keras(*residual(3).graph(), seed=0)
    monkeypatch.setattr("resnet_dsl.engines.running.is_installed", lambda package: package != "onnx")
    assert runner(model).engine.startswith("keras")
    monkeypatch.setattr("resnet_dsl.engines.sessions.is_installed", lambda package: False)
    assert runner(model).engine.startswith("keras")
    with pytest.raises(MissingPackageError, match="onnxruntime"):
        runner(model, "onnxruntime")
    with pytest.raises(MissingPackageError, match="bfloat16"):
        runner(model, precision="bfloat16")


def test_layers_that_were_changed_by_hand_are_run_by_keras(images: Any) -> None:
    model = to_keras(*residual(3).graph(), seed=0)
    next(layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)).epsilon = 10.0
    expected = keras.ops.convert_to_numpy(model(images, training=False))
    run = runner(model)
    if run.engine in INSTALLED:
        with pytest.warns(UserWarning, match="computes something else than its graph"):
            np.testing.assert_allclose(run(images), expected, atol=1e-6)
    np.testing.assert_allclose(run(images), expected, atol=1e-6)


def test_other_kinds_of_numbers_are_run_by_keras() -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = to_keras(*residual(3, width=4).graph(), seed=0)
    finally:
        keras.config.set_dtype_policy(before)
    assert runner(model).engine.startswith("keras")
    for engine in INSTALLED:
        with pytest.raises(Failure, match="does not compute in float32"):
            runner(model, engine)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"engine": "tensorrt"}, "there is no engine `tensorrt`"),
        ({"engine": "onnxruntime", "precision": "bfloat16"}, "does not compute in bfloat16"),
        ({"engine": "keras", "precision": "bfloat16"}, "`keras` does not compute in bfloat16"),
        ({"precision": "int8"}, "there is no precision `int8`"),
    ],
)
def test_what_nobody_does_is_refused(asked: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_dsl.engines.sessions.is_installed", lambda package: True)
    with pytest.raises(Failure, match=says):
        runner(to_keras(*residual(3, width=4).graph(), seed=0), **asked)


def test_an_engine_is_not_asked_to_run_what_was_not_made_here() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    values = np.ones((2, 3), "float32")
    np.testing.assert_allclose(runner(model)(values), keras.ops.convert_to_numpy(model(values)), atol=1e-6)
    for engine in INSTALLED:
        with pytest.raises(Failure, match="it was not made here") as refused:
            runner(model, engine)
        assert refused.value.remedy == 'leave it to `engine="keras"`'


def test_fewer_digits_are_kept_where_they_are_asked_for(images: Any) -> None:
    if "openvino" not in INSTALLED:
        pytest.skip("openvino is not installed")
    model = to_keras(*residual(3).graph(), seed=0)
    run = runner(model, precision="bfloat16")
    assert run.engine == "openvino"
    assert relative(run(images), keras.ops.convert_to_numpy(model(images, training=False))) < 0.1
