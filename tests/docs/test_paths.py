"""Files and folders that the pages for developers name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md")
NAMED = [
    (page, path)
    for page in PAGES
    for path in re.findall(r"`([a-z_.]+/[\w./]*)`", (ROOT / page).read_text(encoding="utf-8"))
    if not re.search("[A-Z]{4}", path)  # places for a name of one's own
]


@pytest.mark.parametrize(("page", "path"), sorted(set(NAMED)))
def test_a_path_is_there(page: str, path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / "resnet_dsl" / path).exists(), f"{page}: {path}"
