"""Every figure is clean: nothing overlaps, nothing is cut off, no line runs through anything."""

from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import figure
from tests.targets.figure.drawn_networks import NETWORKS, cifar
from tests.targets.figure.overlaps import faults

LEVELS = ("stage", "block", "layer")


@pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_drawn_without_a_fault(name, level, wide):
    assert faults(figure(NETWORKS[name](), level=level, wide=wide).geometry) == []


@pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("names", [("plain34", "resnet34"), ("resnet34", "resnet50", "unet")], ids="-".join)
def test_networks_side_by_side_are_drawn_without_a_fault(names, level, wide):
    assert faults(figure([NETWORKS[name]() for name in names], level=level, wide=wide).geometry) == []


def test_wide_names_of_short_stages_stand_beside_each_other():
    """In a wide figure the words over a stage are wider than its one row; those of the next one begin behind them."""
    names = [f"{'m' * 18}_{number}" for number in range(3)]
    stages = " ".join(f"stage {name} {{ conv(4, 3) }}" for name in names)
    facts = resnet_dsl.load(f"network net {{ input 8x8x4 {stages} }}").network("net").compiled.facts
    geometry = figure(facts, level="block", wide=True).geometry
    assert {*names} <= {text.words for text in geometry.texts}
    assert faults(geometry) == []


@pytest.mark.parametrize("show", [("params",), ("params", "macs", "shape")], ids="-".join)
def test_facts_under_the_rows_fit(show):
    for level in LEVELS:
        assert faults(figure(NETWORKS["seresnet50"](), level=level, show=show).geometry) == []


def test_the_measure_finds_what_it_is_for():
    """A measure that finds nothing proves nothing: each kind of fault, made on purpose, is found."""
    geometry = figure(NETWORKS["inception"](), level="block").geometry
    box, beside, *_ = (box for box in geometry.boxes if box.shape == "round")
    moved = replace(box, x=beside.x + 5, y=beside.y)
    narrow = replace(box, width=10.0)
    away = replace(box, x=-100.0)
    path = next(path for path in geometry.paths if path.source)
    through = replace(path, points=((box.x - 60, box.y), (box.x + 60, box.y)))
    others = tuple(other for other in geometry.boxes if other is not box)

    def found(**changes):
        return " ".join(faults(replace(geometry, **changes)))

    assert "overlap" in found(boxes=(*others, moved))
    assert "wider than its box" in found(boxes=(*others, narrow))
    assert "outside the figure" in found(boxes=(*others, away))
    stranger = replace(path, source="another", target="one")
    assert "runs through" in found(paths=(*geometry.paths, through))
    assert "lie upon each other" in found(paths=(*geometry.paths, stranger))


def _rows(name, level="block", **options):
    geometry = figure(NETWORKS[name](), level=level, **options).geometry
    return [box for box in geometry.boxes if box.shape == "round"]


def test_block_level_has_a_row_for_each_weighted_layer_and_pool():
    """The paper's Table 1: 33 convolutions, one fully connected layer; and two pools."""
    assert len(_rows("resnet34")) == 34 + 2
    assert len(_rows("resnet152")) == 152 + 2


def test_skips_of_resnet34_are_those_of_the_papers_figure_3():
    paths = figure(NETWORKS["resnet34"](), level="block").geometry.paths
    drawn = [path for path in paths if path.source]
    assert sum("identity" in path.classes for path in drawn) == 13
    assert sum("adapted" in path.classes and path.dashed for path in drawn) == 3
    assert not any(
        path.source and not {"main"} & set(path.classes) for path in figure(NETWORKS["plain34"]()).geometry.paths
    )


def test_rows_of_two_networks_stand_side_by_side():
    geometry = figure([NETWORKS["plain34"](), NETWORKS["resnet34"]()], level="block").geometry
    heights = {}
    for box in geometry.boxes:
        if box.shape == "round":
            heights.setdefault(box.key.split("/")[0], []).append(box.y)
    plain, residual = heights.values()
    assert plain == residual


def test_stage_level_says_what_table_1_says():
    geometry = figure(NETWORKS["resnet152"](), level="stage", wide=True).geometry
    said = [text.words for box in geometry.boxes for text in box.texts]
    others, blocks = ["×2", "×7", "×35", "×2"], ["×3", "×8", "×36", "×3"]
    assert [words for words in said if words.startswith("×")] == [
        words for pair in zip(others, blocks, strict=True) for words in pair
    ]
    assert ["14×14×1024" in said, "1×1, 1024" in said, "conv4" in said] == [True] * 3


def test_the_level_is_chosen_by_what_stays_readable():
    assert len([box for box in figure(NETWORKS["resnet34"]()).geometry.boxes if box.shape == "frame"]) == 0
    assert len([box for box in figure(NETWORKS["resnet152"]()).geometry.boxes if box.shape == "frame"]) == 4


def test_a_deep_network_is_laid_out_in_time():
    """ResNet-1202 of the paper's section 4.2: no recursion, nothing that grows with the square of the depth."""
    deep = cifar("resnet1202", 1202)
    assert len([box for box in figure(deep, level="block").geometry.boxes if box.shape == "round"]) == 1202 + 1
