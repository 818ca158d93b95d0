"""A geometry as shapes of Office (DrawingML): boxes that hold their words, groups, connectors that hold on to boxes.

Words are never wrapped and stand around a middle or at an edge, so that they keep their places in another font.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import count
from math import dist
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.bends import Connector, connector
from resnet_dsl.targets.figure.formats.curves import tip_and_rest
from resnet_dsl.targets.figure.formats.drawingml.elements import (
    WHOLE,
    drawn,
    either,
    filled,
    outline,
    placed,
    preset,
    shape,
    spot_in,
    way_along,
    way_round,
)
from resnet_dsl.targets.figure.formats.drawingml.lines import LEADING, LineOfWords, lines_of
from resnet_dsl.targets.figure.formats.drawingml.sheet import POINT, SlideSheet
from resnet_dsl.targets.figure.formats.groups import Bounds, DrawnGroup, Grouped, Part, extent, grouped, without
from resnet_dsl.targets.figure.formats.joints import Joint, Joints, within
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.formats.words import one_line
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Polygon, TextLine, Within

_FACES = {"plain": ("Arial", ""), "bold": ("Arial", ' b="1"'), "italic": ("Times New Roman", ' i="1"')}
_ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}
_ROUND_SITES = {"top": 0, "left": 2, "bottom": 4, "right": 6}
_SITES = {"top": 0, "left": 1, "bottom": 2, "right": 3}
"""The numbers of the places at which a shape holds lines."""
_HEADS = {"sm": 2, "med": 3, "lg": 5}
"""Lengths of arrowheads over the thickness of their line, which counts as 2 points where it is thinner."""
_THIN = 2.0
_BODY = '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr>'
_LONGEST = 40
"""Letters of words in the name of their box."""
_ESCAPE = re.compile(r"(?<=_x[0-9A-Fa-f]{3})(?=[0-9A-Fa-f]_)")
"""Inside of what Office may take for a letter by its number: ``_x000D_``."""


def draw_shapes(
    geometry: Geometry, palette: Palette, sheet: SlideSheet, first: int = 2, hidden: Container[int] = ()
) -> Iterator[str]:
    """The elements of a slide's tree of shapes, whose numbers begin with ``first``; they need ``SPACES``.

    hidden: by their ``id`` the things that are left out; the names and numbers of all others stay the same.
    """
    parts = grouped(geometry)
    return _Shapes(palette, sheet, parts, Joints(geometry), first, hidden).all(parts.parts, ())


def _said(words: str) -> str:
    return escape(one_line(words), {'"': "&quot;"})


class _Shapes:
    """Writes boxes, words, lines and the groups of them."""

    def __init__(
        self, palette: Palette, sheet: SlideSheet, found: Grouped, joints: Joints, first: int, hidden: Container[int]
    ) -> None:
        self.palette = palette
        self.sheet = sheet
        self.found = found
        self.joints = joints
        self.hidden = hidden
        self.numbers = count(first)
        self.number_of: dict[str, int] = {}

    def all(self, parts: list[Part], way: Within) -> Iterator[str]:
        """What is hidden is drawn, too, for its number, and not given out."""
        for part in parts:
            seen = without(part, self.hidden)
            drawn = list(self._part(part, extent(seen or part), way))
            yield from drawn if seen is not None else ()

    def _part(self, part: Part, around: Bounds, way: Within) -> Iterator[str]:
        if isinstance(part, DrawnGroup):
            own = (*way, (part.kind, part.name))
            name, said = self.found.ids[own], f"{part.kind} {part.name}"
            yield from self._group(name, said, around, self.all(part.parts, own))
        elif isinstance(part, Box):
            yield from self._box(part)
        elif isinstance(part, Path):
            yield self._path(part)
        else:
            yield self._words(part)

    def _named(self, name: str, said: str) -> str:
        return f'<p:cNvPr id="{next(self.numbers)}" name="{_said(name)}" descr="{_said(said)}"/>'

    def _group(self, name: str, said: str, around: Bounds, inside: Iterator[str]) -> Iterator[str]:
        """What lies in it has the slide's own places."""
        left, top, wide, tall = self.sheet.frame(around)
        places = f'<a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/>'
        places += f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{wide}" cy="{tall}"/>'
        yield f"<p:grpSp><p:nvGrpSpPr>{self._named(name, said)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        yield f"<p:grpSpPr><a:xfrm>{places}</a:xfrm></p:grpSpPr>"
        yield from inside
        yield "</p:grpSp>"

    def _box(self, box: Box) -> Iterator[str]:
        """One shape with its words; a solid is a group of its planes."""
        if box.planes:
            yield from self._group(self.found.ends[box.key], box.tip, extent(box), self._solid(box))
            return
        lines = lines_of(box)
        yield self._shape(box, lines)
        yield from (self._words(text) for text in box.texts if not lines)

    def _solid(self, box: Box) -> Iterator[str]:
        """Behind its planes lies what lines are held by."""
        yield self._shape(box, [])
        yield from (self._plane(plane, box) for plane in box.planes)
        yield from map(self._words, box.texts)

    def _shape(self, box: Box, lines: list[LineOfWords]) -> str:
        name = self.found.ends[box.key]
        head = self._named(name, box.tip)
        self.number_of[name] = int(head.split('"')[1])
        kind = ' txBox="1"' if box.shape == "bare" else ""
        look = f"{placed(self.sheet.frame(box.bounds))}{outline(box)}{self._paint(box)}"
        return shape(head, kind, look, self._body(lines))

    def _paint(self, box: Box) -> str:
        if box.shape in ("bare", "solid"):
            return "<a:noFill/><a:ln><a:noFill/></a:ln>"
        fill, border = self.palette.paint(box)
        return f"{filled(fill)}{self._border(border, box)}"

    def _border(self, colour: str, box: Box) -> str:
        return f'<a:ln w="{round(box.thickness * self.sheet.unit)}">{filled(colour)}<a:round/></a:ln>'

    def _plane(self, plane: Polygon, box: Box) -> str:
        fill, border = self.palette.paint(box)
        frame = self.sheet.frame(plane.bounds)
        way = way_along([spot_in(point, plane.bounds, frame) for point in plane.points])
        look = f"{placed(frame)}{drawn(way, frame)}"
        look += f"{filled(shaded(fill, plane.shade))}{self._border(border, box)}"
        return shape(self._named(f"{self.found.ends[box.key]} plane", ""), "", look, self._body([]))

    def _words(self, text: TextLine) -> str:
        """A line of words in a box of its own."""
        left, _, right, _ = text.bounds
        half = text.size * LEADING / 2
        frame = self.sheet.frame((left, text.y - half, right, text.y + half))
        look = f'{placed(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        return shape(
            self._named(f"words {text.words[:_LONGEST]}", ""),
            ' txBox="1"',
            look,
            self._body([LineOfWords([text], text.size * LEADING)]),
        )

    def _body(self, lines: list[LineOfWords]) -> str:
        """Words, a paragraph a line, each as high as it was laid out where there are several."""
        paragraphs = "".join(self._paragraph(line, len(lines) > 1) for line in lines) or "<a:p/>"
        return f"<p:txBody>{_BODY}<a:lstStyle/>{paragraphs}</p:txBody>"

    def _paragraph(self, line: LineOfWords, spaced: bool) -> str:
        aligned = "ctr" if len(line.texts) > 1 else _ALIGNED[line.texts[0].anchor]
        spacing = f'<a:lnSpc><a:spcPts val="{self._size(line.height)}"/></a:lnSpc>' if spaced else ""
        runs = "".join(self._runs(text, " " if number else "") for number, text in enumerate(line.texts))
        return f'<a:p><a:pPr algn="{aligned}">{spacing}</a:pPr>{runs}</a:p>'

    def _runs(self, text: TextLine, before: str) -> str:
        font, face = _FACES[text.face]
        look = f'<a:rPr lang="en-US" sz="{self._size(text.size)}"{face} noProof="1">'
        look += f'{filled(self.palette.ink(text.ink))}<a:latin typeface="{font}"/><a:cs typeface="{font}"/></a:rPr>'
        pieces = _ESCAPE.split(before + one_line(text.words))
        return "".join(f"<a:r>{look}<a:t>{escape(piece)}</a:t></a:r>" for piece in pieces)

    def _size(self, points: float) -> int:
        """Of letters, in hundredths of a point."""
        return round(points * self.sheet.unit / POINT * 100)

    def _path(self, path: Path) -> str:
        """A connector; one with corners has a drawing of its own for programs that bend connectors as they please."""
        joint = self.joints.of(path)
        points = joint.points if joint else path.points
        bent = connector([self.sheet.spot(point) for point in points])
        named = self._named(_name(path), path.tip)
        if bent is None or (joint is None and not bent.is_straight):
            return self._freehand(named, path, points)
        held = self._connector(named, path, bent, joint)
        return held if bent.is_straight else either(held, self._freehand(named, path, points))

    def _connector(self, named: str, path: Path, bent: Connector, joint: Joint | None) -> str:
        look = f"{placed(bent.frame, bent.turned, bent.mirrored)}{preset(bent)}{self._line(path)}"
        ends = f"<p:cNvCxnSpPr>{self._held(joint)}</p:cNvCxnSpPr>"
        head = f"<p:nvCxnSpPr>{named}{ends}<p:nvPr/></p:nvCxnSpPr>"
        return f"<p:cxnSp>{head}<p:spPr>{look}</p:spPr></p:cxnSp>"

    def _held(self, joint: Joint | None) -> str:
        if joint is None:
            return ""
        ends = (("stCxn", joint.source, joint.points[0]), ("endCxn", joint.target, joint.points[-1]))
        return "".join(
            f'<a:{tag} id="{self.number_of[self.found.ends[box.key]]}" idx="{_site(point, box)}"/>'
            for tag, box, point in ends
        )

    def _freehand(self, named: str, path: Path, points: tuple[Point, ...]) -> str:
        """A line as it is drawn, with round corners, which no box holds."""
        across, down = zip(*points, strict=True)
        around = min(across), min(down), max(across), max(down)
        frame = self.sheet.frame(around)
        way = way_round(points, path.radius, lambda point: spot_in(point, around, frame))
        look = f"{placed(frame)}{drawn(way, frame)}<a:noFill/>{self._line(path)}"
        return shape(named, "", look, self._body([]))

    def _line(self, path: Path) -> str:
        drawn, left_out = (round(length / path.thickness * WHOLE) for length in path.dashes)
        dashed = f'<a:custDash><a:ds d="{drawn}" sp="{left_out}"/></a:custDash>' if path.dashed else ""
        head = self._head(path) if path.arrow else ""
        colour = filled(self.palette.ink(path.ink))
        return f'<a:ln w="{round(path.thickness * self.sheet.unit)}">{colour}{dashed}<a:round/>{head}</a:ln>'

    def _head(self, path: Path) -> str:
        """Of the three sizes of arrowheads the one that is nearest to how long it was laid out."""
        tip, rest = tip_and_rest(path)
        length = dist(tip, rest[-1]) if tip else 0.0
        thickness = max(path.thickness, _THIN * POINT / self.sheet.unit)
        size = min(_HEADS, key=lambda one: abs(_HEADS[one] * thickness - length))
        return f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>'


def _site(point: Point, box: Box) -> int:
    """The place of a box that is nearest to where a line ends."""
    x, y = within(point, box.bounds)
    far = {"top": y, "left": x, "bottom": 1 - y, "right": 1 - x}
    side = min(far, key=lambda one: abs(far[one]))
    return (_ROUND_SITES if box.shape == "circle" else _SITES)[side]


def _name(path: Path) -> str:
    return path.classes[0] if path.classes else "line"
