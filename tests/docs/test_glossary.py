"""The glossary names what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "resnet_dsl"
ROWS = re.findall(
    r"^\| (.+?) \| .+ \| (.+) \|$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
)
PLACES = [(word, place) for word, cell in ROWS for place in re.findall(r"`([^` ]+)`", cell)]
NAMES = [(word, place) for word, place in PLACES if re.fullmatch(r"([a-z_]+\.)+\w+", place) and place != "in.channels"]


def test_there_are_words_and_each_stands_once() -> None:
    words = [word for word, _ in ROWS if word not in ("word", "---")]
    assert len(words) > 40
    assert len(words) == len(set(words))


@pytest.mark.parametrize(("word", "name"), NAMES)
def test_a_name_is_there(word: str, name: str) -> None:
    module, _, last = name.rpartition(".")
    path = PACKAGE / module.replace(".", "/")
    text = next(one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()).read_text(
        encoding="utf-8"
    )
    assert re.search(rf"\b{last}\b", text), f"{word}: {name}"
