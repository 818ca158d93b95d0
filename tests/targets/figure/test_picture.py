"""Figures are the network: skips, strides, blocks, repeats and outputs, read back from the picture alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry
from tests.targets.figure.audit import ancestors
from tests.targets.figure.picture import Picture
from tests.targets.figure.picture_audit import audit, audit_block
from tests.targets.figure.test_any_graph import STEPS, network

LEVELS = ("stage", "block", "layer")
USUAL = (
    *("resnet50", "skresnet18", "dla34", "residual_unet", "two_view_network", "regnety_032", "fixup_resnet50"),
    *("keras_resnet50v2", "convnext_tiny", "resnet50_fpn", "siamese_omniglot", "cifar_resnet20", "res2net50_26w_4s"),
)


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def faults(facts):
    drawn = ((level, figure(facts, level, layout=flow).geometry) for level in LEVELS for flow in ("column", "row"))
    return [fault for level, geometry in drawn for fault in audit(facts, geometry, level)]


def closeups(graph) -> Iterator[tuple[str, int]]:
    """Of each definition the first two blocks that it makes, by their places."""
    found: dict[str, list[int]] = {}
    for index, scope in enumerate(graph.scopes):
        if scope.kind == "block" and scope.block:
            found.setdefault(scope.block, []).append(index)
    within = ancestors(graph)
    for scopes in found.values():
        for scope in scopes[:2]:
            yield "_".join(graph.scopes[one].name for one in within[scope][1:]), scope


def block_faults(facts):
    return [
        fault
        for place, scope in closeups(facts.graph)
        for wide in (False, True)
        for level in ("layer", "block")
        for fault in audit_block(facts, block_figure(facts, [place], level, wide).geometry, scope)
    ]


@pytest.mark.parametrize("name", USUAL)
def test_a_shipped_network_is_read_back_from_its_pictures(name):
    assert faults(compiled(name)) == []


@pytest.mark.parametrize("name", USUAL[:3])
def test_the_blocks_of_a_shipped_network_are_read_back_from_their_close_ups(name):
    assert block_faults(compiled(name)) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_network_is_read_back_from_its_pictures(steps):
    """Skips are marked at random there; where one arrow stands for several values, ways are not to be counted."""
    uncounted = (" skips: ", " ways: ")
    assert [fault for fault in faults(network(steps)) if not any(what in fault for what in uncounted)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_its_pictures(name):
    facts = compiled(name)
    assert faults(facts) + block_faults(facts) == []


def test_a_picture_says_how_many_blocks_have_which_skip_connection():
    """ResNet-50 (He et al. 2015, Table 1): 3, 4, 6 and 3 blocks, of which the first of each stage projects."""
    shown = Picture(figure(compiled("resnet50"), "stage").geometry)
    blocks = [blocks for thing in shown.things for blocks in thing.blocks]
    assert [one.repeat for one in blocks] == [3, 4, 6, 3]
    arcs = [{(arc.dashed, arc.times, arc.since) for arc in one.arcs} for one in blocks]
    assert arcs == [{(True, 1, 0), (False, more, 1)} for more in (2, 3, 5, 2)]
    assert [one.rows[1] for one in blocks] == [("3×3, 64", ""), *((f"3×3, {n}", "/2") for n in (128, 256, 512))]
    assert shown.skips(set()) == {False: 12, True: 4}


def test_what_the_first_block_alone_has_is_drawn_in_the_colour_of_projections():
    drawn = figure(compiled("resnet50"), "stage").geometry
    row = next(box for box in drawn.boxes if box.texts and box.texts[0].words == "3×3, 128")
    assert [(text.words, text.ink) for text in row.texts] == [
        *(("3×3, 128", "text"), ("/2", "projection"), ("first", "projection"))
    ]


def reworded(geometry: Geometry, old: str, new: str) -> Geometry:
    def changed(box: Box) -> Box:
        return replace(box, texts=tuple(replace(t, words=new if t.words == old else t.words) for t in box.texts))

    return replace(geometry, boxes=tuple(map(changed, geometry.boxes)))


def without(geometry: Geometry, way: str) -> Geometry:
    lost = next(path for path in geometry.paths if way in path.classes)
    return replace(geometry, paths=tuple(path for path in geometry.paths if path is not lost))


def solid(geometry: Geometry) -> Geometry:
    return replace(geometry, paths=tuple(replace(path, dashed=False) for path in geometry.paths))


LIES = {
    "a wrong repeat": lambda drawn: reworded(drawn, "×6", "×5"),
    "a wrong number of identity skips": lambda drawn: reworded(drawn, "×5", "×6"),
    "a stride too few": lambda drawn: reworded(drawn, "7×7, 64, /2", "7×7, 64"),
    "another width": lambda drawn: reworded(drawn, "1×1, 1024", "1×1, 1000"),
    "a skip connection too few": lambda drawn: without(drawn, "identity"),
    "a projection as identity": solid,
    "an arrow too few": lambda drawn: without(drawn, "main"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_picture_that_lies_is_found_out(lie):
    facts = compiled("resnet50")
    drawn = figure(facts, "stage").geometry
    assert audit(facts, drawn, "stage") == []
    assert audit(facts, LIES[lie](drawn), "stage") != []


def test_a_long_network_goes_on_where_its_column_ends():
    """The feature pyramid's last column begins with a value of a side lane."""
    facts = compiled("resnet50_fpn")
    assert audit(facts, figure(facts, "layer", wide=True).geometry, "layer") == []
