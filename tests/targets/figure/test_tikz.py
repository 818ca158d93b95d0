"""TikZ that a co-author edits: read back as TeX would, audited as a picture, changed by hand, compiled."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

import resnet_dsl
from resnet_dsl import pipeline, shipped
from resnet_dsl.targets.figure import block_figure, figure, roadmap_figure
from resnet_dsl.targets.figure.formats.tikz.places import Places
from tests.cli.calling import call
from tests.targets.figure.overlaps import faults
from tests.targets.figure.picture_audit import audit
from tests.targets.figure.test_files import TEX_EVIL, hostile
from tests.targets.figure.tikz_reader import Reader

LEVELS = ("stage", "block", "layer")
USUAL = ("resnet50", "residual_unet", "convnext_tiny", "resnet50_fpn", "siamese_omniglot")


def compiled(name):
    return resnet_dsl.load(name).network(name).compiled.facts


def drawn(name, level, wide=False, **more):
    return figure([compiled(one) for one in name.split("+")], level, wide, **more)


def misplaced(shown) -> list[str]:
    """Boxes and ends of lines that do not stand where the geometry has them, but for where the page begins."""
    reader = Reader(shown.tex())
    names, read = Places(shown.geometry).names, reader.geometry()
    boxes = {box.key: box for box in read.boxes}
    first = shown.geometry.boxes[-1]
    x, y = boxes[names[first.key]].x - first.x, boxes[names[first.key]].y - first.y
    found = []
    for box in shown.geometry.boxes:
        own = boxes[names[box.key]]
        apart = (a - b - move for a, b, move in zip(own.bounds, box.bounds, (x, y, x, y), strict=True))
        found += [box.key] if max(map(abs, apart)) > 0.5 else []
        found += [] if own.shape == {"pill": "round", "solid": "bare"}.get(box.shape, box.shape) else [own.shape]
    assert len(read.paths) == len(shown.geometry.paths)
    foot = max(box.bounds[3] for box in shown.geometry.boxes)
    around = [p for p in shown.geometry.paths if "bracket" in p.classes or min(y for _, y in p.points) >= foot]
    real = [p for p in shown.geometry.paths if p not in around]
    for path, own in zip(real, read.paths, strict=False):
        ends = [(a - c - x, b - d - y) for (a, b), (c, d) in zip(own.points, path.points, strict=False)]
        same = len(own.points) == len(path.points) and own.dashed == path.dashed and own.arrow == path.arrow
        found += [] if same and max(abs(move) for end in ends for move in end) <= 0.6 else [str(path)]
    return found


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize("wide", [False, True])
def test_the_text_alone_gives_every_box_its_place_and_the_network_its_picture(name, wide):
    facts = compiled(name)
    shown = figure(facts, "stage", wide, layout="row" if wide else "column")
    assert misplaced(shown) == []
    assert audit(facts, Reader(shown.tex()).geometry(), "stage") == []


@pytest.mark.parametrize("name", ["hrnet_w18", "unet_resnet34"])
def test_lanes_and_volumes_are_read_back(name):
    assert misplaced(figure(compiled(name), "stage", layout="lanes")) == []
    assert misplaced(figure(compiled(name), "stage", view="volume")) == []


def test_a_roadmap_is_read_back():
    names = ("resnet18", "resnet34", "resnet50")
    assert misplaced(roadmap_figure([compiled(name) for name in names])) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped.names() if name != "cifar_resnet1202"])
def test_the_text_of_every_shipped_network_is_its_picture(name):
    facts = compiled(name)
    for level in LEVELS:
        for wide in (False, True):
            shown = figure(facts, level, wide, layout="row" if wide else "column")
            assert (misplaced(shown), audit(facts, Reader(shown.tex()).geometry(), level)) == ([], [])


def test_a_close_up_and_networks_side_by_side_are_read_back():
    facts = [compiled("resnet34"), compiled("resnet50")]
    assert misplaced(block_figure(facts, ["basic", "bottleneck"], "block")) == []
    assert misplaced(block_figure(facts[0], ["basic"], formula=True)) == []
    assert misplaced(drawn("plain34+resnet34", "block")) == []


def test_differences_frames_and_insets_are_read_back():
    assert misplaced(drawn("resnet34", "block", frame="block")) == []
    assert misplaced(drawn("resnet50", "stage", insets=["bottleneck@conv3"])) == []
    compared = drawn("resnet50+resnet34", "stage", differences=True)
    assert misplaced(compared) == []
    reader = Reader(compared.tex())
    rules = [points for _, options, points in reader.lines if options["line width"] == "0.5bp"]
    boxes = [node.bounds[1] for node in reader.order if node.name.startswith("rd-")]
    assert len(rules) == 3
    assert max(y for points in rules for _, y in points) < min(boxes), "the rules of the table lie below the networks"


def test_all_that_the_figure_says_is_said():
    shown = drawn("resnet50", "stage", show=("params",))
    read = Reader(shown.tex()).geometry()
    said = [text.words for box in shown.geometry.boxes for text in box.texts]
    assert sorted([*said, *(text.words for text in shown.geometry.texts)]) == sorted(
        [*(text.words for box in read.boxes for text in box.texts), *(text.words for text in read.texts)]
    )


EDITS = {
    "a gap": (r"\def\rdgap{16bp}", r"\def\rdgap{41bp}"),
    "less room in frames": (r"\def\rdpad{7bp}", r"\def\rdpad{12bp}"),
    "a height": (r"minimum height=18bp},", r"minimum height=33bp},"),
    "a width": ("minimum width=53bp, below", "minimum width=130bp, below"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_one_number_changed_by_hand_gives_a_sound_picture(edit):
    """Nothing overlaps, no line runs through a box, and it is still ResNet-18."""
    facts = compiled("resnet18")
    old, new = EDITS[edit]
    tikz = figure(facts, "stage").tex()
    assert old in tikz
    read = Reader(tikz.replace(old, new)).geometry()
    assert audit(facts, read, "stage") == []
    assert sound(read) == []


@pytest.mark.parametrize("name", ["resnet50_fpn", "seresnet50", "dla34"])
@pytest.mark.parametrize("wide", [False, True])
def test_branches_stay_apart_when_all_boxes_are_taller(name, wide):
    tikz = drawn(name, "stage" if name == "resnet50_fpn" else "block", layout="row" if wide else "column").tex()
    taller = re.sub(r"(  rd box/.*minimum height=)[\d.]+bp", r"\g<1>35bp", tikz)
    assert taller != tikz
    assert sound(Reader(taller).geometry()) == []


def sound(geometry) -> list[str]:
    """What a reader would call broken, but for words, whose widths are the document's."""
    plain = replace(geometry, texts=(), boxes=tuple(replace(box, texts=()) for box in geometry.boxes))
    return faults(replace(plain, paths=tuple(path for path in plain.paths if path.ink != "faint")))


def test_a_wider_box_moves_the_line_around_it():
    tikz = drawn("resnet34", "block").tex()
    name = "(rd-conv3-block2-conv1)"
    before, after = tikz.split(name, 1)
    wider = before[::-1].replace("{$3"[::-1], "{$3"[::-1], 1)[::-1] + name + after
    line = next(line for line in wider.splitlines() if f"{name} {{" in line)
    read = Reader(wider.replace(line, line.replace("rd box,", "rd box, minimum width=200bp,"))).geometry()
    assert [one for one in sound(read) if "conv3" in one] == []


def test_names_are_the_graphs_stand_once_and_are_safe():
    tikz = drawn("seresnet50", "block").tex()
    names = re.findall(r"\\node\[.*?\] \(([^)]*)\)", tikz)
    assert {"rd-conv2-block1-conv1", "rd-conv2-block1", "rd-conv2", "rd-head-dense"} <= {*names}
    for text in (tikz, figure(hostile(), "block").tex(), drawn("resnet34+resnet34", "stage").tex()):
        found = re.findall(r"\\node\[.*?\] \(([^)]*)\)", text)
        assert len({*found}) == len(found)
        assert all(re.fullmatch(r"rd[A-Za-z0-9-]+", name) for name in found)


def test_what_it_defines_has_our_prefix():
    tikz = drawn("resnet50", "stage").tex()
    assert all(name.startswith("rd ") for name in re.findall(r"([\w ]+)/\.style", tikz.replace("\n  ", "\n")))
    assert all(name.startswith("rd-") for name in re.findall(r"\\definecolor\{([^}]*)\}", tikz))
    assert all(name.startswith("rd") for name in re.findall(r"\\def\\(\w+)", tikz))
    assert all(name.startswith("rd-") for name in re.findall(r"\\pgfdeclarelayer\{([^}]*)\}", tikz))


def test_names_that_try_to_break_out_stay_text():
    tikz = figure(hostile(), "block").tex()
    assert "\\input{x}" not in tikz.replace("by \\input;", "")
    read = Reader(tikz).geometry()
    said = [text.words for box in read.boxes for text in box.texts]
    assert any(words.startswith(TEX_EVIL[:20]) for words in said)


def test_a_figure_for_paper_is_written_in_printed_points():
    shown = drawn("resnet50", "stage", wide=True, width="6.875in")
    tikz = shown.tex()
    assert r"\fontsize{7bp}" in tikz
    assert "scale" not in tikz
    assert Reader(tikz).geometry().width == pytest.approx(6.875 * 72, abs=0.1)
    small = drawn("resnet50", "stage", wide=True, width="3.25in", scale=True).tex()
    assert re.search(r"\\scalebox\{0\.\d{4}\}\{%", small), "TeX's own fonts have no letters of two points"


def test_the_command_writes_a_whole_document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("draw", "resnet18", "--standalone", "-o", "net.tex").code == 0
    text = (tmp_path / "net.tex").read_text()
    assert r"\documentclass" in text
    assert text.endswith("\\end{document}\n")
    refused = call("draw", "resnet18", "--standalone", "-o", "net.svg")
    assert (refused.code, (tmp_path / "net.svg").exists()) == (2, False)
    assert "`--standalone` is of a .tex alone" in refused.err


def test_a_thousand_boxes_are_written_in_seconds():
    found = pipeline.load_text("network n { input 8x8x3 stage s { 3_000 x relu } }").compile().facts
    tikz = figure(found, "layer").tex()
    assert tikz.count("\\node[rd ") > 3_000


TEX = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")


def typeset(folder, document) -> str:
    """What LaTeX says of a document."""
    (folder / "document.tex").write_text(document)
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(run, cwd=folder, capture_output=True, check=False)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-2000:]
    return said


@pytest.mark.tex
@TEX
def test_tex_stands_every_box_where_the_reader_does(tmp_path):
    """Helvetica's letters are as wide as those that figures are laid out with."""
    shown = drawn("residual_unet", "stage", layout="column")
    reader = Reader(shown.tex())
    names = [node.name for node in reader.order if node.name.startswith("rd-") and "legend" not in node.name]
    ask = "".join(
        rf"\pgfpointanchor{{{name}}}{{center}}\pgfgetlastxy{{\a}}{{\b}}\typeout{{AT {name} \a\space\b}}"
        for name in names
        if name not in ("rdpage", "rdall")
    )
    tikz = shown.tex().replace(r"\end{tikzpicture}", ask + r"\end{tikzpicture}")
    usual = r"\documentclass{article}\usepackage{helvet}\renewcommand\familydefault{\sfdefault}\usepackage{tikz}"
    said = typeset(tmp_path, rf"{usual}\begin{{document}}{tikz}\end{{document}}").replace("\n", " ")
    found = re.findall(r"AT (rd-[\w-]+) (-?[\d.]+)pt (-?[\d.]+)pt", said)
    assert len(found) > 40
    point = 72 / 72.27
    for name, x, y in found:
        node = reader.nodes[name]
        assert (float(x) * point, float(y) * point) == pytest.approx((node.x, node.y), abs=2.5), name


@pytest.mark.tex
@TEX
def test_two_figures_stand_in_one_document_that_knows_tikz_alone(tmp_path):
    """Each in a group of its own, where libraries that are loaded are forgotten."""
    for number, name in enumerate(("resnet18", "residual_unet")):
        drawn(name, "stage").save(tmp_path / f"{number}.tex")
    figures = r"\begin{figure}\centering\input{0}\end{figure}\begin{figure}\centering\input{1}\end{figure}"
    said = typeset(
        tmp_path, rf"\documentclass{{article}}\usepackage{{tikz}}\begin{{document}}{figures}\end{{document}}"
    )
    assert "undefined" not in said.lower()


@pytest.mark.tex
@TEX
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_document_is_as_large_as_the_figure(tmp_path, theme):
    shown = drawn("resnet18", "stage", wide=True, width="6in", theme=theme).with_document()
    typeset(tmp_path, "\\pdfobjcompresslevel=0\n" + shown.tex())
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "document.pdf").read_bytes())
    assert float(box[1]) == pytest.approx(6 * 72, abs=0.5)
