"""A chain of networks: bars are as long as their numbers, words are those of the comparison."""

from __future__ import annotations

from itertools import pairwise

import pytest

import resnet_dsl
from resnet_dsl import pipeline, resources
from resnet_dsl.analyses.difference import marks
from resnet_dsl.targets.figure import FigureError, TooNarrowError, roadmap_figure
from tests.targets.figure.overlaps import faults

CHAIN = """
network base(width = 16) {
  input 32x32x3
  stem { conv(width, 3) -> norm -> act }
  stage a { 2 x basic(width) }
  stage b(stride = 2) { 2 x basic(2 * width) }
  head { avgpool(global) -> dense(10) -> softmax }
}
network smooth from base { use act = silu }
network wider from smooth(width = 32) { }
network deeper from wider { stage a { 4 x basic(32) } }
"""


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def lineage(text, name):
    return [one.facts for one in pipeline.load_text(text).lineage(name)]


def check(facts, **options):
    geometry = roadmap_figure(facts, **options).geometry
    assert faults(geometry) == []
    for what, numbers in (("parameters", [f.count.params for f in facts]), ("MACs", [f.count.macs for f in facts])):
        bars = {box.key: box for box in geometry.boxes if box.key.endswith(f"/{what}")}
        lengths = [bars[f"{number} {one.graph.name}/{what}"].width for number, one in enumerate(facts)]
        assert [length / max(lengths) for length in lengths] == pytest.approx(
            [number / max(numbers) for number in numbers], abs=0.01
        )
        assert len({round(bar.bounds[0], 1) for bar in bars.values()}) == 1, "all begin at nought"
    said = " ".join(text.words for text in geometry.texts)
    for before, after in pairwise(facts):
        found = marks(before, after)
        assert ", ".join(found[:1]) in said
    tops = [box.y for box in geometry.boxes if box.key.endswith("/MACs")]
    assert tops == sorted(tops)
    return geometry


def test_a_chain_of_networks_is_drawn_from_its_first_base_on():
    facts = lineage(CHAIN, "deeper")
    assert [one.graph.name for one in facts] == ["base", "smooth", "wider", "deeper"]
    geometry = check(facts)
    said = [text.words for text in geometry.texts]
    for words in ("silu for relu", "blocks 4-2", "parameters", "MACs"):
        assert words in said
    params = [one.count.params for one in facts]
    assert params[0] == params[1]
    assert sum("(=)" in words for words in said) == 2
    change = f"{params[2] / params[1] - 1:+.1%}"
    assert any(words.endswith(f"({change})") for words in said)


def test_bases_of_other_files_belong_to_the_chain():
    file = f"{resources.specs_folder()}/tricks/stems.resnet"
    names = [one.name for one in pipeline.load(file).lineage("resnet10t")]
    assert names == ["resnet50", "resnet50c", "resnet50d", "resnet50t", "resnet10t"]
    check([one.facts for one in pipeline.load(file).lineage("resnet10t")])


def test_networks_in_the_order_in_which_they_are_named():
    check([compiled(name) for name in ("resnet18", "resnet34", "resnet50")])
    check([compiled("convnext_tiny"), compiled("densenet121")])


def test_a_number_that_is_unknown_has_no_bar():
    facts = [compiled("resnet18"), compiled("unet_resnet34")]
    geometry = roadmap_figure(facts).geometry
    assert [box.key for box in geometry.boxes] == [
        "0 resnet18/parameters",
        "0 resnet18/MACs",
        "1 unet_resnet34/parameters",
    ]
    assert "unknown" in [text.words for text in geometry.texts]


def test_on_paper_it_is_as_wide_as_it_is_asked_to_be():
    facts = [compiled(name) for name in ("resnet18", "resnet34")]
    drawn = roadmap_figure(facts, width="3.25in")
    assert drawn.geometry.width * drawn.scale == pytest.approx(3.25 * 72)
    assert drawn.geometry.smallest * drawn.scale >= 5.5
    assert faults(drawn.geometry) == []
    with pytest.raises(TooNarrowError) as narrow:
        roadmap_figure(facts, width="40mm")
    width = narrow.value.remedy.split("`")[1].split()[1]
    assert roadmap_figure(facts, width=width).geometry


def test_a_page_of_a_theme_is_its_width():
    """CVPR: 6.875 in across both columns."""
    whole = roadmap_figure(lineage(CHAIN, "deeper"), theme="cvpr", width="full")
    assert whole.geometry.width * whole.scale == pytest.approx(6.875 * 72, abs=1)
    with pytest.raises(FigureError, match="has no page that is `full`"):
        roadmap_figure(lineage(CHAIN, "deeper"), width="full")


def test_on_paper_it_is_no_higher_than_a_page():
    with pytest.raises(FigureError, match="high: a page has 225mm"):
        roadmap_figure([compiled("resnet18")] * 60, width="85mm")


def test_one_network_has_no_way_to_go():
    with pytest.raises(FigureError, match="and here is 1"):
        roadmap_figure([compiled("resnet18")])
    with pytest.raises(FigureError, match="and here are 65"):
        roadmap_figure([compiled("resnet18")] * 65)
