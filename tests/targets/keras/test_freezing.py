"""Frozen parts: which layers they are, how much of the network, and that the file says so without Keras."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import Compiled, load_text
from resnet_dsl.targets.keras.freezing import frozen, frozen_layers, said_of_freezing, trains
from resnet_dsl.targets.keras.lower import lower
from tests.cli.calling import call

TWO_HEADS = """shared block s(width) { conv(width, 3, bias = true) -> groupnorm(2) }
network n {
  input 8x8x3
  stem { conv(4, 3) -> norm -> act }
  stage a { s(4) -> s(4) }
  head { avgpool(global) -> dense(3) -> softmax }
  head aux { stem -> avgpool(global) -> dense(2) }
}
"""
NET = """network n(classes = 3) {
  input 8x8x3
  stem { conv(4, 3) -> norm -> act }
  stage a { 2 x basic(4) }
  stage b { dropout(0.5) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""


@pytest.fixture(scope="module")
def net() -> Compiled:
    return load_text(NET).compile()


def names(text: str, *parts: str) -> set[str]:
    compiled = load_text(text).compile()
    return {*frozen_layers(lower(compiled.graph, compiled.shapes), parts)}


def test_parts_are_stages_the_stem_heads_and_layers() -> None:
    stem = {"stem_conv", "stem_batchnorm"}
    assert names(NET, "stem") == stem
    assert names(NET, "stem", "head") == stem | {"head_dense"}
    assert names(NET, "a_block1_conv1") == {"a_block1_conv1"}
    body = {
        f"a_block{block}_{layer}{number}" for block in (1, 2) for layer in ("conv", "batchnorm") for number in (1, 2)
    }
    assert names(NET, "all") == stem | body


def test_all_is_all_but_every_head() -> None:
    everything = names(TWO_HEADS, "all")
    assert not any("dense" in one for one in everything)
    assert {one.partition("_")[0] for one in everything} == {"stem", "s"}
    assert len(everything) == 4


def test_a_stage_called_all_is_that_stage() -> None:
    assert names(NET.replace("stage a", "stage all"), "all") == names(NET, "a") - names(NET, "a") | {
        one.replace("a_", "all_", 1) for one in names(NET, "a")
    }


@pytest.mark.parametrize(
    ("part", "remedy"), [("sten", "did you mean `stem`?"), ("b", "parts with weights are `stem`, `a`, `head`")]
)
def test_a_name_of_nothing_with_weights_is_refused(part: str, remedy: str) -> None:
    with pytest.raises(Failure, match=f"`--freeze {part}`: n has no part and no layer with weights") as refused:
        names(NET, "stem", part)
    assert refused.value.remedy == remedy


def test_what_is_said_is_what_the_layers_have(net: Compiled) -> None:
    calls = frozen(lower(net.graph, net.shapes), ("stem",))
    assert said_of_freezing(calls) == (
        f"frozen: {3 * 3 * 3 * 4 + 8} of {net.facts.count.params} parameters, in 2 layers; "
        f"{net.facts.count.params - 116} train",
        "of the frozen, the normalisation goes by its moving statistics, which stay as they are: "
        "in Keras, inference mode",
    )
    assert said_of_freezing(lower(net.graph, net.shapes)) == ()


def test_what_is_left_to_train(net: Compiled) -> None:
    calls = lower(net.graph, net.shapes)
    assert trains(frozen(calls, ("all",)))
    assert not trains(frozen(calls, ("all", "head")))


def described(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    return {one["config"]["name"]: one["config"].get("trainable") for one in layers}


def test_the_file_says_it_and_weights_are_in_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.resnet").write_text(NET)
    whole, part = (
        call("compile", "net.resnet", "--seed", "1", "-o", name, *more)
        for name, more in (("whole.keras", ()), ("part.keras", ("--freeze", "stem,b", "--freeze", "head")))
    )
    assert whole.code == 0
    assert part.code == 2
    assert "`--freeze b`" in part.err
    part = call("compile", "net.resnet", "--seed", "1", "-o", "part.keras", "--freeze", "stem", "--freeze", "head")
    assert part.code == 0
    assert "frozen: 131 of " in part.out
    assert {name for name, trainable in described(Path("part.keras")).items() if trainable is False} == {
        "stem_conv", "stem_batchnorm", "head_dense",
    }  # fmt: skip
    one, other = (zipfile.ZipFile(name).read("model.weights.h5") for name in ("whole.keras", "part.keras"))
    assert one == other


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--optimize", "inference"), "`--freeze` is of training"),
        (("--to", "onnx"), "`--freeze` does nothing for `--to onnx`"),
        (("--to", "svg"), "`--freeze` does nothing for `--to svg`"),
    ],
)
def test_what_it_does_not_go_with(tmp_path: Path, more: tuple[str, ...], why: str) -> None:
    ended = call("compile", "resnet18", "--freeze", "stem", "-o", str(tmp_path / "x"), *more)
    assert ended.code == 2
    assert why in ended.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.keras
def test_keras_builds_the_same_and_freezes_what_it_should(net: Compiled) -> None:
    import numpy as np

    from resnet_dsl.api import Network

    network = Network(net)
    for fast in (True, False):
        model = network.to_keras(seed=1, fast=fast, freeze="all")
        assert {one.path for one in model.trainable_variables} == {"head_dense/kernel", "head_dense/bias"}
        for one, other in zip(model.get_weights(), network.to_keras(seed=1, fast=fast).get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.keras
def test_the_file_is_what_keras_itself_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.resnet").write_text(TWO_HEADS)
    ended = call("compile", "net.resnet", "--freeze", "a,aux", "--verify", "--seed", "3")
    assert ended.code == 0, ended.err
    assert "layers, calls, weights and outputs are equal" in ended.out
    assert call("compile", "net.resnet", "--freeze", "a,aux", "--plain", "-o", "plain.keras").code == 0
    assert described(Path("plain.keras")) == described(Path("n.keras"))
