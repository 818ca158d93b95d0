"""A geometry as a file of draw.io: shapes that hold their words, groups as the network has them, lines that hold on.

The form is that of https://www.drawio.com/docs/reference/file-format, not packed: mxfile, diagram, mxGraphModel, and
all cells in a row, each with the cell that it lies in and its place in that one. No label is markup (``html=1`` stands
nowhere), so a word is that word.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import dist
from typing import NamedTuple
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.curves import decimal, tip_and_rest
from resnet_dsl.targets.figure.formats.groups import DrawnGroup, Grouped, Ids, Part, extent, grouped
from resnet_dsl.targets.figure.formats.joints import Joints, is_orthogonal, within
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.formats.words import one_line
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Polygon, TextLine, Within

_UNIT = 100 / 72
"""Units of draw.io, which are hundredths of an inch, of one point."""
_LAYERS = {"lines", "words"}
"""Kinds of groups that lie in no part of the network: layers, to be hidden or locked."""
_ROOT, _LAYER = "0", "1"
"""The cells that every file begins with: the root, and the layer of the network."""
_FACES = {"plain": "fontFamily=Arial;", "bold": "fontFamily=Arial;fontStyle=1;",
          "italic": "fontFamily=Times New Roman;fontStyle=2;"}  # fmt: skip
_ALIGNED = {"start": "left", "middle": "center", "end": "right"}
_GROUP = "group;fillColor=none;strokeColor=none;"
_NO_BORDER = "fillColor=none;strokeColor=none;spacing=0;"
_ORTHOGONAL = "orthogonalEdgeStyle"
"""Lines whose corners stay right angles when a box is moved."""
_LEADING = 1.2
"""Height of a line of words over the font's size."""


def draw_drawio(geometry: Geometry, palette: Palette, scale: float = 1.0) -> str:
    """A whole file of one page, as large as the figure. ``scale``: printed size over the geometry's."""
    unit = scale * _UNIT
    size = f'pageWidth="{decimal(geometry.width * unit)}" pageHeight="{decimal(geometry.height * unit)}"'
    page = f'page="1" pageScale="1" {size} background="{palette.colours.ground if palette.painted else "none"}"'
    title = _said(geometry.title or "figure")
    parts = grouped(geometry)
    return "\n".join([
        '<mxfile host="resnet-dsl" compressed="false">',
        f'<diagram id="figure" name="{title}">',
        f'<mxGraphModel grid="0" tooltips="1" {page} math="0">',
        "<root>",
        f'<mxCell id="{_ROOT}"/>',
        f'<mxCell id="{_LAYER}" value="{title}" parent="{_ROOT}"/>',
        *_Cells(geometry, palette, unit, parts).all(parts.parts, (), _Place(_LAYER, (0.0, 0.0))),
        "</root>",
        "</mxGraphModel>",
        "</diagram>",
        "</mxfile>",
        "",
    ])  # fmt: skip


def _said(words: str) -> str:
    """A text as the value of an attribute, which means this text and nothing else."""
    return escape(one_line(words), {'"': "&quot;"})


class _Place(NamedTuple):
    """The cell in which others lie, and where its upper left corner is, in points of the figure."""

    cell: str
    corner: Point


class _Cells:
    """Writes cells, a line each: those of a group behind the group's own."""

    def __init__(self, geometry: Geometry, palette: Palette, unit: float, found: Grouped) -> None:
        self.palette = palette
        self.unit = unit
        self.found = found
        self.joints = Joints(geometry)
        self.ids = Ids([*found.ids.values(), *found.ends.values()])

    def all(self, parts: list[Part], way: Within, place: _Place) -> Iterator[str]:
        for part in parts:
            if isinstance(part, DrawnGroup):
                yield from self._group(part, (*way, (part.kind, part.name)), place)
            elif isinstance(part, Box):
                yield from self._box(part, place)
            elif isinstance(part, Path):
                yield self._path(part, place)
            else:
                yield self._text(part, place)

    def _group(self, group: DrawnGroup, way: Within, place: _Place) -> Iterator[str]:
        """A layer, a stage's frame with what lies in it, or a group without a border."""
        own = self.found.ids[way]
        if group.kind in _LAYERS:
            yield f'<mxCell id="{own}" value="{group.kind}" parent="{_ROOT}"/>'
            yield from self.all(group.parts, way, _Place(own, (0.0, 0.0)))
            return
        frame = next((part for part in group.parts if isinstance(part, Box) and self.found.ends[part.key] == own), None)
        around = extent(group) if frame is None else frame.bounds
        if frame is None:
            yield _cell(own, "", f"{_GROUP}pointerEvents=0;", self._vertex(around, place, False))
        else:
            yield from self._box(frame, place)
        yield from self.all([part for part in group.parts if part is not frame], way, _Place(own, around[:2]))

    def _box(self, box: Box, place: _Place) -> Iterator[str]:
        """The shape with its word; planes, and several words, which differ in colour or size, are cells in it."""
        own = self.found.ends[box.key]
        inside = _Place(own, box.bounds[:2])
        label = box.texts[0] if _is_label(box) else None
        words, style = (label.words, self._style(label)) if label else ("", "")
        yield _cell(own, words, f"{self._shape(box)}{style}", self._vertex(box.bounds, place), box.tip)
        for plane in box.planes:
            yield self._plane(plane, box, inside)
        for text in box.texts if label is None else ():
            yield self._text(text, inside)

    def _plane(self, plane: Polygon, box: Box, place: _Place) -> str:
        """A plane of a solid: the solid's own shape is invisible."""
        around = plane.bounds
        corners = ",".join("[{:.4g},{:.4g}]".format(*within(point, around)) for point in plane.points)
        fill, border = self.palette.paint(box)
        line = f"strokeColor={border};strokeWidth={decimal(box.thickness * self.unit)};"
        colours = f"fillColor={shaded(fill, plane.shade)};{line}"
        style = f"shape=mxgraph.basic.polygon;polyline=0;polyCoords=[{corners}];{colours}"
        return _cell(self.ids.of(f"{place.cell}-plane"), "", style, self._vertex(around, place, False))

    def _shape(self, box: Box) -> str:
        if box.shape in ("bare", "solid"):
            return _NO_BORDER
        fill, border = self.palette.paint(box)
        colours = f"fillColor={fill};strokeColor={border};strokeWidth={decimal(box.thickness * self.unit)};spacing=0;"
        if box.shape == "circle":
            return f"shape=ellipse;perimeter=ellipsePerimeter;{colours}"
        holds = "container=1;collapsible=0;" if box.shape == "frame" else ""
        return f"rounded=1;absoluteArcSize=1;arcSize={decimal(2 * box.corner * self.unit)};{holds}{colours}"

    def _text(self, text: TextLine, place: _Place) -> str:
        left, _, right, _ = text.bounds
        half = text.size * _LEADING / 2
        vertex = self._vertex((left, text.y - half, right, text.y + half), place, False)
        return _cell(self.ids.of(f"{place.cell}-word"), text.words, f"text;{_NO_BORDER}{self._style(text)}", vertex)

    def _style(self, text: TextLine) -> str:
        colour, size = self.palette.ink(text.ink), decimal(text.size * self.unit)
        place = f"align={_ALIGNED[text.anchor]};verticalAlign=middle;"
        return f"{place}{_FACES[text.face]}fontSize={size};fontColor={colour};"

    def _vertex(self, bounds: tuple[float, float, float, float], place: _Place, joined: bool = True) -> str:
        """joined: whether lines may be held by it."""
        left, top, right, bottom = bounds
        free = "" if joined else ' connectable="0"'
        size = f'width="{decimal((right - left) * self.unit)}" height="{decimal((bottom - top) * self.unit)}"'
        at = f'<mxGeometry {self._at((left, top), place)} {size} as="geometry"/>'
        return f'vertex="1"{free} parent="{place.cell}">{at}'

    def _at(self, point: Point, place: _Place) -> str:
        x, y = ((point[axis] - place.corner[axis]) * self.unit for axis in (0, 1))
        return f'x="{decimal(x)}" y="{decimal(y)}"'

    def _path(self, path: Path, place: _Place) -> str:
        joint = self.joints.of(path)
        if joint is None:
            name = f"{place.cell}-{path.classes[0] if path.classes else 'line'}"
            edge = f'edge="1" parent="{place.cell}">{self._way(path.points, place)}'
            return _cell(self.ids.of(name), "", self._line(path, path.points), edge, path.tip)
        source, target = (self.found.ends[box.key] for box in (joint.source, joint.target))
        held = _held("exit", joint.points[0], joint.source) + _held("entry", joint.points[-1], joint.target)
        ends = f'parent="{place.cell}" source="{source}" target="{target}"'
        edge = f'edge="1" {ends}>{self._way(joint.points, place)}'
        return _cell(self.ids.of(f"{source}--{target}"), "", self._line(path, joint.points) + held, edge, path.tip)

    def _line(self, path: Path, points: tuple[Point, ...]) -> str:
        head = self._head(path) if path.arrow else "endArrow=none;"
        pattern = " ".join(decimal(length / path.thickness) for length in path.dashes)
        dashes = f"dashed=1;dashPattern={pattern};" if path.dashed else ""
        colours = f"strokeColor={self.palette.ink(path.ink)};strokeWidth={decimal(path.thickness * self.unit)};"
        corners = f"edgeStyle={_ORTHOGONAL};" if is_orthogonal(points) else ""
        return f"{corners}rounded=1;arcSize={decimal(2 * path.radius * self.unit)};{head}{dashes}{colours}"

    def _head(self, path: Path) -> str:
        """An arrow's head: draw.io adds the line's thickness to its length."""
        tip, rest = tip_and_rest(path)
        length = dist(tip, rest[-1]) - path.thickness if tip else 0.0
        return f"endArrow=block;endFill=1;endSize={decimal(length * self.unit)};"

    def _way(self, points: tuple[Point, ...], place: _Place) -> str:
        start, *corners, end = (self._at(point, place) for point in points)
        between = "".join(f"<mxPoint {corner}/>" for corner in corners)
        between = f'<Array as="points">{between}</Array>' if between else ""
        ends = f'<mxPoint {start} as="sourcePoint"/><mxPoint {end} as="targetPoint"/>'
        return f'<mxGeometry relative="1" as="geometry">{ends}{between}</mxGeometry>'


def _is_label(box: Box) -> bool:
    """Whether its words are one line in its middle, and nothing stands before them."""
    return (
        not box.planes and len(box.texts) == 1 and abs(box.texts[0].y - box.y) < 0.5 and box.texts[0].anchor == "middle"
    )


def _held(end: str, point: Point, box: Box) -> str:
    """Where at a box a line ends: a place that moves with the box."""
    x, y = within(point, box.bounds)
    return f"{end}X={x:.4g};{end}Y={y:.4g};{end}Perimeter=0;"


def _cell(name: str, words: str, style: str, rest: str, tip: str = "") -> str:
    """rest: its attributes and its geometry."""
    if not tip:
        return f'<mxCell id="{name}" value="{_said(words)}" style="{style}" {rest}</mxCell>'
    # a tooltip is shown as markup
    shown = f'label="{_said(words)}" tooltip="{_said(escape(tip))}"'
    return f'<UserObject id="{name}" {shown}><mxCell style="{style}" {rest}</mxCell></UserObject>'
