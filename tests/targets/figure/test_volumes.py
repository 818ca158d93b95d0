"""Volumes are the network's maps: edges, channels, repeats, joins and skips, read back from the picture alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log2, sqrt

import pytest
from hypothesis import HealthCheck, given, settings

import resnet_dsl
from resnet_dsl import pipeline, shipped
from resnet_dsl.extras import is_installed
from resnet_dsl.targets.figure import FigureError, TooNarrowError, block_figure, figure
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry
from tests.cli.calling import call
from tests.targets.figure.test_any_graph import STEPS, network
from tests.targets.figure.test_files import hostile
from tests.targets.figure.volume_audit import audit
from tests.targets.figure.volume_overlaps import faults
from tests.targets.figure.volume_picture import VolumePicture

LEVELS = ("stage", "block", "layer")
USUAL = (
    *("resnet50", "skresnet18", "dla34", "residual_unet", "two_view_network", "resnet50_fpn", "siamese_omniglot"),
    *("ecg_network", "cifar_densenet100_bc", "hrnet_w18"),
)
MOST_NODES = 1500


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def net(body, size="32x32x3"):
    return pipeline.load_text(f"network n {{ input {size} stage s {{ {body} }} }}").compile().facts


def drawn(facts, level="stage", **options):
    return figure(facts, level, view="volume", **options).geometry


def wrong(facts, levels):
    found = ((level, drawn(facts, level)) for level in levels)
    return [fault for level, one in found for fault in (*audit(facts, one, level), *faults(one))]


@pytest.mark.parametrize("name", USUAL)
def test_a_shipped_network_is_read_back_from_its_volumes(name):
    assert wrong(compiled(name), LEVELS[:1] if name == "hrnet_w18" else LEVELS[:2]) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_network_is_read_back_from_its_volumes(steps):
    """Skips are marked at random there, convolutions have no names, and a stage may hold nothing that is drawn."""
    uncounted = (" skips: ", " convolutions: ", " stages: ")
    assert [fault for fault in wrong(network(steps), LEVELS) if not any(what in fault for what in uncounted)] == []


def test_runs_of_a_branch_stay_in_its_lane():
    """A stage that is off the main path, and is drawn as two runs."""
    steps = [("conv", [0, 0]), ("conv", [0, 0]), ("stage", [0, 0]), ("add", [0, 0]), ("open", [0, 0]), ("conv", [0, 0])]
    assert faults(drawn(network(steps))) == []


def test_a_stage_that_is_one_box_is_no_join():
    """It begins with one, and is too tangled to be rows."""
    facts = network([("concat", [0, 0]), ("add", [0, 0])])
    assert [thing.channels for thing in things(drawn(facts)) if thing.slices][-1] == str(facts.shapes[-1][-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_its_volumes(name):
    facts = compiled(name)
    assert wrong(facts, LEVELS if len(facts.graph.nodes) < MOST_NODES else LEVELS[:1]) == []


@pytest.mark.parametrize("side", ["linear", "sqrt", "log"])
@pytest.mark.parametrize("thickness", ["linear", "sqrt", "log"])
def test_edges_follow_the_law_that_is_stated(side, thickness):
    """56 positions and 28; 256 channels and 512: each edge against the other, by the law's own formula."""
    laws = {"linear": float, "sqrt": sqrt, "log": lambda number: log2(1 + number)}
    facts = compiled("resnet50")
    one = drawn(facts, volume={"side": side, "thickness": thickness})
    assert audit(facts, one, "stage") == []
    solids = {thing.channels: thing.slices[-1] for thing in VolumePicture(one).things}
    ratio = laws[side](56) / laws[side](28)
    assert solids["256"].front / solids["512"].front == pytest.approx(ratio, rel=0.01)
    ratio = laws[thickness](512) / laws[thickness](256)
    assert solids["512"].widths[0] / solids["256"].widths[0] == pytest.approx(ratio, rel=0.01)


def test_a_receding_edge_is_the_width():
    """45 degrees, and 0.42 of the length of an edge in front."""
    (thing, *_) = VolumePicture(drawn(net("conv(4, 1)", "9x36x4"), "layer")).things
    assert thing.size == "9×36"
    assert thing.slices[0].depth / thing.slices[0].front == pytest.approx(0.42 * sqrt(0.5) * 2, abs=0.01)


def solid(one: Geometry, words: str) -> Box:
    return next(box for box in one.boxes if words in [text.words for text in box.texts])


def said(one: Geometry) -> str:
    return " ".join(text.words for text in one.texts)


def things(one: Geometry):
    return VolumePicture(one).things


def test_equal_blocks_are_slices_with_their_number():
    """ResNet-50 (He et al. 2015, Table 1): 3, 4, 6 and 3 blocks; the first of each stage projects."""
    stacks = [one for one in things(drawn(compiled("resnet50"))) if one.repeat > 1]
    assert [(one.channels, one.repeat, len(one.slices)) for one in stacks] == [
        *(("256", 3, 3), ("512", 4, 3), ("1024", 6, 3), ("2048", 3, 3))
    ]
    assert [Counter(dict(one.skips)) for one in stacks] == [Counter({True: 1, False: n}) for n in (2, 3, 5, 2)]
    two = things(drawn(net("2 x basic(8)")))
    assert [len(one.slices) for one in two if one.repeat > 1] == [2]


def test_blocks_that_widen_are_drawn_as_wide_as_they_are():
    """DenseNet-BC's layers add 12 channels each: the slices of a stage are not equal, and the words say so."""
    (dense, *_) = [one for one in things(drawn(compiled("cifar_densenet100_bc"))) if one.repeat > 1]
    assert (dense.channels, dense.repeat) == ("36–216", 16)
    first, second, last = (one.widths[0] for one in dense.slices)
    assert [first / last, second / last] == pytest.approx([log2(37) / log2(217), log2(49) / log2(217)], rel=0.01)


def test_blocks_that_shrink_are_drawn_as_high_as_they_are():
    text = "block half() { conv(8, 3, stride = 2) relu } network n { input 64x64x3 stage s { 4 x half() } }"
    facts = pipeline.load_text(text).compile().facts
    (one,) = [one for one in things(drawn(facts)) if one.repeat == 4]
    assert one.size == "32×32–4×4"
    assert [s.front / one.slices[0].front for s in one.slices] == pytest.approx([1, sqrt(1 / 2), sqrt(1 / 8)], rel=0.01)


GATED = """block gated(w, stride = 1) {
  out = conv(w, 3, stride = stride) -> norm -> act
  mul(out -> avgpool(global, keepdims = true) -> conv(w, 1) -> sigmoid, out)
  skip
}
network n { input 32x32x16 skips SKIPS stage s(stride = 2) { 3 x gated(32) } stage t { 2 x gated(32) } }"""


@pytest.mark.parametrize(
    ("skips", "below"),
    [
        ("via project", [("×3", "gated", "adapted skip first"), ("×2", "gated")]),
        ("always via project", [("×2", "gated", "adapted skip"), ("×2", "gated", "adapted skip")]),
    ],
)
def test_a_run_of_named_boxes_says_what_adapts_their_skips(skips, below):
    """No arc stands above a box that is no chain: words say it, and below the figure how to see inside."""
    one = drawn(pipeline.load_text(GATED.replace("SKIPS", skips)).compile().facts)
    assert [" ".join(run.below) for run in things(one) if run.repeat > 1] == [" ".join(words) for words in below]
    assert "not drawn beside, which --block draws: gated (s_block" in said(one)


def test_a_run_of_shared_blocks_says_that_they_are_one_layer():
    text = "shared block unit() { conv(16, 3) -> norm skip act } network n { input 8x8x16 stage s { 8 x unit() } }"
    (stack,) = [one for one in things(drawn(pipeline.load_text(text).compile().facts)) if one.repeat == 8]
    assert stack.below == ("×8", "unit", "#1")


def test_what_is_joined_is_plates_that_touch():
    joined = [one for one in things(drawn(compiled("residual_unet"))) if one.below[:1] == ("concat",)]
    assert [(one.channels, len(one.slices[0].widths)) for one in joined] == [
        ("128+128", 2), ("64+64", 2), ("32+32", 2)
    ]  # fmt: skip


def test_a_stage_that_makes_several_values_shows_each():
    """HRNet-W18 (Wang et al. 2019): 18, 36, 72 and 144 channels at 1/4 to 1/32 of 224."""
    (four,) = [one for one in things(drawn(compiled("hrnet_w18"))) if one.channels == "18, 36, 72, 144"]
    assert " ".join(four.below).startswith("56×56, 28×28, 14×14, 7×7")
    assert [one.front / four.slices[0].front for one in four.slices] == pytest.approx(
        [1, sqrt(1 / 2), 1 / 2, sqrt(1 / 8)], rel=0.02
    )


def test_a_line_of_positions_and_a_vector_have_no_second_side():
    ecg = things(drawn(compiled("ecg_network")))
    assert (ecg[0].channels, ecg[0].size) == ("12", "5000")
    assert ecg[0].slices[0].depth < 1
    assert [one.channels for one in ecg][-2:] == ["128-d", "5-d"]


def test_of_three_axes_two_are_drawn_and_the_figure_says_so():
    facts = net("conv(8, 3, stride = 2)", "16x64x64x1")
    one = drawn(facts, "layer")
    assert audit(facts, one, "layer") == []
    assert things(one)[0].size == "16×64×64"
    assert "of three axes and more the last two are drawn" in said(one)


def test_open_lengths_are_drawn_in_proportion_and_the_figure_says_so():
    one = drawn(net("conv(8, 3, stride = 2)", "?x?x3"), "layer")
    first, second = things(one)
    assert (first.size, second.size) == ("?×?", "?×?")
    assert second.slices[0].front / first.slices[0].front == pytest.approx(sqrt(1 / 2), rel=0.01)
    assert "open lengths (?) are drawn as if the input had 224 positions" in said(one)


LIES = {
    "another width": ("256", "255"),
    "another size": ("28×28", "30×30"),
    "another number of blocks": ("×6", "×5"),
    "another number of skip connections": ("×5", "×6"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_picture_that_lies_is_found_out(lie):
    facts = compiled("resnet50")
    one = drawn(facts)
    old, new = LIES[lie]

    def changed(box: Box) -> Box:
        return replace(box, texts=tuple(replace(t, words=new if t.words == old else t.words) for t in box.texts))

    assert audit(facts, replace(one, boxes=tuple(map(changed, one.boxes))), "stage") != []


def test_an_edge_that_lies_is_found_out():
    facts = compiled("resnet50")
    one = drawn(facts)
    box = solid(one, "512")
    longer = tuple(replace(p, points=tuple((x, y + (y > box.y) * 2) for x, y in p.points)) for p in box.planes)
    lying = tuple(replace(box, planes=longer) if other is box else other for other in one.boxes)
    assert audit(facts, replace(one, boxes=lying), "stage") != []


def test_two_networks_have_one_scale():
    one = drawn([compiled("resnet18"), compiled("resnet50")])
    assert faults(one) == []
    inputs = [thing.slices[0].front for thing in things(one) if thing.below == ("input",)]
    assert inputs[0] == pytest.approx(inputs[1])


def test_blocks_in_close_up_are_volumes_too():
    one = block_figure(compiled("resnet50"), ["bottleneck"], view="volume").geometry
    assert [thing.channels for thing in things(one) if thing.slices][:2] == ["256", "64"]
    assert faults(one) == []
    with pytest.raises(FigureError, match="a formula has no volumes"):
        block_figure(compiled("resnet50"), ["bottleneck"], formula=True, view="volume")


@pytest.mark.parametrize(("width", "rows"), [("3.25in", 2), ("6.875in", 1)])
def test_volumes_fit_paper_in_rows(width, rows):
    one = figure(compiled("resnet50"), view="volume", width=width)
    assert one.geometry.width * one.scale == pytest.approx(float(width[:-2]) * 72, abs=1)
    assert faults(one.geometry) == []
    assert audit(compiled("resnet50"), one.geometry, "stage") == []
    assert any("2 rows" in note for note in one.notes) == (rows == 2)


def test_what_fits_nowhere_says_the_width_that_does():
    with pytest.raises(TooNarrowError) as refused:
        figure(compiled("resnet50"), view="volume", width="20mm")
    width = refused.value.remedy.split("`--width ")[1].split("mm")[0]
    assert figure(compiled("resnet50"), view="volume", width=f"{width}mm").geometry


@pytest.mark.parametrize("ending", [".svg", ".tex", ".dot", ".png", ".pdf"])
def test_every_format_draws_volumes(ending, tmp_path):
    if ending == ".pdf" and not is_installed("reportlab"):
        pytest.skip("ReportLab is not installed")
    path = figure(hostile(), "layer", view="volume", theme="auto").save(tmp_path / f"n{ending}")
    assert path.stat().st_size > 1000


def test_the_command_draws_volumes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("draw", "resnet18", "--view", "volume", "--volume", "side=linear", "-o", "n.svg").code == 0
    assert "height and width to scale, thickness (channels) by logarithm" in (tmp_path / "n.svg").read_text()
    assert 'class="node box volume' in (tmp_path / "n.svg").read_text()


def test_a_theme_says_how_volumes_are_drawn(tmp_path):
    """Thirty degrees, half as long; sides to scale; what is asked for comes before a theme."""
    path = tmp_path / "mine.toml"
    path.write_text('[volume]\nangle = 30\ndepth = 0.5\nside = "linear"\n[line]\nwidth = 2\n')
    one = drawn(compiled("resnet18"), theme=str(path))
    box = solid(one, "input")
    _, side, _ = box.planes
    assert side.points[1][0] - side.points[0][0] == pytest.approx(62 * 0.5 * sqrt(0.75), abs=0.02)
    assert side.points[0][1] - side.points[1][1] == pytest.approx(62 * 0.25, abs=0.02)
    assert "height and width to scale" in said(one)
    assert "setlinewidth(2)" in figure(compiled("resnet18"), view="volume", theme=str(path)).dot()
    asked = drawn(compiled("resnet18"), theme=str(path), volume={"side": "sqrt"})
    assert "height and width by square root" in said(asked)


WRONG = {
    "only volumes have sides and thickness": ("--volume", "side=log"),
    "`cubic` is no law of a figure": ("--view", "volume", "--volume", "side=cubic"),
    "`depth` is no edge of a figure": ("--view", "volume", "--volume", "depth=log"),
    "say it as side=linear": ("--view", "volume", "--volume", "side"),
    "a page has boxes alone": ("--view", "volume", "-o", "n.html"),
    "volumes are drawn without `--diff`": ("resnet34", "--diff", "--view", "volume"),
    "volumes are drawn without `--frame`": ("--frame", "block", "--view", "volume"),
    "volumes are drawn without `--inset`": ("--inset", "basic", "--view", "volume"),
    "volumes stand in rows": ("--layout", "lanes", "--view", "volume"),
    "a formula has no volumes": ("--view", "volume", "--block", "basic", "--formula"),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_contradicts_itself_is_refused(said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = call("draw", "resnet18", *WRONG[said])
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
    assert said in refused.err
