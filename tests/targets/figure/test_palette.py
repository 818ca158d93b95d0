"""Contrast, measured as WCAG 2.2 defines it (success criteria 1.4.3 and 1.4.11)."""

import xml.etree.ElementTree as ET

import pytest

from resnet_dsl.targets.figure import figure
from resnet_dsl.targets.figure.formats.palette import palette as palette_of
from tests.targets.figure.drawn_networks import NETWORKS

PALETTES = {name: palette_of(name) for name in ("light", "dark", "mono")}


def luminance(colour):
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_gives_wcags_own_extremes():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
def test_text_can_be_read_on_everything_that_it_stands_on(name):
    palette = PALETTES[name]
    for ground in (palette.colours.ground, *palette.fills, palette.colours.plain):
        assert contrast(palette.colours.ink, ground) >= 10
        assert contrast(palette.colours.faint, ground) >= 4.5


@pytest.mark.parametrize("name", PALETTES)
def test_borders_and_lines_can_be_told_from_what_is_beside_them(name):
    palette = PALETTES[name]
    for ink in (palette.colours.line, palette.colours.projection, palette.colours.plain_border, *palette.borders):
        assert contrast(ink, palette.colours.ground) >= 3.4


def test_the_light_palette_is_at_least_what_was_measured_for_the_design():
    light = PALETTES["light"]
    assert min(contrast(light.colours.ink, fill) for fill in light.fills) >= 15.85


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_drawn_colours_have_the_contrast_that_wcag_asks_for(theme, level):
    """Of every shape in the SVG: its text on its fill, its outline on the background; of every line."""
    root = ET.fromstring(figure(NETWORKS["unet"](), level, theme=theme).svg().encode())
    ground = root.find(f".//{SVG}rect[@class='background']").get("fill")
    shapes = [e for e in root.iter() if e.tag in {f"{SVG}path", f"{SVG}rect"} and e.get("stroke")]
    assert len(shapes) > 20
    assert min(contrast(shape.get("stroke"), ground) for shape in shapes) >= 3
    for group in root.iter(f"{SVG}g"):
        shape = group.find(f"{SVG}rect")
        under = ground if shape is None else shape.get("fill")
        for text in group.findall(f"{SVG}text"):
            assert contrast(text.get("fill"), under) >= 4.5
    for text in root.findall(f"{SVG}text"):
        assert contrast(text.get("fill"), ground) >= 4.5
