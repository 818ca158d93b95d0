"""What users are shown is what it was; where a change is meant, `python -m tests.golden.transcripts` writes it down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.transcripts import NEEDS, files, made, read, text_of


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_calls_say_what_they_said(file: Path) -> None:
    for package in NEEDS.get(file.stem, ()):
        pytest.importorskip(package)
    for before, now in zip(read(file), made(file), strict=True):
        assert now.said.splitlines() == before.said.splitlines(), f"`{now.call}` says something else"


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_a_transcript_is_written_in_one_way(file: Path) -> None:
    assert text_of(read(file)) == file.read_text(encoding="utf-8")
