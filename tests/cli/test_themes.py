"""`draw --theme` and `list --themes`, as a user calls them."""

import json

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


def test_a_page_says_what_it_does_not_take(folder):
    assert "colours alone" in call("draw", "resnet18", "--theme", "cvpr", "-o", "a.html").err
    assert call("draw", "resnet18", "--theme", "dark", "-o", "b.html").err == ""
