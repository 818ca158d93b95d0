"""`resnet-dsl probe`: what is measured, beside what is predicted, in words, as data and as a figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resnet_dsl.cli import main

pytest.importorskip("keras")
GIVEN = ["probe", "small_resnet8", "--resize", "16x16", "--batch-size", "8"]


def test_measurement_and_prediction_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figure = tmp_path / "probe.svg"
    assert main([*GIVEN, "--predict", "--layers", "-o", str(figure)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("measured: small_resnet8: the gradient ")]
    assert [line for line in lines if line.startswith("predicted: small_resnet8: the gradient ")]
    assert sum(line.startswith("stem_conv ") for line in lines) == 2
    assert "small_resnet8, measured" in figure.read_text()


def test_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*GIVEN, "--format", "json"]) == 0
    (measured,) = json.loads(capsys.readouterr().out)
    assert (measured["source"], measured["verdict"]) == ("measured", "holds")
    assert len(measured["layers"]) == 8


def test_images_that_do_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "small_resnet8"]) == 2
    assert "--resize 16x16" in capsys.readouterr().err
