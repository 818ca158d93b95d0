"""The interactive page in a real headless Chromium: folding, hovering, keys, search, names that try to break out."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

import resnet_dsl
from resnet_dsl.targets.figure import figure, write_page
from tests.targets.figure.drawn_networks import NETWORKS, cifar
from tests.targets.figure.ended_networks import written
from tests.targets.figure.test_files import EVIL, hostile
from tests.targets.figure.webdriver import BROWSER, DRIVER, Browser

needs_browser = pytest.mark.skipif(DRIVER is None or BROWSER is None, reason="no Chromium and driver here")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def opened(browser, tmp_path):
    def opened(networks, places=()):
        (tmp_path / "net.html").write_text(write_page(networks, places), encoding="utf-8")
        browser.open(tmp_path / "net.html")
        return browser

    return opened


def words(browser):
    return browser.run("[...document.querySelectorAll('#figure text')].map(t => t.textContent)")


def middle(browser, text):
    return browser.run(
        "(text => { const said = t => t.textContent.replace(/^[▸▾] /, '');"
        "const r = [...document.querySelectorAll('#figure text')].find(t => said(t) === text)"
        ".getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })(arguments[0])",
        text,
    )


def facts(browser):
    return browser.run("document.getElementById('facts').innerText")


def test_the_page_is_one_file_that_asks_nobody_for_anything():
    page = write_page([NETWORKS["resnet50"]()])
    assert "default-src 'none'" in page
    outside = re.findall(r"""(?:src|href)\s*=\s*["'](?!#)|@import|url\((?!#)""", page)
    assert outside == []
    assert "Permission to use, copy, modify" in page
    assert page == write_page([NETWORKS["resnet50"]()])


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_equal_blocks_share_their_drawing():
    data = data_of(write_page([cifar("resnet1202", 1202)]))
    assert len(data[0]["drawings"]) <= 6
    assert not any("block" in drawing["svg"] for drawing in data[0]["drawings"]), "it would name another block"
    assert len(data[0]["facts"]) > 4000
    assert [child["name"] for child in data[0]["parts"][1]["children"]] == ["basic × 200"]


def test_a_drawing_is_the_compilers_svg_and_knows_which_box_is_which_node():
    (network,) = data_of(write_page([hostile()], [[EVIL] * 10]))
    for drawing in network["drawings"]:
        root = ET.fromstring(f"<svg>{drawing['svg']}</svg>")
        assert {element.tag for element in root.iter()} <= {"svg", "g", "rect", "text", "path", "polygon"}
        boxes = [group for group in root if "node" in group.get("class", "").split()]
        assert len(boxes) == len(drawing["slots"])
    block = network["parts"][0]["children"][0]
    slots = network["drawings"][block["drawing"]]["slots"]
    assert [network["facts"][block["nodes"][slot]][1] for slot in slots if slot >= 0] == [
        *("3×3 conv, 4", "sigmoid", "×")
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("unet", {("down1", "up1", "identity"), ("down2", "up2", "identity")}), ("resnet34", set()), ("plain34", set())],
)
def test_values_that_jump_over_parts_are_drawn_from_the_first_part_on(name, expected):
    """U-Net copies each contracting part to the expanding one of its size (Ronneberger et al. 2015, figure 1)."""
    (network,) = data_of(write_page([NETWORKS[name]()]))
    named = [part["name"] for part in network["parts"]]
    jumps = [(named[source], named[target], way) for source, target, way, *_ in network["jumps"]]
    assert len(jumps) == len(expected)
    assert set(jumps) == expected


@needs_browser
@pytest.mark.browser
def test_stages_and_repeats_unfold_and_fold(opened):
    browser = opened([NETWORKS["seresnet50"]()])
    assert "▸ bottleneck × 6" in words(browser)
    browser.click(*middle(browser, "bottleneck × 6"))
    assert words(browser).count("▸ bottleneck") == 6
    browser.click(*middle(browser, "bottleneck"))
    said = words(browser)
    assert "sigmoid" in said
    assert "global avg pool" in said
    browser.click(*middle(browser, "bottleneck × 6"))
    assert "▸ bottleneck × 6" in words(browser)
    browser.press("c")
    assert "▸ conv4" in words(browser)
    browser.press("e")
    assert words(browser).count("▾ bottleneck") == 16
    assert browser.complaints() == []


@needs_browser
@pytest.mark.browser
def test_hovering_shows_shape_counts_receptive_field_and_the_specs_line(opened):
    network = NETWORKS["resnet50"]()
    places = [f"net.resnet:{number}: line {number}" for number in range(len(network.graph.nodes))]
    browser = opened([network], [places])
    browser.hover(*middle(browser, "7×7 conv, 64, /2"))
    said = facts(browser)
    for fact in ("7×7 conv, 64, /2", "112×112×64", "9.41k", "118M", "7 × 7", "net.resnet:1: line 1"):
        assert fact in said
    browser.hover(*middle(browser, "conv3"))
    for fact in ("28×28×512", "1.22M", "1.03G"):
        assert fact in facts(browser)


@needs_browser
@pytest.mark.browser
def test_the_keyboard_is_enough(opened):
    browser = opened([NETWORKS["resnet50"]()])
    browser.run("document.querySelector('[tabindex=\"0\"].thing').focus()")
    browser.press("Home")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert browser.run(focused).startswith("stem")
    browser.press("Left", "Down")
    assert browser.run(focused).startswith("conv2")
    browser.press("Down", "Right")
    assert browser.run("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert words(browser).count("▸ bottleneck") == 3
    browser.press("Left", "Left")
    assert browser.run(focused).startswith("conv2")
    before = browser.run("document.getElementById('root').getAttribute('transform')")
    browser.press("+")
    assert browser.run("document.getElementById('root').getAttribute('transform')") != before


@needs_browser
@pytest.mark.browser
def test_the_wheel_zooms(opened):
    browser = opened([NETWORKS["resnet50"]()])
    before = middle(browser, "7×7 conv, 64, /2"), middle(browser, "fc 1000")
    browser.wheel(400, 300, -400)
    after = middle(browser, "7×7 conv, 64, /2"), middle(browser, "fc 1000")
    assert after[1][1] - after[0][1] > 1.5 * (before[1][1] - before[0][1])


@needs_browser
@pytest.mark.browser
def test_search_finds_counts_and_leads_to_what_is_folded_away(opened):
    browser = opened([NETWORKS["seresnet50"]()])
    browser.press("/", *"sigmoid")
    assert browser.run("document.getElementById('found').textContent") == "16 places"
    browser.press("Enter")
    assert browser.run("document.getElementById('found').textContent") == "1 of 16"
    assert "sigmoid" in words(browser)
    browser.press("Escape")
    assert browser.run("document.getElementById('found').textContent") == ""
    browser.press("/", *"no such thing")
    assert browser.run("document.getElementById('found').textContent") == "no places"


@needs_browser
@pytest.mark.browser
def test_names_cannot_break_out_of_the_page(opened):
    browser = opened([hostile()], [[EVIL] * 10])
    browser.press("e")
    assert browser.run("document.scripts.length") == 2
    assert (
        browser.run("[...document.querySelectorAll('*')].map(e => e.tagName.toLowerCase()).includes('evil')") is False
    )
    assert any("script" in said for said in words(browser))
    assert browser.complaints() == []


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("name", NETWORKS)
def test_no_boxes_overlap_when_all_is_unfolded(opened, name):
    browser = opened([NETWORKS[name](), NETWORKS["resnet34"]()])
    browser.press("e")
    overlapping = browser.run(
        "(() => { const all = [...document.querySelectorAll('.thing:not(.leaf) > rect')].map(r => r.getBBox());"
        "const right = a => a.x + a.width, low = a => a.y + a.height;"
        "const apart = (a, b) => right(a) <= b.x || right(b) <= a.x || low(a) <= b.y || low(b) <= a.y;"
        "const holds = (a, b) => a.x <= b.x && a.y <= b.y && right(a) >= right(b) && low(a) >= low(b);"
        "const meet = (a, b) => !apart(a, b) && !holds(a, b) && !holds(b, a);"
        "return all.flatMap((a, i) => all.slice(i + 1).filter(b => meet(a, b))).length })()"
    )
    assert overlapping == 0
    outside = browser.run(
        "[...document.querySelectorAll('.thing')].filter(g => { const s = g.querySelector(':scope > rect').getBBox();"
        "return [...g.querySelectorAll(':scope > text')].some(t => { const b = t.getBBox();"
        "return b.x < s.x - 1 || b.x + b.width > s.x + s.width + 1 }) }).map(g => g.textContent)"
    )
    assert outside == []


@needs_browser
@pytest.mark.browser
@pytest.mark.parametrize("level", ["stage", "block", "layer"])
def test_text_stays_in_its_box_also_with_the_browsers_own_fonts(browser, tmp_path, level):
    path = figure([NETWORKS["seresnet50"](), NETWORKS["unet"]()], level, show=("params", "shape")).save(
        tmp_path / "a.svg"
    )
    browser.open(path)
    outside = browser.run(
        "[...document.querySelectorAll('g.node')].filter(g => {"
        "const s = g.querySelector('rect'), t = g.querySelector('text');"
        "if (!s || !t) return false; const a = s.getBBox(), b = t.getBBox();"
        "return b.x < a.x - 0.5 || b.x + b.width > a.x + a.width + 0.5 }).map(g => g.textContent)"
    )
    assert outside == []
    assert browser.run("document.querySelectorAll('g.node rect').length") > 20


@needs_browser
def test_inputs_and_outputs_stand_on_the_page_by_their_names(opened):
    """And no words lie upon others."""
    names = ("features", "changed", "detector")
    nets = [resnet_dsl.load(written(name)).network(name).compiled.facts for name in names]
    browser = opened(nets)
    shown = words(browser)
    assert {"conv2 32×32×8", "before 64×64×3 · after 64×64×3 · facts 8-d", "facts", "where 32×32×1"} <= {*shown}
    assert len([one for one in shown if one.startswith(("class", "box")) and "×" in one and "▸" not in one]) >= 10
    assert (
        browser.run(
            """[...document.querySelectorAll("#figure > * text, #figure text")].filter(t => / /.test(t.textContent))
        .some(t => [...document.querySelectorAll("#figure text")].some(o => {
          const a = t.getBoundingClientRect(), b = o.getBoundingClientRect();
          const across = a.right > b.left + 1 && b.right > a.left + 1;
          return o !== t && across && a.bottom > b.top + 4 && b.bottom > a.top + 4;
        }))"""
        )
        is False
    )
