"""What a theme changes in what a figure says: kinds of operations, colours, words; and that it stays the network."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.failure import Failure
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure import block_figure, figure
from resnet_dsl.targets.figure.formats.palette import palette
from resnet_dsl.targets.figure.outline.networks import gather_networks
from resnet_dsl.targets.figure.theme import read_theme, theme_names
from tests.targets.figure.audit import audit
from tests.targets.figure.drawn_networks import NETWORKS
from tests.targets.figure.picture_audit import audit as audit_picture
from tests.targets.figure.test_truth import LEVELS, compiled

SHOWS = ("fold", "thin", "box", "hide")
KINDS = {f"{kind} {show}": [f"kind.{kind}.show={show}"] for kind in ("norm", "activation") for show in SHOWS}
KINDS |= {f"all {show}": [f"kind.{kind}.show={show}" for kind in ("norm", "activation", "noise")] for show in SHOWS}
BY = ("size", "operation", "stage", "branch", "none")
USUAL = ("resnet18", "residual_unet", "fixup_resnet50", "dla34", "densenet121", "skresnet18")
SVG = "{http://www.w3.org/2000/svg}"


def themed(*settings, names="light"):
    return read_theme(names, settings)


def rows(drawn):
    return [box for box in drawn.geometry.boxes if {"box", "thin", "row"} & {*box.classes}]


def said(drawn):
    texts = [text for box in drawn.geometry.boxes for text in box.texts] + list(drawn.geometry.texts)
    return [text.words for text in texts]


def faults(facts, theme):
    found = []
    for level in LEVELS:
        outline = gather_networks([facts], [facts.graph.name], level, (), False, theme=theme)
        found += audit(facts, outline.columns[0], level)
    return found


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize("kind", [*KINDS, *(by for by in BY if by != "size")])
def test_the_network_is_read_back_however_its_kinds_are_shown(name, kind):
    settings = KINDS.get(kind) or [f"colour.by={kind}"]
    assert faults(compiled(name), themed(*settings)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped.names() if "1202" not in name and "1001" not in name])
def test_every_shipped_network_is_read_back_however_its_kinds_are_shown(name):
    facts = compiled(name)
    assert [fault for settings in KINDS.values() for fault in faults(facts, themed(*settings))] == []


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("level", LEVELS)
def test_a_picture_in_each_theme_is_the_network(theme, level):
    """On paper, the levels that fit it; the network goes on in another column where it does not."""
    facts = compiled("resnet18")
    drawn = figure(facts, level, theme=themed("page.max_height=2000mm", names=theme))
    if drawn.notes == ():
        assert audit_picture(facts, drawn.geometry, level) == []
    assert not drawn.warnings


@pytest.mark.parametrize("settings", [KINDS[f"all {show}"] for show in SHOWS], ids=SHOWS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_picture_is_the_network_however_its_kinds_are_shown(settings, level):
    facts = compiled("resnet18")
    assert audit_picture(facts, figure(facts, level, theme=themed(*settings)).geometry, level) == []


def test_kinds_are_rows_of_their_own_thin_or_as_high_as_others():
    """Each of the twenty normalisations of a ResNet-18, of which three lie in adapters that are folded away."""
    facts = compiled("resnet18")
    for show in ("thin", "box"):
        drawn = figure(facts, "block", theme=themed(f"kind.norm.show={show}"))
        norms = [box for box in rows(drawn) if box.texts[0].words == "batch norm"]
        assert len(norms) == 17
        assert {box.filled for box in norms} == {show == "box"}
        others = {box.height for box in rows(drawn) if "conv" in box.texts[0].words}
        assert ({box.height for box in norms} == others) == (show == "box")
    assert not [words for words in said(figure(facts, "block")) if words == "batch norm"]


def test_an_operation_says_more_than_its_kind():
    drawn = figure(compiled("resnet18"), "layer", theme=themed("kind.activation.show=hide", "kind.relu.show=box"))
    assert Counter(said(drawn))["relu"] == 17
    assert "softmax" not in said(drawn)
    assert "left out by the theme: softmax" in said(drawn)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_hidden_is_said_below_and_nowhere_else(level):
    settings = ["kind.norm.show=hide", "kind.activation.show=hide", "kind.maxpool.show=hide"]
    drawn = figure(compiled("resnet18"), level, theme=themed(*settings))
    assert "left out by the theme: batchnorm, relu, maxpool, softmax" in " ".join(said(drawn))
    assert not [words for words in said(drawn) if re.search("batch norm|^relu$|max pool|not drawn", words)]
    assert "left out by the theme" in drawn.geometry.description


@pytest.mark.parametrize("way", [{"layout": "lanes"}, {"view": "volume"}])
def test_lanes_and_volumes_draw_what_changes_sizes(way):
    """Without its pools a block of the last stage stood among the vectors, and the stem made maps of 56 positions."""
    hidden = figure(compiled("resnet18"), "stage", theme=themed("kind.pool.show=hide"), **way)
    assert hidden.geometry == figure(compiled("resnet18"), "stage", **way).geometry


def test_a_pool_is_no_detail_of_another_block_or_part():
    """The head's pool made the last stage one of vectors; a block that begins with one told the block before apart."""
    drawn = figure(compiled("resnet18"), "stage", theme=themed("kind.pool.show=hide"))
    assert [words for words in said(drawn) if "pool" in words] == ["avg pool", "left out by the theme: maxpool"]
    begins = (
        "block b() { avgpool(2, stride = 1, pad = same) conv(8, 3) act } network n { input 8x8x8 stage s { 3 x b() } }"
    )
    drawn = figure(pipeline.load_text(begins).compile().facts, "stage", theme=themed("kind.pool.show=hide"))
    assert said(drawn).count("×3") == 1


def test_what_a_close_up_hides_is_said_below_it():
    drawn = block_figure(NETWORKS["resnet50"](), ["bottleneck"], theme=themed("kind.norm.show=hide"))
    assert not [words for words in said(drawn) if words == "batch norm"]
    assert "left out by the theme: batchnorm" in said(drawn)
    boxed = block_figure(NETWORKS["resnet50"](), ["bottleneck"], "block", theme=themed("kind.norm.show=thin"))
    assert said(boxed).count("batch norm") == 3


def test_a_number_that_scales_stays_in_the_block_in_which_it_stands():
    """Fixup begins a block with a number, which is no part of the activation that ends the block before."""
    drawn = figure(compiled("fixup_resnet50"), "stage", theme=themed("kind.activation.show=box"))
    last = [box.texts[0].words for box in rows(drawn) if box.texts[0].words.startswith("relu")]
    assert last.count("relu") == 6
    assert sum(words == "+ β" for words in said(drawn)) == 4


def test_each_kind_of_operation_has_a_colour():
    drawn = figure(compiled("resnet18"), "layer", theme=themed("colour.by=operation"))
    tones = {}
    for box in rows(drawn):
        tones.setdefault(re.sub(r"[\d×,/ ]+", " ", box.texts[0].words).strip(), set()).add(box.tone)
    assert {name: len(found) for name, found in tones.items()} == dict.fromkeys(tones, 1)
    apart = [tones[name].pop() for name in ("conv", "max pool", "fc", "batch norm", "relu")]
    assert len(set(apart)) == 5
    assert "colours: kinds of operations" in said(drawn)
    cards = figure(compiled("resnet18"), "stage", theme=themed("colour.by=operation"))
    assert {box.tone for box in rows(cards) if "row" in box.classes} == {apart[0]}
    assert {box.tone for box in cards.geometry.boxes if "stage" in box.classes} == {None}


def test_each_stage_has_a_colour_also_where_sizes_are_equal():
    facts = compiled("resnet50_os8")
    frames = [
        box for box in figure(facts, "stage", theme=themed("colour.by=stage")).geometry.boxes if box.shape == "frame"
    ]
    assert [box.tone for box in frames] == [0, 1, 2, 3]
    assert len({box.tone for box in figure(facts, "stage").geometry.boxes if box.shape == "frame"}) == 2


def test_branches_beside_the_main_path_have_colours_and_none_has_that_of_the_main_path():
    drawn = block_figure(NETWORKS["inception"](), ["inception"], theme=themed("colour.by=branch"))
    columns: dict[float, set[int]] = {}
    for box in rows(drawn):
        columns.setdefault(round(box.x), set()).add(box.tone)
    assert len(columns) > 2
    assert all(len(tones) == 1 for tones in columns.values())
    assert len({tone for tones in columns.values() for tone in tones}) == len(columns)


def test_no_colours_are_grey():
    drawn = figure(compiled("resnet18"), "stage", theme=themed("colour.by=none"))
    assert {box.tone for box in drawn.geometry.boxes} == {None}
    assert not [words for words in said(drawn) if words.startswith("colours")]


def test_a_kind_has_the_fill_that_the_theme_gives_it_in_every_format():
    theme = themed("kind.pool.fill=#DDDDFF", "page.adaptive=true")
    drawn = figure(compiled("resnet18"), "block", theme=theme)
    pools = [box for box in rows(drawn) if "pool" in box.texts[0].words]
    assert {palette(theme).paint(box)[0] for box in pools} == {"#DDDDFF"}
    assert len(pools) == 2
    svg = drawn.svg()
    assert svg.count('fill="#DDDDFF"') == 2
    style = ET.fromstring(svg.encode()).find(f"{SVG}style").text
    assert ".tone1000 rect" in style
    assert "DDDDFF" in drawn.tex()
    assert "#DDDDFF" in drawn.dot()
    assert b"PDF" in drawn.pdf()[:8]


def test_colours_of_differences_stay_grey_where_nothing_differs():
    drawn = figure(
        [compiled("resnet18"), compiled("resnet34")], "stage", theme=themed("colour.by=operation"), differences=True
    )
    alike = [box for box in rows(drawn) if "≠" not in box.texts[0].words]
    marked = [box for box in rows(drawn) if "≠" in box.texts[0].words]
    assert marked
    assert {box.tone for box in alike if "row" not in box.classes} == {None}


WORDS = [
    'words.conv=Faltung', 'words."global avg pool"=Mittelwert', "words.input=Eingabe", "words.stem=Stamm",
    'words."identity skip"="Abkürzung, unverändert"', 'words."not drawn"="nicht gezeichnet"', "words.first=zuerst",
    'words."{} identity and {} adapted skip connections"="{} unveränderte und {} angepasste Abkürzungen"',
    'words."projection skip"=Projektion', "kind.norm.words=BN", "kind.norm.show=thin",
]  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_words_are_replaced_wherever_they_stand(level):
    drawn = figure(compiled("resnet50"), level, theme=themed(*WORDS))
    english = r"(?<!\w)(conv|global avg pool|avg pool|input|stem|identity skip|not drawn|first|batch norm)(?!\w)"
    assert [words for words in said(drawn) if re.search(english, words)] == []
    german = " ".join(said(drawn))
    assert all(word in german for word in ("Eingabe 224×224×3", "Stamm", "Mittelwert", "Abkürzung, unverändert", "BN"))
    assert "12 unveränderte und 4 angepasste Abkürzungen" in drawn.geometry.description
    assert ("zuerst" in german) == (level == "stage")
    assert ("3×3 Faltung, 64" in german) == (level != "stage")


def test_names_of_stages_and_networks_stay():
    drawn = figure(compiled("resnet50"), "stage", theme=themed("words.conv2=X", "words.resnet50=Y", "words.conv=Z"))
    assert {"conv2", "resnet50"} <= {*said(drawn)}
    assert not {"Z2", "Y"} & {*said(drawn)}


def test_boxes_are_as_wide_as_the_words_that_stand_in_them():
    drawn = figure(compiled("resnet50"), "block", theme=themed('words.conv="eine ausführlich benannte Faltung"'))
    assert all(
        text.bounds[0] >= box.bounds[0] and text.bounds[2] <= box.bounds[2] for box in rows(drawn) for text in box.texts
    )


def test_words_that_would_break_out_of_a_format_stay_text():
    evil = r'words.conv="</text><script>alert(1)</script> \\input{x} \" & %"'
    drawn = figure(compiled("resnet18"), "block", theme=themed(evil))
    root = ET.fromstring(drawn.svg().encode())
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert any("<script>" in (one.text or "") for one in root.iter(f"{SVG}text"))
    assert r"\input{" not in drawn.tex()


def test_the_words_for_two_things_do_not_replace_each_other():
    drawn = figure(
        compiled("resnet18"), "block", theme=themed("words.conv=relu", 'words."max pool"=conv', "words.pool=no")
    )
    assert "3×3 conv, /2" in said(drawn)
    assert "3×3 relu, 64" in said(drawn)


@pytest.mark.parametrize(
    "setting",
    [
        'words.""=x',
        'words."{}"=x',
        'words."a {}"=x',
        'words."{}{} a"="{} {}"',
        'words."a{}b"="{}"',
        f"words.{'a' * 90}{'.b' * 20}=x",
    ],
)
def test_words_that_say_nothing_are_refused(setting):
    with pytest.raises(Failure):
        themed(setting)


def test_many_words_cost_little():
    settings = [f'words."{"a " * 40}a{n}"="{{}}"'.replace('"{}"', "x") for n in range(200)]
    figure(compiled("resnet50"), "layer", theme=themed(*settings, 'words."{} {} {} z"="{} {} {}"'))


@pytest.mark.parametrize("place", ["below", "right", "none"])
def test_the_legend_stands_where_the_theme_says(place):
    drawn = figure(compiled("resnet50"), "stage", theme=themed(f"legend.place={place}"))
    found = [text for text in drawn.geometry.texts if text.words in ("identity skip", "projection skip")]
    boxes = [box.bounds for box in drawn.geometry.boxes]
    assert len(found) == (0 if place == "none" else 2)
    if place == "right":
        assert min(text.x for text in found) > max(bounds[2] for bounds in boxes)
    elif found:
        assert min(text.y for text in found) > max(bounds[3] for bounds in boxes)


def test_every_name_of_a_kind_is_one_that_operations_have():
    from resnet_dsl.targets.figure.theme.keys import KINDS as NAMED

    assert {*NAMED} == {one.role for one in OPERATIONS.values()} - {"input"}


def test_volumes_speak_the_words_of_the_theme_too():
    drawn = figure(
        compiled("resnet50"), "stage", view="volume", theme=themed("words.first=zuerst", "words.input=Eingabe")
    )
    assert "zuerst" in said(drawn)
    assert "Eingabe" in " ".join(said(drawn))
    assert not {"first", "input"} & {*said(drawn)}


def test_a_caption_says_once_what_colours_mean():
    caption = figure(compiled("resnet50"), "stage", theme=themed("colour.by=operation")).caption()
    assert len(re.findall("colours?:", caption, re.IGNORECASE)) == 1
    assert "Colour: kind of operation" in caption


def test_lanes_are_coloured_and_speak_as_others():
    theme = themed("colour.by=stage", 'words."transposed conv"=Hochfaltung', 'words."identity skip"=unverändert')
    drawn = figure(compiled("residual_unet"), "stage", layout="lanes", theme=theme)
    assert len({box.tone for box in drawn.geometry.boxes if "plate" in box.classes}) >= 5
    assert {"Hochfaltung", "unverändert"} <= {*said(drawn)}
