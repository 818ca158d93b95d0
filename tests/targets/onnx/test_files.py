"""Models in files: the same bytes each time, one file or two, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

import resnet_dsl
from resnet_dsl.failure import Failure
from resnet_dsl.targets.onnx import writing
from resnet_dsl.targets.onnx.calls import OnnxCalls
from resnet_dsl.targets.onnx.fresh import is_fresh
from resnet_dsl.targets.onnx.lower import lower
from resnet_dsl.targets.onnx.writing import save
from tests.cli.calling import NET
from tests.interpreter.expected import Expected, some_weights

BATCH = np.random.default_rng(1).normal(size=(2, 32, 32, 3)).astype("f4")


@pytest.fixture
def calls() -> OnnxCalls:
    found = resnet_dsl.load(NET).network()
    weights = some_weights(found.graph, found.compiled.shapes, np.random.default_rng(0))
    return lower(found.graph, found.compiled.shapes, weights, "last", {})


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the model had more than two gigabytes of weights."""
    monkeypatch.setattr(writing, "LARGEST", 1000)


def answer(path: Path) -> Any:
    onnx.checker.check_model(os.fspath(path), full_check=True)
    return onnxruntime.InferenceSession(os.fspath(path)).run(None, {"input": BATCH})[0]


def expected() -> Expected:
    found = resnet_dsl.load(NET).network()
    return Expected(found.graph, some_weights(found.graph, found.compiled.shapes, np.random.default_rng(0)), BATCH)


def test_a_file_is_the_same_again_and_computes_the_network(tmp_path: Path, calls: OnnxCalls) -> None:
    for name in ("one.onnx", "other.onnx"):
        save(calls, tmp_path / name, ("cat", "dog"))
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "other.onnx").read_bytes()
    expected().check(len(calls.shapes) - 1, answer(tmp_path / "one.onnx"))
    assert sorted(os.listdir(tmp_path)) == ["one.onnx", "other.onnx"]


@pytest.mark.usefixtures("two")
def test_what_protobuf_cannot_hold_stands_in_a_file_beside_it(tmp_path: Path, calls: OnnxCalls) -> None:
    save(calls, tmp_path / "net.onnx")
    assert sorted(os.listdir(tmp_path)) == ["net.onnx", "net.onnx.data"]
    model = onnx.load(tmp_path / "net.onnx", load_external_data=False)
    outside = [one for one in model.graph.initializer if one.data_location == onnx.TensorProto.EXTERNAL]
    assert len(outside) > 5
    assert {one.external_data[0].value for one in outside} == {"net.onnx.data"}
    assert (tmp_path / "net.onnx").stat().st_size < (tmp_path / "net.onnx.data").stat().st_size
    expected().check(len(calls.shapes) - 1, answer(tmp_path / "net.onnx"))
    first = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}
    save(calls, tmp_path / "net.onnx")
    assert first == {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("fails", ["write", "stored"])
def test_both_files_are_written_or_none(
    tmp_path: Path, calls: OnnxCalls, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """A disk that is full leaves the files of before, and nothing else."""

    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "net.onnx").write_text("old")
    (tmp_path / "net.onnx.data").write_text("old, too")
    monkeypatch.setattr(writing._Beside, fails, full)
    with pytest.raises(OSError, match="No space left"):
        save(calls, tmp_path / "net.onnx")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"net.onnx": "old", "net.onnx.data": "old, too"}


@pytest.mark.usefixtures("two")
def test_two_files_do_not_go_into_one_stream(calls: OnnxCalls) -> None:
    with pytest.raises(Failure, match="more than two gigabytes"):
        save(calls, "-")


@pytest.mark.usefixtures("two")
def test_a_file_beside_it_that_is_a_folder_is_told(tmp_path: Path, calls: OnnxCalls) -> None:
    (tmp_path / "net.onnx.data").mkdir()
    with pytest.raises(IsADirectoryError):
        save(calls, tmp_path / "net.onnx")
    assert os.listdir(tmp_path) == ["net.onnx.data"]


def test_a_fresh_model_says_so_until_it_is_changed(tmp_path: Path, calls: OnnxCalls) -> None:
    path = tmp_path / "net.onnx"
    save(calls, path, fresh=True)
    assert is_fresh(path)
    model = onnx.load(path)
    assert model.metadata_props[-1].key == "resnet_dsl.fresh"
    expected().check(len(calls.shapes) - 1, answer(path))
    trained = next(one for one in model.graph.initializer if one.name.endswith("kernel"))
    trained.raw_data = bytes(len(trained.raw_data))
    onnx.save(model, path)
    assert not is_fresh(path)
    save(calls, path)
    assert not is_fresh(path)


@pytest.mark.usefixtures("two")
def test_a_fresh_model_in_two_files_is_not_when_either_changes(tmp_path: Path, calls: OnnxCalls) -> None:
    path, beside = tmp_path / "net.onnx", tmp_path / "net.onnx.data"
    save(calls, path, fresh=True)
    assert is_fresh(path)
    beside.write_bytes(beside.read_bytes()[:-1] + b"\1")
    assert not is_fresh(path)
    beside.unlink()
    assert not is_fresh(path)


@pytest.mark.parametrize(
    "content", [b"", b"resnet_dsl.fresh", bytes(1000), b"\x72\x54\x0a\x10resnet_dsl.fresh\x12\x40" + b"0" * 64]
)
def test_what_is_no_model_is_not_fresh(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.onnx").write_bytes(content)
    assert not is_fresh(tmp_path / "net.onnx")
    assert not is_fresh(tmp_path / "none.onnx")
