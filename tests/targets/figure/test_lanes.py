"""Figures by lanes are the network: what stands in which lane, how often, what leads where, read back from pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from resnet_dsl import pipeline, shipped
from resnet_dsl.targets.figure import FigureError, figure
from resnet_dsl.targets.figure.fitting import _shortened
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry
from resnet_dsl.targets.figure.layout.layout import lay_out
from resnet_dsl.targets.figure.layout.measures import PRINT
from resnet_dsl.targets.figure.outline.networks import gather_networks
from tests.cli.calling import call
from tests.targets.figure import multi_scale
from tests.targets.figure.lanes_audit import audit_lanes
from tests.targets.figure.lanes_picture import LanesPicture
from tests.targets.figure.overlaps import faults
from tests.targets.figure.test_any_graph import STEPS, network

USUAL = (
    *("unet_resnet34", "hrnet_w18", "resnet50_fpn", "retinanet_resnet50_fpn", "deeplabv3_resnet50_aux", "dla34"),
    *("residual_unet", "edsr_baseline_x4", "siamese_omniglot", "two_view_network", "resnet50", "cbam_resnet50"),
)
BY_DEFAULT = {
    *("unet_resnet34", "residual_unet", "hrnet_w18", "resnet50_fpn", "retinanet_resnet50_fpn", "dla34"),
    *("deeplabv3_resnet50", "deeplabv3_resnet50_aux", "fcn_resnet50", "fcn_resnet50_aux"),
    *("edsr_baseline_x2", "edsr_baseline_x4", "edsr_x2", "edsr_x4"),
}


def read_back(compiled, levels=("stage", "block")):
    for level in levels:
        drawn = figure(compiled.facts, level, layout="lanes").geometry
        assert audit_lanes(compiled.facts, drawn, multi_scale.sized(compiled)) == [], level
        assert faults(drawn) == [], level


@pytest.mark.parametrize("name", USUAL)
def test_a_shipped_network_is_read_back_from_its_lanes(name):
    read_back(multi_scale.shipped(name))


@pytest.mark.parametrize("name", multi_scale.SPECS)
def test_a_network_of_several_scales_is_read_back_from_its_lanes(name):
    read_back(multi_scale.compiled(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_is_read_back_from_its_lanes(name):
    read_back(multi_scale.shipped(name))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_network_has_lanes_without_a_fault(steps):
    facts = network(steps)
    for level in ("stage", "block", "layer"):
        assert faults(figure(facts, level, layout="lanes").geometry) == [], level
    for told, geometry in ever_less(facts, "block"):
        assert faults(geometry) == [], told


def shown(name, level="stage"):
    return LanesPicture(figure(multi_scale.shipped(name).facts, level, layout="lanes").geometry)


def test_unet_is_a_u():
    """Ronneberger et al. 2015, Figure 1: down at the left, up at the right, copies across, white where they arrive."""
    picture = LanesPicture(figure(multi_scale.compiled("valid_unet").facts).geometry)
    assert [(thing.lane, thing.sign) for thing in picture.things] == [
        *(("1", ""), ("1", ""), ("1/2", ""), ("1/4", "")),
        *(("1/2", "concat"), ("1/2", ""), ("1", "concat"), ("1", ""), ("1", "")),
    ]
    assert [thing.leaves for thing in picture.things if thing.sign] == [(False, True), (False, True)]
    assert set(picture.legend.values()) == {"copy and crop", "max pool", "transposed conv"}


def test_hrnet_has_its_rows():
    """Wang et al. 2019, Figure 2: one more row a stage, four at last; each stage ends in sums of all its rows."""
    picture = shown("hrnet_w18")
    rows = [thing.lane for thing in picture.things if thing.words[:1] + thing.words[2:] == ("basic", "×4")]
    assert {row: rows.count(row) for row in dict.fromkeys(rows)} == {"1/4": 7, "1/8": 7, "1/16": 6, "1/32": 2}
    fans = [len(picture.into(n)) for n, thing in enumerate(picture.things) if thing.sign == "+"]
    assert sorted(fans) == [2] * 5 + [3] * 12 + [4] * 12
    assert picture.lanes["1/32"] == ["7×7"]


def test_lanes_are_the_default_where_maps_of_several_sizes_meet():
    def in_lanes(name):
        return any("plate" in box.classes for box in figure(multi_scale.shipped(name).facts, "stage").geometry.boxes)

    others = {"resnet50", "densenet121", "resnet50_os8", "skresnet18", "siamese_omniglot", "two_view_network"}
    assert {name for name in BY_DEFAULT | others if in_lanes(name)} == BY_DEFAULT


@pytest.mark.parametrize("name", multi_scale.SPECS)
def test_networks_of_several_scales_have_lanes_by_default(name):
    facts = multi_scale.compiled(name).facts
    assert figure(facts).geometry == figure(facts, layout="lanes").geometry


def test_another_layout_may_be_asked_for():
    facts = multi_scale.shipped("residual_unet").facts
    assert figure(facts, "stage", wide=True).geometry == figure(facts, "stage", layout="row").geometry
    column = figure(facts, "block").geometry
    assert column == figure(facts, "block", layout="column").geometry
    assert not any("plate" in box.classes for box in figure(facts, "stage", layout="column").geometry.boxes)


def test_layouts_that_contradict_each_other_are_refused():
    facts = multi_scale.shipped("residual_unet").facts
    with pytest.raises(FigureError, match="`--wide` is the layout `row`, and `lanes` is asked for"):
        figure(facts, wide=True, layout="lanes")
    with pytest.raises(FigureError, match="`rows` is no layout"):
        figure(facts, layout="rows")


def test_the_command_takes_a_layout(tmp_path):
    path = tmp_path / "net.svg"
    assert call("draw", "resnet18", "--layout", "lanes", "-o", str(path)).code == 0
    assert "1/32" in path.read_text(encoding="utf-8")
    refused = call("draw", "resnet18", "--layout", "lanes", "--block", "basic", "-o", str(path))
    assert refused.code == 2
    assert "no lanes" in refused.err


def test_two_networks_in_lanes_stand_below_each_other():
    networks = [multi_scale.compiled(name).facts for name in ("thirds", "autoencoder")]
    drawn = figure(networks).geometry
    assert faults(drawn) == []
    alone = figure(networks[0]).geometry
    assert drawn.height > alone.height
    assert drawn.title == "thirds and autoencoder"


@pytest.mark.parametrize("ending", ["dot", "tex", "svg", "pdf"])
def test_every_format_draws_lanes(ending):
    drawn = figure(multi_scale.compiled("signal_unet").facts)
    written = getattr(drawn, ending)()
    assert len(written) > 2_000
    assert ending == "pdf" or all(words in written for words in ("deep", "1/2", "max pool"))


def reworded(geometry: Geometry, old: str, new: str) -> Geometry:
    def changed(box: Box) -> Box:
        return replace(box, texts=tuple(replace(t, words=new if t.words == old else t.words) for t in box.texts))

    texts = tuple(replace(text, words=new if text.words == old else text.words) for text in geometry.texts)
    return replace(geometry, boxes=tuple(map(changed, geometry.boxes)), texts=texts)


def without(geometry: Geometry, way: str) -> Geometry:
    lost = next(path for path in geometry.paths if way in path.classes)
    return replace(geometry, paths=tuple(path for path in geometry.paths if path is not lost))


def filled(geometry: Geometry) -> Geometry:
    return replace(geometry, boxes=tuple(replace(box, filled=True) for box in geometry.boxes))


def thin(geometry: Geometry) -> Geometry:
    return replace(geometry, paths=tuple(replace(p, thickness=1.0) if p.source else p for p in geometry.paths))


def raised(geometry: Geometry) -> Geometry:
    """A box in the lane above its own."""
    box = next(box for box in geometry.boxes if box.texts and box.texts[0].words == "eighth")
    return replace(geometry, boxes=tuple(replace(b, y=b.y - 100) if b is box else b for b in geometry.boxes))


LIES = {
    "a wrong repeat": lambda drawn: reworded(drawn, "×2", "×3"),
    "another width": lambda drawn: reworded(drawn, "256", "250"),
    "another name of a lane": lambda drawn: reworded(drawn, "1/4", "1/3"),
    "another size of a lane": lambda drawn: reworded(drawn, "64×64", "63×63"),
    "a copy too few": lambda drawn: without(drawn, "copy"),
    "an arrow up too few": lambda drawn: without(drawn, "learned-up"),
    "a projection too many": lambda drawn: reworded(drawn, "1 projection", "2 projection"),
    "a copy that is none": filled,
    "weights that are not told": thin,
    "a box in another lane": raised,
}


@pytest.mark.parametrize("lie", LIES)
def test_a_picture_that_lies_is_found_out(lie):
    facts = multi_scale.shipped("residual_unet").facts
    drawn = figure(facts, "stage").geometry
    assert audit_lanes(facts, drawn) == []
    assert audit_lanes(facts, LIES[lie](drawn)) != []


@pytest.mark.parametrize("wish", [{"frame": "block"}, {"insets": ["basic"]}])
def test_frames_and_insets_have_columns(wish):
    facts = multi_scale.shipped("residual_unet").facts
    assert not any("plate" in box.classes for box in figure(facts, "block", **wish).geometry.boxes)
    with pytest.raises(FigureError, match="lanes have no frames"):
        figure(facts, layout="lanes", **wish)


@pytest.mark.parametrize("width", [None, "6.875in"])
def test_the_name_of_a_stage_stands_out(width):
    """On paper it has letters as small as numbers have."""
    drawn = figure(multi_scale.shipped("residual_unet").facts, width=width).geometry
    plates = [box for box in drawn.boxes if "plate" in box.classes]
    named = next(box for box in plates if box.texts[0].words == "eighth")
    assert [(text.words, text.ink) for text in named.texts[:4]] == [
        *(("eighth", "text"), ("basic", "text"), ("256", "faint"), ("×2", "text"))
    ]


def test_a_plate_says_how_many_skip_connections_project():
    """ResNet-50 (He et al. 2015): the first block of each stage."""
    steps = [step for thing in shown("resnet50").things for step in thing.steps if step.name == "bottleneck"]
    assert [(step.times, step.adapted) for step in steps] == [(3, 1), (4, 1), (6, 1), (3, 1)]


def on_paper(facts, width):
    """In lanes, or refused."""
    drawn = figure(facts, "stage", width=width)
    assert not any(note.startswith("lanes") and "left out" in note for note in drawn.notes), drawn.notes
    return drawn


@pytest.mark.parametrize(("by", "sign"), [("concat", "concat"), ("add", "+")])
def test_a_skip_around_nothing_is_told(by, sign):
    """Both values are one, and one arrow leads there: stem's, doubled."""
    text = f"network n {{ input 8x8x3 stem {{ conv(8, 3) }} stage a {{ skip from stem by {by} conv(8, 1) }} }}"
    geometry = figure(pipeline.load_text(text).compile().facts, "stage", layout="lanes").geometry
    assert f"{sign} (one value 2 times)" in [line.words for box in geometry.boxes for line in box.texts]
    assert faults(geometry) == []


def test_hrnet_fits_a_page_as_its_paper_draws_it():
    """Wang et al. 2019, Section 3: stages of 1, 4 and 3 modules; a module is drawn once."""
    facts = multi_scale.shipped("hrnet_w18").facts
    drawn = on_paper(facts, "6.875in")
    assert "equal modules are drawn once" in drawn.notes
    assert LanesPicture(drawn.geometry).modules == [4, 3]
    assert audit_lanes(facts, drawn.geometry, told=drawn.notes) == []
    assert faults(drawn.geometry) == []


@pytest.mark.parametrize("name", ["residual_unet", "unet_resnet34", "resnet50_fpn"])
def test_networks_of_several_scales_fit_a_page(name):
    network = multi_scale.shipped(name)
    drawn, sized = on_paper(network.facts, "5.5in"), multi_scale.sized(network)
    assert faults(drawn.geometry) == []
    assert audit_lanes(network.facts, drawn.geometry, sized, drawn.notes) == []


def exchanging(times="3", after="", then=""):
    """Two lanes that exchange what they have seen, module by module."""
    return pipeline.load_text(f"""network exchanging {{
  input 64x64x3
  stem {{ fine = conv(8, 3, stride = 2) -> norm -> act }}
  stage mix {{
    mixed[0] = fine -> conv(8, 3)
    mixed[1] = fine -> conv(16, 3, stride = 2)
    repeat {times} as module {{
      high = mixed[0] -> 2 x basic(8)
      low = mixed[1] -> 2 x basic(16)
      mixed[0] = add(high, low -> conv(8, 1) -> upsample(2)) -> act
      mixed[1] = add(low, high -> conv(16, 3, stride = 2)) -> act
      {after}
    }}
    {then}
  }}
  head {{ concat(mixed[0], mixed[1] -> upsample(2)) -> avgpool(global) -> dense(3) }}
}}""").compile("exchanging")


MODULES = {
    "three": ({}, [3]),
    "what follows is beside": ({"then": "mixed[1] = mixed[1] -> conv(16, 5) -> act"}, [3]),
    "the last one begins otherwise": ({"after": "if module == 1 { mixed[1] = mixed[1] -> conv(16, 5) }"}, [2]),
    "two of two": ({"times": "4", "after": "if module == 1 { mixed[1] = mixed[1] -> maxpool(3, stride = 1) }"}, [2, 2]),
    "the first one is read again": (
        {"after": "if module == 0 { kept = mixed[0] }", "then": "mixed[0] = add(mixed[0], kept)"},
        [2],
    ),
    "lanes change places": (
        {
            "after": """swap = mixed[0]
              mixed[0] = mixed[1] -> conv(8, 1) -> upsample(2)
              mixed[1] = swap -> conv(16, 3, stride = 2)"""
        },
        [],
    ),
    "one": ({"times": "1"}, []),
}


def ever_less(facts, level):
    """What is drawn with all that is given up step by step, and what that is."""
    outline = gather_networks([facts], ["n"], level, (), False, lanes=True)
    for told, shown, measures in _shortened(outline, PRINT):
        yield told, lay_out(shown, False, measures)


@pytest.mark.parametrize("which", MODULES)
@pytest.mark.parametrize("level", ["stage", "block"])
def test_equal_modules_are_counted(which, level):
    """Only those that follow each other and are equal are drawn once, and their number is the graph's."""
    how, times = MODULES[which]
    facts = exchanging(**how).facts
    for told, geometry in ever_less(facts, level):
        assert faults(geometry) == [], told
        assert audit_lanes(facts, geometry, told=told) == [], told
    assert LanesPicture(geometry).modules == times


@pytest.mark.parametrize("name", ["hrnet_w18", "residual_unet", *multi_scale.SPECS])
def test_what_is_given_up_leaves_lanes_true(name):
    shown_once = multi_scale.compiled(name) if name in multi_scale.SPECS else multi_scale.shipped(name)
    sized = multi_scale.sized(shown_once)
    for told, geometry in ever_less(shown_once.facts, "stage"):
        assert faults(geometry) == [], told
        assert audit_lanes(shown_once.facts, geometry, sized, told) == [], told


@pytest.mark.parametrize(
    "lie",
    [
        lambda drawn: reworded(drawn, "×3", "×4"),
        lambda drawn: reworded(drawn, "first", ""),
        lambda drawn: without(drawn, "learned-up"),
        lambda drawn: without(drawn, "learned-down"),
    ],
    ids=["one module more", "all have what the first one has", "an arrow up too few", "an arrow down too few"],
)
def test_a_picture_that_lies_about_modules_is_found_out(lie):
    facts = multi_scale.shipped("hrnet_w18").facts
    drawn = figure(facts, "stage", width="6.875in")
    assert audit_lanes(facts, lie(drawn.geometry), told=drawn.notes) != []


def test_modules_stand_below_the_name_of_their_stage():
    """A module that is a part of its stage has a frame in the stage's, and how often it comes at its top."""
    *_, (_, geometry) = ever_less(exchanging(then="mixed[1] = mixed[1] -> conv(16, 5) -> act").facts, "stage")
    stage, module = (box for box in geometry.boxes if "panel" in box.classes)
    assert [text.words for text in (*stage.texts, *module.texts)] == ["mix", "×3"]
    low, high = stage.bounds, module.bounds
    assert all(one < other for one, other in zip((*low[:2], *high[2:]), (*high[:2], *low[2:]), strict=True))


def test_without_a_width_all_modules_are_drawn():
    assert LanesPicture(figure(exchanging().facts, "stage").geometry).modules == []
