"""The SVG that we write is what Graphviz draws of the same geometry: shapes, words, lines, and the colours of a PNG."""

import io
import re
import xml.etree.ElementTree as ET

import pytest

from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.formats.engine import render
from resnet_dsl.targets.figure.formats.palette import palette
from resnet_dsl.targets.figure.layout.metrics import width
from tests.targets.figure.drawn_networks import NETWORKS

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = {
    "stages": lambda: figure(NETWORKS["resnet50"](), "stage", show=("params",)),
    "blocks": lambda: figure([NETWORKS["plain34"](), NETWORKS["resnet34"]()], "block"),
    "wide": lambda: figure(NETWORKS["unet"](), "layer", wide=True),
    "formula": lambda: block_figure(NETWORKS["resnet34"](), ["basic"], formula=True),
    "branches": lambda: block_figure(NETWORKS["inception"](), ["inception"], show=("shape",)),
}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def ours(drawn):
    return ET.fromstring(drawn.svg().encode()), 0.0


def graphviz(drawn):
    root = ET.fromstring(render(drawn.dot(), "svg"))
    for group in list(root.iter(f"{SVG}g")):
        for corner in [one for one in group if "corner" in (one.findtext(f"{SVG}title") or "")]:
            group.remove(corner)
    return root, drawn.geometry.height


def bounds(element, down):
    if element.tag == f"{SVG}rect":
        left, top, wide, tall = (float(element.get(name)) for name in ("x", "y", "width", "height"))
        return left, top, left + wide, top + tall
    if element.tag == f"{SVG}ellipse":
        x, y, rx, ry = (float(element.get(name)) for name in ("cx", "cy", "rx", "ry"))
        return x - rx, y + down - ry, x + rx, y + down + ry
    numbers = [float(number) for number in NUMBER.findall(element.get("d"))]
    across, along = numbers[::2], [y + down for y in numbers[1::2]]
    return min(across), min(along), max(across), max(along)


def boxes(root, down):
    """Of what has a border: rectangles, circles, and the curves that Graphviz makes of round corners."""
    found = [e for e in root.iter() if e.get("stroke") and e.get("fill") != "none" and not e.get("points")]
    return sorted(bounds(element, down) for element in found)


def lines(root, down):
    return sorted((*bounds(e, down), bool(e.get("stroke-dasharray"))) for e in root.iter(f"{SVG}path")
                  if e.get("fill") == "none")  # fmt: skip


def words(root, down):
    found = []
    for text in root.iter(f"{SVG}text"):
        face = "italic" if text.get("font-style") else "bold" if text.get("font-weight") else "plain"
        size = float(text.get("font-size"))
        wide = width(text.text, size, face)
        left = float(text.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
        colour = text.get("fill", "#000000").lower()
        found.append((text.text, size, face, colour, left, float(text.get("y")) + down))
    return sorted(found)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("part", [boxes, lines])
def test_graphviz_draws_the_same_shapes_and_lines(name, part):
    drawn = FIGURES[name]()
    mine, theirs = part(*ours(drawn)), part(*graphviz(drawn))
    assert len(mine) == len(theirs) > 0
    for one, other in zip(mine, theirs, strict=True):
        assert one == pytest.approx(other, abs=0.05)


@pytest.mark.parametrize("name", FIGURES)
def test_graphviz_writes_the_same_words(name):
    """In one place up to an eighth of a letter's height: it has its own idea of where the middle of a line is."""
    drawn = FIGURES[name]()
    mine, theirs = words(*ours(drawn)), words(*graphviz(drawn))
    assert [one[:4] for one in mine] == [other[:4] for other in theirs]
    for (_, size, *_, left, baseline), (*_, across, down) in zip(mine, theirs, strict=True):
        assert left == pytest.approx(across, abs=1)
        assert baseline == pytest.approx(down, abs=size / 8)


@pytest.mark.parametrize("name", FIGURES)
def test_the_png_has_the_colours_where_the_geometry_has_them(name):
    image = pytest.importorskip("PIL.Image")
    drawn = FIGURES[name]()
    png = image.open(io.BytesIO(drawn.png(144))).convert("RGB")
    geometry = drawn.geometry
    assert png.size == pytest.approx((2 * geometry.width, 2 * geometry.height), abs=2)
    filled = [box for box in geometry.boxes if box.shape == "round" and box.filled]
    assert filled or name == "wide"
    for box in filled:
        seen = png.getpixel((round(2 * (box.bounds[0] + 3)), round(2 * box.y)))
        assert seen == pytest.approx(rgb(palette("light").paint(box)[0]), abs=3), box.key


def rgb(colour):
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
