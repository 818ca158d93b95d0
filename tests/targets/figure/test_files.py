"""The files: valid, safe, the same each time, drawn by either engine."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from resnet_dsl import pipeline
from resnet_dsl.extras import is_installed
from resnet_dsl.targets.figure import FigureError, MissingEngineError, block_figure, figure
from resnet_dsl.targets.figure.formats import engine as engines
from resnet_dsl.targets.figure.formats.palette import palette
from resnet_dsl.targets.figure.formats.tex import escape_tex
from tests.targets.figure.drawn_networks import NETWORKS, Hand

AS_PDF = pytest.mark.skipif(not is_installed("reportlab"), reason="ReportLab is not installed")

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '</title></text><script>alert(1)</script>"];evil[label="\\input{x}&amp;%$#_{}~^'


TEX_EVIL = '\\input{x}&amp;%$#_{}~^"];evil[label="\\N'


def hostile():
    """A network whose every name tries to break out of the file that shows it."""
    hand = Hand(EVIL, (8, 8, 3))
    hand.open("stage", TEX_EVIL)
    hand.open("block", EVIL, EVIL)
    hand.add("conv", channels=4, kernel=3, name=EVIL)
    hand.open("block", "inner", TEX_EVIL)
    hand.add("mul", hand.now, hand.add("sigmoid"))
    hand.close()
    hand.close()
    hand.close()
    return hand.facts()


@pytest.mark.parametrize("level", ["stage", "block", "layer"])
@pytest.mark.parametrize("theme", ["light", "dark", "mono", "auto"])
def test_svg_is_xml_with_a_title_and_a_description(level, theme):
    root = ET.fromstring(figure(NETWORKS["unet"](), level=level, theme=theme).svg().encode())
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    title, description = (next(e for e in root if e.get("id") == name) for name in named)
    assert title.text == "unet"
    assert "5 stages (down1, down2, down3, up2, up1)" in description.text
    assert "128×128×3" in description.text


def test_text_in_svg_is_text():
    root = ET.fromstring(figure(NETWORKS["resnet34"](), level="block").svg().encode())
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert words.count("3×3 conv, 512") == 5
    assert "3×3 conv, 512, /2" in words


def test_every_node_has_a_tooltip_and_a_class():
    root = ET.fromstring(figure(NETWORKS["resnet34"](), level="block").svg().encode())
    rows = [group for group in root.iter(f"{SVG}g") if "box" in group.get("class", "").split()]
    assert len(rows) == 36
    tips = [row.findtext(f"{SVG}title") for row in rows]
    assert tips[0].endswith("7×7 conv, 64, /2 (batch norm, relu), output 112×112×64, 9.54k parameters")


def test_names_cannot_break_out_of_svg_or_dot():
    drawn = figure(hostile(), level="block")
    root = ET.fromstring(drawn.svg().encode())
    assert not list(root.iter(f"{SVG}script"))
    assert {element.tag for element in root.iter()} <= {f"{SVG}{tag}" for tag in _TAGS}
    assert _nodes(root) == _nodes(ET.fromstring(figure(_tame(), level="block").svg().encode()))


def _nodes(root):
    """The boxes; how many lines the words below them take depends on their width."""
    return sum("node" in group.get("class", "").split() for group in root.iter(f"{SVG}g"))


_TAGS = ("svg", "g", "title", "desc", "path", "polygon", "rect", "text")


def _tame():
    facts = hostile()
    graph = facts.graph
    nodes = tuple(replace(node, name=f"n{number}") for number, node in enumerate(graph.nodes))
    scopes = tuple(replace(scope, name=f"s{number}") for number, scope in enumerate(graph.scopes))
    return type(facts)(replace(graph, nodes=nodes, scopes=scopes, name="tame"), facts.shapes)


@AS_PDF
def test_same_network_same_bytes_in_another_process_folder_and_locale(tmp_path):
    code = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:3]\n"
        "from drawn_networks import NETWORKS\nfrom resnet_dsl.targets.figure import figure, write_page\n"
        "f = figure(NETWORKS['resnet34'](), level='block')\n"
        "texts = (f.svg(), f.dot(), f.tex(), write_page([NETWORKS['resnet34']()]))\n"
        "print(hashlib.sha256(''.join(texts).encode() + f.png(96) + f.pdf()).hexdigest())"
    )
    here = os.path.dirname(__file__)
    paths = [os.path.abspath(os.path.join(here, "../../..")), here]
    found = set()
    for seed, language, folder in (("0", "C", here), ("1", "de_DE.UTF-8", tmp_path)):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": language}
        run = subprocess.run(
            [sys.executable, "-c", code, *paths], cwd=folder, env=env, capture_output=True, text=True, check=True
        )
        found.add(run.stdout)
    assert len(found) == 1


def test_png_is_a_png_and_a_huge_one_is_refused():
    assert figure(NETWORKS["inception"]()).png().startswith(b"\x89PNG")
    with pytest.raises(FigureError, match=r"would have [\d,]+ x [\d,]+ pixels"):
        figure(NETWORKS["resnet152"](), level="layer").png(dpi=1200)


@pytest.mark.parametrize("ending", ["svg", "png", "dot", "tex", pytest.param("pdf", marks=AS_PDF)])
def test_saved_whole_or_not_at_all(tmp_path, ending):
    path = figure(NETWORKS["inception"]()).save(tmp_path / f"net.{ending}")
    assert path.stat().st_size > 500
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(FigureError, match=r"`net\.gif` says no format"):
        figure(NETWORKS["inception"]()).save(tmp_path / "net.gif")
    assert list(tmp_path.iterdir()) == []


def test_tex_escapes_every_letter_that_tex_listens_to():
    drawn = figure(hostile(), level="block").tex()
    assert "\\input{x}" not in drawn
    assert r"\textbackslash{}input\{x\}\&amp;\%" in drawn
    assert escape_tex("#$%&_{}") == r"\#\$\%\&\_\{\}"
    assert escape_tex("a\nb\x00€Ω") == "a b ??"
    assert escape_tex("--block") == r"-{}-{}block", "two hyphens together are one dash to TeX"


TEX = {
    "figure3": lambda: figure([NETWORKS["plain34"](), NETWORKS["resnet34"]()], "block", width="85mm", scale=True),
    "stages": lambda: figure(NETWORKS["resnet152"](), "stage", wide=True, theme="dark"),
    "figure2": lambda: block_figure(NETWORKS["resnet34"](), ["basic"], formula=True),
    "mono": lambda: figure(NETWORKS["unet"](), "layer", theme="mono", show=("params", "macs", "shape")),
    "hostile": lambda: figure(hostile(), "block"),
}


@pytest.mark.tex
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("name", TEX)
def test_tex_compiles(tmp_path, name):
    TEX[name]().save(tmp_path / "figure.tex")
    document = r"\documentclass{article}\usepackage{tikz}\begin{document}\input{figure}\end{document}"
    (tmp_path / "document.tex").write_text(document)
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


@AS_PDF
def test_pdf_has_one_page_of_the_figures_size():
    drawn = figure(NETWORKS["inception"](), "block", width="85mm")
    pdf = drawn.pdf()
    height = 85 * 72 / 25.4 * drawn.geometry.height / drawn.geometry.width
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
    assert [float(box[1]), float(box[2])] == pytest.approx([85 * 72 / 25.4, height], abs=0.01)
    assert pdf == figure(NETWORKS["inception"](), "block", width="85mm").pdf()


def test_a_figure_that_is_scaled_to_a_width_warns_below_5_points():
    narrow = figure(NETWORKS["resnet152"](), "stage", wide=True, width="85mm", scale=True)
    root = ET.fromstring(narrow.svg().encode())
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(85 * 72 / 25.4, abs=0.01)
    assert re.fullmatch(r"the smallest text is [12]\.\d pt when the figure is 85mm wide: .*", narrow.warnings[0])
    assert figure(NETWORKS["resnet34"](), "block", width="85mm", scale=True).warnings == ()
    needed = re.search(r"readable from (\d+)mm", narrow.warnings[0])[1]
    enough = f"{int(needed) + 1}mm"
    assert figure(NETWORKS["resnet152"](), "stage", wide=True, width=enough, scale=True).warnings == ()


@pytest.mark.parametrize("asked", [{"level": "stages"}, {"show": ("flops",)}, {"theme": "blue"}, {"engine": "neato"}])
@pytest.mark.parametrize("draw", [figure, lambda one, **asked: block_figure(one, ["basic"], **asked)])
def test_what_a_figure_does_not_know_is_refused(draw, asked):
    """Not drawn at a level of our choice."""
    with pytest.raises(FigureError, match="of a figure"):
        draw(NETWORKS["resnet34"](), **asked)


@pytest.mark.parametrize("width", ["", "85", "mm", "-3mm", "0mm", "85 parsec", "1e9mm", "85mm;x"])
def test_what_is_no_width_is_refused(width):
    with pytest.raises(FigureError, match="is no width"):
        figure(NETWORKS["inception"](), width=width)


def test_auto_theme_follows_the_readers_screen():
    svg = figure(NETWORKS["inception"](), theme="auto").svg()
    assert "@media (prefers-color-scheme: dark)" in svg
    assert "@media" not in figure(NETWORKS["inception"](), theme="light").svg()


def test_the_style_of_the_auto_theme_names_every_class_and_dark_colour():
    svg = figure(NETWORKS["seresnet50"](), "stage", theme="auto").svg()
    style = ET.fromstring(svg.encode()).find(f"{SVG}style").text
    dark = palette("dark")
    own = dark.colours
    inks = (own.ground, own.ink, own.faint, own.line, own.projection, own.plain, own.plain_border)
    for colour in (*inks, *dark.fills, *dark.borders):
        assert colour in style
    for selector in (".tone3 rect", ".plain rect", ".hollow rect", ".merge rect", ".line path", ".faint path",
                     ".projection path", ".projection polygon", "text.faint", "text.projection"):  # fmt: skip
        assert selector in style


def test_a_dashed_arrow_in_svg_has_gaps_shorter_than_dashes_and_a_head_of_six_points():
    root = ET.fromstring(figure(NETWORKS["resnet34"](), "block").svg().encode())
    edges = [group for group in root.iter(f"{SVG}g") if "adapted" in group.get("class").split()]
    assert [edge.find(f"{SVG}path").get("stroke-dasharray") for edge in edges] == ["5,2"] * 3
    for edge in edges:
        one, tip, other = (
            tuple(map(float, point.split(","))) for point in edge.find(f"{SVG}polygon").get("points").split()
        )
        assert (one[0] - tip[0], one[0] - other[0], abs(one[1] - other[1])) == pytest.approx((6, 0, 5), abs=0.02)
        assert tip[1] == pytest.approx((one[1] + other[1]) / 2, abs=0.01)


@pytest.mark.skipif(shutil.which("dot") is None, reason="no system Graphviz here")
@pytest.mark.parametrize("name", ["resnet34", "unet"])
def test_both_engines_draw_the_same_shapes(name):
    def shapes(engine):
        root = ET.fromstring(engines.render(figure(NETWORKS[name](), level="block").dot(), "svg", engine))
        groups = [group.get("class") for group in root.iter(f"{SVG}g")]
        return groups, [element.text for element in root.iter(f"{SVG}text")], root.get("viewBox")

    assert shapes("embedded") == shapes("system")


def test_without_an_engine_all_but_png_comes_out(monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "_embedded", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    drawn = figure(NETWORKS["inception"]())
    assert drawn.save(tmp_path / "net.dot").read_text().startswith("digraph")
    assert drawn.save(tmp_path / "net.svg").read_text().endswith("</svg>\n")
    with pytest.raises(MissingEngineError) as missing:
        drawn.save(tmp_path / "net.png")
    assert "pip install graphviz-pure" in missing.value.remedy
    assert sorted(file.name for file in tmp_path.iterdir()) == ["net.dot", "net.svg"]


def test_an_engine_that_was_asked_for_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingEngineError, match="the system Graphviz was not found"):
        replace(figure(NETWORKS["inception"]()), engine="system").png()


def test_a_figure_that_nobody_reads_is_refused_with_what_to_draw_instead() -> None:
    found = pipeline.load_text("network n { input 8x8x3 stage s { 30_001 x relu } }").compile()
    with pytest.raises(FigureError, match="the most is 30,000") as refused:
        figure(found.facts, "layer")
    assert "--level stage" in str(refused.value.remedy)
    assert figure(found.facts, "stage").svg()
