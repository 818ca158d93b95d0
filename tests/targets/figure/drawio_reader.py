"""Reads a file of draw.io: holds it to its form, and finds the figure again by what is seen.

The rules are those of https://www.drawio.com/docs/reference/file-format: one list of cells, the root and a layer first,
names that stand once, each cell behind the one that it lies in, places relative to that one.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Polygon, TextLine

UNIT = 100 / 72


@dataclass
class Cell:
    """One cell, its place in points of the page; style: its keys and values."""

    name: str
    kind: str
    label: str
    tip: str
    style: dict[str, str]
    parent: str
    source: str = ""
    target: str = ""
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    points: list[tuple[float, float]] = field(default_factory=list)
    connectable: bool = True


class Drawio:
    """All cells of a file's only page by their names, in their order."""

    def __init__(self, text: str) -> None:
        file = ET.fromstring(text)
        assert file.tag == "mxfile"
        (page,) = file
        (model,) = page
        (root,) = model
        assert [page.tag, model.tag, root.tag] == ["diagram", "mxGraphModel", "root"]
        self.model = model.attrib
        self.title = page.get("name")
        self.cells: dict[str, Cell] = {}
        first, layer, *rest = root
        assert (first.attrib, layer.get("id"), layer.get("parent")) == ({"id": "0"}, "1", "0")
        for element in (layer, *rest):
            cell = self._cell(element)
            assert cell.name not in {"0", *self.cells}, cell.name
            assert cell.parent in {"0", *self.cells}, f"{cell.name} lies in {cell.parent}"
            self.cells[cell.name] = cell
        for cell in self.cells.values():
            for end in (cell.source, cell.target):
                assert not end or (self.cells[end].kind == "vertex" and self.cells[end].connectable), cell.name

    def _cell(self, element: ET.Element) -> Cell:
        assert element.tag in ("mxCell", "UserObject")
        inner = element if element.tag == "mxCell" else element[0]
        name = element.get("id")
        label = element.get("value" if element.tag == "mxCell" else "label") or ""
        kind = "vertex" if inner.get("vertex") else "edge" if inner.get("edge") else "layer"
        style = dict(re.findall(r"([^=;]+)=([^;]*);", inner.get("style", "")))
        assert "html" not in style, "a label is no markup"
        assert not (inner.get("vertex") and inner.get("edge"))
        tip = html.unescape(element.get("tooltip", ""))
        ends = inner.get("source", ""), inner.get("target", "")
        cell = Cell(name, kind, label, tip, style, inner.get("parent"), *ends)
        cell.connectable = inner.get("connectable") != "0"
        if kind == "layer":
            assert cell.parent == "0"
            return cell
        (geometry,) = inner
        assert (geometry.tag, geometry.get("as")) == ("mxGeometry", "geometry")
        corner = self.cells[cell.parent].bounds[:2]
        if kind == "vertex":
            x, y, wide, tall = (float(geometry.get(key)) / UNIT for key in ("x", "y", "width", "height"))
            assert wide > 0
            assert tall > 0
            cell.bounds = corner[0] + x, corner[1] + y, corner[0] + x + wide, corner[1] + y + tall
            return cell
        assert geometry.get("relative") == "1"
        ends = {point.get("as"): point for point in geometry.findall("mxPoint")}
        points = [ends["sourcePoint"], *geometry.findall("Array/mxPoint"), ends["targetPoint"]]
        cell.points = [tuple(corner[n] + float(p.get(key)) / UNIT for n, key in enumerate("xy")) for p in points]
        return cell

    def edges(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.kind == "edge"]

    def held(self, edge: Cell, end: str) -> tuple[float, float]:
        """Where at its box a line is held, by its style alone."""
        left, top, right, bottom = self.cells[edge.source if end == "exit" else edge.target].bounds
        assert edge.style[f"{end}Perimeter"] == "0"
        x, y = (float(edge.style[f"{end}{axis}"]) for axis in "XY")
        return left + x * (right - left), top + y * (bottom - top)

    def geometry(self) -> Geometry:
        """The figure as it is seen: boxes with their words, lines, words beside them."""
        boxes, texts = [], []
        for cell in self.cells.values():
            if cell.kind == "vertex" and (shape := self._shape(cell)):
                words = [other for other in self.cells.values() if other.parent == cell.name and _is_word(other)]
                planes = [other for other in self.cells.values() if other.parent == cell.name and _is_plane(other)]
                own = [_text(cell)] if cell.label else []
                boxes.append(_box(cell, shape, [*own, *map(_text, words)], planes, self.model["background"]))
            elif _is_word(cell) and self.cells[cell.parent].kind == "layer":
                texts.append(_text(cell))
        size = (float(self.model[key]) / UNIT for key in ("pageWidth", "pageHeight"))
        frames = sorted(boxes, key=lambda box: box.shape != "frame")
        return Geometry(*size, tuple(frames), tuple(texts), tuple(map(_path, self.edges())), self.title)

    def _shape(self, cell: Cell) -> str:
        """What a shape looks like; empty for groups, words and planes."""
        if _is_word(cell) or _is_plane(cell):
            return ""
        if cell.style.get("shape") == "ellipse":
            return "circle"
        if cell.style.get("rounded") == "1":
            is_hollow = cell.style["fillColor"] == self.model["background"]
            grey = cell.style["strokeColor"] == "#333333"
            return "frame" if cell.style.get("container") == "1" else "pill" if grey and is_hollow else "round"
        if any(_is_plane(other) and other.parent == cell.name for other in self.cells.values()):
            return "solid"
        return "bare" if cell.connectable else ""


def _is_word(cell: Cell) -> bool:
    return cell.kind == "vertex" and not cell.connectable and bool(cell.label)


def _is_plane(cell: Cell) -> bool:
    return cell.style.get("shape") == "mxgraph.basic.polygon"


def _text(cell: Cell) -> TextLine:
    left, top, right, bottom = cell.bounds
    anchor = {"left": "start", "center": "middle", "right": "end"}[cell.style["align"]]
    x = {"start": left, "middle": (left + right) / 2, "end": right}[anchor]
    face = {"1": "bold", "2": "italic"}.get(cell.style.get("fontStyle"), "plain")
    return TextLine(cell.label, x, (top + bottom) / 2, float(cell.style["fontSize"]) / UNIT, face, anchor)


def _box(cell: Cell, shape: str, texts: list[TextLine], planes: list[Cell], background: str) -> Box:
    left, top, right, bottom = cell.bounds
    middle = (left + right) / 2, (top + bottom) / 2
    drawn = tuple(map(_polygon, planes))
    looks = {"filled": cell.style.get("fillColor") != background, "planes": drawn}
    return Box(cell.name, shape, *middle, right - left, bottom - top, None, tuple(texts), cell.tip, **looks)


def _polygon(cell: Cell) -> Polygon:
    left, top, right, bottom = cell.bounds
    shares = re.findall(r"\[([\d.]+),([\d.]+)\]", cell.style["polyCoords"])
    return Polygon(tuple((left + float(x) * (right - left), top + float(y) * (bottom - top)) for x, y in shares))


def _path(cell: Cell) -> Path:
    arrow = cell.style["endArrow"] != "none"
    thickness = round(float(cell.style["strokeWidth"]) / UNIT, 2)
    ends = {"source": cell.source, "target": cell.target}
    return Path(tuple(cell.points), dashed="dashed" in cell.style, arrow=arrow, thickness=thickness, **ends)
