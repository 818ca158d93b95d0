"""What a trained model's file holds: it takes images as they come, and keeps doing so wherever the file goes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import resnet_dsl
from resnet_dsl import pipeline
from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras import save, scaling_of, to_keras
from resnet_dsl.weights import InputScaling, read_about
from tests.cli.calling import call

SPEC = """
network net(classes = 3) {
  input 8x6x3
  stem { conv(4, 3, pad = valid) -> norm -> relu }
  stage normalization { 2 x basic(4) }
  head { avgpool(global) -> dropout(0.2) -> dense(classes) as "normalization" -> softmax }
}
network vector from net { stem {} stage normalization { conv(4, 1) } }
"""
SCALING = InputScaling((100.0, 50.0, 7.0), (400.0, 90.0, 1.0))
NAMES = ("cat", "dog", "çà")
IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 6, 3), np.uint8)


def network(name: str = "net") -> pipeline.Compiled:
    return pipeline.load_text(SPEC).compile(name)


def numbers(model: Any, images: Any = IMAGES) -> Any:
    return model.predict(np.asarray(images, np.float32), verbose=0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A file as training writes it: every weight and moving statistic moved; and what it computes."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "net.resnet").write_text(SPEC)
    compiled = network()
    model = to_keras(compiled.graph, compiled.shapes, seed=1, scaling=SCALING)
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.5, 1.5, one.shape).astype(one.dtype) for one in model.get_weights()])
    save(model, folder / "model.keras", compiled.graph, NAMES)
    return folder / "model.keras", numbers(model)


@pytest.mark.parametrize("fast", [True, False])
def test_the_first_layer_normalises_and_is_all_that_is_new(fast: bool) -> None:
    compiled = network()
    scaled = to_keras(compiled.graph, compiled.shapes, seed=1, fast=fast, scaling=SCALING)
    plain = to_keras(compiled.graph, compiled.shapes, seed=1, fast=fast)
    assert [layer.name for layer in scaled.layers if layer.name not in {one.name for one in plain.layers}] == [
        scaled.layers[1].name
    ]
    assert type(scaled.layers[1]) is keras.layers.Normalization
    for one, other in zip(scaled.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    normalised = (IMAGES - np.array(SCALING.mean)) / np.sqrt(SCALING.variance)
    np.testing.assert_allclose(numbers(scaled), numbers(plain, normalised), rtol=1e-5, atol=1e-6)


def test_its_name_is_normalization_where_that_is_free() -> None:
    compiled = pipeline.load_text("network n { input 8x8x1 head { avgpool(global) -> dense(2) } }").compile()
    model = to_keras(compiled.graph, compiled.shapes, scaling=InputScaling((0.0,), (1.0,)))
    assert model.get_layer("normalization") is model.layers[1]
    with pytest.raises(Failure, match="normalises 3 channels, and the network has 1"):
        to_keras(compiled.graph, compiled.shapes, scaling=SCALING)


def test_keras_alone_and_load_keras_read_the_same_function(trained: tuple[Path, Any]) -> None:
    path, expected = trained
    np.testing.assert_array_equal(numbers(keras.saving.load_model(path)), expected)
    np.testing.assert_allclose(numbers(resnet_dsl.load_keras(path)), expected, rtol=1e-6, atol=1e-7)
    assert read_about(path).scaling == scaling_of(resnet_dsl.load_keras(path)) == SCALING
    assert read_about(path).classes == NAMES


def test_optimising_keeps_it(trained: tuple[Path, Any]) -> None:
    path, expected = trained
    optimized = resnet_dsl.api.Network(network()).optimize(resnet_dsl.load_keras(path))
    np.testing.assert_allclose(numbers(optimized), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(resnet_dsl.runner(optimized)(IMAGES), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("options", [[], ["--optimize", "inference"], ["--plain"]])
def test_compile_carries_it_over(trained: tuple[Path, Any], tmp_path: Path, options: list[str]) -> None:
    path, expected = trained
    spec, out = str(path.parent / "net.resnet:net"), tmp_path / "again.keras"
    ended = call("compile", spec, "--weights", str(path), "-o", str(out), "--quiet", *options)
    assert ended.code == 0, ended.err
    assert f"images are normalised first, as by {path}" in ended.out
    np.testing.assert_allclose(numbers(keras.saving.load_model(out)), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(numbers(resnet_dsl.load_keras(out)), expected, rtol=1e-4, atol=1e-6)
    assert read_about(out).classes == NAMES


def test_load_says_what_the_file_holds(trained: tuple[Path, Any], tmp_path: Path) -> None:
    ended = call("load", str(trained[0]), "--ir", str(tmp_path / "net.json"))
    assert "classes: cat, dog, çà" in ended.out
    assert "it normalises images first; its weights and its graph alone do not" in ended.out


def test_networks_of_vectors_and_other_ranks() -> None:
    for size, channels in (("12x3", 3), ("4x4x4x2", 2)):
        text = f"network n {{ input {size} head {{ avgpool(global) -> dense(2) }} }}"
        compiled = pipeline.load_text(text).compile()
        scaling = InputScaling((5.0,) * channels, (4.0,) * channels)
        values = np.random.default_rng(0).uniform(0, 255, (2, *compiled.facts.input_shape))
        scaled = to_keras(compiled.graph, compiled.shapes, seed=1, scaling=scaling)
        plain = to_keras(compiled.graph, compiled.shapes, seed=1)
        np.testing.assert_allclose(numbers(scaled, values), numbers(plain, (values - 5) / 2), rtol=1e-5, atol=1e-5)


def changed(path: Path, to: Path, entry: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as target:
        for one in source.namelist():
            target.writestr(one, content if one == entry else source.read(one))
    return to


@pytest.mark.parametrize("content", [b"{", b"\xff", b"5", b'{"a": 1}', b"[1, 2]", b"[" * 100_000])
def test_damaged_names_are_refused(trained: tuple[Path, Any], tmp_path: Path, content: bytes) -> None:
    path = changed(trained[0], tmp_path / "a.keras", "resnet_dsl/classes.json", content)
    with pytest.raises(Failure, match=r"a\.keras` cannot be read: its names of classes"):
        read_about(path)


@pytest.mark.parametrize(
    "change",
    [
        {"mean": [1.0]},
        {"mean": "many"},
        {"mean": [1.0, 2.0, None]},
        {"axis": [1]},
        {"invert": True},
        {"variance": [1.0, -4.0, float("nan")]},
    ],
)
def test_a_damaged_scaling_is_refused(trained: tuple[Path, Any], tmp_path: Path, change: dict[str, Any]) -> None:
    with zipfile.ZipFile(trained[0]) as archive:
        config = json.loads(archive.read("config.json"))
    config["config"]["layers"][1]["config"] |= change
    path = changed(trained[0], tmp_path / "a.keras", "config.json", json.dumps(config).encode())
    with pytest.raises(Failure):
        resnet_dsl.load_keras(path)


def beginning_with(layer: keras.layers.Layer) -> keras.Model:
    given = keras.Input((8, 8, 3))
    return keras.Model(given, keras.layers.Dense(2)(layer(given)))


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore:You are saving")
def test_what_keras_saves_anew_still_normalises(trained: tuple[Path, Any], tmp_path: Path, ending: str) -> None:
    path, expected = trained
    keras.saving.load_model(path).save(tmp_path / f"anew.{ending}")
    spec, out = str(path.parent / "net.resnet:net"), tmp_path / "again.keras"
    ended = call("compile", spec, "--weights", str(tmp_path / f"anew.{ending}"), "-o", str(out), "--quiet")
    assert "images are normalised first" in ended.out
    np.testing.assert_allclose(numbers(keras.saving.load_model(out)), expected, rtol=1e-4, atol=1e-6)


def test_models_of_others_normalise_too(tmp_path: Path) -> None:
    layer = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 1.0])
    beginning_with(layer).save(tmp_path / "theirs.keras")
    assert read_about(tmp_path / "theirs.keras").scaling == InputScaling((1.0, 2.0, 3.0), (1.0, 4.0, 1.0))


@pytest.mark.parametrize("settings", [{"mean": 1.0, "variance": 4.0}, {"axis": 1, "mean": [1.0] * 8}])
def test_what_normalises_otherwise_is_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    beginning_with(keras.layers.Normalization(**{"variance": [1.0] * 8, **settings})).save(tmp_path / "theirs.keras")
    with pytest.raises(Failure, match="normalises in a way that is not known here"):
        read_about(tmp_path / "theirs.keras")


def test_a_model_that_normalises_not_as_the_file_is_told(trained: tuple[Path, Any]) -> None:
    mine = resnet_dsl.api.Network(network())
    with pytest.warns(UserWarning, match="normalises images first, and this one does not so"):
        (remark,) = mine.load_weights(mine.to_keras(), trained[0])
    assert str(trained[0]) in remark
    assert mine.load_weights(resnet_dsl.load_keras(trained[0]), trained[0]) == ()


def test_weights_alone_do_not_say_how_their_model_normalises(trained: tuple[Path, Any], tmp_path: Path) -> None:
    model = keras.saving.load_model(trained[0])
    model.save_weights(tmp_path / "alone.weights.h5")
    spec, out = str(trained[0].parent / "net.resnet:net"), str(tmp_path / "again.keras")
    ended = call("compile", spec, "--weights", str(tmp_path / "alone.weights.h5"), "-o", out, "--quiet")
    assert "normalises images first, by numbers that this file does not hold" in ended.out
    assert resnet_dsl.api.Network(network()).load_weights(model, tmp_path / "alone.weights.h5") == ()
