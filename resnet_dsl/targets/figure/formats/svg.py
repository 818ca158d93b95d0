"""A geometry as SVG for papers, pages, editors and screen readers: each part of the network is a group of its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.curves import arrowhead, corners, decimal, tip_and_rest
from resnet_dsl.targets.figure.formats.groups import DESCRIPTION, TITLE, DrawnGroup, Grouped, Ids, Part, grouped
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.formats.stepping import Stepping
from resnet_dsl.targets.figure.formats.words import DROP, one_line
from resnet_dsl.targets.figure.layout.geometry import SHADES, Box, Geometry, Path, Point, Polygon, TextLine, Within
from resnet_dsl.targets.figure.layout.metrics import width

Writing: TypeAlias = Literal["free", "fixed", "paths"]
"""How words are written: as text to be edited; as text that keeps the width that it was laid out with, also where the
reader's screen has another font, as pages need; or as outlines, which look the same everywhere and are no text."""
WRITINGS: tuple[Writing, ...] = ("free", "fixed", "paths")

_SANS = "Arial, Arimo, 'Liberation Sans', Helvetica, sans-serif"
_FACES = {
    "plain": "",
    "bold": ' font-weight="bold"',
    "italic": " font-family=\"'Times New Roman', Tinos, 'Liberation Serif', Times, serif\" font-style=\"italic\"",
}
_SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
_NO_LAYERS = {"block", "skip"}
"""Kinds of groups that are too small for a layer."""
_LONGEST_LABEL = 120


def draw_svg(
    geometry: Geometry,
    palette: Palette,
    scale: float = 1.0,
    dark: Palette | None = None,
    text: Writing = "free",
    stepping: Stepping | None = None,
) -> str:
    """A whole document. ``dark``: the colours where the reader's screen is dark, if they are others."""
    wide, tall = geometry.width, geometry.height
    size = f'width="{wide * scale:.2f}pt" height="{tall * scale:.2f}pt" viewBox="0 0 {decimal(wide)} {decimal(tall)}"'
    named = f'role="img" aria-labelledby="{TITLE} {DESCRIPTION}" font-family="{_SANS}"'
    parts = grouped(geometry)
    background = (
        f'<rect class="background" width="{decimal(wide)}" height="{decimal(tall)}" fill="{palette.colours.ground}"/>'
    )
    language = "" if geometry.language == "en" else f' xml:lang="{geometry.language}"'
    head = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<svg {_SPACES} {size} {named}{language}>",
        f'<title id="{TITLE}">{_said(geometry.title)}</title>',
        f'<desc id="{DESCRIPTION}">{_said(geometry.description)}</desc>',
        *(("<style>@media (prefers-color-scheme: dark) {", *_rules(dark), "}</style>") if dark else ()),
        *(stepping.style() if stepping else ()),
        *((background,) if palette.painted else ()),
    )
    drawn = _Groups(_Shapes(palette, text), parts, stepping).lines(parts.parts, ())
    return "\n".join([*head, *drawn, "</svg>", ""])


def shapes(geometry: Geometry, palette: Palette) -> Iterator[str]:
    """What a geometry draws, an element a line, without groups and ids: boxes first; lines lie on top. For pages."""
    write = _Shapes(palette, "fixed")
    yield from (write.box(box) for box in geometry.boxes)
    yield from (write.text(text, "words") for text in geometry.texts)
    yield from (write.path(path) for path in geometry.paths)


def _rules(palette: Palette) -> Iterator[str]:
    """Style that puts these colours in the place of those that the elements name."""
    yield f".background{{fill:{palette.colours.ground}}} text,.glyphs{{fill:{palette.colours.ink}}}"
    for tone in palette.tones:
        yield from _tone_rules(f".tone{tone}", palette.fill(tone), palette.border(tone))
    yield from _tone_rules(".plain", palette.fill(None), palette.border(None))
    yield f".hollow rect{{fill:{palette.colours.ground}}} .merge rect{{stroke:{palette.colours.line}}}"
    for ink in ("line", "faint", "projection"):
        colour = palette.ink(ink)
        yield f"text.{ink},.glyphs.{ink},.{ink} polygon{{fill:{colour}}} .{ink} path{{stroke:{colour}}}"


def _tone_rules(tone: str, fill: str, border: str) -> Iterator[str]:
    yield f"{tone} rect{{fill:{fill};stroke:{border}}} .node{tone} polygon{{stroke:{border}}}"
    for shade in SHADES:
        yield f"{tone} .shade{shade}{{fill:{shaded(fill, shade)}}}"


def _said(words: str) -> str:
    """A text as one line of XML that means this text and nothing else."""
    return escape(one_line(words), {'"': "&quot;"})


class _Groups:
    """Writes groups with their ids; edges say by these where they begin and end."""

    def __init__(self, shapes: _Shapes, found: Grouped, stepping: Stepping | None) -> None:
        self.shapes = shapes
        self.found = found
        self.stepping = stepping
        self.edges = Ids([*found.ids.values(), *found.ends.values()])

    def lines(self, parts: list[Part], way: Within, shown: bool = False) -> Iterator[str]:
        """An element a line, or a group on lines of its own. ``shown``: what is around them says from when on."""
        for part in parts:
            if isinstance(part, DrawnGroup):
                yield from self._group(part, (*way, (part.kind, part.name)), shown)
            elif self.stepping and not shown:
                yield self.stepping.marked(self._thing(part, way), self.stepping.steps[id(part)])
            else:
                yield self._thing(part, way)

    def _thing(self, part: Box | TextLine | Path, way: Within) -> str:
        if isinstance(part, Box):
            own = self.found.ends[part.key]
            return self.shapes.box(part, "" if own == self.found.ids.get(way) else f' id="{own}"')
        if isinstance(part, Path):
            return self.shapes.path(part, self._ends(part))
        return self.shapes.text(part, "words")

    def _group(self, group: DrawnGroup, way: Within, shown: bool) -> Iterator[str]:
        layer = "" if group.kind in _NO_LAYERS else ' inkscape:groupmode="layer"'
        label = f'inkscape:label="{_said(group.name[:_LONGEST_LABEL])}"'
        opened = f'<g id="{self.found.ids[way]}" class="{group.kind}"{layer} {label}>'
        step = self.stepping.common(group) if self.stepping and not shown else None
        yield self.stepping.marked(opened, step) if self.stepping and step else opened
        yield from self.lines(group.parts, way, shown or step is not None)
        yield "</g>"

    def _ends(self, path: Path) -> str:
        if not path.source:
            return ""
        start, end = self.found.ends[path.source], self.found.ends[path.target]
        return f' id="{self.edges.of(f"{start}--{end}")}" data-from="{start}" data-to="{end}"'


class _Shapes:
    """Writes boxes, lines and words, each as one element; ``marks``: attributes of a group besides its class."""

    def __init__(self, palette: Palette, text: Writing) -> None:
        self.palette = palette
        self.writing = text

    def box(self, box: Box, marks: str = "") -> str:
        words = "".join(self.text(text) for text in box.texts)
        return _group(f"node {self.palette.classes(box)}", box.tip, f"{self._outline(box)}{words}", marks)

    def _outline(self, box: Box) -> str:
        if box.shape == "bare":
            return ""
        if box.shape == "solid":
            return "".join(self._plane(box, plane) for plane in box.planes)
        left, top, _, _ = box.bounds
        fill, border = self.palette.paint(box)
        place = f'x="{decimal(left)}" y="{decimal(top)}" width="{decimal(box.width)}" height="{decimal(box.height)}"'
        return f'<rect {place} rx="{decimal(box.corner)}" fill="{fill}" stroke="{border}"{_thickness(box.thickness)}/>'

    def _plane(self, box: Box, plane: Polygon) -> str:
        fill, border = self.palette.paint(box)
        paint = (
            f'fill="{shaded(fill, plane.shade)}" stroke="{border}"{_thickness(box.thickness)} stroke-linejoin="round"'
        )
        return f'<polygon class="shade{plane.shade}" points="{_points(plane.points)}" {paint}/>'

    def text(self, text: TextLine, classes: str = "") -> str:
        classes = " ".join(one for one in (classes, text.ink if text.ink != "text" else "") if one)
        named = f' class="{classes}"' if classes else ""
        colour = self.palette.ink(text.ink)
        if self.writing == "paths":
            from resnet_dsl.targets.figure.formats.outlines import outline

            named = f'class="{" ".join(["glyphs", *classes.split()])}"'
            return f'<path {named} d="{outline(text)}" fill="{colour}" aria-label="{_said(text.words)}"/>'
        place = f'x="{decimal(text.x)}" y="{decimal(text.y + text.size * DROP)}" text-anchor="{text.anchor}"'
        face = f'font-size="{decimal(text.size)}"{_FACES[text.face]} fill="{colour}"'
        return f"<text{named} {place} {face}{self._length(text)}>{_said(text.words)}</text>"

    def _length(self, text: TextLine) -> str:
        if self.writing == "free":
            return ""
        laid = decimal(width(text.words, text.size, text.face))
        return f' textLength="{laid}" lengthAdjust="spacingAndGlyphs"'

    def path(self, path: Path, marks: str = "") -> str:
        tip, points = tip_and_rest(path)
        colour = self.palette.ink(path.ink)
        dashes = ' stroke-dasharray="{},{}"'.format(*map(decimal, path.dashes)) if path.dashed else ""
        thickness = _thickness(path.thickness)
        line = f'<path d="{_curve(points, path.radius)}" fill="none" stroke="{colour}"{dashes}{thickness}/>'
        head = f'<polygon points="{_points(arrowhead(points[-1], tip, path.head))}" fill="{colour}"/>' if tip else ""
        return _group(" ".join(("edge", *path.classes, path.ink)), path.tip, line + head, marks)


def _thickness(thickness: float) -> str:
    return f' stroke-width="{decimal(thickness)}"' if thickness != 1 else ""


def _group(classes: str, tip: str, inside: str, marks: str) -> str:
    title = f"<title>{_said(tip)}</title>" if tip else ""
    return f'<g{marks} class="{classes}">{title}{inside}</g>'


def _curve(points: tuple[Point, ...], radius: float) -> str:
    turns = (f"L{_point(enter)}C{_point(one)} {_point(two)} {_point(leave)}"
             for enter, one, two, leave in corners(points, radius))  # fmt: skip
    return f"M{_point(points[0])}{''.join(turns)}L{_point(points[-1])}"


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(map(_point, points))


def _point(point: Point) -> str:
    return f"{decimal(point[0])},{decimal(point[1])}"
