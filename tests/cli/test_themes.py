"""`draw --theme` and `list --themes`, as a user calls them."""

import json
import os
from pathlib import Path

import pytest

from resnet_dsl.targets.figure.theme import theme_names
from tests.cli.calling import call


def test_themes_are_listed():
    told = call("list", "--themes").out
    assert [line.split()[0] for line in told.splitlines()] == [*theme_names()]
    assert call("list", "--themes", "--names").out.split() == [*theme_names()]
    assert [one["name"] for one in json.loads(call("list", "--themes", "--format", "json").out)] == [*theme_names()]
    assert call("list", "resnet", "--themes").code == 2


def test_a_figure_takes_names_files_and_single_keys(folder):
    (folder / "mine.toml").write_text('extends = ["mono"]\n[words]\nconv = "Faltung"\n', "utf-8")
    ended = call("draw", "resnet18", "--level", "block", "--theme", "cvpr,mine.toml", "--theme-set", "line.corner=0")
    assert ended.code == 0
    svg = (folder / "resnet18.svg").read_text("utf-8")
    assert 'width="234.00pt"' in svg
    assert "3×3 Faltung, 64" in svg
    assert 'rx="0"' in svg
    assert "#D5E8F7" not in svg


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--theme", "cvrp"], 2, "did you mean `cvpr`?"),
        (["--theme", "light,"], 2, "is no theme"),
        (["--theme", "missing.toml"], 2, "there is no file `missing.toml`"),
        (["--theme", "wrong.toml"], 1, "wrong.toml:2:1"),
        (["--theme-set", "box.heigth=3"], 2, "did you mean `height`?"),
        (["--theme-set", "box"], 2, "box.height=12"),
        (["--width", "full"], 2, "no page that is `full`"),
    ],
)
def test_what_is_no_theme_is_refused_and_nothing_is_written(folder, options, code, told):
    (folder / "wrong.toml").write_text("[box]\nheigth = 3\n", "utf-8")
    ended = call("draw", "resnet18", *options)
    assert ended.code == code
    assert told in ended.err
    assert not (folder / "resnet18.svg").exists()


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_no_theme_is_written_over(folder, link):
    """Nor one that it extends."""
    for name, text in {"mine": 'extends = ["base.toml"]\n', "base": "[line]\nwidth = 2\n"}.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
        link(folder / f"{name}.toml", folder / f"{name}.svg")
    for name in ("mine", "base"):
        before = (folder / f"{name}.toml").read_bytes()
        refused = call("draw", "resnet18", "--theme", "mine.toml", "-o", f"{name}.svg")
        assert (refused.code, (folder / f"{name}.toml").read_bytes()) == (2, before)
        assert "would be written over" in refused.err


def test_a_page_says_what_it_does_not_take(folder):
    assert "colours alone" in call("draw", "resnet18", "--theme", "cvpr", "-o", "a.html").err
    assert call("draw", "resnet18", "--theme", "dark", "-o", "b.html").err == ""


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("bn", "write `batchnorm`"),
        ("Conv2D", "write `conv`"),
        ("nrom", "did you mean `norm`?"),
        ("xyzzyx", "there are `weighted`, `attention`, `norm`, "),
    ],
)
def test_kinds_of_other_names_are_told_with_what_they_are_here(name: str, remedy: str, folder: Path) -> None:
    (folder / "kinds.toml").write_text(f'[kind.{name}]\nshow = "box"\n', "utf-8")
    (told,) = (
        line for line in call("draw", "small.resnet", "--theme", "kinds.toml").err.splitlines() if "help" in line
    )
    assert told.startswith(f"  = help: {remedy}")
    assert len(told) < 250
