"""The figures: written whole, with a line a network."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from resnet_dsl.analyses.paths import paths
from resnet_dsl.laboratory.probe.figure import draw_paths, draw_signals
from resnet_dsl.laboratory.signal import predict
from tests.analyses.signal_networks import cifar


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_signals(tmp_path: Path, ending: str) -> None:
    signals = [predict(*cifar(20, residual)) for residual in (False, True)]
    path = tmp_path / f"signal.{ending}"
    draw_signals(path, signals)
    first = path.read_bytes()
    draw_signals(path, signals)
    assert len(first) > 1000
    assert path.read_bytes() == first
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_text_stays_text(tmp_path: Path) -> None:
    draw_signals(tmp_path / "signal.svg", [predict(*cifar(20, residual=True))], title="<at start>")
    text = (tmp_path / "signal.svg").read_text()
    assert "residual20, predicted" in text
    assert "&lt;at start&gt;" in text


def test_paths(tmp_path: Path) -> None:
    found = [(f"residual{depth}", paths(cifar(depth, residual=True)[0])) for depth in (20, 110)]
    draw_paths(tmp_path / "paths.svg", found)
    assert "residual110" in (tmp_path / "paths.svg").read_text()


def test_a_folder_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        draw_signals(tmp_path / "nowhere" / "signal.svg", [predict(*cifar(8, residual=True))])
