"""A package that is not installed is told as such, with the remedy and exit code 2."""

import sys
from pathlib import Path

import pytest

from resnet_dsl.cli import main


def test_missing_numpy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = [name for name in sys.modules if name.startswith("resnet_dsl.laboratory.signal.")]
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert main(["signal", "resnet18"]) == 2
    assert "`numpy` is not installed" in capsys.readouterr().err


def test_what_keras_alone_writes_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for module in ("targets.keras.writing", "extras"):
        monkeypatch.setattr(f"resnet_dsl.{module}.is_installed", lambda package: False)
    assert main(["compile", "small_resnet8", "--seed", "-1", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert "Keras alone writes this, and is not installed: a seed below 0" in said
    assert 'pip install "resnet-dsl[tensorflow]"' in said
    assert not [*tmp_path.iterdir()]
