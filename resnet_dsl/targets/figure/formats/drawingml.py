"""A geometry as shapes of Office (DrawingML): boxes that hold their words, groups, connectors that hold on to boxes.

Words are never wrapped and stand around a middle or at an edge, so that they keep their places in another font.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from itertools import count
from math import dist
from typing import NamedTuple
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.bends import Connector, Spot, connector
from resnet_dsl.targets.figure.formats.curves import corners, tip_and_rest
from resnet_dsl.targets.figure.formats.groups import Bounds, Group, Grouped, Part, extent, grouped, without
from resnet_dsl.targets.figure.formats.joints import Joint, Joints, within
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.formats.words import one_line
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Polygon, TextLine, Within

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
SPACES = f'xmlns:a="{DRAWING}" xmlns:p="{PRESENTATION}"'
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_SINCE_2016 = "http://schemas.microsoft.com/office/powerpoint/2015/09/main"
POINT = 12_700
"""Office's units (EMU) of a point."""
_WHOLE = 100_000
_FACES = {"plain": ("Arial", ""), "bold": ("Arial", ' b="1"'), "italic": ("Times New Roman", ' i="1"')}
_ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}
_ROUND_SITES = {"top": 0, "left": 2, "bottom": 4, "right": 6}
_SITES = {"top": 0, "left": 1, "bottom": 2, "right": 3}
"""The numbers of the places at which a shape holds lines."""
_HEADS = {"sm": 2, "med": 3, "lg": 5}
"""Lengths of arrowheads over the thickness of their line, which counts as 2 points where it is thinner."""
_THIN = 2.0
_BODY = '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr>'
_LEADING = 1.2
"""Height of a line of words over the font's size."""
_LONGEST = 40
"""Letters of words in the name of their box."""
_NEAR = 0.6
"""Points by which words may stand beside the middle of the box that holds them."""
_ESCAPE = re.compile(r"(?<=_x[0-9A-Fa-f]{3})(?=[0-9A-Fa-f]_)")
"""Inside of what Office may take for a letter by its number: ``_x000D_``."""


class _Line(NamedTuple):
    """Words beside each other, and how high their line is."""

    texts: list[TextLine]
    height: float


class Sheet(NamedTuple):
    """Where the figure lies on a slide: its upper left corner in EMU, and how many EMU one of its points has."""

    left: float
    top: float
    unit: float

    def spot(self, point: Point) -> Spot:
        return round(self.left + point[0] * self.unit), round(self.top + point[1] * self.unit)

    def frame(self, around: Bounds) -> tuple[int, int, int, int]:
        """Left, top, width, height."""
        (left, top), (right, bottom) = self.spot(around[:2]), self.spot(around[2:])
        return left, top, right - left, bottom - top


def draw_shapes(
    geometry: Geometry, palette: Palette, sheet: Sheet, first: int = 2, hidden: Container[int] = ()
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
        self, palette: Palette, sheet: Sheet, found: Grouped, joints: Joints, first: int, hidden: Container[int]
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
        if isinstance(part, Group):
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
        lines = _lines(box)
        yield self._shape(box, lines)
        yield from (self._words(text) for text in box.texts if not lines)

    def _solid(self, box: Box) -> Iterator[str]:
        """Behind its planes lies what lines are held by."""
        yield self._shape(box, [])
        yield from (self._plane(plane, box) for plane in box.planes)
        yield from map(self._words, box.texts)

    def _shape(self, box: Box, lines: list[_Line]) -> str:
        name = self.found.ends[box.key]
        head = self._named(name, box.tip)
        self.number_of[name] = int(head.split('"')[1])
        kind = ' txBox="1"' if box.shape == "bare" else ""
        look = f"{_frame(self.sheet.frame(box.bounds))}{_form(box)}{self._paint(box)}"
        return _sp(head, kind, look, self._body(lines))

    def _paint(self, box: Box) -> str:
        if box.shape in ("bare", "solid"):
            return "<a:noFill/><a:ln><a:noFill/></a:ln>"
        fill, border = self.palette.paint(box)
        return f"{_filled(fill)}{self._border(border, box)}"

    def _border(self, colour: str, box: Box) -> str:
        return f'<a:ln w="{round(box.thickness * self.sheet.unit)}">{_filled(colour)}<a:round/></a:ln>'

    def _plane(self, plane: Polygon, box: Box) -> str:
        fill, border = self.palette.paint(box)
        frame = self.sheet.frame(plane.bounds)
        way = _way([_spot_in(point, plane.bounds, frame) for point in plane.points])
        look = f"{_frame(frame)}{_drawn(way, frame)}"
        look += f"{_filled(shaded(fill, plane.shade))}{self._border(border, box)}"
        return _sp(self._named(f"{self.found.ends[box.key]} plane", ""), "", look, self._body([]))

    def _words(self, text: TextLine) -> str:
        """A line of words in a box of its own."""
        left, _, right, _ = text.bounds
        half = text.size * _LEADING / 2
        frame = self.sheet.frame((left, text.y - half, right, text.y + half))
        look = f'{_frame(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        return _sp(
            self._named(f"words {text.words[:_LONGEST]}", ""),
            ' txBox="1"',
            look,
            self._body([_Line([text], text.size * _LEADING)]),
        )

    def _body(self, lines: list[_Line]) -> str:
        """Words, a paragraph a line, each as high as it was laid out where there are several."""
        paragraphs = "".join(self._paragraph(line, len(lines) > 1) for line in lines) or "<a:p/>"
        return f"<p:txBody>{_BODY}<a:lstStyle/>{paragraphs}</p:txBody>"

    def _paragraph(self, line: _Line, spaced: bool) -> str:
        aligned = "ctr" if len(line.texts) > 1 else _ALIGNED[line.texts[0].anchor]
        spacing = f'<a:lnSpc><a:spcPts val="{self._size(line.height)}"/></a:lnSpc>' if spaced else ""
        runs = "".join(self._runs(text, " " if number else "") for number, text in enumerate(line.texts))
        return f'<a:p><a:pPr algn="{aligned}">{spacing}</a:pPr>{runs}</a:p>'

    def _runs(self, text: TextLine, before: str) -> str:
        font, face = _FACES[text.face]
        look = f'<a:rPr lang="en-US" sz="{self._size(text.size)}"{face} noProof="1">'
        look += f'{_filled(self.palette.ink(text.ink))}<a:latin typeface="{font}"/><a:cs typeface="{font}"/></a:rPr>'
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
        look = f"{_frame(bent.frame, bent.turned, bent.mirrored)}{_preset(bent)}{self._line(path)}"
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
        way = _round_way(points, path.radius, lambda point: _spot_in(point, around, frame))
        look = f"{_frame(frame)}{_drawn(way, frame)}<a:noFill/>{self._line(path)}"
        return _sp(named, "", look, self._body([]))

    def _line(self, path: Path) -> str:
        drawn, left_out = (round(length / path.thickness * _WHOLE) for length in path.dashes)
        dashed = f'<a:custDash><a:ds d="{drawn}" sp="{left_out}"/></a:custDash>' if path.dashed else ""
        head = self._head(path) if path.arrow else ""
        colour = _filled(self.palette.ink(path.ink))
        return f'<a:ln w="{round(path.thickness * self.sheet.unit)}">{colour}{dashed}<a:round/>{head}</a:ln>'

    def _head(self, path: Path) -> str:
        """Of the three sizes of arrowheads the one that is nearest to how long it was laid out."""
        tip, rest = tip_and_rest(path)
        length = dist(tip, rest[-1]) if tip else 0.0
        thickness = max(path.thickness, _THIN * POINT / self.sheet.unit)
        size = min(_HEADS, key=lambda one: abs(_HEADS[one] * thickness - length))
        return f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>'


def _lines(box: Box) -> list[_Line]:
    """Its words line by line, where they stand as those of one text around its middle; else none: they stand alone."""
    rows: dict[float, list[TextLine]] = {}
    for text in sorted(box.texts, key=lambda text: (text.y, text.bounds[0])):
        rows.setdefault(text.y, []).append(text)
    middles = ((row[0].bounds[0] + row[-1].bounds[2]) / 2 for row in rows.values())
    if any(abs(middle - box.x) > _NEAR for middle in middles):
        return []
    for heights in _heights(rows):
        if all(abs(y - box.y - place) < _NEAR for y, place in zip(rows, _places(heights), strict=True)):
            return [_Line(row, height) for row, height in zip(rows.values(), heights, strict=True)]
    return []


def _heights(rows: dict[float, list[TextLine]]) -> Iterator[list[float]]:
    """How high lines may be: as their letters ask for, or all as far apart as the first two."""
    yield [max(text.size for text in row) * _LEADING for row in rows.values()]
    first, second, *_ = [*rows, 0.0, 0.0]
    yield [second - first] * len(rows)


def _places(heights: list[float]) -> Iterator[float]:
    """Where the middles of lines are, from the middle of all."""
    top = -sum(heights) / 2
    for height in heights:
        yield top + height / 2
        top += height


def _site(point: Point, box: Box) -> int:
    """The place of a box that is nearest to where a line ends."""
    x, y = within(point, box.bounds)
    far = {"top": y, "left": x, "bottom": 1 - y, "right": 1 - x}
    side = min(far, key=lambda one: abs(far[one]))
    return (_ROUND_SITES if box.shape == "circle" else _SITES)[side]


def _name(path: Path) -> str:
    return path.classes[0] if path.classes else "line"


def _sp(named: str, kind: str, look: str, body: str) -> str:
    head = f"<p:nvSpPr>{named}<p:cNvSpPr{kind}/><p:nvPr/></p:nvSpPr>"
    return f"<p:sp>{head}<p:spPr>{look}</p:spPr>{body}</p:sp>"


def _frame(frame: tuple[int, int, int, int], turned: int = 0, mirrored: tuple[bool, bool] = (False, False)) -> str:
    left, top, wide, tall = frame
    marks = f' rot="{turned}"' if turned else ""
    marks += "".join(f' flip{axis}="1"' for axis, flip in zip("HV", mirrored, strict=True) if flip)
    return f'<a:xfrm{marks}><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'


def _form(box: Box) -> str:
    if box.shape in ("bare", "solid"):
        return '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    if box.shape == "circle":
        return '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>'
    corner = round(box.corner / min(box.width, box.height) * _WHOLE)
    return f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {corner}"/></a:avLst></a:prstGeom>'


def _preset(bent: Connector) -> str:
    corners = "".join(f'<a:gd name="adj{number}" fmla="val {share}"/>' for number, share in enumerate(bent.corners, 1))
    return f'<a:prstGeom prst="{bent.form}"><a:avLst>{corners}</a:avLst></a:prstGeom>'


def either(held: str, drawn: str) -> str:
    """One of two: PowerPoint takes the first since 2016; others, who know nothing of what it asks for, the second."""
    choice = f'<mc:Choice xmlns:p159="{_SINCE_2016}" Requires="p159">{held}</mc:Choice>'
    return f'<mc:AlternateContent xmlns:mc="{_CHOICE}">{choice}<mc:Fallback>{drawn}</mc:Fallback></mc:AlternateContent>'


def _spot_in(point: Point, around: Bounds, frame: tuple[int, int, int, int]) -> Spot:
    """A place in a frame, in the frame's units."""
    x, y = within(point, around)
    return round(x * frame[2]), round(y * frame[3])


def _drawn(way: str, frame: tuple[int, int, int, int]) -> str:
    """A form of its own."""
    lists = '<a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
    drawn = f'<a:pathLst><a:path w="{frame[2]}" h="{frame[3]}">{way}</a:path></a:pathLst>'
    return f"<a:custGeom>{lists}{drawn}</a:custGeom>"


def _way(corners: list[Spot]) -> str:
    """From corner to corner and back."""
    first, *rest = map(_pt, corners)
    return f"<a:moveTo>{first}</a:moveTo>{''.join(f'<a:lnTo>{one}</a:lnTo>' for one in rest)}<a:close/>"


def _round_way(points: tuple[Point, ...], radius: float, spot: Callable[[Point], Spot]) -> str:
    """From point to point, round the corners."""
    turns = ((spot(enter), [spot(one) for one in curve]) for enter, *curve in corners(points, radius))
    between = "".join(
        f"<a:lnTo>{_pt(enter)}</a:lnTo><a:cubicBezTo>{''.join(map(_pt, curve))}</a:cubicBezTo>"
        for enter, curve in turns
    )
    return f"<a:moveTo>{_pt(spot(points[0]))}</a:moveTo>{between}<a:lnTo>{_pt(spot(points[-1]))}</a:lnTo>"


def _pt(spot: Spot) -> str:
    return f'<a:pt x="{spot[0]}" y="{spot[1]}"/>'


def _filled(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'
