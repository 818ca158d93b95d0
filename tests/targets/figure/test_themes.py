"""Themes: names and files, one on top of the other; sizes as printed; colours that are measured."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import FigureError, block_figure, figure
from resnet_dsl.targets.figure.theme import Theme, about, read_theme, theme_names
from tests.targets.figure.drawn_networks import NETWORKS
from tests.targets.figure.test_palette import contrast

INCH, MILLIMETRE = 72.0, 72 / 25.4
SVG = "{http://www.w3.org/2000/svg}"


def written(tmp_path: Path, text: str, name: str = "mine.toml") -> str:
    (tmp_path / name).write_text(text, "utf-8")
    return str(tmp_path / name)


def codes(path: str) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        read_theme(path)
    return [
        (one.code, f"{one.place.span}".rpartition(".toml:")[2] if one.place else "")
        for one in refusal.value.diagnostics
    ]


PAGES = {
    "cvpr": (3.25 * INCH, 6.875 * INCH, 8.875 * INCH),
    "icml": (3.25 * INCH, 6.75 * INCH, 9 * INCH),
    "neurips": (5.5 * INCH, 5.5 * INCH, 9 * INCH),
    "ieee": (3.5 * INCH, 7.16 * INCH, 9 * INCH),
    "acm": (3.33 * INCH, 7 * INCH, 9.25 * INCH),
    "nature": (89 * MILLIMETRE, 183 * MILLIMETRE, 170 * MILLIMETRE),
}
"""Of venues: the width of a column and of the text, and how high a figure may be."""


@pytest.mark.parametrize("name", PAGES)
def test_venues_have_the_pages_that_their_guides_ask_for(name):
    page = read_theme(name).page
    assert (page.width, page.full, page.max_height) == pytest.approx(PAGES[name])


def test_what_ships_is_listed_and_told():
    assert {*PAGES, "slide", "poster", "web", "dark", "mono", "light", "auto"} == {*theme_names()}
    assert all(20 < len(about(name)) < 200 for name in theme_names())


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [None, "full"])
def test_a_figure_for_a_venue_is_as_wide_and_its_letters_as_large(name, width):
    drawn = figure(NETWORKS["resnet50"](), "stage", wide=width == "full", theme=name, width=width)
    page, text = read_theme(name).page, read_theme(name).text
    assert drawn.width == pytest.approx(page.full if width else page.width)
    assert drawn.geometry.height * drawn.scale <= page.max_height
    sizes = [one.size * drawn.scale for box in drawn.geometry.boxes for one in box.texts if "row" in box.classes]
    assert max(sizes) == pytest.approx(text.size)
    assert drawn.geometry.smallest * drawn.scale == pytest.approx(text.facts)
    assert not drawn.warnings


def test_a_width_of_ones_own_comes_first():
    drawn = figure(NETWORKS["resnet50"](), "stage", theme="cvpr", width="5in")
    assert drawn.width == 360


def test_full_needs_a_theme_that_has_a_page():
    with pytest.raises(FigureError, match="light"):
        figure(NETWORKS["resnet50"](), "stage", width="full")


def test_scaling_to_the_width_of_a_theme_tells_letters_below_its_least():
    drawn = figure(NETWORKS["resnet50"](), "stage", wide=True, theme="nature", scale=True)
    assert drawn.width == pytest.approx(89 * MILLIMETRE)
    assert drawn.warnings


def test_letters_of_a_theme_without_a_page_have_their_size():
    drawn = figure(NETWORKS["resnet50"](), "stage", theme="web")
    root = ET.fromstring(drawn.svg().encode())
    shown = float(root.get("width").removesuffix("pt")) / float(root.get("viewBox").split()[2])
    sizes = {float(one.get("font-size")) * shown for one in root.iter(f"{SVG}text")}
    assert any(size == pytest.approx(12, abs=0.01) for size in sizes)
    assert min(sizes) == pytest.approx(10, abs=0.01)


def test_themes_count_in_their_order(tmp_path):
    both = read_theme("cvpr,mono")
    assert (both.page, both.colour.fills) == (read_theme("cvpr").page, read_theme("mono").colour.fills)
    assert read_theme("mono,light").colour == read_theme("light").colour
    assert read_theme(["cvpr", "mono"]) == both
    mine = written(tmp_path, 'extends = ["cvpr", "mono"]\n[text]\nfacts = 6.5\n')
    assert read_theme(mine).text.facts == 6.5
    assert read_theme(mine).colour == both.colour
    assert read_theme(f"{mine},icml").page.full == 6.75 * INCH
    assert read_theme("mono", ["text.size=9", 'colour.by="stage"', "legend.place=right"]).text.size == 9


def test_a_theme_may_be_given_as_a_value():
    theme = read_theme("dark")
    assert isinstance(theme, Theme)
    networks = NETWORKS["resnet34"]()
    assert block_figure(networks, ["basic"], theme=theme).svg() == block_figure(networks, ["basic"], theme="dark").svg()


def test_a_file_extends_files_beside_it_and_no_others(tmp_path):
    (tmp_path / "inner").mkdir()
    written(tmp_path, "[text]\nsize = 9\n", "inner/base.toml")
    written(tmp_path, 'extends = ["base.toml"]\n', "inner/next.toml")
    assert read_theme(written(tmp_path, 'extends = ["inner/next.toml"]\n')).text.size == 9
    (tmp_path / "secret.txt").write_text("pass = word", "utf-8")
    (tmp_path / "leads.toml").symlink_to(tmp_path / "secret.txt")
    for name in ("leads.toml", "missing.toml", "inner", "ligth"):
        path = written(tmp_path, f'extends = ["mono", "{name}"]\n')
        assert codes(path) == [("E0271", "1:20")]
        with pytest.raises(Refusal) as refusal:
            read_theme(path)
        assert "word" not in str(refusal.value)


def test_themes_that_extend_each_other_are_refused(tmp_path):
    written(tmp_path, 'extends = ["b.toml"]\n', "a.toml")
    assert codes(written(tmp_path, 'extends = ["a.toml"]\n', "b.toml")) == [("E0271", "1:12")]
    wide = ", ".join(['"c.toml"'] * 8)
    written(tmp_path, "", "d.toml")
    written(tmp_path, f"extends = [{wide.replace('c.', 'd.')}]\n", "c.toml")
    assert codes(written(tmp_path, f"extends = [{wide}]\n", "e.toml"))[0][0] == "E0271"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[page]\nwidth = 3.25\n", [("E0258", "2:9")]),
        ('[page]\nwidth = "3.25"\n', [("E0259", "2:9")]),
        ('[colour]\nink = "black"\n', [("E0259", "2:7")]),
        ('[colour]\nink = "#999999"\n', [("E0270", "2:7")]),
        ('[colour]\nfills = ["#D5E8F7", "#333333"]\n', [("E0270", "2:21")]),
        ('[colour]\nground = "#777777"\nink = "#555555"\n', [("E0270", "3:7")]),
        ('[colour]\nborders = ["#000000"]\n', [("E0259", "2:11")]),
        ('[colour]\nborders = ["#FFEEEE", "#000000", "#000000", "#000000"]\n', [("E0270", "2:12")]),
        ('[kind.norm]\nfill = "#222222"\n', [("E0270", "2:8")]),
        ('[kind.conv]\nshow = "hide"\n', [("E0259", "2:8")]),
        ('[kind.merge]\nshow = "fold"\n', [("E0259", "2:8")]),
        ('[kind.batchnrom]\nshow = "thin"\n', [("E0257", "1:7")]),
        ('[words]\n"64" = "32"\n', [("E0259", "2:8")]),
        ('[words]\n"3×3 conv" = "5×3 conv"\n', [("E0259", "2:14")]),
        ("[text]\nfacts = 4\n", [("E0259", "2:9")]),
        ("[text]\nsize = 7\nleast = 8\n", [("E0259", "2:8")]),
        ("[box]\nheight = 8\n[text]\nsize = 10\n", [("E0259", "2:10")]),
        ("[line]\ndash = [1]\n", [("E0259", "2:8")]),
    ],
)
def test_what_does_not_go_together_is_told_where_it_stands(tmp_path, text, expected):
    assert codes(written(tmp_path, text)) == expected


COLOURS = some.from_regex("#[0-9A-F]{6}", fullmatch=True)


@given(COLOURS, some.one_of(some.none(), COLOURS))
def test_the_remedy_of_a_colour_followed_is_fine(ground, ink):
    """What follows from a ground can be read, or the theme says which ground would do."""
    settings = [f"colour.ground={ground}", *([f"colour.ink={ink}"] if ink else [])]
    for _ in range(3):
        try:
            colours = read_theme("light", settings).colour
        except Failure as failure:
            found = re.search(r'write "(#\w+)" as `(.+)`', failure.remedy)
            settings.append(f"{found[2]}={found[1]}")
        else:
            assert contrast(colours.ink, colours.ground) >= 4.5
            assert min(contrast(colours.faint, fill) for fill in (*colours.fills, colours.plain)) >= 4.5
            assert min(contrast(border, colours.ground) for border in colours.borders) >= 3
            return
    pytest.fail(f"{settings}: no end of remedies")


@given(COLOURS, COLOURS)
@example("#222222", "#228844")
def test_a_colour_that_is_told_to_be_too_near_gets_another(ground, fill):
    """Beside one that follows from others, too (the words on a fill); and the contrast does not read as enough."""
    said = {"colour.ground": ground, "colour.fills[0]": fill}
    for _ in range(4):
        try:
            read_theme(
                "light", [f"colour.ground={said['colour.ground']}", f'colour.fills=["{said["colour.fills[0]"]}"]']
            )
        except Failure as failure:
            ratio, least = re.search(r"a contrast of ([\d.]+), and ([\d.]+) can be seen", failure.lines[0]).groups()
            assert float(ratio) < float(least)
            if failure.remedy == "change the other colours, too":
                return
            colour, key = re.fullmatch(r'write "(#\w+)" as `(.+)`', failure.remedy).groups()
            assert said[key] != colour
            said[key] = colour
        else:
            return
    pytest.fail(f"{said}: no end of remedies")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("box.heigt=3", "heigt"),
        ("box.height=high", "number"),
        ("box.height", "sets nothing"),
        ("[box]\nheight=3", "sets nothing"),
        ("colour.by=operaton", "colour.by"),
        ("extends=light", "extends"),
        ("=3", "TOML"),
        ("a" * 200_000 + "=3", "large"),
    ],
)
def test_a_setting_that_is_none_is_refused(setting, told):
    with pytest.raises(Failure, match=told) as failure:
        read_theme("light", [setting])
    assert failure.value.remedy


def test_lines_are_drawn_as_the_theme_says():
    theme = read_theme("cvpr", ["line.width=0.5", "line.dash=[2, 1]", "line.corner=1", "line.arrow=3"])
    drawn = figure(NETWORKS["resnet50"](), "stage", theme=theme)
    svg = drawn.svg()
    assert f'stroke-dasharray="{2 / drawn.scale:.2f},{1 / drawn.scale:.2f}"' in svg
    thick = {float(one) * drawn.scale for one in re.findall(r'stroke-width="([\d.]+)"', svg)}
    assert min(thick) == pytest.approx(0.5, abs=0.01)
    assert {round(one.thickness * drawn.scale, 6) for one in drawn.geometry.boxes} == {0.5}
    rounded = {round(box.corner * drawn.scale, 6) for box in drawn.geometry.boxes if box.shape in ("round", "frame")}
    assert rounded == {1.0}


def test_rows_are_as_high_and_as_far_apart_as_the_theme_says():
    drawn = figure(NETWORKS["plain34"](), "block", theme=read_theme("light", ["box.height=30", "box.gap=20"]))
    rows = sorted((box.y, box.height) for box in drawn.geometry.boxes if "box" in box.classes)
    assert {tall for _, tall in rows} == {30}
    assert min(other[0] - one[0] for one, other in pairwise(rows)) == pytest.approx(50)


def test_no_background_is_painted_where_there_is_none():
    drawn = figure(NETWORKS["resnet34"](), "stage", theme=read_theme("dark", ["page.background=none"]))
    assert "background" not in drawn.svg()
    assert 'bgcolor="transparent"' in drawn.dot()
    assert r"\fill[ground]" not in drawn.tex()


def test_greys_of_the_theme_without_colours_are_told_apart():
    """Of neighbours in lightness (CIE L*): ten parts of a hundred are seen at a glance, eight side by side."""
    lights = [
        116 * ((contrast(fill, "#000000") * 0.05 - 0.05) ** (1 / 3)) - 16 for fill in read_theme("mono").colour.fills
    ]
    assert len(lights) == 4
    assert min(one - other for one, other in pairwise(lights)) >= 7.5
