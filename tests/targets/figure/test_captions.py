"""Captions are true of the figure that they stand below, and names in them mean themselves."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

import resnet_dsl
from resnet_dsl import pipeline, shipped
from resnet_dsl.targets.figure import FigureError, block_figure, figure
from resnet_dsl.targets.figure.figure import Figure
from resnet_dsl.targets.figure.theme import read_theme
from tests.cli.calling import call
from tests.targets.figure.test_files import EVIL, hostile

USUAL = ("resnet50", "cifar_resnet20", "residual_unet", "resnet50_fpn", "siamese_omniglot", "hrnet_w18", "densenet121")
WAYS = {
    "stages": lambda facts: figure(facts, "stage", layout="column"),
    "lanes": lambda facts: figure(facts, "stage", layout="lanes"),
    "blocks": lambda facts: figure(facts, "block", wide=True),
    "volumes": lambda facts: figure(facts, view="volume"),
    "paper": lambda facts: figure(facts, "stage", width="6.875in", layout="row"),
}


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def test_the_caption_of_resnet50():
    """25.6 M parameters and 4.1 GMACs are the paper's (He et al. 2015, Table 1: 3.8 without the last convolutions)."""
    assert figure(compiled("resnet50"), "stage").caption() == (
        "resnet50. ×N: so many equal blocks, of which one is drawn. Marked first: what the first of them alone has. "
        "Skip connections: solid where the value is taken as it is, dashed through a projection (1×1 conv, stride 1 or "
        "2). /2: the stride. Colour: feature-map size. Not drawn: batchnorm, relu, softmax. 25.6 M parameters, 4.09 "
        "GMACs at 224×224.\n"
    )


def said(drawn: Figure) -> list[str]:
    return [text.words for box in drawn.geometry.boxes for text in box.texts]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", USUAL)
def test_a_caption_speaks_of_what_is_drawn_and_of_nothing_else(name, way):
    facts = compiled(name)
    try:
        drawn = WAYS[way](facts)
    except FigureError:
        pytest.skip("it does not fit")
    caption, words = drawn.caption(), said(drawn)
    paths = [path for path in drawn.geometry.paths if {"identity", "adapted"} & {*path.classes}]
    seen = {
        "dashed": any(path.dashed for path in paths),
        "solid where": any(not path.dashed for path in paths),
        "×N: ": any(re.fullmatch(r"×\d+", word) for word in words),
        "Marked first": "first" in words,
        "so many of the skip connections in a box": any(
            re.fullmatch(r"\d+ (projection|padded|adapted)", word) for word in words
        ),
        "+ sum": any(box.shape == "circle" and box.texts[0].words == "+" for box in drawn.geometry.boxes),
        "− difference": "−" in words,
        "the stride": any(re.search(r"(^|[ ,])/\d", word) for word in words),
        "Height and width": any(box.planes for box in drawn.geometry.boxes),
        "Colour: feature-map size": any(box.tone is not None for box in drawn.geometry.boxes),
        "Rows: resolution": way == "lanes",
        "White plates": any("copy" in path.classes for path in drawn.geometry.paths),
        "thick ones have weights": any("learned" in " ".join(path.classes) for path in drawn.geometry.paths),
        "layer with its weights": any("#1" in word for word in words),
    }
    assert {what: what in caption for what in seen} == seen
    number, unit = re.search(r"([\d.]+) ([kM]) parameters", caption).groups()
    assert float(number) * {"k": 1e3, "M": 1e6}[unit] == pytest.approx(sum(facts.params), rel=0.01)


def test_colours_say_what_the_theme_means_by_them():
    facts = compiled("residual_unet")
    assert "Shade: feature-map size." in figure(facts, "stage", theme="mono").caption()
    assert "Colour: feature-map size." in figure(facts, "stage", theme="dark").caption()
    theme = read_theme("light", ["colour.by=operation"])
    assert "Colour: kind of operation" in figure(facts, "block", theme=theme).caption()
    assert "Colour" not in figure(facts, "block", theme=read_theme("light", ["colour.by=none"])).caption()
    stages = " ".join(f"stage s{number} {{ conv(4, 3, stride = 2) }}" for number in range(12))
    deep = pipeline.load_text(f"network n {{ input 4096x4096x3 {stages} }}").compile().facts
    assert "Colour: feature-map size, in turn." in figure(deep, "stage").caption()


def test_the_law_that_was_asked_for_is_told():
    drawn = figure(compiled("resnet18"), view="volume", volume={"side": "linear"})
    assert "Height and width to scale, thickness (channels) by logarithm." in drawn.caption()


def test_a_caption_of_lanes_has_the_words_of_the_boxes():
    """The paper's option A pads: no box says `projection`."""
    drawn = figure(compiled("cifar_resnet20"), "stage", layout="lanes")
    assert "1 padded" in said(drawn)
    assert "1 padded: so many of the skip connections in a box are adapted." in drawn.caption()


def test_a_caption_of_volumes_explains_what_only_the_first_box_adapts():
    drawn = figure(compiled("skresnet18"), "stage", view="volume")
    assert {"adapted skip", "first"} <= {*said(drawn)}
    assert "Marked first: what the first of them alone has." in drawn.caption()


def test_adapters_are_told_as_they_are():
    """Option A of the paper pads with zeros; the D variant of He et al. 2019 pools first."""
    assert "dashed where it is padded (subsample, zero-pad, stride 2)" in figure(compiled("cifar_resnet20")).caption()
    caption = figure(compiled("resnet50d"), "stage").caption()
    assert "dashed through a projection (1×1 conv; 2×2 avg pool, 1×1 conv, stride 2)" in caption


def test_two_networks_are_told_by_their_names():
    caption = figure([compiled("resnet18"), compiled("resnet34")], titles=["A", "B"]).caption()
    assert caption.startswith("A and B. ")
    assert "A: 11.7 M parameters, 1.81 GMACs at 224×224; B: 21.8 M parameters" in caption


def test_a_close_up_is_told_as_a_block():
    caption = block_figure(compiled("resnet50"), ["bottleneck"]).caption()
    assert caption.startswith("The block bottleneck: from 56×56×256 to 56×56×256, 10 operations, 70.4k parameters.")
    assert "224" not in caption


@pytest.mark.parametrize("name", ["resnet50", "siamese_omniglot", "retinanet_resnet50_fpn", "ecaresnet50d_pruned"])
def test_a_short_text_is_short_and_a_long_one_is_a_list_by_stage(name):
    facts = compiled(name)
    drawn = figure(facts)
    assert len(drawn.alt("short").strip()) <= 150
    assert "image" not in drawn.alt("short").lower()
    lines = drawn.alt("long").splitlines()
    stages = [scope.name for scope in facts.graph.scopes if scope.kind == "stage"]
    assert [stage for stage in stages if not any(line.startswith(f"- {stage}") for line in lines[1:])] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_network_has_a_short_text(name):
    assert len(figure(compiled(name), "stage").alt("short").strip()) <= 150


def test_names_cannot_break_out_of_a_caption():
    drawn = figure(hostile(), "block", titles=[EVIL])
    latex = drawn.caption("latex", "long")
    commands = {*re.findall(r"\\([A-Za-z]+)", latex)}
    assert commands <= {
        *("caption", "providecommand", "Description", "ensuremath", "times", "textbackslash", "textless"),
        *("textgreater", "textasciitilde", "textasciicircum", "textbar", "includegraphics", "dots", "cdot"),
    }
    plain = re.sub(r"\\[{}]", "", latex)
    assert plain.count("{") == plain.count("}")
    assert "<" not in drawn.caption("md", "long", "n.svg").replace("<details><summary>", "").replace(
        "</summary>", ""
    ).replace("</details>", "")
    assert drawn.caption("text").count("\n") == 1


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_latex_takes_a_caption(tmp_path):
    (tmp_path / "n.caption.tex").write_text(figure(hostile(), "block", titles=[EVIL]).caption("latex", "long"))
    document = r"\documentclass{article}\begin{document}\begin{figure}x\input{n.caption}\end{figure}\end{document}"
    (tmp_path / "d.tex").write_text(document)
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-no-shell-escape", "d.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout[-500:]


def test_a_figure_of_places_alone_has_no_caption():
    with pytest.raises(FigureError, match="a figure of places alone has no caption"):
        Figure(figure(compiled("resnet18")).geometry).caption()
    with pytest.raises(FigureError, match="`html` is no form of a caption of a figure"):
        figure(compiled("resnet18")).caption("html")
    with pytest.raises(FigureError, match="`tiny` is no length of a figure"):
        figure(compiled("resnet18")).alt("tiny")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRITTEN = {
    ("--caption", "text"): {"n.svg", "n.caption.txt"},
    ("--caption", "latex", "--alt", "long"): {"n.svg", "n.caption.tex"},
    ("--caption", "md", "--alt", "short"): {"n.svg", "n.caption.md"},
    ("--alt", "short"): {"n.svg", "n.alt.txt"},
}


@pytest.mark.parametrize("options", WRITTEN, ids=" ".join)
def test_the_command_writes_words_beside_the_figure(options, folder):
    done = call("draw", "resnet18", "-o", "n.svg", *options)
    assert done.code == 0
    assert {path.name for path in folder.iterdir()} == WRITTEN[options]
    assert done.out.splitlines() == [f"wrote {name}" for name in sorted(WRITTEN[options], key=lambda n: n != "n.svg")]


def test_markdown_shows_the_figure():
    text = figure(compiled("resnet18")).caption("md", "short", "a b.svg")
    assert text.startswith("![Architecture of resnet18: ")
    assert "](a%20b.svg)\n\n" in text


@pytest.mark.parametrize("output", ["-", "n.html"])
def test_words_are_refused_where_no_file_is_beside_them(output, folder):
    refused = call("draw", "resnet18", "-o", output, "--caption", "text")
    assert (refused.code, list(folder.iterdir())) == (2, [])
    assert "words of a figure are written beside its file" in refused.err


def test_nothing_is_written_where_the_caption_cannot_be(folder):
    (folder / "n.caption.txt").mkdir()
    assert call("draw", "resnet18", "-o", "n.svg", "--caption", "text").code == 2
    assert not (folder / "n.svg").exists()


def test_panels_are_told_by_their_letters(folder):
    """What all of them use is said once, what one uses alone with its letter."""
    panels = ['[[panel]]\ndraw = "resnet18 --view volume"', '[[panel]]\ndraw = "plain18"\ncaption = "A plain one"']
    (folder / "two.toml").write_text("\n".join(panels))
    assert call("draw", "two.toml", "--caption", "text", "--alt", "short").code == 0
    caption, _, alt = (folder / "two.caption.txt").read_text().splitlines()
    costs = ["11.7 M parameters, 1.81 GMACs at 224×224", "11.5 M parameters, 1.79 GMACs at 224×224"]
    assert caption.startswith(f"(a) resnet18 ({costs[0]}). (b) A plain one ({costs[1]}). ")
    assert "Height and width by square root" in caption.rpartition("(a) ")[2].partition("(b)")[0]
    assert " Colour: feature-map size." in caption
    assert ") Colour" not in caption
    assert (caption.count("(a)"), caption.count("(b)")) == (2, 1), "its name, and what it uses alone"
    assert alt.startswith("(a) Architecture of resnet18")
    assert len(alt) <= 150


def test_panels_stand_apart_in_words(folder):
    """In Markdown each begins a paragraph, with its list behind it; no sentence ends in two signs."""
    panels = ['[[panel]]\ndraw = "resnet18"', '[[panel]]\ndraw = "plain18"']
    (folder / "two.toml").write_text("\n".join(panels))
    call("draw", "two.toml", "--caption", "md", "--alt", "long")
    text = (folder / "two.caption.md").read_text("utf-8")
    _, inside = text.removesuffix("\n\n</details>\n").split("</summary>\n\n")
    parts = inside.split("\n\n")
    assert [part[:4] for part in parts] == ["(a) ", "- st", "(b) ", "- st"]
    assert all(line.startswith("- ") for part in parts[1::2] for line in part.splitlines())
    assert not re.search(r"[.;,:][.;,:]", text)


def test_a_panel_without_networks_is_told_by_its_own_caption(folder):
    panels = ['[[panel]]\ndraw = "resnet18"', '[[panel]]\ndraw = "resnet18 resnet34 --roadmap"\ncaption = "A way"']
    (folder / "two.toml").write_text("\n".join(panels))
    assert call("draw", "two.toml", "--caption", "text", "--alt", "long").code == 0
    caption, _, *lines = (folder / "two.caption.txt").read_text().splitlines()
    assert caption.startswith("(a) resnet18 (11.7 M parameters, 1.81 GMACs at 224×224). (b) A way. (a) ")
    assert " Colour: " in caption
    assert caption.count("(a)") == 2
    assert lines[-1] == "(b) A way"


def test_a_roadmap_has_no_caption(folder):
    refused = call("draw", "resnet18", "resnet34", "--roadmap", "--caption", "text")
    assert (refused.code, list(folder.iterdir())) == (2, [])
    assert "a roadmap has a row a network, and no `--caption`" in refused.err


WORDS = """[words]
"Skip connections" = "Sprünge"
"solid where the value is taken as it is" = "durchgezogen, wo der Wert bleibt"
"the stride" = "die Schrittweite"
"parameters" = "Gewichte"
"Architecture of" = "Aufbau von"
"stages" = "Stufen"
"output" = "Ausgang"
"{} at" = "{} bei"
"unknown" = "offen"
"resnet18" = "falsch"
"""


def test_captions_speak_as_the_figure_does(folder):
    """Those of panels, too; names of networks, and what a user wrote, stay."""
    (folder / "deutsch.toml").write_text(WORDS, "utf-8")
    call("draw", "resnet18", "-o", "n.svg", "--theme", "deutsch.toml", "--caption", "text", "--alt", "long")
    caption, _, *lines = (folder / "n.caption.txt").read_text("utf-8").splitlines()
    assert caption.startswith("resnet18. Sprünge: durchgezogen, wo der Wert bleibt, dashed")
    assert "/2: die Schrittweite." in caption
    assert caption.endswith("11.7 M Gewichte, 1.81 GMACs bei 224×224.")
    assert any("Ausgang 112×112×64" in line for line in lines)
    assert not any("output" in line or "parameters" in line for line in lines)
    (folder / "two.toml").write_text('[[panel]]\ndraw = "resnet18"\ncaption = "Skip connections"\n')
    call("draw", "two.toml", "--theme", "deutsch.toml", "--caption", "text", "--alt", "short")
    caption, _, alt = (folder / "two.caption.txt").read_text("utf-8").splitlines()
    assert caption.startswith("(a) Skip connections (11.7 M Gewichte, 1.81 GMACs bei 224×224). Sprünge: ")
    assert alt.startswith("(a) Aufbau von ")


def test_a_roadmap_speaks_as_its_theme_does(folder):
    (folder / "deutsch.toml").write_text(WORDS + '"width" = "Breite"\n', "utf-8")
    assert call("draw", "resnet18", "resnet34", "--roadmap", "-o", "r.svg", "--theme", "deutsch.toml").code == 0
    drawn = (folder / "r.svg").read_text("utf-8")
    assert ">Gewichte<" in drawn
    assert "parameters" not in drawn
