"""Training from weights that are there: other classes, frozen parts, images as the weights know them."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.dataset import LabelledImages
from resnet_dsl.laboratory.data.images import InMemory
from resnet_dsl.laboratory.training.network import Classifier
from resnet_dsl.laboratory.training.normalising import normalisation
from resnet_dsl.laboratory.training.options import RecipeOptions, TrainOptions
from resnet_dsl.laboratory.training.progress import Report
from resnet_dsl.laboratory.training.train import Trained, train
from resnet_dsl.pipeline import load_text
from resnet_dsl.weights import InputScaling, read_weights
from tests.cli.calling import call

NET = """network tuned(classes = 3) {
  input 8x8x2
  stem { conv(4, 3) -> norm -> act }
  stage a { basic(4) }
  stage b { basic(4) -> dropout(0.2) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""
KNOWN = InputScaling((1.0, 2.0), (4.0, 9.0))
Weights = Mapping[str, tuple[NDArray[Any], ...]]


def weights(path: Path) -> Weights:
    return {str(one.name): tuple(array.values for array in one.arrays) for one in read_weights(path).layers}


def same(one: Weights, other: Weights, *beginnings: str) -> bool:
    """Whether all layers whose names begin so have the same bits."""
    layers = [name for name in one if name.startswith(beginnings)]
    assert layers
    pairs = (zip(one[name], other[name], strict=True) for name in layers)
    return all(first.tobytes() == second.tobytes() for pair in pairs for first, second in pair)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of two channels in three classes, and a file of trained weights for four."""
    folder = tmp_path_factory.mktemp("tuning")
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = rng.normal(labels[:, None, None, None], 1, (60, 8, 8, 2)).astype(np.float32)
    np.savez(folder / "data.npz", x=images, y=labels)
    model = load_text(NET).compile("tuned", {"classes": 4})
    from resnet_dsl.targets.keras import save, to_keras

    made = to_keras(model.graph, model.shapes, seed=5, scaling=KNOWN)
    for layer in made.layers:
        layer.set_weights([np.abs(one + rng.normal(0, 0.1, one.shape)) for one in layer.get_weights()])
    save(made, folder / "four.keras", model.graph)
    return folder


@pytest.fixture
def tuned(folder: Path, tmp_path: Path) -> Callable[..., tuple[Trained, str]]:
    def run(out: Path = tmp_path / "run", text: str = NET, **options: Any) -> tuple[Trained, str]:
        keras.backend.clear_session()
        console = Console(record=True, width=300, file=io.StringIO())
        given: dict[str, Any] = {"data": str(folder / "data.npz"), "epochs": 2, "batch_size": 8, "augment": "none"}
        given |= {"weights": folder / "four.keras", "except_": ("head",), "out": out}
        done = train(Classifier(load_text(text).compile()), TrainOptions(**given | options), console)
        return done, console.export_text()

    return run


def test_frozen_parts_stay_to_the_bit_and_all_others_train(
    folder: Path, tuned: Callable[..., tuple[Trained, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, printed = tuned(freeze=("stem", "a"))
    before, after = weights(folder / "four.keras"), weights(done.folder / "model.keras")
    assert same(before, after, "stem_", "a_")
    assert not any(same(before, after, name) for name in after if not name.startswith(("stem_", "a_", "head_")))
    assert "note: frozen: 384 of 703 parameters, in 6 layers; 319 train" in printed
    assert "moving statistics, which stay" in printed
    assert f"images are normalised first, as by {folder / 'four.keras'}" in printed
    told = json.loads((done.folder / "options.json").read_text())
    assert told["recipe"]["freeze"] == ["a", "stem"]
    assert told["recipe"]["except"] == ["head"]
    assert len(told["recipe"]["weights_sha256"]) == 64
    assert told["normalisation"] == {"mean": [1.0, 2.0], "deviation": [2.0, 3.0]}
    assert not tuned(freeze=("a", "stem"))[0].anew

    seen, count = Report.step, 0

    def interrupting(report: Report, *arguments: Any) -> None:
        nonlocal count
        count += 1
        if count == 4:
            signal.raise_signal(signal.SIGINT)
        seen(report, *arguments)

    monkeypatch.setattr(Report, "step", interrupting)
    other = tmp_path / "interrupted"
    assert tuned(other, freeze=("stem", "a"))[0].ending == "interrupted"
    monkeypatch.undo()
    assert tuned(other, freeze=("stem", "a"))[0].ending == "finished"
    assert same(after, weights(other / "model.keras"), *after)


def test_the_saved_model_does_to_images_what_training_did(tuned: Callable[..., tuple[Trained, str]]) -> None:
    done, _ = tuned(epochs=1)
    layer = keras.saving.load_model(done.folder / "model.keras").layers[1]
    np.testing.assert_allclose(layer.mean, [[[[1, 2]]]])
    np.testing.assert_allclose(layer.variance, [[[[4, 9]]]], rtol=1e-6)


@pytest.mark.parametrize(
    ("told", "of_file", "mean", "deviation"),
    [
        ({"mean": (0.0,)}, KNOWN, [0, 0], [1, 1]),
        ({"mean": (5.0,), "std": (2.0,)}, KNOWN, [5, 5], [2, 2]),
        ({"mean": (1.0, -2.5)}, None, [1, -2.5], [1, 1]),
        ({"std": (0.5, 4.0)}, None, [0, 0], [0.5, 4]),
        ({}, KNOWN, [1, 2], [2, 3]),
        ({}, None, [2, 3], [2, 3]),
    ],
)
def test_images_are_normalised_as_told_else_as_by_the_file_else_by_themselves(
    told: dict[str, Any], of_file: InputScaling | None, mean: list[float], deviation: list[float]
) -> None:
    images = np.zeros((2, 1, 1, 2), np.float32)
    images[:, 0, 0] = [[0, 0], [4, 6]]
    examples = LabelledImages(InMemory(images), np.arange(2), np.zeros(2, np.int64))
    found = normalisation(examples, RecipeOptions(**told), of_file)
    assert found.told == {"mean": mean, "deviation": deviation}
    assert (found.scaling is None) == (deviation == [1, 1] and not any(mean))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"except_": ()}, "head_dense: the file has 4x4, 4, the network 4x3, 3"),
        ({"freeze": ("steam",)}, "`--freeze steam`"),
        ({"except_": ("heat",)}, "`--except heat`"),
        ({"freeze": ("head",)}, "begin with fresh weights, and `--freeze` would keep these"),
        ({"weights": None}, "there is no `--weights`"),
        ({"weights": None, "except_": (), "layout": "timm"}, "name the file, too: `--weights FILE`"),
        ({"mean": (1.0, 2.0, 3.0)}, "--mean: 3 numbers, and the images have 2 channels"),
        ({"std": (0.0,)}, "--std is finite numbers above 0"),
        ({"weights": None, "except_": (), "freeze": ("all", "head")}, "leaves nothing of tuned to train"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_written(
    tuned: Callable[..., tuple[Trained, str]], tmp_path: Path, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(Failure) as refused:
        tuned(**options)
    assert why in refused.value.told()
    assert not (tmp_path / "run" / "options.json").exists()


def test_weights_without_a_head_and_another_input_size(
    folder: Path, tuned: Callable[..., tuple[Trained, str]], tmp_path: Path
) -> None:
    (tmp_path / "net.resnet").write_text(NET)
    made = call("compile", str(tmp_path / "net.resnet"), "--no-top", "--seed", "2", "-o", str(tmp_path / "body.keras"))
    assert made.code == 0
    larger = NET.replace("8x8x2", "12x12x2")
    rng = np.random.default_rng(1)
    np.savez(tmp_path / "larger.npz", x=rng.normal(size=(20, 12, 12, 2)).astype("f4"), y=np.arange(20) % 3)
    done, printed = tuned(
        text=larger, epochs=1, data=str(tmp_path / "larger.npz"), weights=tmp_path / "body.keras", freeze=("all",)
    )
    assert same(weights(tmp_path / "body.keras"), weights(done.folder / "model.keras"), "stem_", "a_", "b_")
    assert "does not say otherwise; `--mean` and `--std` do" in printed


def test_weights_in_the_layout_of_another_library(tuned: Callable[..., tuple[Trained, str]], tmp_path: Path) -> None:
    """Here in a file of our own names."""
    spec, file = str(tmp_path / "net.resnet"), str(tmp_path / "own.safetensors")
    Path(spec).write_text(NET)
    for to, out in (("keras", str(tmp_path / "own.keras")), ("safetensors", file)):
        layout = ("--layout", "resnet-dsl") if to == "safetensors" else ()
        made = call("compile", spec, "--to", to, *layout, "--seed", "2", "-o", out, "--quiet")
        assert made.code == 0, made.err
    done, _ = tuned(epochs=1, train_size=16, weights=Path(file), except_=(), freeze=("all",), mean=(0.0,))
    assert same(weights(tmp_path / "own.keras"), weights(done.folder / "model.keras"), "stem_", "a_", "b_")


def test_the_command_takes_the_options(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.resnet").write_text(NET)
    data = str(folder / "data.npz")
    start = (
        "train",
        "net.resnet",
        "--data",
        data,
        "-o",
        "run",
        "--epochs",
        "1",
        "--batch-size",
        "8",
        "--augment",
        "none",
    )
    ended = call(
        *start, "--weights", str(folder / "four.keras"), "--except", "head", "--freeze", "stem,a", "--freeze", "b"
    )
    assert ended.code == 0, ended.err
    assert same(weights(folder / "four.keras"), weights(Path("run/model.keras")), "stem_", "a_", "b_")
    again = call(*start)
    assert again.code == 2
    assert "run holds another run" in again.err
    assert call(*start, "--weights", "run/model.keras", "-o", "run/model.keras").code == 2
