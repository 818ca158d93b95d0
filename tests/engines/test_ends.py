"""What a runner is given: what the network does not take is refused, on whatever engine, with the way out."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.engines import Runner, runner
from resnet_dsl.engines.sessions import ENGINES
from resnet_dsl.extras import is_installed
from resnet_dsl.failure import Failure
from tests.cli.calling import call

NET = """
network net { input 8x6x3 stage s { conv(4, 3, pad = valid) } head { avgpool(global) -> dense(2) } }
network map { input 8x6x3 stage s { conv(4, 3, pad = valid) } }
network open from net { input ?x?x3 }
network pair { input left 8x6x3 input right 8x6x3 stage s { add(left, right) } }
"""
INSTALLED = [name for name, one in ENGINES.items() if one.installed]
VALUES = np.random.default_rng(0).normal(size=(2, 8, 6, 3)).astype("float32")
BATCH = r"`input` of `net.*` is a batch of 8x6x3, and is given "


@pytest.fixture(params=[pytest.param("keras", marks=pytest.mark.keras), *INSTALLED])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.resnet").write_text(NET)
    return tmp_path


def made(name: str, engine: str) -> Runner:
    assert call("compile", f"net.resnet:{name}", "--seed", "1", "--quiet").code == 0
    return runner(f"{name}.keras", engine)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (VALUES[0], BATCH + r"an array of shape \(8, 6, 3\)"),
        (VALUES[0, 0], BATCH + r"an array of shape \(6, 3\)"),
        (VALUES[None], BATCH + r"an array of shape \(1, 2, 8, 6, 3\)"),
        (VALUES[:, :5], BATCH + r"an array of shape \(2, 5, 6, 3\)"),
        (VALUES[..., :1], BATCH + r"an array of shape \(2, 8, 6, 1\)"),
        (VALUES.transpose(0, 3, 1, 2), BATCH + r"an array of shape \(2, 3, 8, 6\)"),
        (1.5, BATCH + "no array"),
        (VALUES + 1j, "real numbers, and its `input` is given complex64"),
        (np.full(VALUES.shape, "1"), "is given str32"),
        (np.full(VALUES.shape, None), "is given object"),
        (np.zeros(VALUES.shape, "M8[s]"), r"is given datetime64\[s\]"),
        ([[1.0], [2.0, 3.0]], "an input is no array of numbers"),
        (None, "is given object"),
        (np.full(VALUES.shape, 1e39), "numbers beyond 3.4e38"),
    ],
)
def test_what_is_no_batch_of_the_inputs_is_refused(folder: Path, engine: str, value: Any, says: str) -> None:
    run = made("net", engine)
    with pytest.raises(Failure, match=says):
        run(value)
    assert run(VALUES).shape == (2, 2)


def test_the_remedies_help(folder: Path, engine: str) -> None:
    run = made("net", engine)
    for value, remedy in ((VALUES[0], "array[None]"), (VALUES.astype(object), 'array.astype("float32")')):
        with pytest.raises(Failure) as refused:
            run(value)
        assert f"`{remedy}`" in str(refused.value.remedy)
        assert run(eval(remedy, {"array": value})).shape[1:] == (2,)


def test_inputs_of_different_batches_are_refused(folder: Path, engine: str) -> None:
    """An engine would add the one sample of an input to all of the other."""
    run = made("pair", engine)
    for left, right in ((2, 1), (1, 2), (3, 2)):
        with pytest.raises(Failure, match=f"`left: {left}`, `right: {right}`"):
            run([np.ones((left, 8, 6, 3)), np.ones((right, 8, 6, 3))])
    assert run([VALUES, VALUES]).shape == VALUES.shape


def test_sizes_at_which_an_operation_does_not_fit_are_refused(folder: Path, engine: str) -> None:
    """OpenVINO computed numbers of a window in which no pixel lies."""
    run = made("open", engine)
    for height, width in ((2, 2), (2, 9), (0, 9)):
        with pytest.raises(Failure, match=rf"`open` does not take `{height}x{width}x3`: `conv` has a window of 3"):
            run(np.ones((1, height, width, 3)))
    assert run(np.ones((1, 3, 3, 3))).shape == (1, 2)


def test_what_an_engine_refuses_is_told_by_name(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of a file in ONNX no graph of ours is read: the engine finds that no window lies in so small an image."""
    if not is_installed("onnx"):
        pytest.skip("onnx is not installed")
    assert call("compile", "net.resnet:open", "--to", "onnx", "--quiet").code == 0
    for engine in INSTALLED:
        run = runner("open.onnx", engine)
        capfd.readouterr()
        with pytest.raises(Failure, match=rf"{engine} cannot run `open.onnx` on `2x2x3`: "):
            run(np.ones((1, 2, 2, 3)))
        assert capfd.readouterr() == ("", "")


def test_nothing_is_printed_of_a_damaged_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """ONNX Runtime prints to the output, where data may be, before it tries again what it cannot read."""
    if "onnxruntime" not in INSTALLED or not is_installed("onnx"):
        pytest.skip("onnxruntime is not installed")
    assert call("compile", "net.resnet:net", "--to", "onnx", "--quiet").code == 0
    (folder / "net.onnx").write_bytes((folder / "net.onnx").read_bytes().replace(b"input", b"in\xffut", 1))
    capfd.readouterr()
    with pytest.raises(Failure, match=r"`net.onnx` is damaged"):
        runner("net.onnx", "onnxruntime")
    assert capfd.readouterr() == ("", "")


def test_a_file_of_onnx_is_held_to_its_shapes_by_any_spelling_of_its_ending(folder: Path) -> None:
    if not INSTALLED or not is_installed("onnx"):
        pytest.skip("no engine is installed")
    assert call("compile", "net.resnet:net", "--to", "onnx", "--channels", "first", "-o", "NET.ONNX").code == 0
    run = runner("NET.ONNX")
    assert run(VALUES.transpose(0, 3, 1, 2)).shape == (2, 2)
    with pytest.raises(Failure, match=r"a batch of 3x8x6, and is given an array of shape \(2, 8, 6, 3\)"):
        run(VALUES)


@pytest.mark.keras
@pytest.mark.parametrize("samples", [0, 2])
def test_a_model_is_not_given_to_keras_for_what_cannot_be_compared(folder: Path, samples: int) -> None:
    """First results are compared with the model's own: of no sample, and where there is no number, nothing is."""
    if not INSTALLED:
        pytest.skip("no engine is installed")
    assert call("compile", "net.resnet:map").code == 0
    first = VALUES[:samples].copy()
    first[:, 0, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert runner(resnet_dsl.load_keras("map.keras"))(first).shape == (samples, 6, 4, 4)
