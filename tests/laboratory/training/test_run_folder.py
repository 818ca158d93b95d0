"""Run folders that are damaged, hostile or of the version before: gone on with, or refused by name."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from resnet_dsl import load_keras, pipeline
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training import checkpoint, history
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.network import Classifier
from tests.cli.calling import Ended, call
from tests.laboratory.training.test_train import trained

RUNS = Path(__file__).parents[2] / "fixtures" / "0.1.0" / "runs"
RECIPE = (
    *("--data", "digits", "--train-size", "320", "--epochs", "3", "--batch-size", "32", "--augment", "none"),
    *("--schedule", "constant", "--learning-rate", "0.05", "--checkpoint-steps", "3"),
)


def go_on(folder: Path, *options: str) -> Ended:
    """The command that the folders of the fixtures were made with."""
    return call("train", str(RUNS / "tiny.resnet"), *RECIPE, "-o", str(folder), *options)


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RUNS / "interrupted", tmp_path / "run"))


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != ".lock")
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


# Of the version before


def test_an_interrupted_run_of_the_version_before_goes_on(interrupted: Path) -> None:
    first = history.read(interrupted / "history.csv")
    ended = go_on(interrupted)
    assert ended.code == 0, ended.err
    assert "going on after step 10 of 30" in ended.out
    rows = history.read(interrupted / "history.csv")
    assert rows[0] == first[0]
    theirs = history.read(RUNS / "finished" / "history.csv")
    np.testing.assert_allclose([row[2:] for row in rows], [row[2:] for row in theirs], rtol=2e-2, atol=2e-2)
    model = keras.saving.load_model(interrupted / "model.keras")
    assert type(model.layers[1]).__name__ == "Normalization"


def test_a_finished_run_of_the_version_before_is_finished(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RUNS / "finished", tmp_path / "run"))
    before = contents(folder)
    ended = go_on(folder)
    assert (ended.code, "finished before" in ended.out) == (0, True)
    assert contents(folder) == before


def test_a_model_of_the_version_before_computes_what_it_did() -> None:
    """It takes images normalised, and nothing is put before it."""
    path = RUNS / "finished" / "model.keras"
    images = np.random.default_rng(0).normal(size=(3, 8, 8, 1)).astype(np.float32)
    plain, rebuilt = keras.saving.load_model(path), load_keras(path)
    np.testing.assert_array_equal(plain.predict(images, verbose=0), rebuilt.predict(images, verbose=0))
    assert type(rebuilt.layers[1]).__name__ == "Conv2D"


# Damaged


def edited(**changes: Any) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        options = json.loads((folder / "options.json").read_text()) | changes
        (folder / "options.json").write_text(json.dumps({k: v for k, v in options.items() if v != "gone"}))

    return edit


def written(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_bytes(content)

    return write


def moved(epoch: Any, step: Any) -> Callable[[Path], None]:
    """A checkpoint that says it stands elsewhere."""

    def move(folder: Path) -> None:
        state = checkpoint.load(folder / "checkpoints" / "latest.npz")
        assert state is not None
        checkpoint.save(folder / "checkpoints" / "latest.npz", Checkpoint(TrainingPosition(epoch, step), state.values))

    return move


def with_values(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        state = checkpoint.load(folder / "checkpoints" / "latest.npz")
        assert state is not None
        checkpoint.save(folder / "checkpoints" / "latest.npz", Checkpoint(state.position, change(dict(state.values))))

    return alter


def compressed(folder: Path) -> None:
    path = folder / "checkpoints" / "latest.npz"
    with np.load(path) as archive:
        arrays = [archive[name] for name in archive.files]
    np.savez_compressed(path, *arrays)


def encrypted(folder: Path) -> None:
    path = folder / "checkpoints" / "latest.npz"
    content = bytearray(path.read_bytes())
    for at in (content.find(b"PK\1\2") + 8, 6):
        content[at] |= 1
    path.write_bytes(bytes(content))


def a_pipe(folder: Path) -> None:
    (folder / "checkpoints" / "latest.npz").unlink()
    os.mkfifo(folder / "checkpoints" / "latest.npz")


def cut(folder: Path) -> None:
    path = folder / "checkpoints" / "latest.npz"
    path.write_bytes(path.read_bytes()[:-200])


HISTORY = (RUNS / "interrupted" / "history.csv").read_text().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (written("options.json", b"{"), "options.json is damaged"),
        (written("options.json", b""), "options.json is damaged"),
        (written("options.json", b"\xff\xfe"), "options.json is damaged"),
        (written("options.json", b"[1]"), "options.json is damaged: it is no object"),
        (written("options.json", b"[" * 100_000), "options.json is damaged"),
        (lambda folder: (folder / "options.json").unlink(), "options.json is damaged: it is missing"),
        (edited(recipe=5), "holds another run"),
        (edited(recipe="gone"), "holds another run"),
        (edited(recipe={"epochs": "many"}), "holds another run (epochs many there, 3 here"),
        (edited(seed=[0]), "holds another run (seed [0] there, 0 here)"),
        (edited(seed=True), "holds another run (seed True there, 0 here)"),
        (edited(ir_sha256=None), "holds another run"),
        (written("result.json", b"null"), "result.json is damaged"),
        (written("result.json", b'{"ending": "won", "epoch": 1}'), "result.json is damaged"),
        (written("result.json", b'{"ending": "finished", "epoch": 3}'), "it tells of 3 epochs, the history of 1"),
        (written("history.csv", b""), "history.csv is damaged: it has 0 rows"),
        (written("history.csv", b"a,b\n1,2\n"), "history.csv is damaged"),
        (written("history.csv", "".join([*HISTORY, "x,y,z,1,2,3\n"]).encode()), "history.csv is damaged"),
        (written("history.csv", "".join([HISTORY[0], "7" + HISTORY[1][1:]]).encode()), "not those of epochs 1, 2, …"),
        (written("history.csv", "".join([HISTORY[0], "1,2\n"]).encode()), "history.csv is damaged"),
        (moved(0, 10**9), "it stands in epoch 0, step 1000000000, of 3 epochs of 10 steps"),
        (moved(10**9, 0), "it stands in epoch 1000000000"),
        (moved(3, 1), "it stands in epoch 3, step 1"),
        (moved(-1, 0), "latest.npz is damaged"),
        (moved(1.5, 0), "latest.npz is damaged"),
        (moved("x", 0), "latest.npz is damaged"),
        (moved(True, 0), "latest.npz is damaged"),
        (with_values(lambda values: {n: np.stack([v, v]) for n, v in values.items()}), "expected float32"),
        (with_values(lambda values: {n: v.astype(np.float64) for n, v in values.items()}), "latest.npz is damaged"),
        (with_values(lambda values: dict([*values.items()][:-1])), "variables, the training has"),
        (with_values(lambda values: values | {"one more": np.zeros(1)}), "variables, the training has"),
        (compressed, "latest.npz is damaged: its arrays are compressed"),
        (encrypted, "latest.npz is damaged"),
        (cut, "latest.npz is damaged"),
        (a_pipe, "latest.npz is no regular file"),
    ],
)  # fmt: skip
def test_damaged_run_folders_are_refused_and_nothing_is_lost(
    interrupted: Path, damage: Callable[[Path], None], words: str
) -> None:
    damage(interrupted)
    before = contents(interrupted)
    ended = go_on(interrupted)
    assert ended.code == 2, ended.err
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert "--restart" in ended.err or "no regular file" in ended.err
    assert contents(interrupted) == before


def test_the_remedy_for_damage_helps(interrupted: Path) -> None:
    written("options.json", b"{")(interrupted)
    moved(10**9, 0)(interrupted)
    (interrupted / "network.resnet").write_bytes(b"\xff")
    ended = go_on(interrupted, "--restart")
    assert ended.code == 0, ended.err
    assert json.loads((interrupted / "result.json").read_text())["ending"] == "finished"


def test_a_lock_that_is_a_link_empties_nothing(interrupted: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (interrupted / ".lock").symlink_to(tmp_path / "precious")
    (interrupted / "options.json").write_text("{")
    assert go_on(interrupted).code == 2
    assert (tmp_path / "precious").read_text() == "kept"


def test_a_model_that_is_gone_is_made_again(tmp_path: Path) -> None:
    first, _ = trained(tmp_path / "run", epochs=1)
    weights = keras.saving.load_model(tmp_path / "run" / "model.keras").get_weights()
    (tmp_path / "run" / "model.keras").write_bytes(b"PK")
    with pytest.raises(Failure, match=r"model\.keras is damaged: it is no archive"):
        trained(tmp_path / "run", epochs=1)
    (tmp_path / "run" / "model.keras").unlink()
    again, _ = trained(tmp_path / "run", epochs=1)
    assert again.rows == first.rows
    for one, other in zip(
        keras.saving.load_model(tmp_path / "run" / "model.keras").get_weights(), weights, strict=True
    ):
        np.testing.assert_array_equal(one, other)


# What is in it


def test_divergence_has_an_exit_code_and_says_what_to_try(tmp_path: Path) -> None:
    for _ in range(2):
        ended = call(
            "train", str(RUNS / "tiny.resnet"), *RECIPE, "--learning-rate", "1e30", "-o", str(tmp_path / "run")
        )
        assert ended.code == 4, ended.err
    result = json.loads((tmp_path / "run" / "result.json").read_text(), parse_constant=pytest.fail)
    assert (result["ending"], result["train_loss"]) == ("diverged", None)
    assert "try a smaller --learning-rate" in result["remedy"]
    assert "--learning-rate" in ended.out or "diverged before" in ended.out


def test_a_comparison_with_one_that_diverged_has_that_exit_code(tmp_path: Path) -> None:
    places = ["--runs", str(tmp_path / "runs"), "-o", str(tmp_path / "out")]
    options = [*RECIPE, "--epochs", "1", "--learning-rate", "1e30", "--seeds", "1", *places]
    ended = call("compare", str(RUNS / "tiny.resnet"), *options)
    assert ended.code == 4, ended.err
    assert "tiny diverged with 1 of 1 seed" in ended.out
    assert (tmp_path / "out.md").exists()


def test_the_folder_holds_the_spec_with_its_imports_and_the_classes(tmp_path: Path) -> None:
    (tmp_path / "parts.resnet").write_text("block part(width) { conv(width, 3) -> norm -> act }\n")
    (tmp_path / "net.resnet").write_text(
        'import "parts.resnet"\nnetwork net(classes = 10, width = 4) { input 8x8x1 stage a { part(width) } '
        "head { avgpool(global) -> dense(classes) -> softmax } }\n"
    )
    folder = tmp_path / "run"
    ended = call("train", str(tmp_path / "net.resnet"), *RECIPE, "--epochs", "1", "--set", "width=2", "-o", str(folder))
    assert ended.code == 0, ended.err
    (tmp_path / "parts.resnet").unlink()
    options = json.loads((folder / "options.json").read_text())
    assert options["compiled"] == {"network": "net", "set": {"width": "2"}, "input": None}
    assert options["classes"] == list("0123456789")
    again = pipeline.load(str(folder / "network.resnet")).compile("net", {"width": 2})
    assert Classifier(again).ir_json == (folder / "network.json").read_text()
    with zipfile.ZipFile(folder / "model.keras") as archive:
        assert json.loads(archive.read("resnet_dsl/classes.json")) == list("0123456789")


def test_a_run_can_be_trained_anew_from_its_own_folder(tmp_path: Path) -> None:
    text = (RUNS / "tiny.resnet").read_text().replace("\n", "\r\n")
    (tmp_path / "tiny.resnet").write_text(text, newline="")
    options = [*RECIPE, "--epochs", "1", "--input", "8x8x1", "-o", str(tmp_path / "run")]
    assert call("train", str(tmp_path / "tiny.resnet"), *options).code == 0
    spec = tmp_path / "run" / "network.resnet"
    before = spec.read_bytes()
    ended = call("train", str(spec), *options, "--restart")
    assert ended.code == 0, ended.err
    assert spec.read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 are Linux'")
def test_names_that_are_not_text_are_kept_and_shown(tmp_path: Path) -> None:
    data = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.npz")
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), np.uint8)
    np.savez(data, x=images, y=np.arange(40) % 2, class_names=["\udc80", "b"])
    options = [*RECIPE, "--epochs", "1", "--train-size", "32", "--data", data, "--set", "classes=2"]
    ended = call("train", str(RUNS / "tiny.resnet"), *options, "-o", str(tmp_path / "run"))
    assert ended.code == 0, ended.err
    assert "caf\\udce9.npz" in ended.out
    assert json.loads((tmp_path / "run" / "options.json").read_text())["asked"]["data"] == data


def test_another_run_is_refused_in_a_folder_of_its_own_name(tmp_path: Path) -> None:
    """Folders under --runs are named by what they hold; one that holds something else was tampered with."""
    trained(None, runs=tmp_path, epochs=1)
    options = next(tmp_path.rglob("options.json"))
    options.write_text(options.read_text().replace('"epochs": 1', '"epochs": 2'))
    with pytest.raises(Failure, match="holds another run"):
        trained(None, runs=tmp_path, epochs=1)
