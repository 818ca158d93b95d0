"""What Graphviz' SVG lacks for papers, pages and screen readers: title, description, tooltips, fonts, dark mode."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from resnet_dsl.targets.figure.formats.palette import DARK, Palette
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.layout.metrics import Face, width

_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_FONTS = {
    "Arial": "Arial, Arimo, 'Liberation Sans', Helvetica, sans-serif",
    "Times New Roman": "'Times New Roman', Tinos, 'Liberation Serif', Times, serif",
}


def finish_svg(drawn: bytes, geometry: Geometry, scale: float, adaptive: bool) -> bytes:
    """``drawn``: Graphviz' SVG of the geometry; ``adaptive``: dark colours where the reader's screen is dark."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _LINK)
    root = ET.fromstring(drawn)
    graph = root[0]
    _frame(root, geometry, scale)
    tips = {box.key: box.tip for box in geometry.boxes}
    tips |= {f"{path.source}->{path.target}": path.tip for path in geometry.paths if path.source}
    for group in list(graph):
        if group.tag == f"{{{_SVG}}}title" or "corner" in (group.findtext(f"{{{_SVG}}}title") or ""):
            graph.remove(group)
        elif group.tag == f"{{{_SVG}}}g":
            _name(group, tips)
            _unwrap(group)
    graph[0].set("class", "background")
    for text in root.iter(f"{{{_SVG}}}text"):
        _fix_length(text)
        text.set("font-family", _FONTS.get(text.get("font-family", ""), text.get("font-family", "")))
        text.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
    head = list(_head(geometry, adaptive))
    for place, element in enumerate(head):
        root.insert(place, element)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _fix_length(text: ET.Element) -> None:
    """The text gets the width that it was laid out with, also where the reader's screen has another font."""
    face: Face = "italic" if text.get("font-style") else "bold" if text.get("font-weight") else "plain"
    wide = width(text.text or "", float(text.get("font-size", "0")), face)
    text.set("textLength", f"{wide:.2f}")
    text.set("lengthAdjust", "spacingAndGlyphs")


def _frame(root: ET.Element, geometry: Geometry, scale: float) -> None:
    root.set("width", f"{geometry.width * scale:.2f}pt")
    root.set("height", f"{geometry.height * scale:.2f}pt")
    root.set("role", "img")
    root.set("aria-labelledby", "figure-title figure-description")


def _head(geometry: Geometry, adaptive: bool) -> Iterator[ET.Element]:
    for tag, name, words in (("title", "title", geometry.title), ("desc", "description", geometry.description)):
        element = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"figure-{name}"})
        element.text = words
        yield element
    if adaptive:
        style = ET.Element(f"{{{_SVG}}}style")
        style.text = "@media (prefers-color-scheme: dark) {\n" + "\n".join(_dark_rules(DARK)) + "\n}"
        yield style


def _dark_rules(dark: Palette) -> Iterator[str]:
    shapes = ":is(path,polygon,ellipse)"
    yield f".background{{fill:{dark.background}}}"
    yield f"text{{fill:{dark.text}}} .faint text,.text text{{fill:{dark.faint}}}"
    for name, fill, border in (
        *((f"tone{tone}", fill, dark.borders[tone]) for tone, fill in enumerate(dark.fills)),
        ("plain", dark.plain_fill, dark.plain_border),
    ):
        yield f".{name} {shapes}{{fill:{fill};stroke:{border}}}"
    yield f".hollow {shapes}{{fill:{dark.background}}} .merge {shapes}{{stroke:{dark.line}}}"
    for name, ink in (("line", dark.line), ("faint", dark.faint), ("projection", dark.projection)):
        yield f".edge.{name} path{{stroke:{ink}}} .edge.{name} polygon{{fill:{ink};stroke:{ink}}}"


def _name(group: ET.Element, tips: dict[str, str]) -> None:
    """Graphviz' title of a group is its key: it becomes the tooltip, or goes where there is none."""
    title = group.find(f"{{{_SVG}}}title")
    if title is None:
        return
    tip = tips.get(title.text or "", "")
    if tip:
        title.text = tip
    else:
        group.remove(title)


def _unwrap(group: ET.Element) -> None:
    """Graphviz wraps what has a tooltip in a link without a target: the shapes come out of it."""
    for wrapper in group.findall(f"{{{_SVG}}}g"):
        place = list(group).index(wrapper)
        group.remove(wrapper)
        shapes = [shape for link in wrapper for shape in link]
        for shape in reversed(shapes):
            group.insert(place, shape)
