"""What a file says does not train, does not train when it is loaded: as Keras loads it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import pytest

import resnet_dsl
from resnet_dsl.targets.keras import save
from tests.cli.calling import call

NET = """shared block both(width) { conv(width, 3, bias = true) -> groupnorm(2) }
network n(classes = 3) {
  input 8x8x3
  stem { conv(4, 3) -> norm -> act }
  stage a { 2 x basic(4) -> both(4) -> both(4) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""


def trains(model: Any) -> dict[str, bool]:
    return {layer.name: layer.trainable for layer in model.layers if layer.weights}


def train(layers: Iterable[Any], whether: bool) -> None:
    for layer in layers:
        layer.trainable = whether


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("net.resnet").write_text(NET)
    return "net.resnet"


@pytest.mark.parametrize("parts", [("stem",), ("stem", "a"), ("all",), ("a_block1_conv1", "head"), ("all", "head")])
def test_frozen_parts_of_a_file_stay_frozen(text: str, parts: tuple[str, ...]) -> None:
    frozen = [word for part in parts for word in ("--freeze", part)]
    assert call("compile", text, "-o", "net.keras", *frozen).code == 0
    ours, theirs = resnet_dsl.load_keras("net.keras"), keras.saving.load_model("net.keras")
    assert trains(ours) == trains(theirs)
    assert len(ours.trainable_variables) == len(theirs.trainable_variables)
    assert not all(trains(ours).values())


def test_what_a_user_froze_is_saved_and_comes_back(text: str) -> None:
    network = resnet_dsl.load(text).network()
    model = network.to_keras()
    train(model.layers[:6], False)
    save(model, "net.keras", network.graph)
    again = resnet_dsl.load_keras("net.keras")
    assert trains(again) == trains(model)
    train(again.layers, True)
    save(again, "free.keras", network.graph)
    assert all(trains(resnet_dsl.load_keras("free.keras")).values())
    again.trainable = False
    save(again, "still.keras", network.graph)
    assert not resnet_dsl.load_keras("still.keras").trainable_variables


def test_the_importer_says_that_they_would_train(text: str) -> None:
    assert call("compile", text, "-o", "net.keras", "--freeze", "stem").code == 0
    model = keras.saving.load_model("net.keras")
    said = "2 layers that the model keeps from training will train here: see `--freeze`."
    assert said in resnet_dsl.from_keras("net.keras").said
    assert said in resnet_dsl.from_keras(model).said
    train(model.layers, True)
    assert said not in resnet_dsl.from_keras(model).said
