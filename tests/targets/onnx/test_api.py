"""`Network.to_onnx`: fresh weights, those of a file, those of a model in hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

import resnet_dsl
from resnet_dsl.api import Network
from resnet_dsl.failure import Failure
from tests.cli.calling import NET, call

IMAGES = np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("f4")


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.chdir(tmp_path)
    return resnet_dsl.load(NET).network()


def answer(path: str = "net.onnx") -> Any:
    session = onnxruntime.InferenceSession(path)
    return session.run(None, {"input": IMAGES})[0]


def test_it_writes_the_file_that_the_command_does(network: Network) -> None:
    Path("net.resnet").write_text(NET, encoding="utf-8")
    assert network.to_onnx("net.onnx", seed=3) == ()
    call("compile", "net.resnet", "--to", "onnx", "--seed", "3", "-o", "other.onnx")
    assert Path("net.onnx").read_bytes() == Path("other.onnx").read_bytes()
    said = network.to_onnx(Path("folded.onnx"), seed=3, optimize=True)
    assert "folded 10 batch normalisations" in said
    np.testing.assert_allclose(answer("folded.onnx"), answer(), 1e-4, 1e-6)


def test_another_size_or_part_is_another_network(network: Network) -> None:
    network.backbone(["a", "b"]).to_onnx("part.onnx", channels="first")
    outputs = onnxruntime.InferenceSession("part.onnx").get_outputs()
    assert [(one.name, one.shape[1:]) for one in outputs] == [("a", [8, 32, 32]), ("b", [16, 16, 16])]


@pytest.mark.keras
def test_a_model_in_hand_is_written_as_it_is(network: Network) -> None:
    model = network.to_keras(seed=1)
    model.layers[-2].bias.assign(np.arange(10.0))
    assert network.to_onnx("net.onnx", weights=model) == ()
    np.testing.assert_allclose(answer(), model(IMAGES), 1e-4, 1e-6)
    model.save("net.keras")
    network.to_onnx("other.onnx", weights="net.keras")
    assert Path("net.onnx").read_bytes() == Path("other.onnx").read_bytes()


@pytest.mark.keras
def test_a_model_of_another_network_is_refused(network: Network) -> None:
    other = resnet_dsl.load(NET).network(width=4).to_keras()
    with pytest.raises(Failure, match="has other weights than `small` in `stem_conv`"):
        network.to_onnx("net.onnx", weights=other)
    for asked in ({"seed": 1}, {"excepted": ["head"]}):
        with pytest.raises(Failure):
            network.to_onnx("net.onnx", weights=network.to_keras(), **asked)
    assert not Path("net.onnx").exists()


def test_what_contradicts_itself_is_refused(network: Network) -> None:
    with pytest.raises(Failure, match="there is no file"):
        network.to_onnx("net.onnx", excepted=["head"])
    with pytest.raises(OSError, match="none"):
        network.to_onnx("net.onnx", weights="none.keras")
