"""Which tests are marked ``keras``, and that all which names the usual ones names the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, _Refused, needs_keras

USUAL = "not slow and not backends and not tex and not browser and not editors"


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("import keras", True),
        ("from tensorflow import math", True),
        ('keras = pytest.importorskip("keras")', True),
        ("import json\nfrom resnet_dsl.targets.keras import to_keras", False),
        ("from resnet_dsl.laboratory.training import (\n    learner,\n)", True),
        ("from tests.interpreter import models", True),
        ("from tests.interpreter.cases import CHOICES", False),
        ("if TYPE_CHECKING:\n    import keras", False),
        ("def test_it():\n    import keras", False),
    ],
)
def test_a_module_that_imports_keras_is_known_by_its_text(tmp_path: Path, text: str, needed: bool) -> None:
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    assert needs_keras(tmp_path / "test_it.py") is needed


def test_without_keras_nothing_of_it_is_found() -> None:
    with pytest.raises(AssertionError, match=r"imports keras\.layers, and has no marker"):
        _Refused().find_spec("keras.layers")
    _Refused().find_spec("kerastuner")


def test_the_usual_tests_are_the_same_everywhere() -> None:
    for file in ("pyproject.toml", ".ci/run", "CONTRIBUTING.md"):
        assert re.findall(r"not slow[\w ]*\bbrowser and not editors", (ROOT / file).read_text(encoding="utf-8")) == [
            USUAL
        ], file


def test_every_marker_has_its_row() -> None:
    markers = set(re.findall(r'^  "(\w+): ', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE))
    rows = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert markers == rows
