"""A folder with the specs that commands are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import NET, TWO, WARNED, WRONG


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: small.resnet, two.resnet, wrong.resnet, warned.resnet."""
    for name, text in {"small": NET, "two": TWO, "wrong": WRONG, "warned": WARNED}.items():
        (tmp_path / f"{name}.resnet").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
