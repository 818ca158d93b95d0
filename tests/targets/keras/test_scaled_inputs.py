"""Models of several inputs that normalise what enters each: the same function wherever their file goes."""

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

SPEC = """network pair {
  input left 8x6x3
  input right 5x5x1
  input facts 4
  head {
    l = left -> conv(4, 3) -> norm -> relu -> avgpool(global)
    r = right -> avgpool(global)
    concat(l, r, facts) -> dense(3) -> softmax
  }
}
"""
SCALING = {
    "left": InputScaling((100.0, 50.0, 7.0), (400.0, 90.0, 1.0)),
    "facts": InputScaling((1.0, 2.0, 3.0, 4.0), (1.0, 4.0, 9.0, 16.0)),
}
RANDOM = np.random.default_rng(0)
GIVEN = {
    "left": RANDOM.integers(0, 256, (5, 8, 6, 3)).astype("float32"),
    "right": RANDOM.normal(size=(5, 5, 5, 1)).astype("float32"),
    "facts": RANDOM.normal(3, 5, (5, 4)).astype("float32"),
}


def numbers(model: Any, given: dict[str, Any] = GIVEN) -> Any:
    return keras.ops.convert_to_numpy(model(given, training=False))


@pytest.fixture(scope="module")
def compiled() -> pipeline.Compiled:
    return pipeline.load_text(SPEC).compile()


@pytest.fixture(scope="module")
def saved(compiled: pipeline.Compiled, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    path = tmp_path_factory.mktemp("scaled") / "model.keras"
    model = to_keras(compiled.graph, compiled.shapes, seed=1, scaling=SCALING)
    save(model, path, compiled.graph)
    return path, numbers(model)


@pytest.mark.parametrize("fast", [True, False])
def test_each_input_is_normalised_by_its_own_numbers(compiled: pipeline.Compiled, fast: bool) -> None:
    plain = to_keras(compiled.graph, compiled.shapes, seed=1, fast=fast)
    scaled = to_keras(compiled.graph, compiled.shapes, seed=1, fast=fast, scaling=SCALING)
    normalised = {
        name: (values - SCALING[name].mean) / np.sqrt(SCALING[name].variance) if name in SCALING else values
        for name, values in GIVEN.items()
    }
    np.testing.assert_allclose(numbers(scaled), numbers(plain, normalised), rtol=1e-5, atol=1e-6)
    new = {layer.name for layer in scaled.layers} - {layer.name for layer in plain.layers}
    assert new == {"normalization_left", "normalization_facts"}


def test_its_file_is_read_by_keras_and_here(saved: tuple[Path, Any]) -> None:
    path, expected = saved
    np.testing.assert_array_equal(numbers(keras.saving.load_model(path)), expected)
    loaded = resnet_dsl.load_keras(path)
    np.testing.assert_allclose(numbers(loaded), expected, rtol=1e-6)
    assert read_about(path).scaling == scaling_of(loaded) == scaling_of(keras.saving.load_model(path)) == SCALING
    np.testing.assert_allclose(resnet_dsl.runner(loaded)(GIVEN), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("options", [[], ["--optimize", "inference"], ["--plain"]])
def test_compile_carries_it_over(saved: tuple[Path, Any], tmp_path: Path, options: list[str]) -> None:
    path, expected = saved
    (tmp_path / "pair.resnet").write_text(SPEC)
    out = tmp_path / "again.keras"
    ended = call("compile", str(tmp_path / "pair.resnet"), "--weights", str(path), "-o", str(out), "--quiet", *options)
    assert ended.code == 0, ended.err
    np.testing.assert_allclose(numbers(keras.saving.load_model(out)), expected, rtol=1e-4, atol=1e-6)


def test_other_inputs_and_other_channels_are_refused(compiled: pipeline.Compiled) -> None:
    one = InputScaling((0.0,), (1.0,))
    with pytest.raises(Failure, match="normalises `middle`, and the network takes `left`, `right`"):
        to_keras(compiled.graph, compiled.shapes, scaling={"middle": one})
    with pytest.raises(Failure, match="normalises 1 channel, and the network has 4"):
        to_keras(compiled.graph, compiled.shapes, scaling={"facts": one})


@pytest.mark.parametrize("nodes", [[], [{"args": []}], [{"args": [{"config": {}}]}], 3, [[]]])
def test_damaged_connections_are_refused(saved: tuple[Path, Any], tmp_path: Path, nodes: Any) -> None:
    with zipfile.ZipFile(saved[0]) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(entries["config.json"])
    (layer,) = (one for one in config["config"]["layers"] if one["config"]["name"] == "normalization_left")
    layer["inbound_nodes"] = nodes
    entries["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(tmp_path / "damaged.keras", "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    with pytest.raises(Failure, match="cannot be read: Keras' description of its first layers"):
        read_about(tmp_path / "damaged.keras")
