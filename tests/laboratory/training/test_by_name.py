"""Training networks of several inputs and outputs: what is learnt, told, saved and refused, all by name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from rich.console import Console

import resnet_dsl
from resnet_dsl import pipeline
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.training import history
from resnet_dsl.laboratory.training.by_name import AugmentAlike
from resnet_dsl.laboratory.training.chance import Augmenter
from resnet_dsl.laboratory.training.compare import compare
from resnet_dsl.laboratory.training.history import EpochRecord, JointRecord, OutputRecord
from resnet_dsl.laboratory.training.network import Classifier
from resnet_dsl.laboratory.training.options import CompareOptions, TrainOptions
from resnet_dsl.laboratory.training.train import Trained, train
from tests.cli.calling import call

SPEC = """network pair(classes = 3) {
  input left 8x6x3
  input right 5x5x1
  input facts 4
  head {
    l = left -> conv(4, 3) -> norm -> relu -> avgpool(global)
    r = right -> conv(4, 3) -> avgpool(global) -> dropout(0.1)
    concat(l, r, facts) -> dense(8) -> relu -> dense(classes)
  }
  head aux { right -> conv(8, 3) -> avgpool(global) -> dense(classes) -> softmax }
}
network one_head from pair { head aux {} }
network digit { input 8x8x1 stage body { conv(8, 3) -> norm -> relu }
  head { avgpool(global) -> dense(12) -> softmax }
  head aux { body -> maxpool(global) -> dense(12) }
}
"""
COUNT = 120
RANDOM = np.random.default_rng(0)
HEAD, AUX = RANDOM.integers(0, 3, COUNT), RANDOM.integers(0, 3, COUNT)
GIVEN = {
    "left": (RANDOM.normal(size=(COUNT, 8, 6, 3)) * 9 + 100 + 8 * HEAD[:, None, None, None]).astype("float32"),
    "right": (RANDOM.normal(size=(COUNT, 5, 5, 1)) + AUX[:, None, None, None]).astype("float32"),
    "facts": RANDOM.normal(3, 50, (COUNT, 4)).astype("float32"),
}
TESTED = np.arange(COUNT) % 5 == 4
SMALL: dict[str, Any] = {"epochs": 2, "batch_size": 16, "pad": 1, "checkpoint_steps": 2, "loss_weights": {"aux": 0.4}}


def network(name: str = "pair") -> Classifier:
    return Classifier(pipeline.load_text(SPEC).compile(name))


def trained(out: Path, data: Path | str, name: str = "pair", **options: Any) -> tuple[Trained, str]:
    keras.backend.clear_session()
    console = Console(record=True, width=200, file=io.StringIO())
    done = train(network(name), TrainOptions(**SMALL | options, data=str(data), out=out), console)
    return done, console.export_text()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "pair.npz"
    np.savez(path, **GIVEN, head=HEAD, aux=AUX)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Path) -> tuple[Path, Trained, str]:
    folder = tmp_path_factory.mktemp("whole")
    return folder, *trained(folder, data)


def test_history_and_result_have_each_output_by_name(whole: tuple[Path, Trained, str]) -> None:
    folder, done, printed = whole
    rows = list(csv.DictReader((folder / "history.csv").open()))
    last = {name: float(value) for name, value in rows[-1].items()}
    assert last["train_loss"] == pytest.approx(last["head_train_loss"] + 0.4 * last["aux_train_loss"])
    assert last["test_error"] == pytest.approx((last["head_test_error"] + last["aux_test_error"]) / 2)
    assert json.loads((folder / "result.json").read_text())["aux_test_loss"] == last["aux_test_loss"]
    assert [(row, row.outputs) for row in history.read(folder / "history.csv")] == [
        (row, row.outputs) for row in done.rows
    ]
    assert "left 8x6x3, right 5x5x1, facts 4 -> head 3 classes, aux 3 classes" in printed
    assert "the images of an example are cropped and mirrored alike" in printed
    assert "\naux: training error " in printed
    options = json.loads((folder / "options.json").read_text())
    assert options["recipe"]["loss_weights"] == {"aux": 0.4}
    assert options["classes"] == {"head": ["0", "1", "2"], "aux": ["0", "1", "2"]}
    assert set(options["normalisation"]) == {"left", "right", "facts"}
    assert all(f"{name}</text>" in (folder / "curves.svg").read_text() for name in ("head", "aux"))


@pytest.mark.parametrize("read", [keras.saving.load_model, resnet_dsl.load_keras])
def test_the_saved_model_takes_what_comes_and_has_the_errors_that_are_told(
    whole: tuple[Path, Trained, str], read: Any
) -> None:
    folder, done, _ = whole
    predicted = read(folder / "model.keras").predict({name: one[TESTED] for name, one in GIVEN.items()}, verbose=0)
    for output, labels in zip(done.rows[-1].outputs, (HEAD[TESTED], AUX[TESTED]), strict=True):
        found = predicted[output.name]
        chances = found if output.name == "aux" else np.exp(found) / np.exp(found).sum(1, keepdims=True)
        assert (chances.argmax(1) != labels).mean() == pytest.approx(output.test_error, abs=1e-6)
        loss = -np.log(chances[np.arange(len(labels)), labels]).mean()
        assert loss == pytest.approx(output.test_loss, rel=1e-4)
    np.testing.assert_allclose(
        resnet_dsl.runner(read(folder / "model.keras"))({name: one[TESTED] for name, one in GIVEN.items()})["aux"],
        predicted["aux"], rtol=1e-4, atol=1e-6,
    )  # fmt: skip


def test_the_same_run_goes_on_to_the_same_weights(
    whole: tuple[Path, Trained, str], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resnet_dsl.laboratory.training.progress import Report

    def stop(self: Report, epoch: int, logs: Any) -> None:
        self.steps = getattr(self, "steps", 0) + 1
        if self.steps == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Report, "step", stop)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path, data)
    assert "going on after step" in trained(tmp_path, data)[1]
    assert (tmp_path / "history.csv").read_bytes() == (whole[0] / "history.csv").read_bytes()
    assert "finished before" in trained(tmp_path, data)[1]
    with pytest.raises(Failure, match="holds another run"):
        trained(tmp_path, data, loss_weights={"aux": 0.5})


def test_several_inputs_and_one_output_have_the_usual_history(data: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", **GIVEN, y=HEAD, class_names=["a", "b", "c"])
    done, _ = trained(tmp_path / "run", tmp_path / "one.npz", "one_head", epochs=1, loss_weights=None)
    header = (tmp_path / "run" / "history.csv").read_text().splitlines()[0]
    assert header == "epoch,learning_rate,train_loss,train_error,test_loss,test_error"
    model = keras.saving.load_model(tmp_path / "run" / "model.keras")
    wrong = model.predict({name: one[TESTED] for name, one in GIVEN.items()}, verbose=0).argmax(1) != HEAD[TESTED]
    assert wrong.mean() == pytest.approx(done.rows[-1].test_error, abs=1e-6)
    assert resnet_dsl.weights.read_about(tmp_path / "run" / "model.keras").classes == ("a", "b", "c")


def test_one_input_trains_every_head_on_any_set(tmp_path: Path) -> None:
    """Without its softmax `head` stands elsewhere in Keras' order of layers: weights go into the file by name."""
    options: dict[str, Any] = {"train_size": 160, "epochs": 1, "loss_weights": None}
    done, printed = trained(tmp_path, "digits", "digit", **options)
    assert "input 8x8x1 -> head 10 classes, aux 10 classes; 160 examples to train" in printed
    assert "note: `aux`: the network tells 12 classes apart, digits has 10" in printed
    test = load("digits").test
    predicted = keras.saving.load_model(tmp_path / "model.keras").predict(test.read(np.arange(len(test))), verbose=0)
    for output in done.rows[-1].outputs:
        wrong = predicted[output.name].argmax(1) != test.labels
        assert wrong.mean() == pytest.approx(output.test_error, abs=1e-6)


def test_images_of_an_example_are_cropped_and_mirrored_alike() -> None:
    image = np.random.default_rng(0).normal(size=(6, 8, 8, 1)).astype("float32")
    batch = {"left": image.copy(), "right": image.copy() * 2, "facts": np.ones((6, 8), "float32")}
    found = AugmentAlike(Augmenter(3, 2, True))(batch, 1, 2, 12, 6)
    assert not np.array_equal(found["left"], image)
    np.testing.assert_array_equal(found["right"], found["left"] * 2)
    np.testing.assert_array_equal(found["facts"], np.ones((6, 8)))


@pytest.mark.parametrize(
    ("text", "words", "remedy"),
    [
        ("head map { one -> conv(1, 1) }", "`map` of n does not tell classes apart: its output is 6x6x1", "`fit`"),
        ("head map { one -> avgpool(global) -> dense(2) -> sigmoid }", "`map` of n ends in `sigmoid`", "`softmax`"),
        ("head map { one -> avgpool(global) -> dense(1) }", "`map` of n has a single output", "`dense(2) -> softmax`"),
        ("output head, one", "`one` of n does not tell classes apart: its output is 6x6x4", "`fit`"),
        ("input more 5 head map { more -> dense(3) } output map, head, more", "`more` of n ends in `input`", "`fit`"),
    ],
)  # fmt: skip
def test_outputs_that_learn_something_else_are_refused_by_name(text: str, words: str, remedy: str) -> None:
    spec = f"network n {{ input 6x6x1 stage one {{ conv(4, 3) }} head {{ avgpool(global) -> dense(3) }} {text} }}"
    with pytest.raises(Failure) as caught:
        Classifier(pipeline.load_text(spec).compile())
    assert words in str(caught.value)
    assert remedy in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("pair", {"data": "digits"}, "pair takes `left`, `right`, `facts`, and `digits` holds one thing an example"),
        ("pair", {"data": "none.npz"}, "there is no file, folder or data set `none.npz`"),
        ("pair", {"data": "/dev/null.npz"}, "there is no file, folder or data set"),
        ("pair", {"data": "null\0.npz"}, "there is no file, folder or data set"),
        ("pair", {"data": "none.npz", "resize": (4, 4)}, "--resize: pair takes arrays by name"),
        ("pair", {"loss_weights": {"axu": 1.0}}, "pair has no output `axu`"),
        ("one_head", {"loss_weights": {"head": 1.0}}, "one_head has one output"),
    ],
)
def test_data_and_options_that_do_not_fit(tmp_path: Path, name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(Failure, match=words):
        train(network(name), TrainOptions(**options, out=tmp_path), Console(quiet=True))


def test_a_parameter_is_named_for_the_output_that_tells_too_few_apart(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", **GIVEN, head=HEAD, aux=np.arange(COUNT) % 7)
    with pytest.raises(Failure, match="`aux` has 7 classes, the network tells 3 apart") as caught:
        trained(tmp_path / "run", tmp_path / "set.npz")
    assert caught.value.remedy == "--set classes=7"


def test_compare_takes_no_such_network(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="takes networks with one input and one output, and pair has several"):
        compare([network()], CompareOptions(out=tmp_path / "c"), Console(quiet=True))
    one = Classifier(pipeline.load_text("network one { input 8x8x1 head { avgpool(global) -> dense(10) } }").compile())
    options = CompareOptions(out=tmp_path / "c", loss_weights={"head": 2.0})
    with pytest.raises(Failure, match="--loss-weights: one has one output"):
        compare([one], options, Console(quiet=True))


def test_the_sizes_of_inputs_are_kept_with_the_spec() -> None:
    sizes = {"left": (6, 6, 3), "right": (None, None, 1)}
    compiled = Classifier(pipeline.load_text(SPEC).compile("pair", input_size=sizes))
    assert compiled.settings["input"] == {"left": "6x6x3", "right": "?x?x1"}
    assert compiled.spec_text.endswith("\n# Compiled as: pair --input left=6x6x3 --input right=?x?x1\n")


@pytest.mark.parametrize("given", ["aux", "aux=x", "=1", "aux=1,aux=2", "aux=0", "aux=nan", "aux=inf"])
def test_weights_that_are_none(given: str) -> None:
    ended = call("train", "small_resnet8", "--loss-weights", given)
    assert ended.code == 2
    assert "--loss-weights" in ended.err


ROWS = [
    JointRecord.of(EpochRecord(epoch, 0.1, 1 / 3, 0.5, float("nan"), 0.25), (
        OutputRecord("a_test", 0.1, 0.2, 0.3, 1e-17), OutputRecord("head", 1, 0, 2, 1)
    ))
    for epoch in (1, 2)
]  # fmt: skip


def test_a_history_with_outputs_reads_back_to_the_bit(tmp_path: Path) -> None:
    for row in ROWS:
        history.append(tmp_path / "h.csv", row)
    text = (tmp_path / "h.csv").read_text()
    assert repr(history.keep(tmp_path / "h.csv", 2)) == repr(history.read(tmp_path / "h.csv"))
    assert (tmp_path / "h.csv").read_text().replace(".0", "") == text.replace(".0", "")
    assert [row.outputs for row in history.read(tmp_path / "h.csv")] == [row.outputs for row in ROWS]
    for damage in (text.replace("head_test_loss", "head_loss"), text.replace(",0,2,1\n", ",0,2\n")):
        (tmp_path / "h.csv").write_text(damage)
        with pytest.raises(Failure, match="is damaged"):
            history.read(tmp_path / "h.csv")
