"""A package that is not installed is told as such, with the remedy and exit code 2."""

import sys

import pytest

from resnet_dsl.cli import main


def test_missing_numpy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = [name for name in sys.modules if name.startswith("resnet_dsl.laboratory.signal.")]
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert main(["signal", "resnet18"]) == 2
    assert "`numpy` is not installed" in capsys.readouterr().err
