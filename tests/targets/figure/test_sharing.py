"""Layers that several calls share say so, by a number, in every figure of them."""

import re
from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import verified
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.formats.page.tree import network_data
from resnet_dsl.targets.figure.outline.networks import gather_networks
from resnet_dsl.targets.table import tabulate
from tests.targets.figure.drawn_networks import NETWORKS
from tests.targets.figure.ended_networks import written
from tests.targets.figure.overlaps import faults

LEVELS = ("stage", "block", "layer")
TIED = "network tied { input 16x16x8 stage one { 3 x basic(8) } stage two { conv(8, 3) -> conv(8, 3) } }"


def siamese():
    """The second tower calls the layers of the first one."""
    facts = resnet_dsl.load(written("siamese")).network("siamese").compiled.facts
    at = {node.name: index for index, node in enumerate(facts.graph.nodes)}
    return shared(facts, {name: name.replace("tower2", "tower") for name in at if "tower2" in name}, at)


def tied():
    """The blocks of a stage are the first one again; the convolutions of the other stage have weights of their own."""
    facts = resnet_dsl.load(TIED).network("tied").compiled.facts
    at = {node.name: index for index, node in enumerate(facts.graph.nodes)}
    first = {name: re.sub("_block[23]", "_block1", name) for name in at if re.search("_block[23]", name)}
    return shared(facts, first, at)


def shared(facts, first, at):
    nodes = [replace(node, shares=at[first[node.name]]) if node.name in first else node for node in facts.graph.nodes]
    return Facts(verified(replace(facts.graph, nodes=tuple(nodes))), facts.shapes)


def lines(facts, level):
    (column,) = gather_networks([facts], [facts.graph.name], level, (), False).columns
    return [item.lines[0] for item in column.items]


def test_the_towers_of_a_pair_have_the_same_numbers():
    assert lines(siamese(), "block")[2:8] == [
        "3×3 conv, 8, /2, #1", "3×3 conv, 16, /2, #3", "global avg pool",
        "3×3 conv, 8, /2, #1", "3×3 conv, 16, /2, #3", "global avg pool",
    ]  # fmt: skip
    numbers = [re.findall("#[0-9]+", line) for line in lines(siamese(), "layer")]
    assert [found for found in numbers if found] == [["#1"], ["#2"], ["#3"], ["#4"]] * 2
    assert [line for line in lines(siamese(), "layer") if line.startswith("fc") and "#" in line] == []


def test_a_run_of_equal_blocks_of_one_layer_stays_a_run():
    (column,) = gather_networks([tied()], ["tied"], "stage", (), False).columns
    one, two = (item.groups for item in column.items if item.kind == "card")
    assert [(group.repeat, group.rows) for group in one] == [(3, ("3×3, 8, #1", "3×3, 8, #3"))]
    assert [group.rows for group in two] == [("3×3, 8", "3×3, 8")]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("make", [siamese, tied])
def test_the_figure_says_what_the_numbers_mean_and_is_clean(make, level):
    geometry = figure(make(), level).geometry
    assert faults(geometry) == []
    assert "one layer with its weights" in geometry.description
    assert "one layer with its weights" not in figure(NETWORKS["resnet34"](), level).geometry.description


def test_a_close_up_has_the_numbers_of_the_network():
    said = [text.words for box in block_figure(siamese(), ["head_tower2"]).geometry.boxes for text in box.texts]
    assert [words for words in said if "#" in words] == [
        "3×3 conv, 8, /2, #1", "batch norm, #2", "3×3 conv, 16, /2, #3", "batch norm, #4",
    ]  # fmt: skip


def test_a_table_says_what_they_mean():
    table = tabulate([tied()])
    assert table.rows[0].cells[0][0].rows == ("3×3, 8, #1", "3×3, 8, #3")
    assert table.notes == ("one number (#1): one layer with its weights, called several times",)


def test_a_page_has_them_too():
    told = {name: words for name, words, *_ in network_data(siamese(), ())["facts"]}
    assert told["head_tower_conv1"] == told["head_tower2_conv1"] == "3×3 conv, 8, /2, #1"
    (run,) = network_data(tied(), ())["parts"][0]["children"]
    assert run["sub"] == "3×3, 8, #1 · 3×3, 8, #3"
