"""Solids: in every format the same planes stand in the same places, shaded, with the words of their box before them."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from resnet_dsl.extras import is_installed
from resnet_dsl.targets.figure.figure import Figure
from resnet_dsl.targets.figure.formats.palette import palette, shaded
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Polygon, TextLine
from resnet_dsl.targets.figure.layout.sheet import centred
from tests.targets.figure.pdf_reader import Pdf
from tests.targets.figure.tikz_reader import Reader

SVG = "{http://www.w3.org/2000/svg}"
FRONT, TOP, SIDE = (
    Polygon(((20.0, 40.0), (50.0, 40.0), (50.0, 90.0), (20.0, 90.0))),
    Polygon(((20.0, 40.0), (35.0, 25.0), (65.0, 25.0), (50.0, 40.0)), 97),
    Polygon(((50.0, 40.0), (65.0, 25.0), (65.0, 75.0), (50.0, 90.0)), 86),
)
WITHIN = (("network", "n"), ("stage", "conv2"))
SOLID = Box(
    "n/conv", "solid", 42.5, 57.5, 45, 65, 1, (TextLine("64", 35, 65, 9),), "64 channels", ("box",),
    within=WITHIN, planes=(TOP, SIDE, FRONT),
)  # fmt: skip
FRAME = Box("n/frame", "frame", 60, 60, 100, 100, 2, within=WITHIN)
SUM = Box("n/sum", "circle", 95, 60, 14, 14, None, (TextLine("+", 95, 60, 9),), within=WITHIN)
LINE = Path(((65.0, 60.0), (88.0, 60.0)), source="n/conv", target="n/sum", classes=("main",))
GEOMETRY = Geometry(120, 120, (FRAME, SOLID, SUM), (), (LINE,), "planes", "A solid and a sum.")
COLOURS = [shaded(palette("light").fills[1], plane.shade) for plane in SOLID.planes]


def test_a_shade_is_so_many_percent_of_a_colour():
    assert [shaded("#FF8001", shade) for shade in (100, 97, 86)] == ["#FF8001", "#F77C01", "#DB6E01"]


def test_svg_draws_a_solid_as_one_group_with_its_words():
    root = ET.fromstring(Figure(GEOMETRY).svg().encode())
    (group,) = [one for one in root.iter(f"{SVG}g") if "solid" in one.get("class").split()]
    planes = group.findall(f"{SVG}polygon")
    assert group.get("id") == "conv"
    assert group.findtext(f"{SVG}title") == "64 channels"
    assert group[-1].text == "64"
    assert [plane.get("points") for plane in planes] == [
        " ".join(f"{x:.0f},{y:.0f}" for x, y in plane.points) for plane in SOLID.planes
    ]
    assert [plane.get("fill") for plane in planes] == COLOURS
    assert {plane.get("stroke") for plane in planes} == {palette("light").borders[1]}
    assert not group.findall(f"{SVG}rect")


def test_svg_for_light_and_dark_screens_shades_both():
    style = ET.fromstring(Figure(GEOMETRY, "auto").svg().encode()).findtext(f"{SVG}style")
    assert ".tone1 .shade86{fill:" in style


def test_tikz_draws_and_fills_each_plane():
    read = Reader(Figure(GEOMETRY).tex())
    assert "draw" not in read.nodes["rd-conv"].options, "the planes alone are drawn"
    assert [fill for fill, _ in read.planes] == [f"rd-fill1!{n}!black" for n in (97, 86, 100)]
    for (_, points), plane in zip(read.planes, SOLID.planes, strict=True):
        assert sum(read.on_page(points), ()) == pytest.approx(sum(plane.points, ()), abs=0.1)


def test_tikz_draws_nothing_of_a_solid_but_its_planes():
    """Its node is a place for lines: filled, it would be a box behind the planes."""
    (node,) = re.findall(r"\\node\[([^\]]*solid[^\]]*)\]", Figure(GEOMETRY).tex())
    assert "tone" not in node


@pytest.mark.skipif(not is_installed("reportlab"), reason="ReportLab is not installed")
def test_pdf_paints_each_plane():
    pdf = Pdf(Figure(GEOMETRY).pdf())
    content = pdf.stream(pdf.referred(pdf.page(), b"Contents")).decode("latin-1")
    drawn = [re.findall(r"([\d.]+) ([\d.]+) [ml]", path) for path in re.findall(r"n ((?:[^\n]* [ml] ?){4})h", content)]
    expected = [[(x, 120 - y) for x, y in plane.points] for plane in SOLID.planes]
    assert [[(float(x), float(y)) for x, y in path] for path in drawn] == expected


def test_png_shows_each_plane_in_its_colour_with_the_frame_behind():
    """The frame lies behind the solid, the sum and the words before it."""
    pixels = pytest.importorskip("PIL.Image")
    image = pixels.open(io.BytesIO(Figure(GEOMETRY).png(dpi=72))).convert("RGB")
    seen = {"front": (26, 80), "top": (40, 32), "side": (60, 50), "frame": (80, 95)}
    colours = {what: "#{:02X}{:02X}{:02X}".format(*image.getpixel(place)) for what, place in seen.items()}
    assert colours == {"top": COLOURS[0], "side": COLOURS[1], "front": COLOURS[2], "frame": palette("light").fills[2]}


def test_a_solid_moves_with_its_planes():
    moved = centred(GEOMETRY, 160).boxes[1]
    assert moved.x == SOLID.x + 20
    assert [plane.points[0] for plane in moved.planes] == [
        (x + 20, y) for (x, y), *_ in (p.points for p in SOLID.planes)
    ]


def test_without_a_solid_a_figure_is_drawn_as_it_was():
    plain = replace(GEOMETRY, boxes=(FRAME, replace(SOLID, shape="round", planes=()), SUM))
    assert "_background" not in Figure(plain).dot()
    assert "<polygon class" not in Figure(plain).svg()
