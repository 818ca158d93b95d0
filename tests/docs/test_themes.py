"""The page on themes: its tables and pictures are made of the themes that ship, its examples are themes."""

import importlib.util
import re

import pytest

from resnet_dsl.source import Source
from resnet_dsl.targets.figure.theme import read_theme, theme_names
from resnet_dsl.targets.figure.theme.keys import FORM
from resnet_dsl.toml import read_toml_text
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "themes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("themes", DOCS / "themes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_up_to_date(maker):
    assert maker.page(PAGE) == PAGE, "run `python docs/themes.py`"


def test_the_pictures_are_up_to_date(maker, tmp_path):
    maker.pictures(tmp_path)
    assert {path.stem for path in (DOCS / "themes").iterdir()} == {*theme_names()}
    for path in (tmp_path / "themes").iterdir():
        assert path.read_bytes() == (DOCS / "themes" / path.name).read_bytes(), "run `python docs/themes.py`"
        assert f"themes/{path.name}" in PAGE


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_themes(text, tmp_path):
    assert read_toml_text(Source("t.toml", text), FORM).values
    (tmp_path / "t.toml").write_text(text, "utf-8")
    read_theme(str(tmp_path / "t.toml"))
