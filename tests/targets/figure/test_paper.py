"""Figures for paper: letters of a fixed size, a width and a height that hold, and what is given up for them told."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import resnet_dsl
from resnet_dsl import pipeline, shipped
from resnet_dsl.targets.figure import FigureError, TooNarrowError, block_figure, figure
from tests.cli.calling import call
from tests.targets.figure.lanes_audit import audit_lanes
from tests.targets.figure.overlaps import faults
from tests.targets.figure.picture_audit import audit
from tests.targets.figure.test_any_graph import STEPS, network

WIDTHS = {"3.25in": 234.0, "5.5in": 396.0, "6.875in": 495.0}
"""Points: a column and a page of CVPR, a page of NeurIPS."""
PAGE = 639.0
LEAST = 5.5
USUAL = ("resnet50", "convnext_tiny", "residual_unet", "dla34")
BOTH = pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def sizes(drawn):
    boxes = [text for box in drawn.geometry.boxes for text in box.texts]
    return [text.size * drawn.scale for text in (*boxes, *drawn.geometry.texts)]


def fits(drawn, width, height=PAGE):
    printed = drawn.geometry.width * drawn.scale, drawn.geometry.height * drawn.scale
    return printed[0] == pytest.approx(width, abs=0.01) and printed[1] <= height and min(sizes(drawn)) >= LEAST


def as_remedy_says(facts, level, wide, said):
    """What comes out where one does what the refusal says; and how wide that is."""
    width = int(re.search(r"--width (\d+)mm", said)[1])
    height = re.search(r"--height (\d+)mm", said)
    more = {"height": f"{height[1]}mm"} if height else {}
    high = int(height[1]) * 72 / 25.4 if height else PAGE
    return figure(facts, level, wide, width=f"{width}mm", **more), width * 72 / 25.4, high


def check(facts, wide):
    """By stages: it fits and is true, or the refusal says what does."""
    for width, points in WIDTHS.items():
        try:
            drawn, *room = figure(facts, "stage", wide, width=width), points, PAGE
        except TooNarrowError as refused:
            drawn, *room = as_remedy_says(facts, "stage", wide, refused.remedy)
        assert fits(drawn, *room), width
        assert faults(drawn.geometry) == [], width
        assert read_back(facts, drawn) == [], width


def read_back(facts, drawn):
    """By lanes where it is drawn so; those of networks with open lengths are audited without a page."""
    geometry = drawn.geometry
    if any("plate" in box.classes for box in geometry.boxes):
        return (
            audit_lanes(facts, geometry, told=drawn.notes)
            if all(isinstance(length, int) for length in facts.shapes[0])
            else []
        )
    return audit(facts, geometry, "stage")


@BOTH
@pytest.mark.parametrize("name", USUAL)
def test_a_shipped_network_fits_a_column_and_a_page(name, wide):
    check(compiled(name), wide)


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_fits_a_column_and_a_page(name, wide):
    check(compiled(name), wide)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.integers(20, 180), st.sampled_from([None, "layer", "block", "stage"]), st.booleans())
def test_any_network_fits_or_says_what_does(steps, width, level, wide):
    facts = network(steps)
    try:
        drawn, *room = figure(facts, level, wide, width=f"{width}mm"), width * 72 / 25.4, PAGE
    except TooNarrowError as refused:
        drawn, *room = as_remedy_says(facts, level, wide, refused.remedy)
    assert fits(drawn, *room)
    assert faults(drawn.geometry) == []


def test_letters_have_the_sizes_of_papers_whatever_the_width():
    facts = compiled("resnet50")
    for width in WIDTHS:
        drawn = figure(facts, "stage", width=width)
        rows = {
            round(t.size * drawn.scale, 2) for box in drawn.geometry.boxes if "row" in box.classes for t in box.texts
        }
        assert rows == {7.0, 6.01}
        assert drawn.warnings == drawn.notes == ()


def test_what_is_given_up_is_told_step_by_step():
    facts = compiled("resnet50")
    steps = ["gaps are tight", "stem and head are a card each", "words are short", "it goes on in 4 rows"]
    assert figure(facts, "stage", True, width="11in").notes == ()
    assert figure(facts, "stage", True, width="3.25in").notes == tuple(steps)
    found = {figure(facts, "stage", True, width=f"{width}pt").notes for width in range(500, 780, 20)}
    assert {(), tuple(steps[:1]), tuple(steps[:2]), (*steps[:3], "it goes on in 2 rows")} <= found


def test_short_words_are_explained_below():
    said = figure(compiled("resnet50"), "stage", True, width="3.25in").svg()
    assert ">GAP<" in said
    assert "GAP: global avg pool" in said
    assert "GAP" not in figure(compiled("resnet50"), "stage", True, width="11in").svg()


@BOTH
def test_what_is_said_beside_an_arrow_is_said_where_it_goes_on_in_another_row(wide):
    """HRNet's stages hand over two, three and four values."""
    facts = compiled("hrnet_w18")
    for width, height in (("3.25in", "8in"), ("5.5in", "8in"), ("6.875in", "8in"), ("9in", "2.5in")):
        layout = "row" if wide else "column"
        said = figure(facts, "stage", layout=layout, width=width, height=height).svg()
        assert sorted(re.findall(r"\d values", said.split("</desc>")[1])) == ["2 values", "3 values", "4 values"], width


def test_a_level_that_no_page_holds_gives_way_to_a_coarser_one():
    assert figure(compiled("resnet152"), "layer", width="5.5in").notes[0] == "it is drawn by stages"
    assert "it is drawn by blocks" in figure(compiled("resnet18"), "layer", width="6.875in", height="100mm").notes


@BOTH
def test_a_height_holds(wide):
    for height in ("60mm", "90mm", "150mm"):
        drawn = figure(compiled("resnet50"), "stage", wide, width="160mm", height=height)
        assert fits(drawn, 160 * 72 / 25.4, float(height[:-2]) * 72 / 25.4), height


def test_a_page_is_as_high_as_a_paper_has_it():
    tall = figure(compiled("resnet34"), "block", width="6.875in")
    assert tall.geometry.height * tall.scale <= PAGE
    assert "it goes on in 2 columns" in tall.notes


def test_what_fits_nowhere_says_the_width_that_is_needed():
    facts = compiled("retinanet_resnet50_fpn")
    with pytest.raises(TooNarrowError, match="does not fit 83mm x 225mm") as refused:
        figure(facts, "stage", width="83mm")
    drawn, width, height = as_remedy_says(facts, "stage", False, refused.value.remedy)
    assert fits(drawn, width, height)


@pytest.mark.parametrize(
    "room", [{"width": "1pt"}, {"width": "20mm", "height": "1pt"}, {"width": "3pt", "view": "volume"}]
)
def test_a_room_for_not_one_row_is_told_what_would_do(room):
    facts = compiled("resnet18")
    with pytest.raises(TooNarrowError) as refused:
        figure(facts, "stage", **room)
    found = dict(re.findall(r"--(width|height) (\w+)", refused.value.remedy))
    assert figure(facts, "stage", **{**room, **found}).geometry


def test_more_rows_than_a_page_has_room_for_leave_scaling():
    stages = " ".join(f"stage s{number} {{ conv({3 + number % 2}, 3) }}" for number in range(1200))
    facts = pipeline.load_text(f"network n {{ input 8x8x3 {stages} }}").compile().facts
    with pytest.raises(TooNarrowError) as refused:
        figure(facts, "stage", width="20mm")
    assert refused.value.remedy == "it has more rows than a page: `--scale` makes its letters smaller"
    assert figure(facts, "stage", width="20mm", scale=True).geometry


def test_close_ups_have_the_same_letters():
    facts = [compiled("resnet34"), compiled("resnet50")]
    drawn = block_figure(facts, ["basic", "bottleneck"], "block", width="3.25in")
    assert fits(drawn, 234.0)
    assert max(sizes(drawn)) < 10, "the signs of merges are the largest"


def test_several_networks_say_the_width_that_they_need():
    facts = [compiled(name) for name in ("resnet18", "resnet50", "resnet152")]
    assert fits(figure(facts, "stage", width="6.875in"), 495.0)
    with pytest.raises(TooNarrowError) as refused:
        figure(facts, "stage", width="3.25in")
    assert fits(*as_remedy_says(facts, "stage", False, refused.value.remedy)[:2])


def test_scale_draws_what_is_drawn_without_a_width():
    facts = compiled("resnet152")
    scaled = figure(facts, "stage", True, width="85mm", scale=True)
    assert scaled.geometry == figure(facts, "stage", True).geometry
    assert scaled.scale == pytest.approx(85 * 72 / 25.4 / scaled.geometry.width)
    assert scaled.notes == ()


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"height": "9in"}, "`--height` needs a `--width`"), ({"scale": True}, "`--scale` needs a `--width`"),
     ({"width": "9in", "height": "9in", "scale": True}, "has no height"),
     ({"width": "9in", "height": "9"}, "no height")],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(asked, words):
    facts = compiled("cifar_resnet20")
    for draw in (figure, lambda facts, **asked: block_figure(facts, ["basic"], **asked)):
        with pytest.raises(FigureError, match=words):
            draw(facts, **asked)


def test_the_command_says_what_was_given_up_and_refuses_with_exit_code_2(tmp_path):
    path = tmp_path / "net.svg"
    done = call("draw", "resnet50", "--level", "stage", "--wide", "--width", "3.25in", "-o", str(path))
    assert done.code == 0
    assert "note: to fit the paper gaps are tight, stem and head are a card each" in done.err
    assert ET.parse(path).getroot().get("width") == "234.00pt"
    narrow = tmp_path / "narrow.svg"
    done = call("draw", "resnet50", "--level", "stage", "--width", "1cm", "-o", str(narrow))
    assert (done.code, narrow.exists()) == (2, False)
    assert "= help: it does with `--width " in done.err


def written_table():
    """What writes the table of docs/figures.md, and the page."""
    docs = Path(__file__).resolve().parents[3] / "docs"
    spec = importlib.util.spec_from_file_location("paper", docs / "paper.py")
    paper = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(paper)
    return paper.table, (docs / "figures.md").read_text(encoding="utf-8")


def test_the_table_of_the_reference_says_what_is_drawn():
    table, page = written_table()
    assert all(row in page for row in table(["resnet50", "hrnet_w18"]).splitlines())


@pytest.mark.slow
def test_the_whole_table_of_the_reference_says_what_is_drawn():
    table, page = written_table()
    assert table() in page


def test_a_page_of_html_has_no_size_on_paper(tmp_path):
    done = call("draw", "cifar_resnet20", "--width", "3.25in", "-o", str(tmp_path / "net.html"))
    assert (done.code, done.err) == (0, "warning: a page has no size on paper: name an .svg or .pdf for one\n")
