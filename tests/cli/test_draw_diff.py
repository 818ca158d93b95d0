"""`draw A B --diff`: what it takes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import call


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("resnet18", "`--diff` compares two networks, not 1"),
        ("resnet18 resnet34 resnet50", "not 3"),
        ("resnet18 resnet34 --block basic", "not of `--block`"),
        ("resnet18 resnet34 -o x.html", "not of `.html`"),
    ],
)
def test_what_is_no_comparison_is_refused(folder: Path, given: str, said: str) -> None:
    ended = call("draw", *given.split(), "--diff")
    assert (ended.code, list(folder.glob("*.svg"))) == (2, [])
    assert said in ended.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("resnet18 --roadmap", "and here is 1"),
        ("resnet50c --roadmap --level stage", "no `--level`"),
        ("resnet50c --roadmap --diff", "`--diff` compares two"),
        ("resnet50c --roadmap --inset basic", "no `--inset`"),
        ("resnet50c --roadmap --set classes=3", "a chain has several"),
        ("resnet50c --roadmap --width 85mm --height 85mm", "as high as its rows"),
        ("resnet50c --roadmap -o x.html", "not of `.html`"),
    ],
)
def test_what_is_no_roadmap_is_refused(folder: Path, given: str, said: str) -> None:
    ended = call("draw", *given.split())
    assert (ended.code, list(folder.glob("*.svg"))) == (2, [])
    assert said in ended.err


def test_a_roadmap_is_called_after_its_last_network(folder: Path) -> None:
    assert call("draw", "resnet50c", "--roadmap").code == 0
    assert call("draw", "two.resnet:plain", "--roadmap", "-o", "x.svg").code == 0
    assert "resnet50c" in (folder / "resnet50c.svg").read_text()
    assert "no skip" in (folder / "x.svg").read_text()


def test_networks_of_one_name_are_called_after_their_files(folder: Path) -> None:
    for name, width in (("a", 16), ("b", 32)):
        text = f"network net {{ input 32x32x3\n stem {{ conv({width}, 3) }} }}"
        (folder / f"{name}.resnet").write_text(text)
    assert call("draw", "a.resnet", "b.resnet", "--diff", "-o", "x.svg").code == 0
    drawn = (folder / "x.svg").read_text()
    assert "a.resnet:net" in drawn
    assert "b.resnet:net" in drawn


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        ("--formula -o n.svg", ["--formula"]),
        ("--block basic --title X -o n.svg", ["--title"]),
        ("--wide --show params -o n.html", ["--wide", "--show"]),
        ("--block basic --formula -o n.svg", []),
    ],
)
def test_what_says_nothing_in_a_figure_is_told(words, unused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    drawn = call("draw", "resnet18", *words.split())
    assert drawn.code == 0
    assert [option for option in ("--formula", "--title", "--wide", "--show") if f"`{option}" in drawn.err] == unused


def test_a_page_has_no_lanes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = call("draw", "resnet18", "--layout", "lanes", "-o", "n.html")
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
