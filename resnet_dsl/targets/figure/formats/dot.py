"""A geometry as DOT in which everything has its place: ``neato -n2`` draws it, and any Graphviz draws the same."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.curves import decimal, spline, tip_and_rest
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, Polygon, TextLine

_DOT = 0.36
"""Half of Graphviz' smallest node, 0.01 inch: two such in the corners give the picture its size."""
_FONT = "Arial"
_MATH = "Times New Roman"
_SHAPES = {"round": "box", "frame": "box", "circle": "circle", "pill": "box", "bare": "plaintext"}
_QUOTE = {'"': "&quot;"}
_ANCHORS = {"start": "\\l", "middle": "", "end": "\\r"}


def draw_dot(geometry: Geometry, palette: Palette, scale: float = 1.0, dpi: float | None = None) -> str:
    """``scale``: printed size over the geometry's; ``dpi``: pixels an inch, for a PNG."""
    height, ground = geometry.height, palette.colours.ground if palette.painted else "transparent"
    behind = _behind(geometry)
    keys = {box.key for box in behind}
    lines = [
        "digraph figure {",
        f"  graph [bgcolor={_quote(ground)} pad=0 outputorder=nodesfirst splines=true notranslate=true"
        + (f" dpi={decimal(dpi * scale)}" if dpi else "")
        + (f' size="{geometry.width * scale / 72:.4f},{height * scale / 72:.4f}!"' if scale != 1 and not dpi else "")
        + f" label={_quote('')}{_background(behind, palette, height)}]",
        f"  node [fontname={_quote(_FONT)} fixedsize=true margin=0 label={_quote('')}]",
        f"  edge [arrowsize=0.6 fontname={_quote(_FONT)}]",
        f"  {_corner('corner 1', _DOT, _DOT)}",
        f"  {_corner('corner 2', geometry.width - _DOT, height - _DOT)}",
    ]
    lines += [f"  {line}" for box in geometry.boxes for line in _box(box, palette, height, box.key in keys)]
    lines += [f"  {_text(f'text {number}', text, palette, height)}" for number, text in enumerate(geometry.texts, 1)]
    lines += [
        f"  {line}" for number, path in enumerate(geometry.paths, 1) for line in _path(number, path, palette, height)
    ]
    return "\n".join([*lines, "}", ""])


def _corner(name: str, x: float, y: float) -> str:
    return f"{_quote(name)} [pos={_quote(_point((x, y), 0))} shape=point style=invis width=0.01 height=0.01]"


def _point(point: Point, height: float) -> str:
    """DOT's y goes up; a height of 0 leaves y as it is."""
    return f"{decimal(point[0])},{decimal(height - point[1] if height else point[1])}"


def _quote(text: str) -> str:
    """A quoted DOT string that means this text and nothing else (no escape, no entity)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _words(text: TextLine) -> str:
    """A label: a plain string, or markup where the face is not plain (font names such as Helvetica-Bold fail)."""
    tag = {"plain": "", "bold": "B", "italic": "I"}[text.face]
    if not tag:
        return _quote(text.words)[:-1] + _ANCHORS[text.anchor] + '"'
    return f"<<{tag}>{escape(text.words, _QUOTE)}</{tag}>>"


def _font(text: TextLine, palette: Palette) -> str:
    face = f" fontname={_quote(_MATH)}" if text.face == "italic" else ""
    return f"label={_words(text)} fontsize={decimal(text.size)} fontcolor={_quote(palette.ink(text.ink))}{face}"


def _place(x: float, y: float, wide: float, tall: float, height: float) -> str:
    return f"pos={_quote(_point((x, y), height))} width={wide / 72:.4f} height={tall / 72:.4f}"


def _box(box: Box, palette: Palette, height: float, behind: bool) -> Iterator[str]:
    """The shape, with its text as its label where there is one in its middle; other texts beside it."""
    alone = len(box.texts) == 1 and abs(box.texts[0].y - box.y) < 0.5 and box.texts[0].anchor == "middle"
    drawn = "shape=plaintext" if behind else f"shape={_SHAPES[box.shape]} {_paint(box, palette)}".rstrip()
    parts = [_place(box.x, box.y, box.width, box.height, height), drawn]
    if alone:
        parts.append(_font(box.texts[0], palette))
    if box.tip:
        parts.append(f"tooltip={_quote(box.tip)}")
    yield f"{_quote(box.key)} [{' '.join(parts)} class={_quote(palette.classes(box))}]"
    for number, text in enumerate(() if alone else box.texts, 1):
        yield _text(f"{box.key} text {number}", text, palette, height)


def _paint(box: Box, palette: Palette) -> str:
    if box.shape == "bare":
        return ""
    fill, border = palette.paint(box)
    style = "filled" if box.shape == "circle" else "rounded,filled"
    thickness = f" penwidth={decimal(box.thickness)}" if box.thickness != 1 else ""
    return f"style={_quote(style)} fillcolor={_quote(fill)} color={_quote(border)}{thickness}"


def _behind(geometry: Geometry) -> list[Box]:
    """What is drawn before all nodes: solids, which no node can be, and then the frames around them."""
    solid = any(box.planes for box in geometry.boxes)
    return [box for box in geometry.boxes if solid and box.shape in ("frame", "solid")]


def _background(boxes: list[Box], palette: Palette, height: float) -> str:
    planes = " ".join(plane for box in boxes for plane in _planes(box, palette, height))
    return f" _background={_quote(planes)}" if planes else ""


def _planes(box: Box, palette: Palette, height: float) -> Iterator[str]:
    """In xdot, the language of Graphviz' drawings: style, pen, fill, a filled polygon."""
    style = f"setlinewidth({decimal(box.thickness)})"
    fill, border = palette.paint(box)
    for plane in box.planes or (_rectangle(box),):
        corners = " ".join(_point(point, height).replace(",", " ") for point in plane.points)
        yield f"S {len(style)} -{style} c 7 -{border} C 7 -{shaded(fill, plane.shade)} P {len(plane.points)} {corners}"


def _rectangle(box: Box) -> Polygon:
    left, top, right, bottom = box.bounds
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)))


def _text(name: str, text: TextLine, palette: Palette, height: float) -> str:
    left, _, right, _ = text.bounds
    place = _place((left + right) / 2, text.y, right - left + 1, text.size * 1.2, height)
    ink = "" if text.ink == "text" else f" {text.ink}"
    return f"{_quote(name)} [{place} shape=plaintext {_font(text, palette)} class={_quote('words' + ink)}]"


def _path(number: int, path: Path, palette: Palette, height: float) -> Iterator[str]:
    ends = (path.source, path.target)
    if not path.source or not path.target:
        ends = (f"path {number} start", f"path {number} end")
        for name, point in zip(ends, (path.points[0], path.points[-1]), strict=True):
            place = _quote(_point(point, height))
            yield f"{_quote(name)} [pos={place} shape=point style=invis width=0 height=0]"
    tip, points = tip_and_rest(path)
    curve = " ".join(_point(point, height) for point in spline(points, path.radius))
    head = f"e,{_point(tip, height)} " if tip else ""
    style = f" style={_quote('dashed')}" if path.dashed else ""
    more = "" if path.arrow else " arrowhead=none"
    more += f" penwidth={decimal(path.thickness)}" if path.thickness != 1 else ""
    more += f" arrowsize={decimal(path.head / 10)}" if path.head != 6 else ""
    more += f" tooltip={_quote(path.tip)}" if path.tip else ""
    classes = _quote(" ".join((*path.classes, path.ink)))
    yield (
        f"{_quote(ends[0])} -> {_quote(ends[1])} [pos={_quote(head + curve)} "
        f"color={_quote(palette.ink(path.ink))}{style}{more} class={classes}]"
    )
