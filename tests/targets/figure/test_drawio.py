"""A file of draw.io that its readers take: held to its form, the network read back, parts that move together."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import figure
from resnet_dsl.targets.figure.figure import Figure
from resnet_dsl.targets.figure.formats.groups import grouped
from resnet_dsl.targets.figure.formats.palette import palette, shaded
from tests.cli.calling import call
from tests.targets.figure.drawio_reader import UNIT, Drawio
from tests.targets.figure.lanes_audit import audit_lanes
from tests.targets.figure.multi_scale import shipped as shipped_with_scales
from tests.targets.figure.multi_scale import sized
from tests.targets.figure.picture_audit import audit
from tests.targets.figure.test_files import EVIL, TEX_EVIL, hostile
from tests.targets.figure.test_groups import FIGURES
from tests.targets.figure.test_picture import LEVELS
from tests.targets.figure.test_planes import GEOMETRY, SOLID

USUAL = ("resnet50", "dla34", "residual_unet", "two_view_network", "resnet50_fpn")


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def read(drawn) -> Drawio:
    return Drawio(drawn.drawio())


@pytest.mark.parametrize("name", FIGURES)
def test_all_that_the_geometry_has_stands_where_it_has_it(name):
    drawn = FIGURES[name]()
    found, real = read(drawn).geometry(), drawn.geometry
    ends = grouped(real).ends
    places = {box.key: box.bounds for box in found.boxes}
    assert sorted(places) == sorted(ends.values())
    for box in real.boxes:
        assert places[ends[box.key]] == pytest.approx(box.bounds, abs=0.03)
    assert sorted(_words(found)) == sorted(_words(real))
    assert len(found.paths) == len(real.paths)
    assert (found.width, found.height) == pytest.approx((real.width, real.height), abs=0.01)


def _words(geometry):
    inside = [text for box in geometry.boxes for text in box.texts]
    return [(text.words, text.face, text.anchor) for text in (*inside, *geometry.texts) if text.words]


@pytest.mark.parametrize("name", USUAL)
def test_the_network_is_read_back_from_the_file(name):
    assert faults(compiled(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_the_file(name):
    assert faults(compiled(name)) == []


def faults(facts):
    return [
        fault
        for level in LEVELS
        for flow in ("column", "row")
        for fault in audit(facts, read(figure(facts, level, layout=flow)).geometry(), level)
    ]


@pytest.mark.parametrize("name", ["unet_resnet34", "hrnet_w18", "dla34"])
def test_lanes_are_read_back_from_the_file(name):
    network = shipped_with_scales(name)
    found = read(figure(network.facts, "stage", layout="lanes")).geometry()
    assert audit_lanes(network.facts, found, sized(network)) == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_line_is_held_where_it_ends(name):
    file = read(FIGURES[name]())
    held = [edge for edge in file.edges() if edge.source]
    assert held
    for edge in held:
        assert file.held(edge, "exit") == pytest.approx(edge.points[0], abs=0.1), edge.name
        assert file.held(edge, "entry") == pytest.approx(edge.points[-1], abs=0.1), edge.name


def test_what_joins_no_boxes_is_of_the_brackets_and_the_legend():
    """The arcs inside a card are held by its rows, too."""
    file = read(FIGURES["stages"]())
    free = [edge for edge in file.edges() if not edge.source]
    assert {edge.parent for edge in free} == {"figure-words"}
    arcs = [edge for edge in file.edges() if edge.parent == "conv3" and edge.source]
    assert [(edge.name, edge.style.get("dashed")) for edge in arcs] == [
        *(("conv3-0-0--conv3-0-2", None), ("conv3-0-0--conv3-0-2-2", "1"))
    ]


def way(file, name):
    """The cells in which one lies, from the outside."""
    found = []
    while file.cells[name].parent != "0":
        name = file.cells[name].parent
        found.insert(0, name)
    return found


def test_an_operation_lies_in_its_block_in_its_stage_in_its_network():
    file = read(FIGURES["two"]())
    assert way(file, "resnet34-conv3_block1_conv1") == ["1", "resnet34", "resnet34-conv3", "resnet34-conv3_block1"]
    alone = read(FIGURES["blocks"]())
    assert way(alone, "conv3_block2_conv1") == ["1", "conv3", "conv3_block2"]
    assert way(alone, "conv3_block1_conv1--conv3_block1_conv2") == ["1", "conv3", "conv3_block1"]
    assert way(alone, "conv3_block4_add--conv4_block1_conv1") == ["figure-lines"]
    assert way(read(FIGURES["stages"]()), "conv3-0-1") == ["1", "conv3"]


def test_a_shape_holds_its_words_its_colours_and_its_tooltip():
    cells = read(FIGURES["stages"]()).cells
    assert cells["conv3-0-0"].label == "1×1, 128"
    assert cells["conv3-0-0"].style["fillColor"] == palette("light").fills[1]
    assert cells["conv3-0-0"].tip.startswith("conv3: 4 x (1×1, 128; 3×3, 128 (first /2);")
    row = [cell for cell in cells.values() if cell.parent == "conv3-0-1"]
    assert [(cell.label, cell.style["fontColor"]) for cell in row] == [
        *(
            ("3×3, 128", palette("light").colours.ink),
            ("/2", palette("light").colours.projection),
            ("first", palette("light").colours.projection),
        )
    ]


def test_the_page_is_as_large_as_it_is_printed_in_the_colours_of_the_theme():
    drawn = figure(compiled("resnet50"), "stage", width="85mm", theme="dark")
    file = read(drawn)
    assert float(file.model["pageWidth"]) == pytest.approx(85 / 25.4 * 100, abs=0.01)
    assert file.model["background"] == palette("dark").colours.ground
    row = next(cell for cell in file.cells.values() if cell.label == "1×1, 64")
    assert float(row.style["fontSize"]) / UNIT == pytest.approx(7.0, abs=0.01), "points"


def test_names_cannot_break_out():
    """Neither of the file nor of a tooltip, which is shown as markup."""
    text = figure(hostile(), "block").drawio()
    cells = Drawio(text).cells.values()
    assert "<script" not in text
    assert "&lt;script" in text
    tips = [cell.tip for cell in cells]
    assert any(EVIL in tip for tip in tips)
    assert any(TEX_EVIL in tip for tip in tips)
    assert all(cell.name.isascii() for cell in cells)


@pytest.mark.parametrize("title", ["a\x00b\x1b[31m", "]]>", "_x000D_", "%name%", "<b>bold</b>"])
def test_any_title_is_that_text(title):
    file = Drawio(figure(compiled("resnet18"), "stage", titles=[title]).drawio())
    said = "".join(letter if letter.isprintable() else " " for letter in title)
    assert said in [cell.label for cell in file.cells.values()]
    assert file.title == said


def test_the_planes_of_a_solid_lie_in_it_and_move_with_it():
    file = read(Figure(GEOMETRY))
    (solid,) = [box for box in file.geometry().boxes if box.shape == "solid"]
    assert solid.bounds == pytest.approx(SOLID.bounds, abs=0.01)
    assert [text.words for text in solid.texts] == ["64"]
    for found, plane in zip(solid.planes, SOLID.planes, strict=True):
        assert sum(found.points, ()) == pytest.approx(sum(plane.points, ()), abs=0.05)
    planes = [cell for cell in file.cells.values() if cell.style.get("polyCoords")]
    assert [(cell.parent, cell.style["fillColor"]) for cell in planes] == [
        ("conv", shaded(palette("light").fills[1], plane.shade)) for plane in SOLID.planes
    ]


def test_the_command_writes_it_and_the_same_bytes_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("draw", "resnet18", "-o", "net.drawio").code == 0
    first = (tmp_path / "net.drawio").read_bytes()
    assert call("draw", "resnet18", "-o", "net.drawio").code == 0
    assert (tmp_path / "net.drawio").read_bytes() == first
    assert Drawio(first.decode()).title == "resnet18"
