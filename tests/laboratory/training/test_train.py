"""``train`` and ``compare`` from end to end, on small networks and scikit-learn's digits."""

from __future__ import annotations

import csv
import io
import json
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from rich.console import Console

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.training.compare import compare
from resnet_dsl.laboratory.training.options import CompareOptions, TrainOptions
from resnet_dsl.laboratory.training.progress import Report
from resnet_dsl.laboratory.training.train import Trained, train
from tests.laboratory.training.networks import ByHand

SMALL: dict[str, Any] = {
    "data": "digits",
    "train_size": 320,
    "epochs": 2,
    "batch_size": 32,
    "pad": 1,
    "checkpoint_steps": 4,
}


def trained(out: Path | None, network: ByHand | None = None, **options: Any) -> tuple[Trained, str]:
    """A short training in ``out``, and what it printed."""
    keras.backend.clear_session()
    console = Console(record=True, width=200, file=io.StringIO())
    done = train(network or ByHand(), TrainOptions(**SMALL | options, out=out), console)
    return done, console.export_text()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trained, str]:
    """One training that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, *trained(folder)


def test_what_a_run_folder_holds(whole: tuple[Path, Trained, str]) -> None:
    folder, done, printed = whole
    assert done.ending == "finished"
    names = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert names == {
        ".lock", "checkpoints/latest.npz", "curves.png", "curves.svg", "history.csv", "model.keras", "network.json",
        "network.resnet", "options.json", "result.json",
    }  # fmt: skip
    options = json.loads((folder / "options.json").read_text())
    assert options["recipe"]["epochs"] == 2
    assert options["asked"] == {"data": "digits", "resize": None, "train_size": 320}
    assert options["made_with"]["keras"] == keras.__version__
    assert "data: digits (1,797 digits, from scikit-learn): 8x8x1, 10 classes, 320 images to train" in printed
    assert "epoch 2/2  train: loss" in printed
    assert "images are cropped, not mirrored" in printed


def test_the_saved_model_is_the_whole_network_and_has_the_error_that_is_told(whole: tuple[Path, Trained, str]) -> None:
    """It takes the images as they come."""
    folder, done, _ = whole
    model = keras.saving.load_model(folder / "model.keras")
    test = load("digits").test
    probabilities = model.predict(test.read(np.arange(len(test))), verbose=0)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    error = (probabilities.argmax(1) != test.labels).mean()
    assert error == pytest.approx(done.rows[-1].test_error, abs=1e-6)
    loss = -np.log(probabilities[np.arange(len(test)), test.labels]).mean()
    assert loss == pytest.approx(done.rows[-1].test_loss, rel=1e-4)


@pytest.mark.parametrize("step", [3, 10, 20])
def test_an_interrupted_training_ends_with_the_same_bits(
    whole: tuple[Path, Trained, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    count, seen = 0, Report.step

    def interrupting(report: Report, *arguments: Any) -> None:
        nonlocal count
        count += 1
        if count == step:
            signal.raise_signal(signal.SIGINT)
        seen(report, *arguments)

    monkeypatch.setattr(Report, "step", interrupting)
    first, printed = trained(tmp_path)
    monkeypatch.undo()
    assert first.ending == ("interrupted" if step < 20 else "finished")
    assert "ending after this step" in printed
    second, _ = trained(tmp_path)
    assert second.ending == "finished"
    assert second.anew == (step < 20)
    assert (tmp_path / "history.csv").read_bytes() == (whole[0] / "history.csv").read_bytes()
    ours, theirs = (keras.saving.load_model(folder / "model.keras").get_weights() for folder in (tmp_path, whole[0]))
    assert all(one.tobytes() == other.tobytes() for one, other in zip(ours, theirs, strict=True))


def test_a_finished_run_is_not_done_again_and_another_is_not_mixed_with_it(whole: tuple[Path, Trained, str]) -> None:
    folder, done, _ = whole
    again, printed = trained(folder)
    assert not again.anew
    assert "finished before" in printed
    assert again.rows == done.rows
    with pytest.raises(Failure, match=r"holds another run \(epochs 2 there, 3 here\)"):
        trained(folder, epochs=3)
    with pytest.raises(Failure, match=r"holds another run .*ir_sha256"):
        trained(folder, ByHand(blocks=2))


def test_seeds_and_restarts(whole: tuple[Path, Trained, str], tmp_path: Path) -> None:
    other, _ = trained(tmp_path, seed=1, epochs=1)
    assert other.rows[0] != whole[1].rows[0]
    same, _ = trained(tmp_path, restart=True)
    assert same.rows == whole[1].rows


def test_what_cannot_be_trained_is_refused(tmp_path: Path) -> None:
    for network, options, words in [
        (ByHand(input_shape=(32, 32, 3)), {}, "digits is 8x8x1, the network takes 32x32x3"),
        (ByHand(classes=5), {}, "digits has 10 classes, the network tells 5 apart"),
        (ByHand(), {"batch_size": 500}, "--batch-size 500: only 320 images"),
        (ByHand(), {"devices": 64}, "--devices 64: this machine has|several devices need"),
    ]:
        with pytest.raises(Failure, match=words):
            trained(tmp_path / "out", network, **options)
    assert not (tmp_path / "out").exists()


def test_two_trainings_do_not_write_one_folder(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Failure, match="another process is training"):
            trained(tmp_path)


def test_a_loss_that_is_no_number_ends_the_training(tmp_path: Path) -> None:
    done, printed = trained(tmp_path, learning_rate=1e30, epochs=5)
    assert done.ending == "diverged"
    assert len(done.rows) < 5
    assert "diverged" in printed
    assert trained(tmp_path, learning_rate=1e30, epochs=5)[0].ending == "diverged"


def test_mixed_precision_and_other_options(tmp_path: Path) -> None:
    done, _ = trained(tmp_path, precision="mixed_bfloat16", epochs=1, schedule="cosine", warmup=0.2, augment="none")
    assert done.ending == "finished"
    assert keras.config.dtype_policy().name == "float32"
    assert keras.saving.load_model(tmp_path / "model.keras").layers[2].dtype_policy.name == "float32"
    with np.load(tmp_path / "checkpoints/latest.npz") as saved:
        assert {saved[name].dtype.kind for name in saved.files} <= {"f", "i", "u"}


def test_tensorboard_says_what_to_install_or_writes(tmp_path: Path) -> None:
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        with pytest.raises(Failure, match="TensorBoard is not installed"):
            trained(tmp_path, tensorboard=True)
        return
    trained(tmp_path, tensorboard=True, epochs=1)
    assert list((tmp_path / "tensorboard").glob("events*"))


def test_compare_trains_draws_and_judges_once(tmp_path: Path) -> None:
    networks = [ByHand("plain", residual=False), ByHand("residual")]
    options = CompareOptions(**SMALL, seeds=2, runs=tmp_path / "runs", out=tmp_path / "out")
    console = Console(record=True, width=300, file=io.StringIO())
    done = compare(networks, options, console)
    assert [path.name for path in done.files] == ["out.svg", "out.png", "out.md", "out.csv"]
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert len(rows) == 4
    histories = sorted((tmp_path / "runs").rglob("history.csv"))
    assert len(histories) == 4
    last = list(csv.DictReader(histories[0].open()))[-1]
    assert last["train_error"] in {row["train_error"] for row in rows}
    assert done.verdict[-1].startswith("lowest test error: ")

    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "runs").rglob("*.*")}
    files = [path.read_bytes() for path in done.files]
    again = compare(networks, options, console)
    assert again.verdict == done.verdict
    assert [path.read_bytes() for path in again.files] == files
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "runs").rglob("*.*")}
    changed = {path for path in before if before[path] != after[path]}
    assert {path.name for path in changed} <= {".lock"}

    alone = TrainOptions(**SMALL, seed=1, runs=tmp_path / "runs")
    assert not train(networks[1], alone, console).anew


def test_compare_refuses_two_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="two networks are called `tiny`"):
        compare([ByHand(), ByHand(blocks=2)], CompareOptions(**SMALL, out=tmp_path / "out"), Console(quiet=True))
