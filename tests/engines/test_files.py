"""Files that were written here are run without Keras, and as the model that they hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.engines import runner
from resnet_dsl.engines.sessions import ENGINES
from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure
from tests.cli.calling import call

INSTALLED = [name for name, one in ENGINES.items() if one.installed]
NET = """
network net(classes = 3) {
  input ?x?x3
  stem { conv(4, 3) -> norm -> relu }
  stage one(stride = 2) { basic(8, groups = 2) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
network two from net { head other { one -> conv(2, 1) } }
"""
VALUES = np.random.default_rng(0).normal(size=(2, 8, 10, 3)).astype("float32")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.resnet").write_text(NET)
    return tmp_path


@pytest.mark.keras
def test_a_file_computes_what_its_model_does(folder: Path) -> None:
    if not INSTALLED:
        pytest.skip("no engine is installed")
    for name in ("net", "two"):
        for ending in ("keras", "onnx"):
            assert call("compile", f"net.resnet:{name}", "--to", ending, "--seed", "1").code == 0
        model = resnet_dsl.load_keras(f"{name}.keras")
        expected = runner(model, "keras")(VALUES)
        for engine in INSTALLED:
            for path in (f"{name}.keras", folder / f"{name}.onnx"):
                run = runner(path, engine)
                assert run.engine == engine
                found = run(VALUES)
                for one, other in zip(_all(found), _all(expected), strict=True):
                    np.testing.assert_allclose(one, other, atol=1e-5)


def _all(found: Any) -> list[Any]:
    return [found[name] for name in sorted(found)] if isinstance(found, dict) else [found]


@pytest.mark.keras
def test_keras_runs_its_files_where_it_is_asked_to(folder: Path) -> None:
    assert call("compile", "net.resnet:net", "--seed", "1").code == 0
    assert runner("net.keras", "keras").engine.startswith("keras")
    assert call("compile", "net.resnet:net", "--to", "onnx").code == 0
    with pytest.raises(Failure, match="Keras does not run"):
        runner("net.onnx", "keras")


def test_no_keras_is_imported(folder: Path) -> None:
    """In a process of its own: this one may have imported it."""
    if not INSTALLED:
        pytest.skip("no engine is installed")
    from subprocess import run as process

    assert call("compile", "net.resnet:net").code == 0
    lines = (
        "import sys, numpy, resnet_dsl",
        "found = resnet_dsl.runner('net.keras')(numpy.ones((1, 8, 8, 3), 'float32'))",
        "assert found.shape == (1, 3)",
        "print(*({'keras', 'tensorflow', 'jax', 'torch'} & {*sys.modules}))",
    )
    ended = process([sys.executable, "-c", "; ".join(lines)], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == ""


def test_a_file_that_is_no_model_is_refused(folder: Path) -> None:
    if not INSTALLED:
        pytest.skip("no engine is installed")
    for name in ("damaged.onnx", "damaged.keras"):
        (folder / name).write_bytes(b"PK no model")
        with pytest.raises(Failure, match="damaged"):
            runner(name)
        with pytest.raises(OSError, match="No such file"):
            runner(f"absent{name}")


def test_a_missing_package_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "net.onnx").write_bytes(b"")
    monkeypatch.setattr("resnet_dsl.engines.sessions.is_installed", lambda package: False)
    with pytest.raises(MissingPackageError, match="not installed"):
        runner("net.onnx")
