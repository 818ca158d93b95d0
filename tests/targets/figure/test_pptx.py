"""A slide of native shapes: the network read back, lines held by boxes, words that stay text, the same bytes again."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET
import zipfile

import pytest

from resnet_dsl import shipped
from resnet_dsl.extras import is_installed
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import figure
from resnet_dsl.targets.figure.figure import Figure
from resnet_dsl.targets.figure.formats.bends import connector
from resnet_dsl.targets.figure.formats.groups import grouped
from resnet_dsl.targets.figure.formats.joints import Joints, is_orthogonal
from resnet_dsl.targets.figure.formats.palette import palette, shaded
from tests.cli.calling import call
from tests.targets.figure.lanes_audit import audit_lanes
from tests.targets.figure.multi_scale import shipped as shipped_with_scales
from tests.targets.figure.multi_scale import sized
from tests.targets.figure.picture_audit import audit
from tests.targets.figure.pptx_reader import MC, POINT, P, Slide
from tests.targets.figure.test_drawio import USUAL, compiled
from tests.targets.figure.test_files import EVIL, hostile
from tests.targets.figure.test_groups import FIGURES
from tests.targets.figure.test_picture import LEVELS
from tests.targets.figure.test_planes import GEOMETRY, SOLID

pytestmark = pytest.mark.skipif(not is_installed("pptx"), reason="python-pptx is not installed")

OLD = pytest.mark.parametrize("old", [False, True], ids=["PowerPoint", "others"])


NAMES = [name for name in FIGURES if name != "layers"]  # which is longer than slides are


def drawn(name) -> Figure:
    """A slide as large as the figure: places on it are those of the geometry."""
    found = FIGURES[name]()
    return Figure(found.geometry, found.theme, width=found.geometry.width)


@OLD
@pytest.mark.parametrize("name", NAMES)
def test_all_that_the_geometry_has_stands_where_it_has_it(name, old):
    one = drawn(name)
    geometry, ends, joints = one.geometry, grouped(one.geometry).ends, Joints(one.geometry)
    slide = Slide(one.pptx(), old)
    boxes = {shape.name: shape for shape in slide.boxes()}
    for box in geometry.boxes:
        assert boxes[ends[box.key]].bounds == pytest.approx(box.bounds, abs=0.01)
        assert boxes[ends[box.key]].tip == box.tip
    assert sorted(_words(slide.geometry())) == sorted(_words(geometry))
    found = [_cornered(line.points()) for line in slide.lines()]
    for path in geometry.paths:
        joint = joints.of(path)
        points = _cornered(joint.points if joint else path.points)
        assert any(_are_near(points, other) for other in found), path
    assert len(found) == len(geometry.paths)


def _words(geometry):
    inside = [text for box in geometry.boxes for text in box.texts]
    return [(text.words, text.face) for text in (*inside, *geometry.texts) if text.words]


def _cornered(points):
    """Without those at which a line goes straight on."""
    turns = [
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if all(abs(before[axis] - point[axis]) + abs(point[axis] - after[axis]) > 0.3 for axis in (0, 1))
    ]
    return [points[0], *turns, points[-1]]


def _are_near(one, other) -> bool:
    """The beginning may lie deeper in its box by a point or two, where a frame would have no extent."""
    slack = [2.1, *[0.3] * len(one)]
    return len(one) == len(other) and all(
        abs(x - u) < off and abs(y - v) < off for (x, y), (u, v), off in zip(one, other, slack, strict=False)
    )


@pytest.mark.parametrize("name", USUAL)
def test_the_network_is_read_back_from_the_slide(name):
    assert faults(compiled(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_the_slide(name):
    assert faults(compiled(name)) == []


def faults(facts):
    """On a slide as large as the figure: what is too small for a usual one is refused."""
    figures = ((level, figure(facts, level, layout=flow).geometry) for level in LEVELS for flow in ("column", "row"))
    contents = (
        (level, Figure(geometry, width=geometry.width).pptx())
        for level, geometry in figures
        if max(geometry.width, geometry.height) < 4032
    )
    return [
        fault
        for level, content in contents
        for old in (False, True)
        for fault in audit(facts, Slide(content, old).geometry(), level)
    ]


@pytest.mark.parametrize("name", ["unet_resnet34", "hrnet_w18", "dla34"])
def test_lanes_are_read_back_from_the_slide(name):
    network = shipped_with_scales(name)
    one = figure(network.facts, "stage", layout="lanes").geometry
    for old in (False, True):
        found = Slide(Figure(one, width=one.width).pptx(), old).geometry()
        assert audit_lanes(network.facts, found, sized(network)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_line_is_held_by_the_boxes_that_it_joins_at_the_side_at_which_it_ends(name):
    one = drawn(name)
    slide, joints, ends = Slide(one.pptx()), Joints(one.geometry), grouped(one.geometry).ends
    by_number = {shape.number: shape for shape in slide.shapes}
    ways = [joint for path in one.geometry.paths if (joint := joints.of(path))]
    joined = [joint for joint in ways if len(joint.points) == 2 or is_orthogonal(joint.points)]
    held = [line for line in slide.lines() if line.held]
    assert len(held) == len(joined) > 0
    pairs = [tuple(by_number[number].name for number, _ in line.held) for line in held]
    assert sorted(pairs) == sorted((ends[joint.source.key], ends[joint.target.key]) for joint in joined)
    for line in held:
        for point, end in zip((line.points()[0], line.points()[-1]), line.held, strict=True):
            left, top, right, bottom = by_number[end[0]].bounds
            site = slide.site(end)
            off = [abs(point[axis] - site[axis]) for axis in (0, 1)]
            assert min(off) < 2.1, "on the side of the site"
            assert off[0] <= (right - left) / 2 + 0.1
            assert off[1] <= (bottom - top) / 2 + 0.1


def test_a_skip_from_side_to_side_goes_around_what_it_skips():
    """Its frame has no width of its own, of which the corner could be a share."""
    bent = connector([(1_000_000, 0), (1_300_000, 0), (1_300_000, 900_000), (1_000_000, 900_000)])
    assert (bent.form, bent.frame[2:]) == ("bentConnector3", (12_700, 900_000))
    assert bent.corners == (round((1_300_000 - 1_000_000 + 12_700) / 12_700 * 100_000),)
    slide = Slide(drawn("stages").pptx())
    arc = next(line for line in slide.lines() if line.way == ("conv3",))
    rows = [shape for shape in slide.shapes if shape.way == ("conv3",) and shape.form == "roundRect"][1:]
    assert max(x for x, _ in arc.points()) > max(row.bounds[2] for row in rows) + 5


def test_a_line_for_which_there_is_no_connector_is_drawn():
    assert connector([(0, 0), (10, 10), (20, 0)]) is None
    assert connector([(0, 0), (9, 0), (9, 9), (18, 9), (18, 18), (27, 18), (27, 27)]) is None
    assert connector([(0, 0), (5, 0), (9, 0)]).form == "straightConnector1"


def test_groups_are_the_parts_of_the_network():
    two = Slide(drawn("two").pptx())
    assert two.groups["resnet34-conv3_block1"] == ("resnet34", "resnet34-conv3")
    assert {name for name, way in two.groups.items() if not way} == {"plain34", "resnet34", "figure-words"}
    blocks = Slide(drawn("blocks").pptx())
    assert [name for name, way in blocks.groups.items() if not way][:4] == ["stem", "conv2", "conv3", "conv4"]
    box = next(shape for shape in blocks.shapes if shape.name == "conv3_block2_conv1")
    assert box.way == ("conv3", "conv3_block2")


def test_a_shape_holds_its_words_and_its_colours():
    slide = Slide(drawn("stages").pptx())
    rows = {shape.name: shape for shape in slide.shapes}
    assert rows["conv3-0-1"].lines() == [
        [
            ("3×3, 128", 11.0, "plain", palette("light").colours.ink),
            ("/2", 11.0, "plain", palette("light").colours.projection),
            ("first", 8.0, "plain", palette("light").colours.projection),
        ]
    ]
    assert rows["conv3-0-1"].colour() == palette("light").fills[1]
    assert rows["conv3-0-1"].tip.startswith("conv3: 4 x (1×1, 128;")
    dashed = [line for line in slide.lines() if line.dashed]
    assert len(dashed) == 5, "four projections, and the legend's"
    assert {line.colour("{http://schemas.openxmlformats.org/drawingml/2006/main}ln/") for line in dashed} == {
        palette("light").colours.projection
    }


def test_words_are_not_wrapped_so_that_they_keep_their_places_in_another_font():
    content = Slide(drawn("stages").pptx()).files["ppt/slides/slide1.xml"].decode()
    assert content.count('wrap="none"') == content.count("<p:txBody>") - 1, "all but the title"


def test_a_slide_is_16_to_9_or_as_large_as_the_figure_is_printed():
    facts = compiled("resnet50")
    usual = Slide(figure(facts, "stage").pptx())
    assert usual.size == pytest.approx((13.333 * 72, 7.5 * 72), abs=0.05)
    left, top, right, bottom = _around(usual)
    assert min(left, top, usual.size[0] - right, usual.size[1] - bottom) > 20
    assert left == pytest.approx(usual.size[0] - right, abs=20), "in the middle"
    printed = figure(facts, "stage", width="85mm")
    slide = Slide(printed.pptx())
    assert slide.size == pytest.approx((85 / 25.4 * 72, printed.geometry.height * printed.scale), abs=0.01)
    row = next(shape for shape in slide.shapes if shape.name == "conv2-0-0")
    assert row.lines()[0][0][1] == 7.0, "points"


def test_a_figure_for_slides_stands_on_a_usual_slide_as_large_as_it_is():
    one = figure(compiled("resnet50"), "stage", wide=True, theme="slide")
    slide = Slide(one.pptx())
    assert slide.size == pytest.approx((960, 540), abs=0.01)
    row = next(shape for shape in slide.shapes if shape.lines() and shape.form == "roundRect")
    assert row.lines()[0][0][1] == 14.0, "points"
    left, _, right, _ = _around(slide)
    assert right - left <= 12.33 * 72 + 0.1


def _around(slide):
    lefts, tops, rights, bottoms = zip(*(shape.bounds for shape in slide.shapes), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def test_title_description_and_theme_are_there():
    one = figure(compiled("resnet50"), "stage", theme="dark")
    slide = Slide(one.pptx())
    assert (slide.title, slide.background) == ("resnet50", palette("dark").colours.ground)
    assert one.geometry.description in slide.files["ppt/notesSlides/notesSlide1.xml"].decode()
    about = slide.files["docProps/core.xml"].decode()
    assert "<dc:title>resnet50</dc:title>" in about
    assert "Canny" not in about


def test_letters_that_office_cannot_write_and_slides_that_are_too_long_are_refused(tmp_path, monkeypatch):
    deep = compiled("resnet152")
    with pytest.raises(Failure, match=r"the letters would be 0\.\d pt high on a slide") as refused:
        figure(deep, "layer").pptx()
    assert "--level stage" in refused.value.remedy
    assert figure(deep, "stage").pptx()
    monkeypatch.chdir(tmp_path)
    long = call("draw", "resnet18", "--width", "2000mm", "--scale", "-o", "n.pptx")
    assert (long.code, list(tmp_path.iterdir())) == (2, [])
    assert "at most 56 inches" in long.err


def test_small_letters_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = call("draw", "unet_resnet34", "--wide", "-o", "n.pptx")
    assert told.code == 0
    assert "warning: the smallest text is 2.9 pt on a slide" in told.err
    assert call("draw", "small_resnet8", "-o", "n.pptx").err == ""
    assert call("draw", "unet_resnet34", "--wide", "--width", "200mm", "-o", "n.pptx").err.startswith("note: ")


def test_names_stay_text():
    slide = Slide(figure(hostile(), "block").pptx())
    assert slide.title.startswith(EVIL[:35])
    assert [text.words for box in slide.geometry().boxes for text in box.texts]


@pytest.mark.parametrize(
    "title", ["a\x00b\x1b[31m\x0b", "]]>", "_x000D_", "a_x0041_x0042_", "<a:t>", "&amp;", "größe 大"]
)
def test_any_title_is_that_text(title):
    """Also what Office would take for a letter by its number."""
    content = figure(compiled("resnet18"), "stage", titles=[title]).pptx()
    said = "".join(letter if letter.isprintable() else " " for letter in title).strip()
    slide = Slide(content)
    assert said in [text.words for text in slide.geometry().texts]
    assert slide.title == said
    shown = [shape for shape in slide.shapes if shape.is_words and said in str(shape.lines())]
    for shape in shown:
        runs = [run.text for run in shape.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")]
        assert "".join(runs) == said
        assert not any("_x000D_" in run or "_x0041_" in run or "_x0042_" in run for run in runs)


def test_the_planes_of_a_solid_are_a_group():
    one = Figure(GEOMETRY, width=GEOMETRY.width)
    slide = Slide(one.pptx())
    (solid,) = [box for box in slide.geometry().boxes if box.shape == "solid"]
    assert solid.bounds == pytest.approx(SOLID.bounds, abs=0.01)
    for found, plane in zip(solid.planes, SOLID.planes, strict=True):
        assert sum(found.points, ()) == pytest.approx(sum(plane.points, ()), abs=0.02)
    planes = [shape for shape in slide.shapes if shape.name == "conv plane"]
    assert [shape.colour() for shape in planes] == [
        shaded(palette("light").fills[1], plane.shade) for plane in SOLID.planes
    ]
    assert {shape.way for shape in planes} == {("conv2", "conv")} or {shape.way[-1] for shape in planes} == {"conv"}


def test_python_pptx_edits_it_and_all_else_stays():
    pptx = pytest.importorskip("pptx")
    content = figure(compiled("resnet50"), "stage").pptx()
    presentation = pptx.Presentation(io.BytesIO(content))
    stage = next(shape for shape in presentation.slides[0].shapes if shape.name == "conv3")
    row = next(shape for shape in stage.shapes if shape.name == "conv3-0-0")
    assert row.text_frame.text == "1×1, 128"
    row.text_frame.paragraphs[0].runs[0].text = "1×1, 130"
    saved = io.BytesIO()
    presentation.save(saved)
    before, after = Slide(content), Slide(saved.getvalue())
    assert [shape.name for shape in before.shapes] == [shape.name for shape in after.shapes]
    changed = [(one.lines(), two.lines()) for one, two in zip(before.shapes, after.shapes, strict=True)]
    assert [two[0][0][0] for one, two in changed if one != two] == ["1×1, 130"]


def test_the_same_bytes_at_another_time(monkeypatch):
    one = figure(compiled("resnet18"), "stage").pptx()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert figure(compiled("resnet18"), "stage").pptx() == one


def test_the_layouts_fit_the_slide():
    """What a user adds stands on it."""
    slide = Slide(figure(compiled("resnet18"), "stage").pptx())
    wide = slide.size[0]
    layout = (
        slide.files["ppt/slideLayouts/slideLayout2.xml"].decode()
        + slide.files["ppt/slideMasters/slideMaster1.xml"].decode()
    )
    rights = [
        (int(x) + int(cx)) / POINT for x, cx in re.findall(r'<a:off x="(\d+)" y="\d+"/>\s*<a:ext cx="(\d+)"', layout)
    ]
    assert max(rights) == pytest.approx(wide * 0.95, rel=0.05)


STEPPED = {
    "cut": (lambda: figure(compiled("resnet50"), theme="slide"), "stage"),
    "blocks": (lambda: figure(compiled("resnet18"), "block"), "block"),
    "along the data": (lambda: figure(compiled("resnet50"), "stage"), "data"),
    "two": (lambda: figure([compiled("plain34"), compiled("resnet34")], "stage"), "stage"),
    "inset": (lambda: figure(compiled("resnet50"), "stage", insets=["bottleneck@conv3"]), "stage"),
    "volumes": (lambda: figure(compiled("resnet50"), "stage", view="volume"), "stage"),
}


def slides(content: bytes) -> list[Slide]:
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = [name for name in files.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    return [Slide(content, number=number) for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("name", STEPPED)
def test_in_steps_each_slide_has_what_is_seen_then_in_the_places_of_the_whole(name):
    draw, by = STEPPED[name]
    one = draw().with_steps(by)
    found = slides(one.pptx())
    assert len(found) == one.steps.count > 1
    for last, slide in enumerate(found, 1):
        seen = one.steps.until(one.geometry, last)
        assert letters(shape.words for shape in slide.shapes) == letters(words for words, _ in _words(seen))
        assert len(slide.lines()) == len(seen.paths)
        assert {number for line in slide.lines() for number, _ in line.held} <= {one.number for one in slide.shapes}
    told = [{_told(shape) for shape in slide.shapes} for slide in found]
    for before, after in itertools.pairwise(told):
        assert before < after, "what is there stays: same number, name, groups, place and words"
    assert told[-1] == {_told(shape) for shape in Slide(draw().pptx()).shapes}, "the last one shows all"


def letters(words):
    return sorted("".join(words).replace(" ", ""))


def _told(shape):
    return shape.number, shape.name, shape.way, shape.frame, shape.words


@pytest.mark.parametrize("name", ["cut", "blocks"])
def test_the_last_of_the_slides_is_the_network(name):
    facts, level = {"cut": (compiled("resnet50"), "stage"), "blocks": (compiled("resnet18"), "block")}[name]
    one = figure(facts, level).with_steps("stage")
    assert audit(facts, slides(Figure(one.geometry, width=one.geometry.width, steps=one.steps).pptx())[-1].geometry(),
                 level) == []  # fmt: skip


def test_slides_in_steps_go_over_into_each_other_and_have_titles_of_their_own():
    """The schema has the transition behind the map of colours; programs without Morph take the second of two."""
    content = figure(compiled("resnet50"), theme="slide").with_steps("stage").pptx()
    found = slides(content)
    assert [slide.title for slide in found] == [f"resnet50 ({number} of 6)" for number in range(1, 7)]
    spaces = {"p": P[1:-1], "mc": MC[1:-1], "p159": "http://schemas.microsoft.com/office/powerpoint/2015/09/main"}
    for number in range(1, 7):
        root = ET.fromstring(found[0].files[f"ppt/slides/slide{number}.xml"])
        parts = [child.tag.partition("}")[2] for child in root]
        assert parts == ["cSld", "clrMapOvr", *(["AlternateContent"] if number > 1 else [])]
        assert len(root.findall("mc:AlternateContent/mc:Choice/p:transition/p159:morph", spaces)) == (number > 1)
        assert len(root.findall("mc:AlternateContent/mc:Fallback/p:transition/p:fade", spaces)) == (number > 1)
    assert content == figure(compiled("resnet50"), theme="slide").with_steps("stage").pptx()


def test_too_many_slides_are_refused_with_what_makes_fewer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ("draw", "resnet152", "--level", "block", "--wide", "-o", "net.pptx", "--steps")
    refused = call(*asked, "data")
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
    assert "the most is 200" in refused.err
    assert "`--steps stage`" in refused.err
    assert call(*asked, "stage").code == 0
    assert len(slides((tmp_path / "net.pptx").read_bytes())) == 6
    assert call("draw", "resnet18", "--steps", "stage", "--fragments", "-o", "f.pptx").code == 2
    monkeypatch.setattr("resnet_dsl.targets.figure.formats.pptx.MOST_SHAPES", 100)
    with pytest.raises(Failure, match="6 slides would have"):
        figure(compiled("resnet18"), "stage").with_steps("stage").pptx()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here")
@pytest.mark.parametrize("name", ["stages", "blocks", "hostile"])
def test_libreoffice_opens_it_and_saves_the_same_groups_words_and_lines(name, tmp_path):
    """What it is given as drawn lines it saves as such; a straight line stays a connector."""
    one = drawn(name)
    saved = one.save(tmp_path / "net.pptx")
    run = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pptx"]
    subprocess.run([*run, "--outdir", str(tmp_path / "out"), str(saved)], capture_output=True, check=True, timeout=120)
    before, after = Slide(saved.read_bytes(), old=True), Slide((tmp_path / "out" / "net.pptx").read_bytes())
    assert [(shape.name, shape.way) for shape in after.shapes] == [(shape.name, shape.way) for shape in before.shapes]
    assert [shape.words for shape in after.shapes] == [shape.words for shape in before.shapes]
    for shape, other in zip(before.shapes, after.shapes, strict=True):
        assert other.bounds == pytest.approx(shape.bounds, abs=1.5) or shape.is_connector
