"""Close-ups beside a network: lines lead from the place to the box of what stands there, and the box holds it."""

from __future__ import annotations

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import FigureError, UnknownBlockError, block_figure, figure
from resnet_dsl.targets.figure.outline.scopes import blocks_of
from tests.targets.figure.overlaps import faults


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def bounds(path):
    xs, ys = zip(*path.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def of(geometry, kind):
    return [path for path in geometry.paths if kind in path.classes]


def inside(inner, outer):
    return inner[0] > outer[0] and inner[1] > outer[1] and inner[2] < outer[2] and inner[3] < outer[3]


def corners(box, wide):
    """Of the side at which lines leave a place: right, or in a wide figure the lower one."""
    left, top, right, bottom = box
    return [(left, bottom), (right, bottom)] if wide else [(right, top), (right, bottom)]


def entered(box, wide):
    left, top, right, bottom = box
    return [(left, top), (right, top)] if wide else [(left, top), (left, bottom)]


def near(one, other):
    return all(abs(a - b) < 0.1 for a, b in zip(one, other, strict=True))


def check(geometry, wide, places):
    """Two lines a close-up, from the corners of its place to those of its box. places: the bounds of these."""
    assert [fault for fault in faults(geometry) if "leader" not in fault] == []
    boxes, leaders = [bounds(path) for path in of(geometry, "zoom")], of(geometry, "leader")
    assert (len(boxes), len(leaders)) == (len(places), 2 * len(places))
    for place in places:
        lines = [path.points for path in leaders if any(near(path.points[0], end) for end in corners(place, wide))]
        starts, ends = {line[0] for line in lines}, {line[-1] for line in lines}
        assert len(starts) == len(lines) == 2
        assert any(all(any(near(end, corner) for end in ends) for corner in entered(box, wide)) for box in boxes)
    for path in leaders:
        for box in geometry.boxes:
            middle = tuple((a + b) / 2 for a, b in zip(*path.points, strict=True))
            assert not inside((*middle, *middle), box.bounds), "no line runs over a box"


def test_from_a_card_to_the_block_in_it():
    for wide in (False, True):
        geometry = figure(compiled("resnet50"), "stage", wide, insets=["bottleneck@conv3", "block1@conv5"]).geometry
        cards = {box.key: box.bounds for box in geometry.boxes if box.shape == "frame"}
        check(geometry, wide, [cards["resnet50/conv3"], cards["resnet50/conv5"]])
        for path, block in zip(of(geometry, "zoom"), ("conv3_block2", "conv5_block1"), strict=True):
            held = [box for box in geometry.boxes if box.within[0] == path.within[0]]
            alone = block_figure(compiled("resnet50"), [block], "block").geometry
            assert [text.words for box in held for text in box.texts] == [
                text.words for box in alone.boxes for text in box.texts
            ]
            assert all(inside(box.bounds, bounds(path)) for box in held)
            others = [box for box in geometry.boxes if box not in held]
            assert not any(inside(box.bounds, bounds(path)) for box in others)


def test_from_the_rows_of_a_block_that_are_boxed():
    for wide in (False, True):
        geometry = figure(compiled("resnet18"), "block", wide, insets=["basic@conv3"]).geometry
        (place,) = of(geometry, "place")
        check(geometry, wide, [bounds(place)])
        own = [
            box for box in geometry.boxes if ("block", "conv3_block2") in box.within and box.within[0][0] == "network"
        ]
        assert len(own) == 3
        for box in geometry.boxes:
            assert inside(box.bounds, bounds(place)) == (box in own), box.key


def test_each_network_has_its_own_beside_it():
    facts = compiled("resnet34"), compiled("seresnet50")
    geometry = figure(facts, "stage", insets=["se@conv4", "basic"]).geometry
    cards = {box.key: box.bounds for box in geometry.boxes if box.shape == "frame"}
    check(geometry, False, [cards["1 seresnet50/conv4"], cards["resnet34/conv2"]])
    left = min(box.bounds[0] for box in geometry.boxes if box.key.startswith("1 "))
    assert bounds(of(geometry, "zoom")[0])[2] < left, "the close-up of the first network stands before the second one"


def test_an_adapter_that_is_not_drawn_stands_at_its_merge():
    for level, rows in (("stage", 1), ("block", 1), ("layer", 2)):
        geometry = figure(compiled("resnet18"), level, insets=["project@conv3_block1"]).geometry
        assert faults(geometry) == [] or all("leader" in fault for fault in faults(geometry))
        assert len(of(geometry, "zoom")) == 1
        for place in of(geometry, "place"):
            network = [box for box in geometry.boxes if box.within[0][0] == "network"]
            held = [box.key for box in network if inside(box.bounds, bounds(place))]
            assert len(held) == rows
            assert all("conv3_block1" in key for key in held)


def test_every_block_of_all_kinds_of_networks_has_its_place():
    for name in ("resnet18", "dla34", "siamese_omniglot", "skresnet18"):
        facts = compiled(name)
        for level in ("stage", "block"):
            for block in blocks_of(facts.graph)[:: 9 if level == "stage" else 29]:
                geometry = figure(facts, level, layout="column", insets=[block]).geometry
                assert [fault for fault in faults(geometry) if "leader" not in fault] == [], (name, level, block)


def test_on_paper_they_are_kept():
    drawn = figure(compiled("resnet50"), "stage", width="5.5in", insets=["bottleneck@conv3"])
    assert len(of(drawn.geometry, "zoom")) == 1
    assert faults(drawn.geometry) == []


@pytest.mark.parametrize(
    ("asked", "said", "remedy"),
    [
        ("botleneck@conv3", "no block `botleneck` is called in `conv3`", "did you mean `bottleneck`?"),
        ("bottleneck@conf3", "no block `conf3` is called here", "did you mean `conv3`?"),
        ("botleneck", "no block `botleneck` is called here", "did you mean `bottleneck`?"),
        ("block9@conv3", "no block `block9` is called in `conv3`", "did you mean `block"),
        ("@conv3", "no block `` is called in `conv3`", "there are `bottleneck`, "),
    ],
)
def test_wrong_names_are_answered_with_the_nearest(asked, said, remedy):
    with pytest.raises(UnknownBlockError, match=said) as unknown:
        figure(compiled("resnet50"), "stage", insets=[asked])
    assert unknown.value.remedy.startswith(remedy)


def test_what_cannot_be_together_is_refused():
    facts = [compiled("resnet18")]
    with pytest.raises(FigureError, match="no close-ups"):
        figure(facts * 2, differences=True, insets=["basic"])
    with pytest.raises(FigureError, match="the most is 12"):
        figure(facts, insets=[f"basic@conv{n}" for n in range(13)])


def test_one_close_up_needs_no_list():
    network = resnet_dsl.load("resnet18").network().compiled.facts
    assert figure(network, insets="basic").svg() == figure(network, insets=["basic"]).svg()
