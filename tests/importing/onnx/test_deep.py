"""Files of many operators: they take time by their length, and come back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from resnet_dsl.importing.onnx import read_onnx
from resnet_dsl.pipeline import load_text
from tests.cli.calling import call

DEEP = """network deep {{
  input 8x8x3
  stem {{ conv(4, 3) -> norm -> act }}
  stage a {{ {blocks} x basic(4) }}
  head {{ avgpool(global) -> dense(2) }}
}}
"""


def seconds(blocks: int, folder: Path) -> tuple[float, int]:
    """Of processor time to read a file, and how many operations it holds."""
    (folder / "deep.resnet").write_text(DEEP.format(blocks=blocks))
    assert (
        call("compile", str(folder / "deep.resnet"), "--to", "onnx", "-o", str(folder / "deep.onnx"), "--force").code
        == 0
    )
    begun = time.process_time()
    flat = read_onnx(folder / "deep.onnx")
    return time.process_time() - begun, len(flat.graph.nodes)


def test_time_goes_by_the_length(tmp_path: Path) -> None:
    short, few = seconds(60, tmp_path)
    long, many = seconds(600, tmp_path)
    assert (few, many) == (60 * 7 + 6, 600 * 7 + 6)
    assert long < 30 * short  # ten times as long; by squares it would be a hundred


@pytest.mark.slow
def test_six_hundred_blocks_come_back(tmp_path: Path) -> None:
    seconds(600, tmp_path)
    made = call("import", str(tmp_path / "deep.onnx"), "-o", str(tmp_path / "again.resnet"))
    assert made.code == 0
    text = (tmp_path / "again.resnet").read_text()
    assert "600 x " in text
    assert load_text(text).compile().facts.count == load_text(DEEP.format(blocks=600)).compile().facts.count
