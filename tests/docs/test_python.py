"""The page on the Python interface: its recipes run, in order, and it names all that there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl.extras import is_installed
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FIRST = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
OF_KERAS = next(at for at, (title, _) in enumerate(RECIPES) if "(Keras)" in title)


def run_all(recipes: list[tuple[str, str]]) -> None:
    names: dict[str, object] = {}
    for title, recipe in [("", FIRST), *recipes]:
        exec(compile(recipe, title, "exec"), names)


def test_what_needs_no_keras_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_all(RECIPES[:OF_KERAS])
    assert {path.name for path in tmp_path.iterdir()} == {"sweep.tex", "both.svg", "both.md", "differences.svg"}


@pytest.mark.keras
@pytest.mark.skipif(not is_installed("onnx"), reason="onnx is not installed")
def test_what_needs_keras_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_all(RECIPES[OF_KERAS:])
    assert (tmp_path / "mine.safetensors").exists()


def test_every_recipe_is_found() -> None:
    assert len(RECIPES) + 1 == PAGE.count("```python")


def public(name: str) -> list[str]:
    thing = getattr(resnet_dsl, name)
    if not inspect.isclass(thing) or thing is resnet_dsl.Graph or issubclass(thing, Exception):
        return []
    return [f"{name}.{member}" for member in vars(thing) if not member.startswith("_")]


@pytest.mark.parametrize("name", resnet_dsl.__all__)
def test_the_page_names_it_and_all_that_it_has(name: str) -> None:
    words = set(re.findall(r"\w+", PAGE))
    assert {word for full in [name, *public(name)] for word in full.split(".")} - words == set()
