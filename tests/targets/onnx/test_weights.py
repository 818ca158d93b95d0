"""ONNX models with the weights of files: beside what Keras computed when it wrote them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from resnet_dsl import pipeline
from resnet_dsl.targets.onnx import to_onnx
from resnet_dsl.targets.request import Request
from resnet_dsl.targets.weighted import weighted
from resnet_dsl.weights import About, InputScaling, read_weights
from tests.cli.calling import Ended, call

FOLDER = Path(__file__).parents[2] / "fixtures" / "0.1.0"
SPEC = str(FOLDER / "networks.resnet")
NETWORKS = ("small", "noisy", "own", "accents")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compiled(name: str, *asked: str) -> Ended:
    return call("compile", f"{SPEC}:{name}", "--to", "onnx", "-o", "made.onnx", "--quiet", *asked)


def answer(images: Any) -> Any:
    onnx.checker.check_model("made.onnx", full_check=True)
    session = onnxruntime.InferenceSession("made.onnx")
    return session.run(None, {session.get_inputs()[0].name: images})[0]


@pytest.mark.parametrize("asked", [(), ("--optimize", "inference")], ids=["as it is", "optimised"])
@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
@pytest.mark.parametrize("name", NETWORKS)
def test_it_computes_what_the_model_of_the_file_did(name: str, ending: str, asked: tuple[str, ...]) -> None:
    ended = compiled(name, "--weights", str(FOLDER / f"{name}{ending}"), *asked)
    assert ended.code == 0, ended.err
    kept = np.load(FOLDER / f"{name}.npz")
    assert np.abs(answer(kept["images"]) - kept["outputs"]).max() < 1e-6


def test_an_excepted_part_is_fresh_and_the_rest_is_of_the_file() -> None:
    compiled("small", "--weights", str(FOLDER / "small.keras"), "--except", "head", "--set", "classes=7", "--seed", "1")
    mixed = arrays()
    compiled("small", "--set", "classes=7", "--seed", "1", "--force")
    fresh = arrays()
    compiled("small", "--weights", str(FOLDER / "small.keras"), "--force")
    trained = arrays()
    assert np.array_equal(mixed["head_dense/kernel"], fresh["head_dense/kernel"])
    assert np.array_equal(mixed["stem_conv/kernel"], trained["stem_conv/kernel"])


def arrays() -> dict[str, Any]:
    return {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load("made.onnx").graph.initializer}


def test_a_model_with_weights_of_a_file_is_not_replaced_unasked() -> None:
    assert compiled("small", "--weights", str(FOLDER / "small.keras")).code == 0
    ended = compiled("small")
    assert (ended.code, "it may be trained" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "asked", "says"),
    [
        ("small", ("--weights", str(FOLDER / "own.keras")), "does not hold the weights of small"),
        ("small", ("--weights", "cut.keras"), "`cut.keras` cannot be read"),
        ("small", ("--except", "head"), "there is no `--weights`"),
        ("small", ("--except", "head"), "name the file, too: `--weights FILE`"),
        ("small", ("--seed", "-1"), "a seed below 0"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, name: str, asked: tuple[str, ...], says: str
) -> None:
    (folder / "cut.keras").write_bytes((FOLDER / "small.keras").read_bytes()[:1000])
    ended = compiled(name, *asked)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert [one.name for one in folder.iterdir()] == ["cut.keras"]


def test_weights_are_not_written_over(folder: Path) -> None:
    shutil.copy(FOLDER / "small.keras", folder / "made.onnx")
    ended = compiled("small", "--weights", "made.onnx", "--force")
    assert (ended.code, "is read here" in ended.err) == (2, True)


def test_what_the_file_says_of_images_and_classes_goes_along() -> None:
    saved = read_weights(FOLDER / "small.keras")
    scaling = InputScaling((0.5, 0.25, 1.0), (4.0, 0.25, 1.0))
    known = saved._replace(about=About(("a", "b", "c", "d", "e"), scaling))
    network = pipeline.load(SPEC).compile("small")
    made = weighted(network, Request(saved=known))
    assert (made.fresh, made.classes) == (False, known.about.classes)
    assert made.said == (f"images are normalised first, as by {saved.path}",)
    graph, shapes, weights = made.network
    assert weights is not None
    model = to_onnx(graph, shapes, weights, scaling=made.scaling, classes=made.classes)
    onnx.save(model, "made.onnx")
    kept = np.load(FOLDER / "small.npz")
    images = kept["images"] * np.sqrt(scaling.variance) + scaling.mean
    assert np.abs(answer(images.astype("f4")) - kept["outputs"]).max() < 1e-6
    assert json.loads(model.metadata_props[1].value) == ["a", "b", "c", "d", "e"]
    assert weighted(network, Request(saved=known, excepted=("head",))).classes == ()
