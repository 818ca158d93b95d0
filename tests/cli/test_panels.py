"""`draw figure.toml`: panels as they would be drawn alone, in rows, with letters; and nothing but specs is read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import resnet_dsl
from resnet_dsl.cli import panels
from resnet_dsl.cli.commands.draw import add_arguments
from resnet_dsl.targets.figure import figure
from tests.cli.calling import NET, call
from tests.targets.figure.overlaps import faults

THREE = """
columns = 2
[[panel]]
draw = "resnet18 --level stage"
caption = "ResNet-18"
[[panel]]
draw = "resnet34 resnet50 --block basic --block bottleneck --level block"
caption = "A basic block beside a bottleneck"
[[panel]]
draw = "sub/net.resnet --frame block"
letter = "(x)"
"""


@pytest.fixture
def paper(folder: Path) -> Path:
    (folder / "paper" / "sub").mkdir(parents=True)
    (folder / "paper" / "sub" / "net.resnet").write_text(NET, encoding="utf-8")
    (folder / "paper" / "figure.toml").write_text(THREE, encoding="utf-8")
    return folder


def drawn(path: Path, *more: str):  # type: ignore[no-untyped-def]
    import argparse

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args([str(path), *more])
    panels.output_of(options)
    return panels.draw_file(options, add_arguments)


def words(geometry) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.words for text in geometry.texts]


def test_each_panel_is_the_figure_that_it_is_alone(paper: Path) -> None:
    whole = drawn(paper / "paper" / "figure.toml").geometry
    alone = figure(resnet_dsl.load("resnet18").network("resnet18").compiled.facts, "stage").geometry
    own = [box for box in whole.boxes if box.within[0] == ("panel", "(a)")]
    assert len(own) == len(alone.boxes)
    right, down = own[0].x - alone.boxes[0].x, own[0].y - alone.boxes[0].y
    for box, other in zip(own, alone.boxes, strict=True):
        assert (box.x - other.x, box.y - other.y) == pytest.approx((right, down), abs=0.03)
        assert box.texts == () or box.texts[0].words == other.texts[0].words
        assert box.key == f"0/{other.key}"
    assert faults(whole) == []
    boxes = {box.key for box in whole.boxes}
    assert len(boxes) == len(whole.boxes)
    assert all({path.source, path.target} <= boxes | {""} for path in whole.paths)


def test_rows_letters_and_captions(paper: Path) -> None:
    whole = drawn(paper / "paper" / "figure.toml").geometry
    said = words(whole)
    for letter in ("(a) ResNet-18", "(b) A basic block beside a bottleneck", "(x)"):
        assert letter in said
    bounds = {}
    for box in whole.boxes:
        name = box.within[0][1]
        one, other = bounds.get(name, box.bounds), box.bounds
        bounds[name] = (*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:]))
    assert bounds["(a)"][2] < bounds["(b)"][0], "side by side"
    assert max(bounds["(a)"][3], bounds["(b)"][3]) < bounds["(x)"][1], "in the next row"
    captions = {text.words[:3]: text for text in whole.texts if text.words[:3] in ("(a)", "(b)", "(x)")}
    assert captions["(a)"].y == captions["(b)"].y, "one baseline in a row"
    assert captions["(a)"].y > max(bounds["(a)"][3], bounds["(b)"][3])


def test_a_lower_panel_stands_in_the_middle_of_its_row(paper: Path) -> None:
    """Where letters stand below; with letters at the top all of a row begin at one height."""
    for name, steps in (("one", "relu"), ("many", "relu " * 7)):
        (paper / f"{name}.resnet").write_text(f"network {name} {{ input 8x8x3 stage s {{ {steps} }} }}")
    two = "".join(f'[[panel]]\ndraw = "{name}.resnet --level layer"\n' for name in ("one", "many"))
    for letters, same in (("below", lambda top, bottom: top + bottom), ("top", lambda top, bottom: top)):
        (paper / "figure.toml").write_text(f'letters = "{letters}"\n{two}')
        boxes = [(box.key[0], box.bounds) for box in drawn(paper / "figure.toml").geometry.boxes]
        panels = [[bounds for key, bounds in boxes if key == number] for number in "01"]
        low, tall = ((min(top for _, top, *_ in one), max(bottom for *_, bottom in one)) for one in panels)
        assert low[1] - low[0] < tall[1] - tall[0] - 50
        assert same(*low) == pytest.approx(same(*tall), abs=4), letters


def test_letters_at_the_top_are_bold_as_in_nature(paper: Path) -> None:
    text = 'letters = "top"\n[[panel]]\ndraw = "resnet18 --level stage"\n[[panel]]\ndraw = "resnet34 --level stage"\n'
    (paper / "figure.toml").write_text(text)
    whole = drawn(paper / "figure.toml").geometry
    letters = [text for text in whole.texts if text.words in ("a", "b")]
    assert [(text.face, text.anchor) for text in letters] == [("bold", "start")] * 2
    assert max(text.y for text in letters) < min(box.bounds[1] for box in whole.boxes)
    (paper / "figure.toml").write_text(text.replace("top", "none"))
    assert not {"a", "b", "(a)"} & set(words(drawn(paper / "figure.toml").geometry))


def test_on_paper_all_panels_have_one_scale_and_the_width(paper: Path) -> None:
    whole = drawn(paper / "paper" / "figure.toml", "--width", "6.875in", "--height", "12in")
    assert whole.geometry.width * whole.scale == pytest.approx(6.875 * 72)
    assert whole.geometry.smallest * whole.scale >= 5.5
    sizes = {box.texts[0].size for box in whole.geometry.boxes if box.shape == "round" and box.texts}
    assert len(sizes) <= 2, "rows, and the thinner ones"
    small = call("draw", "paper/figure.toml", "--width", "2in", "-o", "x.svg")
    assert (small.code, (paper / "x.svg").exists()) == (1, False)
    assert "put fewer panels in a row (`columns`)" in small.err


@pytest.mark.parametrize("ending", ["svg", "tex", "dot", "drawio"])
def test_every_format_has_the_panels(paper: Path, ending: str) -> None:
    ended = call("draw", "paper/figure.toml", "-o", f"x.{ending}")
    assert ended.code == 0, ended.err
    shown = (paper / f"x.{ending}").read_text(encoding="utf-8")
    for said in ("ResNet-18", "A basic block beside a bottleneck"):
        assert said in shown.replace("-{}", "-")


def test_in_an_svg_each_panel_is_a_group_and_ids_stand_once(paper: Path) -> None:
    assert call("draw", "paper/figure.toml", "-o", "x.svg").code == 0
    root = ElementTree.parse(paper / "x.svg").getroot()
    assert sum(one.get("class") == "panel" for one in root.iter()) == 3
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_paths_are_relative_to_the_file(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paper / "paper" / "sub")
    assert call("draw", "../figure.toml", "-o", "../x.svg").code == 0
    (paper / "paper" / "resnet18").write_text("no spec")
    monkeypatch.chdir(paper / "paper")
    assert call("draw", "figure.toml", "-o", "y.svg").code == 0, "a name without an ending is a network that ships"
    assert (paper / "paper" / "x.svg").read_bytes() == (paper / "paper" / "y.svg").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("resnet5 --level stage", "E0268", "`resnet5` is no network that ships"),
        ("resnet18 --levl stage", "E0268", "did you mean `--level`?"),
        ("resnet18 --level stag", "E0268", "invalid choice: 'stag'"),
        ("resnet18 --inset basik", "E0268", "did you mean `basic`?"),
        ("resnet18 resnet34 resnet50 --diff", "E0268", "`--diff` compares two networks"),
        ("resnet18 --level stage --frame block", "E0268", "its cards are the frames"),
        ("resnet18 'x", "E0268", "No closing quotation"),
        ("", "E0268", "SPEC"),
        ("--help", "E0268", "SPEC"),
        ("-", "E0268", "`-` is no network that ships"),
        ("/etc/passwd", "E0268", "no file that ends in .resnet"),
        ("figure.toml", "E0268", "no file that ends in .resnet"),
        ("model.keras", "E0268", "no file that ends in .resnet"),
        ("resnet18 -o stolen.svg", "E0269", "`--output` is of the whole figure"),
        ("resnet18 --output=stolen.svg", "E0269", "`--output` is of the whole figure"),
        ("resnet18 --theme mine.toml", "E0269", "`--theme` is of the whole figure"),
        ("resnet18 --width 85mm", "E0269", "`--width` is of the whole figure"),
        ("resnet18 --engine system", "E0269", "`--engine` is of the whole figure"),
        ("resnet18; touch stolen.svg", "E0268", "`resnet18;` is no network that ships"),
        ("$(touch stolen.svg)", "E0268", "$(touch"),
        ("sub/none.resnet", "E0001", "there is no file"),
    ],
)
def test_what_a_panel_cannot_say_is_told_at_its_words(paper: Path, words: str, code: str, said: str) -> None:
    before = sorted(os.listdir(paper))
    (paper / "figure.toml").write_text(f'[[panel]]\ndraw = "resnet18"\n[[panel]]\ndraw = """{words}"""\n')
    ended = call("draw", "figure.toml", "-o", "out.svg")
    assert ended.code == (2 if code == "E0001" else 1), ended.err
    assert f"error[{code}]" in ended.err
    assert said in ended.err
    if code != "E0001":
        assert "--> figure.toml:4:8" in ended.err
    assert sorted(os.listdir(paper)) == sorted([*before, "figure.toml"]), "nothing is written"


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        ("mine.toml", "name a theme that ships, or a file beside this one"),
        ("cvpr,lok.toml", "did you mean `look.toml`?"),
        ("cvpr,mnoo", "did you mean `mono`?"),
        ("ours.resnet", "is no theme"),
        ("linked.toml", "it is no file that ends in .toml"),
        ("", "there are acm"),
    ],
)
def test_a_theme_that_is_none_is_told_with_what_is(paper: Path, theme: str, said: str) -> None:
    (paper / "look.toml").write_text("")
    (paper / "linked.toml").symlink_to("ours.resnet")
    (paper / "figure.toml").write_text(f'theme = "{theme}"\n[[panel]]\ndraw = "resnet18 --level stage"\n')
    ended = call("draw", "figure.toml", "-o", "out.svg")
    assert (ended.code, "--> figure.toml:1:9" in ended.err) == (1, True)
    assert said in ended.err


def test_a_theme_of_one_s_own_is_named_by_its_path_from_the_file(paper: Path) -> None:
    """And counts as it does on the command line, wherever that is called."""
    (paper / "sub").mkdir()
    (paper / "sub" / "look.toml").write_text('[colour]\nby = "none"\n')
    panel = '[[panel]]\ndraw = "resnet18 --level stage"\n'
    (paper / "plain.toml").write_text(panel)
    (paper / "sub" / "themed.toml").write_text(f'theme = "cvpr, look.toml"\n{panel}')
    assert call("draw", "plain.toml", "--theme", "cvpr,sub/look.toml", "-o", "plain.svg").code == 0
    assert call("draw", "sub/themed.toml", "-o", "themed.svg").code == 0
    assert (paper / "plain.svg").read_bytes() == (paper / "themed.svg").read_bytes()
    assert call("draw", "sub/themed.toml", "-o", "sub/look.toml").code == 2, "what is read is not written over"


def test_a_misspelt_choice_of_a_panel_is_told_with_the_near_one(paper: Path) -> None:
    (paper / "figure.toml").write_text(
        '[[panel]]\ndraw = "resnet18 --level stag"\n[[panel]]\ndraw = "resnet18 --blok a"'
    )
    told = [line for line in call("draw", "figure.toml").err.splitlines() if "help" in line]
    assert told == ["  = help: did you mean `stage`?", "  = help: did you mean `--block`?"]


def test_several_themes_that_ship_count_as_on_the_command_line(paper: Path) -> None:
    (paper / "plain.toml").write_text('[[panel]]\ndraw = "resnet18 --level stage"\n')
    (paper / "themed.toml").write_text('theme = "cvpr, mono"\n[[panel]]\ndraw = "resnet18 --level stage"\n')
    assert call("draw", "plain.toml", "--theme", "cvpr,mono", "-o", "plain.svg").code == 0
    assert call("draw", "themed.toml", "-o", "themed.svg").code == 0
    assert (paper / "plain.svg").read_bytes() == (paper / "themed.svg").read_bytes()


def test_all_mistakes_of_all_panels_are_told_together(paper: Path) -> None:
    (paper / "figure.toml").write_text('[[panel]]\ndraw = "x --levl a"\n[[panel]]\ndraw = "resnet18 -o x"\n')
    told = call("draw", "figure.toml").err
    assert re.findall(r"error\[(\w+)\]", told) == ["E0268", "E0269"]
    (paper / "figure.toml").write_text("columns = 0\n[[panel]]\nletter = 3\n")
    assert re.findall(r"error\[(\w+)\]", call("draw", "figure.toml").err) == ["E0259", "E0272", "E0258"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--level stage", "`--level` is of a panel"),
        ("--set classes=3", "`--set` is of a panel"),
        ("--scale", "a figure of panels has no `--scale`"),
        ("resnet18", "a figure by itself"),
        ("-o x.html", "a page has no panels"),
        ("-o paper/figure.toml", "is read here"),
        ("--width wide", "`wide` is no width"),
    ],
)
def test_options_of_the_command_that_do_not_fit(paper: Path, given: str, said: str) -> None:
    ended = call("draw", "paper/figure.toml", *given.split())
    assert ended.code == 2, ended.err
    assert said in ended.err
    assert not list(paper.glob("*.svg"))


def test_a_height_alone_is_refused(paper: Path) -> None:
    file = paper / "paper" / "figure.toml"
    file.write_text('height = "50mm"\n[[panel]]\ndraw = "resnet18"\n')
    refused = call("draw", str(file), "-o", str(paper / "n.svg"))
    assert (refused.code, (paper / "n.svg").exists()) == (2, False)
    assert "needs a `width`" in refused.err
    assert call("draw", str(file), "--width", "4in", "--height", "9in", "-o", str(paper / "n.svg")).code == 0


def test_a_theme_says_how_wide_a_page_is_and_how_high(paper: Path) -> None:
    """Nature: at most 170 mm high, two columns are 183 mm."""
    file = paper / "paper" / "figure.toml"
    file.write_text('columns = 1\ntheme = "nature"\n' + '[[panel]]\ndraw = "resnet18 --level stage"\n' * 2)
    refused = call("draw", str(file), "-o", str(paper / "n.svg"))
    assert "do not fit 89mm x 170mm" in refused.err
    file.write_text('theme = "nature"\n' + '[[panel]]\ndraw = "resnet18 --level stage"\n' * 2)
    whole = drawn(file, "--width", "full")
    assert whole.geometry.width * whole.scale == pytest.approx(183 * 72 / 25.4, abs=1)


def test_it_is_bounded(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join('[[panel]]\ndraw = "resnet18"\n' for _ in range(25))
    (paper / "figure.toml").write_text(many)
    assert "E0259" in call("draw", "figure.toml").err
    (paper / "figure.toml").write_text(f'[[panel]]\ndraw = "{"resnet18 " * 60}"\n')
    assert "at most 500 letters" in call("draw", "figure.toml").err
    monkeypatch.setattr("resnet_dsl.targets.figure.panels.MOST_THINGS", 300)
    (paper / "figure.toml").write_text('[[panel]]\ndraw = "resnet18"\n' * 8)
    ended = call("draw", "figure.toml")
    assert (ended.code, "more than 300 things to draw" in ended.err) == (2, True), ended.err
