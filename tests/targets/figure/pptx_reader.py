"""Reads a slide as Office does: shapes with their words, groups, connectors bent by the rules of their forms.

With the standard library alone. ``old``: as a program that knows nothing of what PowerPoint has learnt since 2016.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from functools import cached_property

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Polygon, TextLine

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
POINT = 12_700
BEZIER = 0.5523
ROUND_SITES = {0: (0.5, 0), 2: (0, 0.5), 4: (0.5, 1), 6: (1, 0.5)}
SITES = {0: (0.5, 0), 1: (0, 0.5), 2: (0.5, 1), 3: (1, 0.5)}


@dataclass
class Shape:
    """One shape; way: the names of the groups around it; held: of a connector, the boxes and sites at its ends."""

    number: int
    name: str
    tip: str
    element: ET.Element
    way: tuple[str, ...]

    @cached_property
    def form(self) -> str:
        preset = self.element.find(f"{P}spPr/{A}prstGeom")
        return "free" if preset is None else preset.get("prst")

    @property
    def is_connector(self) -> bool:
        return self.element.tag == f"{P}cxnSp"

    @property
    def is_line(self) -> bool:
        is_open = self.form == "free" and self.element.find(f".//{A}close") is None
        return self.is_connector or is_open

    @property
    def is_words(self) -> bool:
        return self.element.find(f"{P}nvSpPr/{P}cNvSpPr[@txBox]") is not None

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, width, height in points, before it is turned."""
        place, size = (self.element.find(f"{P}spPr/{A}xfrm/{A}{one}") for one in ("off", "ext"))
        return *(int(place.get(key)) / POINT for key in "xy"), *(int(size.get(key)) / POINT for key in ("cx", "cy"))

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        left, top, wide, tall = self.frame
        return left, top, left + wide, top + tall

    def colour(self, of: str = "") -> str | None:
        found = self.element.find(f"{P}spPr/{of}{A}solidFill/{A}srgbClr")
        return None if found is None else f"#{found.get('val')}"

    @property
    def held(self) -> list[tuple[int, int]]:
        ends = (self.element.find(f"{P}nvCxnSpPr/{P}cNvCxnSpPr/{A}{end}") for end in ("stCxn", "endCxn"))
        return [(int(end.get("id")), int(end.get("idx"))) for end in ends if end is not None]

    @property
    def dashed(self) -> bool:
        return self.element.find(f"{P}spPr/{A}ln/{A}custDash") is not None

    @property
    def arrow(self) -> bool:
        return self.element.find(f"{P}spPr/{A}ln/{A}tailEnd") is not None

    def points(self) -> list[tuple[float, float]]:
        """The corners of a line or of a plane, on the slide."""
        return self._drawn() if self.form == "free" else self._bent()

    def _bent(self) -> list[tuple[float, float]]:
        """ECMA-376, presetShapeDefinitions.xml."""
        left, top, w, h = self.frame
        shares = [int(guide.get("fmla").split()[1]) / 100_000 for guide in self.element.iter(f"{A}gd")]
        corners = {
            "straightConnector1": lambda: [(0, 0), (w, h)],
            "bentConnector2": lambda: [(0, 0), (w, 0), (w, h)],
            "bentConnector3": lambda a: [(0, 0), (w * a, 0), (w * a, h), (w, h)],
            "bentConnector4": lambda a, b: [(0, 0), (w * a, 0), (w * a, h * b), (w, h * b), (w, h)],
            "bentConnector5": lambda a, b, c: [(0, 0), (w * a, 0), (w * a, h * b), (w * c, h * b), (w * c, h), (w, h)],
        }[self.form](*shares)
        turn = self.element.find(f"{P}spPr/{A}xfrm")
        if turn.get("flipH"):
            corners = [(w - x, y) for x, y in corners]
        if turn.get("flipV"):
            corners = [(x, h - y) for x, y in corners]
        if turn.get("rot"):
            assert turn.get("rot") == "5400000"
            corners = [(w / 2 - (y - h / 2), h / 2 + (x - w / 2)) for x, y in corners]
        return [(left + x, top + y) for x, y in corners]

    def _drawn(self) -> list[tuple[float, float]]:
        """The corners that round ones stand for."""
        (way,) = self.element.iter(f"{A}path")
        left, top, wide, tall = self.frame
        found: list[tuple[float, float]] = []
        for step in way:
            spots = [(int(pt.get("x")) / POINT, int(pt.get("y")) / POINT) for pt in step.findall(f"{A}pt")]
            if step.tag == f"{A}cubicBezTo":
                enter = found.pop()
                found.append(tuple(b + (c - b) / BEZIER for b, c in zip(enter, spots[0], strict=True)))
            else:
                found += spots
        assert all(-0.1 <= x <= wide + 0.1 and -0.1 <= y <= tall + 0.1 for x, y in found)
        return [(left + x, top + y) for x, y in found]

    def lines(self) -> list[list[tuple[str, float, str, str]]]:
        """Of each paragraph the words, size, face and colour of its runs; equal ones beside each other are one."""
        found = []
        for paragraph in self.element.findall(f"{P}txBody/{A}p"):
            runs: list[list] = []
            for run in paragraph.findall(f"{A}r"):
                look = run.find(f"{A}rPr")
                face = "bold" if look.get("b") else "italic" if look.get("i") else "plain"
                colour = f"#{look.find(f'{A}solidFill/{A}srgbClr').get('val')}"
                one = [run.findtext(f"{A}t"), int(look.get("sz")) / 100, face, colour]
                if runs and runs[-1][1:] == one[1:] and not one[0].startswith(" "):
                    runs[-1][0] += one[0]
                else:
                    runs.append(one)
            found += [[(words.removeprefix(" ") if at else words, *rest) for at, (words, *rest) in enumerate(runs)]]
        return [line for line in found if line]

    @property
    def words(self) -> str:
        return "".join(element.text or "" for element in self.element.iter(f"{A}t"))

    @property
    def is_alone(self) -> bool:
        """Words beside shapes."""
        return self.is_words and self.name.startswith("words ")

    def anchor(self) -> str:
        found = self.element.find(f"{P}txBody/{A}p/{A}pPr")
        return {"l": "start", "ctr": "middle", "r": "end"}[found.get("algn")]


class Slide:
    """The first slide of a presentation, or one of several: its shapes in their order."""

    def __init__(self, content: bytes, old: bool = False, number: int = 1) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            assert files.testzip() is None
            self.files = {name: files.read(name) for name in files.namelist()}
        root = ET.fromstring(self.files[f"ppt/slides/slide{number}.xml"])
        size = ET.fromstring(self.files["ppt/presentation.xml"]).find(f"{P}sldSz")
        self.size = tuple(int(size.get(key)) / POINT for key in ("cx", "cy"))
        ground = root.find(f"{P}cSld/{P}bg//{A}srgbClr")
        self.background = "#FFFFFF" if ground is None else f"#{ground.get('val')}"
        self.title = ""
        self.groups: dict[str, tuple[str, ...]] = {}
        self.shapes: list[Shape] = []
        self._walk(root.find(f"{P}cSld/{P}spTree"), (), old)
        numbers = [shape.number for shape in self.shapes]
        assert len({*numbers}) == len(numbers)

    def _walk(self, tree: ET.Element, way: tuple[str, ...], old: bool) -> None:
        for element in tree:
            if element.tag == f"{MC}AlternateContent":
                self._walk(element.find(f"{MC}Fallback" if old else f"{MC}Choice"), way, old)
            elif element.tag == f"{P}grpSp":
                name = element.find(f"{P}nvGrpSpPr/{P}cNvPr").get("name")
                assert name not in self.groups
                self.groups[name] = way
                place = element.find(f"{P}grpSpPr/{A}xfrm")
                own = "what lies in a group has the slide's places"
                assert [place[0].attrib, place[1].attrib] == [place[2].attrib, place[3].attrib], own
                self._walk(element, (*way, name), old)
            elif element.tag in (f"{P}sp", f"{P}cxnSp"):
                self._shape(element, way)
            else:
                assert element.tag in (f"{P}nvGrpSpPr", f"{P}grpSpPr"), element.tag

    def _shape(self, element: ET.Element, way: tuple[str, ...]) -> None:
        if element.find(f"{P}nvSpPr/{P}nvPr/{P}ph") is not None:
            self.title = "".join(element.itertext()).strip()
            place = element.find(f"{P}spPr/{A}xfrm/{A}off")
            assert int(place.get("y")) < 0, "it stands above the slide"
            return
        about = element[0].find(f"{P}cNvPr")
        self.shapes.append(Shape(int(about.get("id")), about.get("name"), about.get("descr"), element, way))

    def lines(self) -> list[Shape]:
        return [shape for shape in self.shapes if shape.is_line]

    def boxes(self) -> list[Shape]:
        return [shape for shape in self.shapes if not shape.is_line and not shape.is_alone]

    def _words_in(self, box: Shape, boxes: list[Shape]) -> list[Shape]:
        """Words that stand alone, in the smallest box around them."""
        inside = [one for one in self.shapes if one.is_alone and one.way == box.way and _lies_in(one, box, 1.0)]
        smaller = [other for other in boxes if other is not box and _lies_in(other, box) and other.way == box.way]
        return [one for one in inside if not any(_lies_in(one, other, 1.0) for other in smaller)]

    def site(self, held: tuple[int, int]) -> tuple[float, float]:
        """Where a box holds a line."""
        box = next(shape for shape in self.shapes if shape.number == held[0])
        x, y = (ROUND_SITES if box.form == "ellipse" else SITES)[held[1]]
        left, top, wide, tall = box.frame
        return left + x * wide, top + y * tall

    def geometry(self) -> Geometry:
        """The figure as it is seen, in points of the slide."""
        boxes = [box for box in self.boxes() if box.form != "free"]
        rows = [box for box in boxes if box.form == "roundRect"]
        drawn = [self._box(box, rows, boxes) for box in boxes]
        frames = sorted(drawn, key=lambda box: box.shape != "frame")
        beside = [shape for shape in self.shapes if shape.is_alone and shape.way == ("figure-words",)]
        texts = [text for shape in beside for text in _texts(shape)]
        return Geometry(*self.size, tuple(frames), tuple(texts), tuple(map(_path, self.lines())), self.title)

    def _box(self, shape: Shape, rows: list[Shape], boxes: list[Shape]) -> Box:
        left, top, right, bottom = shape.bounds
        middle = (left + right) / 2, (top + bottom) / 2
        looks = self._looks(shape, rows)
        beside = self.boxes() if looks == "solid" else ()
        planes = [other for other in beside if other.form == "free" and other.way == shape.way]
        solid = tuple(Polygon(tuple(one.points())) for one in planes)
        words = [shape, *self._words_in(shape, boxes)]
        texts = tuple(text for one in words for text in _texts(one))
        more = {"filled": shape.colour() != self.background, "planes": solid}
        return Box(shape.name, looks, *middle, right - left, bottom - top, None, texts, shape.tip, **more)

    def _looks(self, shape: Shape, rows: list[Shape]) -> str:
        if shape.is_words:
            return "bare"
        if shape.form != "roundRect":
            return {"ellipse": "circle", "rect": "solid"}[shape.form]
        if any(_lies_in(other, shape) for other in rows):
            return "frame"
        grey = shape.colour(f"{A}ln/") == "#333333"
        return "pill" if grey and shape.colour() == self.background else "round"


def _lies_in(one: Shape, other: Shape, slack: float = 0.0) -> bool:
    (a, b, c, d), (e, f, g, h) = one.bounds, other.bounds
    return e < a + slack and f < b + slack and c - slack < g and d - slack < h


def _path(line: Shape) -> Path:
    thickness = round(int(line.element.find(f"{P}spPr/{A}ln").get("w")) / POINT, 2)
    return Path(tuple(line.points()), dashed=line.dashed, arrow=line.arrow, thickness=thickness)


def _texts(shape: Shape) -> list[TextLine]:
    """Its words one by one, from left to right, from top to bottom around its middle."""
    left, top, right, bottom = shape.bounds
    lines = shape.lines()
    anchor = shape.anchor() if lines else "middle"
    x = {"start": left, "middle": (left + right) / 2, "end": right}[anchor]
    y = (top + bottom) / 2
    return [
        TextLine(words, x + at, y + (row - (len(lines) - 1) / 2) * size, size, face, anchor)
        for row, line in enumerate(lines)
        for at, (words, size, face, _) in enumerate(line)
    ]
