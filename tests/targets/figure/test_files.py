"""The files: valid, safe, the same each time, drawn by either engine."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from drawn_networks import NETWORKS, Hand

from resnet_dsl.targets.figure import FigureError, MissingEngineError, figure
from resnet_dsl.targets.figure import engine as engines

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '</title></text><script>alert(1)</script>"];evil[label="\\input{x}&amp;%$#_{}~^'


def hostile():
    """A network whose every name tries to break out of the file that shows it."""
    hand = Hand(EVIL, (8, 8, 3))
    hand.open("stage", EVIL)
    hand.open("block", EVIL, EVIL)
    hand.add("conv", channels=4, kernel=3, name=EVIL)
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
    drawn = figure(hostile(), level="layer")
    root = ET.fromstring(drawn.svg().encode())
    assert not list(root.iter(f"{SVG}script"))
    assert {element.tag for element in root.iter()} <= {f"{SVG}{tag}" for tag in _TAGS}
    assert _nodes(root) == _nodes(ET.fromstring(figure(_tame(), level="layer").svg().encode()))


def _nodes(root):
    return sum(group.get("class", "").startswith("node") for group in root.iter(f"{SVG}g"))


_TAGS = ("svg", "g", "title", "desc", "path", "polygon", "ellipse", "text", "polyline")


def _tame():
    facts = hostile()
    graph = facts.graph
    nodes = tuple(replace_model(node, name=f"n{number}") for number, node in enumerate(graph.nodes))
    scopes = tuple(replace_model(scope, name=f"s{number}") for number, scope in enumerate(graph.scopes))
    return type(facts)(graph.model_copy(update={"nodes": nodes, "scopes": scopes, "name": "tame"}), facts.shapes)


def replace_model(model, **changes):
    return model.model_copy(update=changes)


def test_same_network_same_bytes_in_another_process_folder_and_locale(tmp_path):
    code = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:3]\n"
        "from drawn_networks import NETWORKS\nfrom resnet_dsl.targets.figure import figure\n"
        "f = figure(NETWORKS['resnet34'](), level='block')\n"
        "print(hashlib.sha256(f.svg().encode() + f.png(96) + f.dot().encode()).hexdigest())"
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
    with pytest.raises(FigureError, match=r"pixels: save it as \.svg"):
        figure(NETWORKS["resnet152"](), level="layer").png(dpi=1200)


@pytest.mark.parametrize("ending", ["svg", "png", "dot"])
def test_saved_whole_or_not_at_all(tmp_path, ending):
    path = figure(NETWORKS["inception"]()).save(tmp_path / f"net.{ending}")
    assert path.stat().st_size > 500
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(FigureError, match=r"\.svg, \.png"):
        figure(NETWORKS["inception"]()).save(tmp_path / "net.gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("dot") is None, reason="no system Graphviz here")
@pytest.mark.parametrize("name", ["resnet34", "unet"])
def test_both_engines_draw_the_same_shapes(name):
    def shapes(engine):
        root = ET.fromstring(figure(NETWORKS[name](), level="block", engine=engine).svg().encode())
        groups = [group.get("class") for group in root.iter(f"{SVG}g")]
        return groups, [element.text for element in root.iter(f"{SVG}text")], root.get("viewBox")

    assert shapes("embedded") == shapes("system")


def test_without_an_engine_dot_still_comes_out(monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "_embedded", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    drawn = figure(NETWORKS["inception"]())
    assert drawn.save(tmp_path / "net.dot").read_text().startswith("digraph")
    with pytest.raises(MissingEngineError, match="pip install graphviz-pure"):
        drawn.svg()
    assert [file.name for file in tmp_path.iterdir()] == ["net.dot"]


def test_an_engine_that_was_asked_for_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingEngineError, match="package `graphviz`"):
        replace(figure(NETWORKS["inception"]()), engine="system").svg()
