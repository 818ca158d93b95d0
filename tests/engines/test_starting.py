"""Files in ONNX answer soon, with their weights as they lie there, and then fast; it is the same model all along."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.engines import runner
from resnet_dsl.engines.sessions import onnx_runtime
from resnet_dsl.engines.starting import MappedModel, NotMappedError, StartingSession
from resnet_dsl.failure import Failure
from tests.cli.calling import call

pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

NET = """
network net(classes = 3) {
  input ?x?x3
  stem { conv(16, 3) -> norm -> relu }
  stage one(stride = 2) { 2 x basic(32) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
"""
VALUES = np.random.default_rng(0).normal(size=(2, 8, 10, 3)).astype("float32")
MOST = 0.1
"""How much of its file a model without its weights may be, in the small network above."""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write(1)
    return "net.onnx"


def write(seed: int) -> None:
    Path("net.resnet").write_text(NET)
    assert call("compile", "net.resnet", "--to", "onnx", "--seed", str(seed), "--force", "--quiet").code == 0


def expected(path: str | bytes) -> Any:
    session = onnx_runtime(path)
    return session.run(None, {session.get_inputs()[0].name: VALUES})[0]


def refused(mapped: MappedModel) -> Any:
    raise AssertionError("the weights cannot stay in this file")


def test_first_and_later_answers_are_those_of_the_file(path: str) -> None:
    run, wanted = runner(path, "onnxruntime"), expected(path)
    for _ in range(3):
        np.testing.assert_allclose(run(VALUES), wanted, rtol=1e-5, atol=1e-7)


def test_the_first_answer_reads_no_weights_ahead(path: str) -> None:
    """The session that answers is made of the operators alone; only the second call has the weights arranged."""
    made: list[Any] = []

    def mapped(model: MappedModel) -> Any:
        made.append(model)
        return onnx_runtime(path)

    def fast(model: bytes | str) -> Any:
        made.append(model)
        return onnx_runtime(model)

    starting = StartingSession(path, mapped, fast)
    (lying,) = made
    assert len(lying.model) < MOST * os.path.getsize(path)
    assert os.path.samefile(lying.folder, ".")
    given = {starting.session.get_inputs()[0].name: VALUES}
    starting.run(given)
    assert len(made) == 1
    starting.run(given)
    starting.run(given)
    assert made[1:] == [path]


def test_what_lies_in_the_file_is_all_that_was_taken_out(path: str) -> None:
    """Read back by onnx itself, which finds each number where it is said to stand."""
    found: list[MappedModel] = []
    StartingSession(path, found.append, onnx_runtime)
    read = onnx.ModelProto.FromString(found[0].model)
    onnx.load_external_data_for_model(read, found[0].folder)
    for one in read.graph.initializer:
        one.ClearField("external_data")
        one.ClearField("data_location")
    assert read == onnx.load(path)


@pytest.mark.parametrize("change", ["removed", "replaced", "a link to it"])
def test_a_runner_keeps_the_model_that_it_was_made_of(path: str, change: str, tmp_path: Path) -> None:
    wanted, named = expected(path), path
    if change == "a link to it":
        (tmp_path / "elsewhere").mkdir()
        named = str(tmp_path / "elsewhere" / "link.onnx")
        os.symlink(tmp_path / path, named)
    run = runner(named, "onnxruntime")
    if change == "removed":
        os.remove(path)
    elif change == "replaced":
        write(2)
    for _ in range(3):
        np.testing.assert_allclose(run(VALUES), wanted, rtol=1e-5, atol=1e-7)
    if change == "replaced":
        assert np.abs(runner(path)(VALUES) - wanted).max() > 1e-3


def test_a_file_that_is_written_over_is_no_model_any_more(path: str) -> None:
    run = runner(path, "onnxruntime")
    run(VALUES)
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[::-1])
    with pytest.raises(Failure, match="written over") as failed:
        run(VALUES)
    assert "new runner" in str(failed.value.told())


def test_files_whose_weights_cannot_stay_are_read_whole(path: str, tmp_path: Path) -> None:
    """Numbers beside the file, a file that is cut off, empty, or no model: each is left to the engine's own reading."""
    model, content = onnx.load(path), Path(path).read_bytes()
    onnx.save(model, "beside.onnx", save_as_external_data=True, location="beside.data", size_threshold=1024)
    files = {"cut.onnx": content[:-100], "empty.onnx": b"", "text.onnx": b"network net { input 8x8x3 }"}
    for name, written in files.items():
        Path(name).write_bytes(written)
    for name in ("beside.onnx", *files):
        with pytest.raises(NotMappedError):
            StartingSession(name, refused, onnx_runtime)
    np.testing.assert_allclose(runner("beside.onnx")(VALUES), expected(path), rtol=1e-5, atol=1e-7)
    for name in files:
        with pytest.raises(Failure, match="damaged"):
            runner(name)


def test_calls_at_the_same_time_arrange_the_weights_once(path: str) -> None:
    made: list[Any] = []

    def fast(model: bytes | str) -> Any:
        made.append(model)
        return onnx_runtime(model)

    starting = StartingSession(path, lambda mapped: onnx_runtime(path), fast)
    given, wanted = {starting.session.get_inputs()[0].name: VALUES}, expected(path)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: starting.run(given)[0], range(32)):
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    assert made == [path]


def test_calls_that_fail_leave_a_runner_as_it_was(path: str) -> None:
    run = runner(path, "onnxruntime")
    with pytest.raises(Failure, match="a batch of"):
        run(VALUES[0])
    np.testing.assert_allclose(run(VALUES), expected(path), rtol=1e-5, atol=1e-7)
