"""The examples of the page on importing do what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from resnet_dsl.extras import is_installed
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.keras
@pytest.mark.skipif(not is_installed("onnx"), reason="onnx is not installed")
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "tests" / "fixtures" / "0.1.0" / "small.keras", tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(example, {})
    assert (tmp_path / "small.resnet").exists()
    assert (tmp_path / "small.onnx").exists()
