"""What lies in what, and how far apart: measured on the picture, in every view and whatever a theme asks for."""

from __future__ import annotations

from itertools import pairwise

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import figure, roadmap_figure
from tests.targets.figure.drawio_reader import UNIT, Drawio
from tests.targets.figure.multi_scale import shipped as multi_scale
from tests.targets.figure.test_frames import framed, inside
from tests.targets.figure.test_theme_contents import said, themed
from tests.targets.figure.volume_overlaps import faults as volume_faults


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def written(text, name="n"):
    return resnet_dsl.load(text).network(name).compiled.facts


# What lies in a box


def bounds_of(points):
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("angle", [15, 30, 60, 75])
def test_a_solid_fills_its_box_at_every_angle(angle):
    """All planes together reach to the box's four sides, and not beyond."""
    theme = themed(f"volume.angle={angle}", "volume.depth=0.6")
    geometry = figure(compiled("resnet18"), "stage", view="volume", theme=theme).geometry
    solids = [box for box in geometry.boxes if box.planes]
    assert len(solids) > 5
    for box in solids:
        assert bounds_of(p for plane in box.planes for p in plane.points) == pytest.approx(box.bounds, abs=0.02)
    assert volume_faults(geometry) == []


@pytest.mark.parametrize("level", ["stage", "block"])
@pytest.mark.parametrize("name", ["resnet50", "residual_unet"])
def test_words_stand_in_the_middle_of_their_plate(name, level):
    """As much room above the first line as below the last one, as far as capitals and small letters tell."""
    boxes = figure(compiled(name), level, layout="lanes").geometry.boxes
    spoken = [box for box in boxes if box.shape == "round" and box.texts]
    assert spoken
    for box in spoken:
        above = min(text.bounds[1] for text in box.texts) - box.bounds[1]
        below = box.bounds[3] - max(text.bounds[3] for text in box.texts)
        assert above == pytest.approx(below, abs=2), box.key


NESTED = """
block inner(c) { conv(c, 3) -> norm -> act -> conv(c, 3) }
block outer(c) { inner(c) inner(c) conv(c, 1) }
network n { input 32x32x8 stage s { 2 x outer(8) } stage a_long_name { outer(8) } }
"""


@pytest.mark.parametrize("wide", [False, True])
def test_a_frame_on_the_main_path_lies_within_the_frame_around_it(wide):
    """Inner frames are as wide as what they hold; outer ones in one column are equally wide."""
    frames = framed(figure(written(NESTED), "layer", wide, frame="block").geometry)
    outer = {way: bounds for way, bounds in frames.items() if len(way) == 2}
    inner = {way: bounds for way, bounds in frames.items() if len(way) == 3}
    assert (len(outer), len(inner)) == (3, 6)
    for way, bounds in inner.items():
        assert inside(bounds, outer[way[:2]])
    if not wide:
        assert len({(left, right) for left, _, right, _ in outer.values()}) == 1


# What stands beside what


def rooms(geometry, side):
    """How far each panel is from what stands beside it, to the left (0) or to the right (2)."""
    panels = [box.bounds for box in geometry.boxes if {"stage", "panel"} <= {*box.classes}]
    for panel in panels:
        beside = (box.bounds for box in geometry.boxes if box.bounds[1] < panel[3] and panel[1] < box.bounds[3])
        yield from (abs(panel[side] - one[2 - side]) for one in beside if (one[2 - side] >= panel[side]) == (side == 2))


@pytest.mark.parametrize("name", ["hrnet_w18", "residual_unet"])
def test_a_panel_keeps_as_far_from_what_is_left_of_it_as_from_what_is_right(name):
    """Whatever it holds: columns stand apart by what is between two without a panel, and its borders."""
    geometry = figure(multi_scale(name).facts, "block", layout="lanes").geometry
    assert min(rooms(geometry, 0)) == pytest.approx(min(rooms(geometry, 2)), abs=0.1)


THIN = "\n".join(f"  stage a_rather_long_name_{number} {{ conv(1, 1) }}" for number in range(6))


def test_names_of_narrow_parts_stand_apart():
    """Volumes of one channel are hardly as thick as a letter, and their parts have long names."""
    geometry = figure(written(f"network n {{\n  input 8x8x1\n{THIN}\n}}"), "stage", view="volume").geometry
    assert volume_faults(geometry) == []
    names = sorted(text.bounds for text in geometry.texts if text.words.startswith("a_rather"))
    assert len(names) == 6
    assert all(one[2] < other[0] for one, other in pairwise(names))


def test_columns_of_the_table_below_two_networks_stand_apart():
    """The headings are bold: where a network's name is the widest of its column, it reaches over to no other."""
    text = "network NAME { input 8x8x3 stage s { conv(4, 3) } }"
    both = [written(text.replace("NAME", name), name) for name in ("a_network_mmmmmmmmm", "b_network_mmmmmmmmm")]
    geometry = figure(both, "stage", differences=True).geometry
    (y,) = {text.y for text in geometry.texts if text.words == "difference"}
    heads = sorted(text.bounds for text in geometry.texts if text.y == y)
    names = [text.bounds for text in geometry.texts if text.words in ("trainable parameters", "MACs", "depth")]
    ends = [max(right for _, _, right, _ in names), *(right for _, _, right, _ in heads)]
    assert [head[0] - end for head, end in zip(heads, ends, strict=False)] == pytest.approx([14] * 3, abs=0.1)


# What stands behind what it is of


def test_a_number_stands_behind_its_bar_and_where_there_is_none_at_nought():
    facts = [compiled("resnet18"), compiled("unet_resnet34"), compiled("first_network")]
    geometry = roadmap_figure(facts).geometry
    bars = {box.key: box.bounds for box in geometry.boxes}
    numbers = {text.of[0]: text for text in geometry.texts if len(text.of) == 1}
    assert len(numbers) == 6
    for key, text in numbers.items():
        nought = min(bounds[0] for other, bounds in bars.items() if other.endswith(key.partition("/")[2]))
        end = bars[key][2] if key in bars else nought
        assert text.bounds[0] - end == pytest.approx(5, abs=0.7), key


@pytest.mark.parametrize("width", [1, 2.5])
def test_dashes_are_as_long_in_draw_io_as_in_the_figure(width):
    """mxGraph takes the lengths of a pattern times the line's thickness (``mxSvgCanvas2D.createDashPattern``)."""
    drawn = figure(compiled("resnet18"), "block", theme=themed(f"line.width={width}"))
    edges = [edge for edge in Drawio(drawn.drawio()).edges() if "dashed" in edge.style]
    paths = [path for path in drawn.geometry.paths if path.dashed]
    assert len(edges) == len(paths) > 0
    for edge in edges:
        thickness = float(edge.style["strokeWidth"]) / UNIT
        lengths = [float(length) * thickness for length in edge.style["dashPattern"].split()]
        assert any(lengths == pytest.approx(path.dashes, abs=0.05) for path in paths)


# Words


@pytest.mark.parametrize("turned", [False, True])
def test_of_words_that_begin_alike_the_longer_ones_are_replaced(turned):
    """In whatever order they are given: ``identity`` is no part of ``identity skip`` then."""
    settings = [
        'words."identity skip"="Abkürzung"',
        "words.identity=selbst",
        'words."max pool"=Größtes',
        "words.max=most",
    ]
    drawn = figure(compiled("resnet18"), "block", theme=themed(*(settings[::-1] if turned else settings)))
    assert {"Abkürzung"} <= {*said(drawn)}
    assert not [words for words in said(drawn) if "selbst skip" in words or "most pool" in words]
    assert any("Größtes" in words for words in said(drawn))
