"""Who has set Keras to other numbers, or another order of axes, gets models by Keras itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from resnet_dsl.targets.keras.direct.settings import are_usual


@pytest.mark.parametrize(
    ("said", "usual"),
    [
        (None, True),
        ("no JSON", True),
        ("[]", True),
        ("{}", True),
        (json.dumps({"floatx": "float32", "backend": "jax", "image_data_format": "channels_last"}), True),
        (json.dumps({"floatx": "float16"}), False),
        (json.dumps({"image_data_format": "channels_first"}), False),
    ],
)
def test_by_the_file_of_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, usual: bool
) -> None:
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    if said is not None:
        (tmp_path / "keras.json").write_text(said, encoding="utf-8")
    assert are_usual() is usual


@pytest.mark.parametrize(
    ("policy", "order", "usual"),
    [
        ("float32", "channels_last", True),
        ("mixed_float16", "channels_last", False),
        ("float32", "channels_first", False),
    ],
)
def test_by_keras_where_it_runs(monkeypatch: pytest.MonkeyPatch, policy: str, order: str, usual: bool) -> None:
    config = SimpleNamespace(dtype_policy=lambda: SimpleNamespace(name=policy), image_data_format=lambda: order)
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(config=config))
    assert are_usual() is usual
