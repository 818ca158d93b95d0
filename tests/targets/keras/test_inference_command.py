"""`compile --weights … --optimize inference`: the file computes what the model with these weights computes."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.cli import main

SPEC = """
network small {
  input 16x16x3
  stem { conv(8, 3) -> norm -> act }
  stage one { 2 x basic(8) }
  stage two(stride = 2) { basic(16) }
  head { avgpool(global) -> dense(5) }
}
network wider from small { stage one { 2 x basic(12) } }
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.resnet").write_text(SPEC)
    model = resnet_dsl.load("net.resnet").networks["small"].to_keras(seed=3)
    images = np.random.default_rng(0).normal(size=(64, 16, 16, 3))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(images, training=True)  # moving statistics that are not those of the start
    model.save("trained.keras")
    return tmp_path


def test_optimised_file_computes_the_same(spec: Path) -> None:
    given = ["compile", "net.resnet:small", "--weights", "trained.keras", "--optimize", "inference", "--quiet"]
    assert main([*given, "-o", "fast.keras"]) == 0
    trained, fast = (keras.saving.load_model(name) for name in ("trained.keras", "fast.keras"))
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in fast.layers)
    images = np.random.default_rng(1).normal(size=(4, 16, 16, 3)).astype("float32")
    wanted, found = (keras.ops.convert_to_numpy(model(images, training=False)) for model in (trained, fast))
    assert np.abs(wanted).max() > 0.1
    assert np.abs(found - wanted).max() < 1e-5 * np.abs(wanted).max()
    again = resnet_dsl.load_keras("fast.keras")
    assert (
        np.abs(keras.ops.convert_to_numpy(again(images, training=False)) - wanted).max() < 1e-5 * np.abs(wanted).max()
    )
    assert np.abs(resnet_dsl.runner(trained)(images) - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_weights_of_another_network_are_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "net.resnet:wider", "--weights", "trained.keras", "--quiet"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert "does not hold the weights of wider" in told[0]
    assert all(line.startswith("  ") for line in told[1:])
    assert any("the file has " in line for line in told[1:])
    assert not (spec / "wider.keras").exists()


def test_weights_are_for_models(spec: Path) -> None:
    assert main(["compile", "net.resnet:small", "--weights", "trained.keras", "--to", "ir"]) == 2
