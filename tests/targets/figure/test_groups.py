"""An SVG that an editor takes: groups named as the network's parts are, text with its box, ids that lines refer to."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl import pipeline
from resnet_dsl.extras import is_installed
from resnet_dsl.targets.figure import FigureError, block_figure, figure, write_page
from resnet_dsl.targets.figure.formats import fonts
from tests.cli.calling import call
from tests.targets.figure.test_files import TEX_EVIL, hostile

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"


def shipped(name):
    return resnet_dsl.load(name).network(name).compiled.facts


FIGURES = {
    "stages": lambda: figure(shipped("resnet50"), "stage"),
    "blocks": lambda: figure(shipped("resnet34"), "block"),
    "layers": lambda: figure(shipped("seresnet50"), "layer", theme="auto"),
    "wide": lambda: figure(shipped("resnet152"), "block", wide=True),
    "two": lambda: figure([shipped("plain34"), shipped("resnet34")], "block"),
    "twice": lambda: figure([shipped("resnet34"), shipped("resnet34")], "stage"),
    "insets": lambda: figure(shipped("hrnet_w18"), "stage"),
    "ends": lambda: figure(shipped("retinanet_resnet50_fpn"), "stage"),
    "formula": lambda: block_figure(shipped("resnet34"), ["basic"], formula=True),
    "hostile": lambda: figure(hostile(), "block"),
}


def tree(drawn):
    return ET.fromstring(drawn.svg().encode())


def ids(root):
    return [one.get("id") for one in root.iter() if one.get("id")]


@pytest.mark.parametrize("name", FIGURES)
def test_ids_stand_once_and_lines_refer_to_them(name):
    root = tree(FIGURES[name]())
    found = ids(root)
    assert len({*found}) == len(found)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", one) for one in found)
    ends = [edge.get(end) for edge in root.iter(f"{SVG}g") for end in ("data-from", "data-to") if edge.get(end)]
    assert {*ends} <= {*found}


@pytest.mark.parametrize("name", FIGURES)
def test_all_that_the_geometry_has_is_drawn_once(name):
    drawn = FIGURES[name]()
    root = tree(drawn)
    groups = [one.get("class", "").split() for one in root.iter(f"{SVG}g")]
    assert sum("node" in classes for classes in groups) == len(drawn.geometry.boxes)
    assert sum("edge" in classes for classes in groups) == len(drawn.geometry.paths)
    texts = [text.words for box in drawn.geometry.boxes for text in box.texts]
    texts += [text.words for text in drawn.geometry.texts]
    assert sorted(one.text or "" for one in root.iter(f"{SVG}text")) == sorted(texts)


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_lies_outside_the_picture(name):
    drawn = FIGURES[name]()
    for one in tree(drawn).iter():
        numbers = [one.get(at) for at in ("x", "y", "width", "height") if one.tag != f"{SVG}svg"]
        numbers += re.findall(r"-?[\d.]+", f"{one.get('d', '')} {one.get('points', '')}")
        assert all(float(number) >= 0 for number in numbers if number), ET.tostring(one)


def parents(root):
    return {child: parent for parent in root.iter() for child in parent}


def way_to(root, id_):
    """The ids of the groups around an element, from the outside."""
    above = parents(root)
    element = next(one for one in root.iter() if one.get("id") == id_)
    found = []
    while element in above:
        element = above[element]
        found.insert(0, element.get("id"))
    return [one for one in found if one]


def test_an_operation_lies_in_its_block_in_its_stage():
    root = tree(FIGURES["blocks"]())
    assert way_to(root, "conv3_block2_conv1") == ["conv3", "conv3_block2"]
    assert way_to(root, "conv3_block1_conv1--conv3_block1_conv2") == ["conv3", "conv3_block1"]
    assert way_to(root, "conv3_block1_add--conv3_block2_conv1") == ["conv3"], "between two blocks of a stage"
    assert way_to(root, "conv3_block4_add--conv4_block1_conv1") == ["figure-lines"]
    layers = [one.get("id") for one in root.iter() if one.get(f"{INKSCAPE}groupmode") == "layer"]
    assert layers == ["stem", "conv2", "conv3", "conv4", "conv5", "head", "figure-lines", "figure-words"]


def test_groups_are_the_scopes_of_the_graph():
    facts = shipped("seresnet50")
    root = tree(figure(facts, "layer"))
    named = {one.get("id") for one in root.iter(f"{SVG}g") if one.get(f"{INKSCAPE}label")}
    paths = []
    for scope in facts.graph.scopes:
        outer = None if scope.parent is None else paths[scope.parent]
        paths.append("" if outer is None else f"{outer}_{scope.name}".lstrip("_"))
    holding = {node.scope for node in facts.graph.nodes}
    assert {paths[scope] for scope in holding} - {""} <= named <= {*paths, "figure-lines", "figure-words"}


def test_of_several_networks_each_is_a_group_and_says_whose_its_parts_are():
    root = tree(FIGURES["two"]())
    assert way_to(root, "plain34-conv2_block1_conv1") == ["plain34", "plain34-conv2", "plain34-conv2_block1"]
    assert way_to(root, "resnet34-conv5_block1_add") == ["resnet34", "resnet34-conv5", "resnet34-conv5_block1"]


def test_a_folded_stage_holds_its_rows_and_its_arcs():
    root = tree(FIGURES["stages"]())
    stage = next(one for one in root if one.get("id") == "conv3")
    assert stage.get("class") == "stage"
    said = [text.text for text in stage.iter(f"{SVG}text")]
    assert said == ["1×1, 128", "3×3, 128", "/2", "first", "1×1, 512", "×3", "first", "×4"]
    assert sum("edge" in one.get("class").split() for one in stage.iter(f"{SVG}g")) == 2
    assert stage[0].find(f"{SVG}rect").get("rx")


@pytest.mark.parametrize("name", FIGURES)
def test_words_stand_in_one_group_with_their_box(name):
    drawn = FIGURES[name]()
    inside = [tuple(text.words for text in box.texts) for box in drawn.geometry.boxes]
    groups = [one for one in tree(drawn).iter(f"{SVG}g") if "node" in one.get("class").split()]
    assert sorted(tuple(text.text for text in one.findall(f"{SVG}text")) for one in groups) == sorted(inside)


def test_words_are_free_to_be_edited_unless_a_page_shows_them():
    drawn = FIGURES["stages"]()
    assert "textLength" not in drawn.svg()
    assert drawn.with_text("fixed").svg().count("textLength") == drawn.svg().count("<text")
    assert drawn._repr_svg_() == drawn.with_text("fixed").svg()
    page = write_page([shipped("resnet50")])
    assert "textLength" in page
    assert 'conv2_block1_conv1\\" class' not in page, "no name becomes an id of the page"
    with pytest.raises(FigureError, match="`bold` is no writing of a figure"):
        drawn.with_text("bold")


def test_names_of_any_letters_and_lengths_are_ids_and_labels():
    graph = hostile().graph
    names = ["größe", "大小", "大 小", "9", "", "figure-title", "a" * 5_000]
    nodes = tuple(replace(node, name=name) for node, name in zip(graph.nodes, names, strict=False))
    facts = type(hostile())(replace(graph, nodes=nodes), hostile().shapes)
    root = tree(figure(facts, "layer"))
    found = ids(root)
    assert len({*found}) == len(found)
    assert max(map(len, found)) < 200
    assert TEX_EVIL in [one.get(f"{INKSCAPE}label") for one in root.iter() if one.get(f"{INKSCAPE}label")]


def test_thousands_of_equal_names_take_no_longer_than_others():
    found = pipeline.load_text("network n { input 8x8x3 stage s { 3_000 x relu } }").compile().facts
    nodes = tuple(replace(node, name=chr(0x4E00 + number)) for number, node in enumerate(found.graph.nodes))
    root = tree(figure(type(found)(replace(found.graph, nodes=nodes), found.shapes), "layer"))
    assert len({*ids(root)}) == len(ids(root)) > 3_000


OUTLINED = pytest.mark.skipif(not is_installed("fontTools"), reason="fonttools is not installed")


@OUTLINED
def test_outlines_are_the_letters_of_the_fonts_that_ship():
    """Where they lie, by fonttools' own bounds of the glyphs."""
    from importlib.resources import files

    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.ttLib import TTFont

    drawn = titled("HT")
    (text,) = [text for text in drawn.geometry.texts if text.words == "HT"]
    (shape,) = [one for one in tree(drawn.with_text("paths")).iter(f"{SVG}path") if one.get("aria-label") == "HT"]
    with files(fonts).joinpath("sans-bold.ttf").open("rb") as file:
        font = TTFont(file, lazy=False)
        glyphs = font.getGlyphSet()
        pen = BoundsPen(glyphs)
        glyphs["H"].draw(pen)
    scale = text.size / font["head"].unitsPerEm
    first = shape.get("d").split("M")[1]
    ys = [float(y) for y in re.findall(r"V([\d.]+)", first)]
    assert max(ys) - min(ys) == pytest.approx((pen.bounds[3] - pen.bounds[1]) * scale, abs=0.02)
    assert min(ys) + max(ys) == pytest.approx(2 * text.y, abs=0.6), "the middle of its capitals"


def titled(title):
    text = "network n { input 8x8x3 stage s { conv(4, 3) } }"
    return figure(pipeline.load_text(text).compile().facts, "block", titles=[title])


@OUTLINED
@pytest.mark.parametrize("name", FIGURES)
def test_every_line_is_an_outline_and_says_its_words(name):
    drawn = FIGURES[name]()
    root = tree(drawn.with_text("paths"))
    assert not list(root.iter(f"{SVG}text"))
    outlined = sorted(one.get("aria-label") for one in root.iter(f"{SVG}path") if one.get("aria-label") is not None)
    assert outlined == sorted(one.text or "" for one in tree(drawn).iter(f"{SVG}text"))


@OUTLINED
def test_an_outline_of_a_letter_that_the_faces_lack_is_refused():
    with pytest.raises(fonts.MissingLetterError, match=r"no font for outlines has `残` \(U\+6B8B\)") as refused:
        titled("残").with_text("paths").svg()
    assert "--text free" in refused.value.remedy
    assert titled("残").with_text("free").svg()


def test_the_command_writes_words_as_it_is_asked_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n.resnet").write_text("network n { input 8x8x3 stage s { conv(4, 3) } }")
    assert call("draw", "n.resnet", "--text", "fixed").code == 0
    assert "textLength" in (tmp_path / "n.svg").read_text()
    refused = call("draw", "n.resnet", "--text", "paths", "-o", "n.png")
    assert (refused.code, (tmp_path / "n.png").exists()) == (2, False)
    assert "`--text` is of an .svg alone" in refused.err
