"""Solid and dashed lines are told apart wherever they leave or enter one item, and do not cross there."""

from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import figure
from tests.targets.figure.drawn_networks import NETWORKS, Hand
from tests.targets.figure.overlaps import faults


def crossings(geometry, end):
    """Where a solid and a dashed line with one ``end`` (source, target) cross: as many as there are places."""
    found = 0
    solid, dashed = ([path for path in geometry.paths if path.source and path.dashed is kind] for kind in (False, True))
    for one in solid:
        for other in dashed:
            if getattr(one, end) == getattr(other, end):
                found += sum(cross(a, b) or cross(b, a) for a in pieces(one) for b in pieces(other))
    return found


def pieces(path):
    return zip(path.points, path.points[1:], strict=False)


def cross(upright, level):
    """Whether an upright piece runs through a level one, not only up to it."""
    ((x, top), (other, bottom)), ((left, y), (right, same)) = upright, level
    if x != other or y != same:
        return False
    return min(left, right) + 0.5 < x < max(left, right) - 0.5 and min(top, bottom) + 0.5 < y < max(top, bottom) - 0.5


@pytest.mark.parametrize("name", ["skresnet18", "residual_unet"])
def test_a_projection_and_a_line_that_leave_one_value_are_seen_apart(name):
    """In one the projection reaches further, in the other the line does."""
    facts = resnet_dsl.load(name).network(name).compiled.facts
    for level in ("block", "layer"):
        geometry = figure(facts, level).geometry
        assert faults(geometry) == []
        assert crossings(geometry, "source") == 0


@pytest.mark.parametrize("order", ["near", "far"])
def test_a_projection_and_a_line_that_enter_one_sum_beside_the_main_path_are_seen_apart(order):
    hand = Hand("net", (8, 8, 4))
    hand.open("stage", "one")
    entry = hand.now
    early, _, _, late = (hand.add("conv", channels=4, kernel=3) for _ in range(4))
    side = hand.add("conv", entry, channels=4, kernel=3)
    main, skipped = (early, late) if order == "near" else (late, early)
    met = hand.add("add", main, skipped, side, skip="adapted")
    hand.now = late
    for _ in range(3):
        hand.add("conv", channels=4, kernel=3)
    hand.add("add", hand.now, met)
    hand.close()
    geometry = figure(hand.facts(), "layer").geometry
    entering = [path for path in geometry.paths if path.target.endswith(f"add{met}")]
    assert sorted(path.dashed for path in entering) == [False, True, True]
    assert len({path.points[-1] for path in entering}) == 3
    assert faults(geometry) == []
    assert crossings(geometry, "target") == 0


def test_the_measure_finds_lines_that_cross():
    geometry = figure(NETWORKS["resnet34"](), level="block").geometry
    path = next(path for path in geometry.paths if path.dashed)
    (start, level), *_, (_, end) = path.points
    solid = replace(path, dashed=False, points=((start + 20, level - 5), (start + 20, end)))
    assert crossings(replace(geometry, paths=(*geometry.paths, solid)), "source") == 1


def test_the_arrowheads_of_two_arcs_in_a_card_stand_apart():
    """Each is 5 points wide."""
    paths = figure(NETWORKS["resnet50"](), level="stage").geometry.paths
    arcs = [path for path in paths if not path.source and {"identity", "adapted"} & set(path.classes)]
    solid, dashed = ([path.points for path in arcs if path.dashed is kind] for kind in (False, True))
    assert len(solid) == len(dashed) == 4
    assert (
        min(abs(one[end][1] - other[end][1]) for one, other in zip(solid, dashed, strict=True) for end in (0, -1)) > 4.5
    )


def test_the_measure_finds_a_dashed_line_upon_a_solid_one():
    geometry = figure(NETWORKS["resnet34"](), level="block").geometry
    path = next(path for path in geometry.paths if path.dashed)
    solid = replace(path, dashed=False, target="another")
    assert any("lie upon each other" in fault for fault in faults(replace(geometry, paths=(*geometry.paths, solid))))
