"""What a figure shows is the network: paths, skips, repeats, strides and outputs are read back from its outline."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.formats.page.tree import network_data
from resnet_dsl.targets.figure.outline.networks import gather_networks
from tests.targets.figure.audit import audit
from tests.targets.figure.test_any_graph import STEPS, network

LEVELS = ("stage", "block", "layer")
USUAL = (
    *("resnet50", "resnetv2_50", "skresnet18", "res2net50_26w_4s", "dla34", "hrnet_w18", "residual_unet"),
    *("two_view_network", "regnety_032", "dm_nfnet_f0", "fixup_resnet50", "keras_resnet50v2", "convnext_tiny"),
    *("cifar_densenet100_bc", "botnet26t_256"),
)


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def written(text, name="net"):
    return resnet_dsl.load(text).network(name).compiled.facts


def column(facts, level, wide=False):
    return gather_networks([facts], [facts.graph.name], level, (), wide).columns[0]


def faults(facts):
    return [fault for level in LEVELS for fault in audit(facts, column(facts, level), level)]


@pytest.mark.parametrize("name", USUAL)
def test_a_shipped_network_is_read_back_from_its_figures(name):
    assert faults(compiled(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_its_figures(name):
    assert faults(compiled(name)) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_network_is_read_back_from_its_figures(steps):
    """Skip connections are marked at random: these are not counted, nor, where they differ, the ways along them."""
    found = faults(network(steps))
    marked = {fault.partition(" skips: ")[0] for fault in found if " skips: " in fault}
    of_marks = {f"{level} {what}: " for level in marked for what in ("skips", "paths")}
    assert [fault for fault in found if not fault.startswith(tuple(of_marks))] == []


BRANCHES = """
block trigate(width, stride = 1) {
  one = in -> conv(width, 1, stride = stride) -> norm -> act
  two = in -> conv(width, 3, stride = stride) -> norm -> act
  three = in -> conv(width, 5, stride = stride) -> norm -> act
  add(one, two, three)
  skip
  act
}
network net { input 32x32x16  stage first { 2 x trigate(16) }  stage second(stride = 2) { 3 x trigate(32) } }
"""


def groups(facts, wide=False):
    return [group for item in column(facts, "stage", wide).items for group in item.groups]


@pytest.mark.parametrize("wide", [False, True], ids=["tall", "wide"])
def test_parallel_branches_are_a_named_box_with_its_close_up_beside(wide):
    facts = written(BRANCHES)
    assert [(group.lines, group.repeat) for group in groups(facts, wide)] == [
        (("trigate, 16",), 2),
        (("trigate, 32 (first /2, adapted skip)",), 3),
    ]
    shown = gather_networks([facts], ["net"], "stage", (), wide)
    inset = shown.columns[1]
    assert (len(shown.columns), inset.title, inset.inset) == (2, "trigate (first_block2)", True)
    assert [item.lines[0] for item in inset.items if item.kind == "box"] == [
        *("1×1 conv, 16", "3×3 conv, 16", "5×5 conv, 16")
    ]
    assert "relu" in shown.remarks[0]


def test_a_box_that_is_too_large_to_be_drawn_beside_is_named_in_words_and_block_draws_it():
    facts = compiled("hrnet_w18")
    shown = gather_networks([facts], ["hrnet"], "stage", (), False)
    assert [inset.title for inset in shown.columns[1:]] == ["two", "gather"]
    assert shown.remarks[1] == "boxes by name, which --block draws: three, four"
    assert block_figure(facts, ["three"]).geometry.boxes


def test_the_first_block_of_a_stage_shows_its_projection_and_its_stride():
    """ResNet-50: four stages, each of which begins with a projection (He et al. 2015, section 3.3)."""
    facts = compiled("resnet50")
    for group in groups(facts):
        assert [(arc.start, arc.end, arc.way) for arc in group.arcs] == [(0, 3, "identity")]
        assert [(arc.start, arc.end, arc.way) for arc in group.first_arcs] == [(0, 3, "adapted")]
    assert [group.lines[1] for group in groups(facts)] == [
        *("3×3, 64", "3×3, 128 (first /2)", "3×3, 256 (first /2)", "3×3, 512 (first /2)")
    ]
    drawn = figure(facts, "stage")
    paths = [path for path in drawn.geometry.paths if "legend" not in path.classes]
    assert [sum(way in path.classes and path.dashed == (way == "adapted") for path in paths) for way in WAYS] == [4, 4]
    assert [words for words in ("identity skip", "projection skip") if words in drawn.svg()] == [*LEGEND]
    assert "3 x (1×1, 64; 3×3, 64; 1×1, 256; identity skip; adapted skip in the first)" in drawn.dot()
    assert "dash pattern" in drawn.tex()


WAYS, LEGEND = ("identity", "adapted"), ("identity skip", "projection skip")


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        ("skips via pad", ["padded skip"]), ("skips via subsample -> pad_channels", ["padded skip"]),
        ("skips via pool_project", ["projection skip"]), ("skips via conv(kernel = 1)", ["projection skip"]),
        ("skips via pad stage other(stride = 2) { skips via project basic(32) }", ["projection or padded skip"]),
    ],
)  # fmt: skip
def test_the_legend_says_what_adapts_a_skip(adapter, words):
    """Zeros in the new channels are no projection: the paper's option A."""
    facts = written(f"network net {{ input 8x8x8  {adapter}  stage last(stride = 2) {{ basic(64) }} }}")
    assert re.findall(r">([^<>]* skip)</text>", figure(facts, "block").svg()) == words


def test_a_dense_layer_on_a_skip_is_a_projection():
    """Of vectors it is what the 1x1 convolution is of maps, and a matrix in the formula."""
    block = "block unit(width) { dense(width) -> relu  skip via dense(width) }"
    facts = written(f"{block} network net {{ input 4x4x1  stem {{ flatten }}  stage one {{ unit(8) }} }}")
    assert re.findall(r">([^<>]* skip)</text>", figure(facts, "block").svg()) == ["projection skip"]
    assert "F(x) + Wx" in block_figure(facts, ["unit"], formula=True).tex().replace("\\,", " ").replace("$", "")


def test_a_block_that_differs_behind_the_first_one_is_a_group_of_its_own():
    """Keras' ResNet v2 has the stride in the last block of a stage."""
    assert [group.repeat for group in groups(compiled("keras_resnet50v2"))] == [2, 1, 3, 1, 5, 1, 3]


FORKS = """
block fork(width, dilation = 1, groups = 1, factor = 0.5, act = true) {
  one = in -> conv(width, 1)
  two = in -> conv(width, 3, dilation = dilation, groups = groups) -> scale(factor)
  if act { add(one, two) -> relu } else { add(one, two) -> silu }
}
network net { input 8x8x16  stage first { fork(16) -> fork(16) -> fork(16, OTHER) } }
"""


@pytest.mark.parametrize("other", ["dilation = 2", "groups = 4", "factor = 0.25", "act = false"])
def test_named_boxes_that_differ_inside_are_not_drawn_as_equal(other):
    assert [group.repeat for group in groups(written(FORKS.replace("OTHER", other)))] == [2, 1]


@pytest.mark.parametrize("other", ["dilation = 2", "factor = 0.25", "act = false"])
def test_named_boxes_that_differ_inside_have_close_ups_of_their_own(other):
    shown = gather_networks([written(FORKS.replace("OTHER", other))], ["net"], "stage", (), False)
    assert [inset.title for inset in shown.columns[1:]] == ["fork (first_block2)", "fork (first_block3)"]


SMOOTH = """
block smooth(width) {
  use act = silu
  basic(width)
}
network net { input 8x8x16  stage one { basic(16) -> smooth(16) } }
"""


def test_blocks_with_other_activations_are_not_drawn_as_equal():
    assert [group.repeat for group in groups(written(SMOOTH))] == [1, 1]


def test_what_follows_the_last_block_of_a_stage_does_not_part_it_from_the_others():
    """ConvNeXt normalises between its stages, which folds into the last block's row."""
    blocks = [group.repeat for group in groups(compiled("convnext_tiny")) if len(group.rows) > 1]
    assert blocks == [3, 3, 9, 3]


@pytest.mark.slow
def test_a_stage_is_drawn_in_linear_time():
    """Thousands of blocks with branches, each looked at once."""
    facts = written(BRANCHES.replace("2 x trigate(16)", "repeat 3000 { basic(16) -> trigate(16) }"))
    started = time.process_time()
    assert len(groups(facts)) > 2
    assert time.process_time() - started < 30


def test_a_value_used_twice_by_one_merge_is_said():
    facts = written("network net { input 8x8x4  stage one {\n wide = conv(4, 3)\n add(wide, wide) -> relu } }")
    assert "+ (one value 2 times)" in [item.lines[0] for item in column(facts, "layer").items]


def test_a_detail_that_meets_its_own_row_is_drawn():
    """x * sigmoid(x): folded away, the product would be drawn with one value."""
    facts = written(
        "network net { input 8x8x4  stage one {\n wide = conv(4, 3)\n gate = wide -> sigmoid\n mul(wide, gate) } }"
    )
    assert "sigmoid" in [item.lines[0] for item in column(facts, "block").items]


def things(data):
    """The parts, runs and blocks of the page, outermost first."""
    for thing in data:
        yield thing
        yield from things(thing.get("children", ()))


def test_the_page_draws_a_skip_around_a_folded_block_only_where_it_passes_by_all_of_it():
    """DLA's trees hold residual blocks; none of their skip connections goes around a tree."""
    skips = {}
    for name in ("dla34", "resnet50"):
        for thing in things(network_data(compiled(name), ())["parts"]):
            if thing["kind"] == "block":
                skips.setdefault(name, []).append(thing["skip"])
    assert skips["dla34"] == [None] * 4
    assert (skips["resnet50"].count("adapted"), skips["resnet50"].count("identity")) == (4, 12)


SIDE_BY_SIDE = """
block joined(left, right) { add(left, right) }
network net { input 8x8x16  stage one {
  start = conv(16, 1)
  near = start -> basic(16)
  far = start -> basic(16)
  joined(near, far)
} }
"""


def test_the_page_draws_blocks_side_by_side_as_they_are():
    """A chain of blocks is listed; this is none, and is drawn."""
    (part,) = network_data(written(SIDE_BY_SIDE), ())["parts"]
    assert "drawing" in part
    assert "children" not in part
    (group,) = groups(written(SIDE_BY_SIDE))
    assert group.lines == ("one, 16",)
