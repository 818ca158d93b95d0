"""Figures in steps: the last one shows all, each thing comes once, and nothing before what it reads."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from math import hypot

import pytest

from resnet_dsl import shipped
from resnet_dsl.targets.figure import FigureError, block_figure, figure
from resnet_dsl.targets.figure.layout.steps import STEPS, steps_of
from resnet_dsl.targets.figure.panels import Panel, PanelGrid, panel_figure
from resnet_dsl.targets.figure.theme import read_theme
from tests.cli.calling import call
from tests.targets.figure.overlaps import faults
from tests.targets.figure.test_files import hostile
from tests.targets.figure.test_tikz import TEX, compiled, typeset
from tests.targets.figure.tikz_reader import Reader
from tests.targets.figure.webdriver import BROWSER, DRIVER, Browser

SVG = "{http://www.w3.org/2000/svg}"


def panels(*names: str):
    drawn = [Panel(lambda width, height, name=name: figure(compiled(name), "stage", theme="slide"), letter)
             for letter, name in zip("ab", names, strict=True)]  # fmt: skip
    return panel_figure(drawn, PanelGrid(2), read_theme("light"))


FIGURES = {
    "stages": lambda: figure(compiled("resnet50"), "stage"),
    "blocks": lambda: figure(compiled("resnet34"), "block"),
    "layers": lambda: figure(compiled("seresnet18"), "layer"),
    "two": lambda: figure([compiled("plain34"), compiled("resnet34")], "block"),
    "lanes": lambda: figure(compiled("hrnet_w18"), "stage", layout="lanes"),
    "pages": lambda: figure(compiled("residual_unet"), "block", layout="row"),
    "framed": lambda: figure(compiled("resnet18"), "block", frame="block"),
    "inset": lambda: figure(compiled("resnet50"), "stage", insets=["bottleneck@conv3"]),
    "heads": lambda: figure(compiled("retinanet_resnet50_fpn"), "stage", layout="column"),
    "volumes": lambda: figure(compiled("unet_resnet34"), "stage", view="volume"),
    "panels": lambda: panels("resnet50", "resnet50"),
    "close-up": lambda: block_figure(compiled("resnet50"), ["bottleneck"]),
}


def wrong(geometry, by) -> list[str]:
    """What a step shows too early, too late, or not at all."""
    steps = steps_of(geometry, by)
    step = {box.key: at for box, at in zip(geometry.boxes, steps.boxes, strict=True)}
    found = [f"{path} comes before what it joins" for path, at in zip(geometry.paths, steps.paths, strict=True)
             if path.source and at != max(step[path.source], step[path.target])]  # fmt: skip
    found += [f"{p.target} before {p.source}" for p in geometry.paths if p.source and step[p.source] > step[p.target]]
    used = {*steps.boxes, *steps.texts, *steps.paths}
    found += [] if {*steps.boxes} == {*range(1, steps.count + 1)} >= used else [f"steps are {sorted(used)}"]
    return found + ([] if steps.until(geometry, steps.count) == geometry else ["the last one does not show all"])


@pytest.mark.parametrize("by", STEPS)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_comes_before_what_it_reads_and_the_last_step_shows_all(name, by):
    assert wrong(FIGURES[name]().geometry, by) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_comes_in_order(name):
    for level in ("stage", "block", "layer"):
        geometry = figure(compiled(name), level).geometry
        assert [fault for by in STEPS for fault in wrong(geometry, by)] == []


def test_by_stages_resnet_50_comes_in_six_steps():
    """Stem with the input, four stages, head (He et al. 2015, Table 1)."""
    geometry = FIGURES["stages"]().geometry
    steps = steps_of(geometry, "stage")
    added = [
        [text.words for box, at in zip(geometry.boxes, steps.boxes, strict=True) if at == number for text in box.texts]
        for number in range(1, steps.count + 1)
    ]
    assert added[0] == ["input 224×224×3", "7×7, 64, /2", "3×3 max pool, /2"]
    assert [words[0] for words in added[1:5]] == ["1×1, 64", "1×1, 128", "1×1, 256", "1×1, 512"]
    assert added[5:] == [["avg pool", "fc 1000"]]


def test_by_blocks_there_are_as_many_steps_as_blocks_and_two():
    assert steps_of(FIGURES["blocks"]().geometry, "block").count == 3 + 4 + 6 + 3 + 2


def test_brackets_and_the_legend_come_with_what_they_name():
    geometry = FIGURES["stages"]().geometry
    steps = steps_of(geometry, "stage")
    words = dict(zip((text.words for text in geometry.texts), steps.texts, strict=True))
    assert (words["resnet50"], words["conv2"], words["conv5"], words["head"]) == (1, 2, 5, 6)
    assert words["projection skip"] == 2, "the first stage projects"
    assert words["not drawn: batchnorm, relu, softmax"] == 1


CUT = {
    "cut": lambda: figure(compiled("resnet50"), theme="slide"),
    "cut blocks": lambda: figure(compiled("resnet18"), "block", layout="column", width="17cm", height="9cm"),
    "cut rows": lambda: figure(compiled("resnet50"), "stage", layout="row", width="4in"),
    "cut frames": lambda: figure(compiled("resnet18"), "block", layout="row", frame="stage"),
    "cut volumes": lambda: figure(compiled("resnet50"), "block", view="volume", width="12cm"),
}


@pytest.mark.parametrize("by", ["stage", "block"])
@pytest.mark.parametrize("name", [*CUT, *(name for name in FIGURES if name != "close-up")])
def test_what_stands_around_a_stage_comes_with_it(name, by):
    """Also in another column or row than the first: the words that are a stage's name, and the bracket beside them."""
    geometry = (CUT | FIGURES)[name]().geometry
    steps = steps_of(geometry, by)
    assert wrong(geometry, by) == []
    begins = first_steps(geometry, steps)
    named = [(text, at) for text, at in zip(geometry.texts, steps.texts, strict=True) if text.words in begins]
    assert [(text.words, at) for text, at in named if at not in begins[text.words]] == []
    brackets = [(bounds(path), at) for path, at in zip(geometry.paths, steps.paths, strict=True)
                if "bracket" in path.classes]  # fmt: skip
    for bracket, at in brackets:
        (_, words), *_ = sorted((apart(text.bounds, bracket), words) for text, words in zip(geometry.texts, steps.texts,
                                                                                            strict=True))  # fmt: skip
        assert at == words, "a bracket and its words are seen together"


def first_steps(geometry, steps) -> dict[str, set[int]]:
    """When each stage begins, in each of the columns in which it has boxes."""
    found: dict[str, dict[tuple, int]] = {}
    for box, at in zip(geometry.boxes, steps.boxes, strict=True):
        for place in box.within:
            if place[0] == "stage":
                columns = found.setdefault(place[1], {})
                column = box.key.partition("/")[0]
                columns[column] = min(at, columns.get(column, at))
    return {stage: {*columns.values()} for stage, columns in found.items()}


@pytest.mark.parametrize("name", CUT)
def test_the_line_to_another_column_comes_with_what_it_leads_to(name):
    geometry = CUT[name]().geometry
    steps = steps_of(geometry, "block")
    ways = [(path, at) for path, at in zip(geometry.paths, steps.paths, strict=True)
            if not path.source and path.classes == ("main",)]  # fmt: skip
    assert ways, "it is cut"
    around = [(box, at) for box, at in zip(geometry.boxes, steps.boxes, strict=True) if box.shape != "frame"]
    for way, at in ways:
        end = (*way.points[-1], *way.points[-1])
        begins = min(around, key=lambda pair: apart(pair[0].bounds, end))
        starts = [(*way.points[0], *way.points[0])]
        ends = min(around, key=lambda pair: apart(pair[0].bounds, starts[0]))
        assert ends[1] <= at == begins[1]


def bounds(path):
    xs, ys = zip(*path.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def apart(one, other) -> float:
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    return hypot(across, max(one[1] - other[3], other[1] - one[3], 0.0))


@pytest.mark.parametrize("name", [*CUT, *FIGURES])
def test_words_and_lines_around_boxes_say_whose_they_are(name):
    """By keys that the figure has; only remarks, and lines of the legend without an example, are the whole figure's."""
    geometry = (CUT | FIGURES)[name]().geometry
    keys = {box.key for box in geometry.boxes}
    assert {key for thing in (*geometry.texts, *geometry.paths) for key in thing.of} <= keys
    foot = max(box.bounds[3] for box in geometry.boxes)
    free = [text for text in geometry.texts if text.bounds[3] < foot]
    free += [path for path in geometry.paths if not path.source and "legend" not in path.classes]
    assert [thing for thing in free if not thing.of] == []


def test_networks_side_by_side_go_on_together():
    geometry = FIGURES["two"]().geometry
    steps = steps_of(geometry, "stage")
    step = {box.key: at for box, at in zip(geometry.boxes, steps.boxes, strict=True)}
    assert [at for key, at in step.items() if key.endswith("/conv4_block1_conv1")] == [4, 4]


@pytest.mark.parametrize("by", STEPS)
def test_the_frame_of_a_stage_in_lanes_comes_with_the_first_box_in_it(by):
    geometry = FIGURES["lanes"]().geometry
    steps = steps_of(geometry, by)
    pairs = list(zip(geometry.boxes, steps.boxes, strict=True))
    frames = [(box, at) for box, at in pairs if box.shape == "frame"]
    assert len(frames) > 2
    for frame, at in frames:
        left, top, right, bottom = frame.bounds
        inside = [step for box, step in pairs
                  if box is not frame and left < box.x < right and top < box.y < bottom]  # fmt: skip
        assert at == min(inside)


def test_panels_of_one_network_go_on_together():
    geometry = FIGURES["panels"]().geometry
    for by in STEPS:
        steps = steps_of(geometry, by)
        one, other = ([at for box, at in zip(geometry.boxes, steps.boxes, strict=True) if box.key.startswith(panel)]
                      for panel in ("0/", "1/"))  # fmt: skip
        assert one == other
    assert [at for text, at in zip(geometry.texts, steps.texts, strict=True) if text.words in ("a", "b")] == [1, 1]


def test_a_step_is_a_picture_without_faults():
    geometry = FIGURES["blocks"]().geometry
    steps = steps_of(geometry, "block")
    assert [fault for last in (1, 5, steps.count) for fault in faults(steps.until(geometry, last))] == []


def marked(svg: str, name: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(svg.encode()).iter() if name in one.get("class", "").split()]


def test_an_svg_is_animated_group_by_group():
    drawn = FIGURES["stages"]().with_steps("stage")
    svg = drawn.svg()
    steps = marked(svg, "rd-step")
    groups = {one.get("id"): one.get("style") for one in steps if one.get("id")}
    assert groups["conv3"] == "--rd-step:3"
    assert "prefers-reduced-motion" in svg
    assert "rd-step" not in FIGURES["stages"]().svg()
    inside = {id(child) for one in steps for child in one.iter() if child is not one}
    assert not [one for one in steps if id(one) in inside], "each thing is shown once"


def test_fragments_are_numbered_from_the_second_step_on():
    drawn = FIGURES["stages"]().with_steps("stage", fragments=True)
    indices = {int(one.get("data-fragment-index")) for one in marked(drawn.svg(), "fragment")}
    assert indices == {0, 1, 2, 3, 4}
    assert "<style>" not in drawn.svg()


def test_tex_has_overlays_of_beamer():
    drawn = FIGURES["blocks"]().with_steps("block")
    tikz = drawn.tex()
    line = next(line for line in tikz.splitlines() if "(rd-conv3-block1-conv1)" in line)
    assert "rd on=<5->" in line
    assert {int(n) for n in re.findall(r"rd on=<(\d+)->", tikz)} == {*range(2, 19)}
    plain = re.sub(r", rd on=<\d+->", "", tikz)
    assert Reader(tikz).geometry() == Reader(plain).geometry()
    assert "#" not in tikz, "a picture may stand in a frame of beamer as it is"


@pytest.mark.parametrize("by", STEPS)
def test_names_that_try_to_break_out_stay_text(by):
    drawn = figure(hostile(), "block")
    try:
        stepped = drawn.with_steps(by)
    except FigureError:
        return
    assert ET.fromstring(stepped.svg().encode()).tag == f"{SVG}svg"
    assert Reader(stepped.tex()).geometry()


def test_what_has_one_step_is_refused_with_what_has_more():
    drawn = figure(compiled("siamese_omniglot"), "block", layout="column")
    with pytest.raises(FigureError, match="one step only by stage") as refused:
        drawn.with_steps("stage")
    assert "`block` or `data`" in refused.value.remedy
    with pytest.raises(FigureError, match="`frame` is no step of a figure"):
        drawn.with_steps("frame")


@pytest.mark.parametrize(
    "shown", [("resnet18", "resnet34", "--roadmap"), ("siamese_omniglot",), ("resnet18", "--block", "basic")]
)
def test_steps_that_are_named_instead_are_several(shown, tmp_path, monkeypatch):
    """A roadmap is of no blocks, a close-up of one."""
    monkeypatch.chdir(tmp_path)
    for by in STEPS:
        refused = call("draw", *shown, "--steps", by, "-o", "n.svg")
        for other in re.findall(r"`(\w+)`", refused.err):
            assert call("draw", *shown, "--steps", other, "-o", "n.svg").code == 0


def test_the_command_draws_in_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("draw", "resnet18", "--steps", "stage", "-o", "a.svg").code == 0
    assert "rd-appear" in (tmp_path / "a.svg").read_text()
    assert call("draw", "resnet18", "--steps", "block", "--fragments", "-o", "b.svg").code == 0
    assert "data-fragment-index" in (tmp_path / "b.svg").read_text()
    assert call("draw", "resnet18", "--steps", "data", "-o", "c.tex").code == 0
    assert "rd on=<2->" in (tmp_path / "c.tex").read_text()
    uses = ("--steps stage -o d.dot", "--fragments -o d.svg", "--steps stage --fragments -o d.tex")
    for wrong_use in (*uses, "--steps stage -o d.html"):
        refused = call("draw", "resnet18", *wrong_use.split())
        assert (refused.code, list(tmp_path.glob("d.*"))) == (2, [])


@pytest.mark.tex
@TEX
def test_beamer_has_a_page_for_each_step_and_the_picture_keeps_its_place(tmp_path):
    drawn = figure(compiled("resnet18"), "stage", layout="row", width="4in").with_steps("stage")
    (tmp_path / "net.tex").write_text(drawn.tex())
    frames = r"\begin{frame}\input{net}\end{frame}" + rf"\begin{{frame}}{drawn.tex()}\end{{frame}}"
    said = typeset(tmp_path, rf"\documentclass{{beamer}}\usepackage{{tikz}}\begin{{document}}{frames}\end{{document}}")
    assert f"({2 * drawn.steps.count} pages" in said.replace("\n", ""), "read from a file and as it stands"
    assert "Overfull \\hbox" not in said


@pytest.mark.tex
@TEX
def test_in_a_paper_a_picture_in_steps_shows_all(tmp_path):
    drawn = FIGURES["stages"]().with_steps("stage")
    (tmp_path / "net.tex").write_text(drawn.tex())
    typeset(tmp_path, r"\documentclass{article}\usepackage{tikz}\begin{document}\input{net}\end{document}")
    assert "fc 1000" in pdf_text(tmp_path / "document.pdf")


def pdf_text(path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here")
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.mark.browser
@pytest.mark.skipif(None in (DRIVER, BROWSER), reason="no Chromium here")
def test_a_browser_plays_the_steps(browser, tmp_path):
    (tmp_path / "net.svg").write_text(FIGURES["stages"]().with_steps("stage").svg())
    browser.open(tmp_path / "net.svg")
    seen = "one => [+one.style.getPropertyValue('--rd-step'), +getComputedStyle(one).opacity]"
    hold = "for (const one of document.getAnimations()) { one.pause(); one.currentTime = %d }"
    at = f"(() => {{ {hold}; return [...document.querySelectorAll('.rd-step')].map({seen}) }})()"
    for time, last in ((500, 1), (2900, 3), (9000, 6)):
        assert all(opacity == (step <= last) for step, opacity in browser.run(at % time)), time
