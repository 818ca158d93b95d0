"""Frames: each holds the rows of its stage or block, all of them and no others; the names are the network's."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import FigureError, figure
from tests.targets.figure.overlaps import faults
from tests.targets.figure.picture_audit import audit

USUAL = ("resnet18", "seresnet18", "dla34", "siamese_omniglot", "fcn_resnet50_aux", "cifar_preresnet164")
MOST_NODES = 700


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def framed(geometry):
    """By the way to it the bounds of each frame."""
    found = {}
    for path in geometry.paths:
        if "frame" in path.classes:
            xs, ys = zip(*path.points, strict=True)
            found[path.within[1:]] = (min(xs), min(ys), max(xs), max(ys))
            assert path.dashed
            assert path.points[0] == path.points[-1]
    return found


def real_frames(facts, kind, drawn):
    """The scopes of a kind, two deep at most, in which something is drawn (an inner one with a single row is a box)."""
    found = {}
    for scope in facts.graph.scopes:
        way, one = [], scope
        while one.parent is not None:
            way.insert(0, one)
            one = facts.graph.scopes[one.parent]
        depth = sum(outer.kind == kind for outer in way)
        named = tuple((outer.kind, "_".join(o.name for o in way[: at + 1])) for at, outer in enumerate(way))
        rows = sum(within[: len(named)] == named for within in drawn)
        if scope.kind == kind and depth <= 2 and rows >= depth:
            found[named] = rows
    return found


def inside(inner, outer):
    return inner[0] > outer[0] and inner[1] > outer[1] and inner[2] < outer[2] and inner[3] < outer[3]


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def check(facts, level, kind, wide):
    geometry = figure(facts, level, wide, frame=kind).geometry
    assert faults(geometry) == []
    rows = [box for box in geometry.boxes if box.within and box.within[0][0] in ("network", "page")]
    frames = framed(geometry)
    whole = len({box.within[0] for box in rows}) == 1
    for way, bounds in frames.items() if whole else ():
        for box in rows:
            own = box.within[1:][: len(way)] == way
            assert inside(box.bounds, bounds) if own else not meet(box.bounds, bounds), (way, box.key)
    expected = real_frames(facts, kind, [box.within[1:] for box in rows])
    unframed = expected.keys() - frames.keys()
    assert frames.keys() <= expected.keys()
    said = " ".join(text.words for text in geometry.texts)
    assert "without a frame" in said if unframed else not whole or "without a frame" not in said, unframed
    return geometry


@pytest.mark.parametrize("kind", ["stage", "block"])
@pytest.mark.parametrize("name", USUAL)
def test_a_frame_holds_the_rows_of_its_part_and_no_others(name, kind):
    for wide in (False, True):
        check(compiled(name), "block", kind, wide)


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_the_frames_of_all_that_ship(name):
    facts = compiled(name)
    for level in ("block", "layer") if len(facts.graph.nodes) < MOST_NODES else ("block",):
        for kind in ("stage", "block"):
            for wide in (False, True):
                check(facts, level, kind, wide)


def test_frames_within_frames_and_their_names():
    geometry = check(compiled("seresnet18"), "layer", "block", False)
    outer = {way: bounds for way, bounds in framed(geometry).items() if len(way) == 2}
    inner = {way: bounds for way, bounds in framed(geometry).items() if len(way) > 2}
    assert (len(outer), len(inner)) == (8, 8 + 3)
    for way, bounds in inner.items():
        assert inside(bounds, outer[way[:2]])
    said = [text.words for text in geometry.texts]
    assert [said.count(words) for words in ("basic", "block1", "block2", "se", "project")] == [8, 4, 4, 8, 3]


def test_the_network_is_still_read_from_the_picture():
    for name in ("resnet18", "dla34", "seresnet18"):
        facts = compiled(name)
        assert audit(facts, figure(facts, "block", frame="block").geometry, "block") == []


def test_a_long_name_is_in_its_frame():
    name = "b" * 40
    text = f"block {name}(c) {{ conv(c, 3) }}\nnetwork net {{ input 8x8x3\n stage s {{ {name}(4) -> {name}(4) }} }}"
    facts = resnet_dsl.load(text).network("net").compiled.facts
    for wide in (False, True):
        geometry = figure(facts, "block", wide, frame="block").geometry
        assert faults(geometry) == []
        for left, top, right, bottom in framed(geometry).values():
            held = [text for text in geometry.texts if top < text.y < bottom and text.words.startswith("bbb")]
            assert any(text.bounds[0] > left and text.bounds[2] < right for text in held)


def test_cards_have_no_rows_to_be_framed():
    with pytest.raises(FigureError, match="its cards are the frames"):
        figure(compiled("resnet18"), "stage", frame="block")
    with pytest.raises(FigureError, match="is no frame"):
        figure(compiled("resnet18"), frame="layers")


def test_on_paper_frames_do_not_get_lost():
    drawn = figure(compiled("resnet18"), frame="block", width="6.875in")
    assert len(framed(drawn.geometry)) == 8
