"""Blocks in close-up: the paper's Figures 2 and 5, and blocks of every shape."""

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import UnknownBlockError, block_figure
from tests.targets.figure.drawn_networks import NETWORKS
from tests.targets.figure.overlaps import faults


def close_up(network, block, *args, **options):
    return block_figure(NETWORKS[network](), [block], *args, **options).geometry


def words(geometry):
    inside = [text.words for box in geometry.boxes for text in box.texts]
    return inside + [text.words for text in geometry.texts]


def test_figure_2_says_what_the_papers_says():
    said = words(close_up("resnet34", "basic", formula=True))
    assert sorted(said) == sorted(
        ["x", "weight layer", "weight layer", "+", "F(x)", "F(x) + x", "x", "identity", "relu", "relu"]
    )


def test_figure_5_has_basic_beside_bottleneck():
    networks = [NETWORKS["resnet34"](), NETWORKS["resnet50"]()]
    geometry = block_figure(networks, ["basic", "bottleneck"], "block").geometry
    boxes = [box for box in geometry.boxes if box.shape == "round"]
    said = [(box.x, box.texts[0].words) for box in boxes]
    left = min(x for x, _ in said)
    assert [w for x, w in said if x == left] == ["3×3 conv, 64", "3×3 conv, 64"]
    assert [w for x, w in said if x > left] == ["1×1 conv, 64", "3×3 conv, 64", "1×1 conv, 256"]
    assert words(geometry).count("relu") == 5


def test_every_operation_of_a_gated_block_is_there():
    geometry = close_up("seresnet50", "conv3_block1")
    said = words(geometry)
    for operation in ("global avg pool", "sigmoid", "×", "+", "1×1 conv, 32", "1×1 conv, 512, /2"):
        assert operation in said
    assert said.count("batch norm") == 4


@pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
@pytest.mark.parametrize("level", ["block", "layer"])
@pytest.mark.parametrize(
    ("network", "block"),
    [("resnet34", "basic"), ("seresnet50", "bottleneck"), ("seresnet50", "conv3_block1"), ("seresnet50", "se"),
     ("resnet50", "project"), ("inception", "inception"), ("densenet", "dense_layer"), ("dense", "dense1_layer3")],
)  # fmt: skip
def test_close_ups_are_clean(network, block, level, wide):
    for options in ({}, {"show": ("params", "shape")}, {"formula": True}):
        assert faults(close_up(network, block, level, wide, **options)) == []


def test_an_unknown_block_is_answered_with_the_nearest_or_with_those_that_are_there():
    with pytest.raises(UnknownBlockError, match="no block `botleneck` is called here") as unknown:
        close_up("resnet50", "botleneck")
    assert unknown.value.remedy == "did you mean `bottleneck`?"
    with pytest.raises(UnknownBlockError) as unknown:
        close_up("resnet50", "something_else")
    assert unknown.value.remedy.startswith("there are `bottleneck`, `project`, `conv2`, `conv2_block1`")


@pytest.mark.parametrize("wide", [False, True])
def test_branches_lie_on_both_sides_of_the_main_path(wide):
    """DeepLab's five (Chen et al. 2017, Figure 5), in the order of the text but for the main one in their middle."""
    facts = resnet_dsl.load("deeplabv3_resnet50").network("deeplabv3_resnet50").compiled.facts
    drawn = block_figure(facts, ["aspp"], "block", wide).geometry
    across = {box.texts[0].words: box.y if wide else box.x for box in drawn.boxes if box.texts}
    middle = across["concat"]
    beside = [across[f"3×3 conv, 256, dilation {rate}"] - middle for rate in (12, 24, 36)]
    assert beside[0] < 0 < beside[1] < beside[2]
    assert across["global avg pool"] == pytest.approx(middle)
    assert faults(drawn) == []
