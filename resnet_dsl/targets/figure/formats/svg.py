"""A geometry as SVG for papers, pages, editors and screen readers: text is text, a box and its words are one group."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from resnet_dsl.targets.figure.formats.curves import DASHES, arrowhead, corners, decimal, tip_and_rest
from resnet_dsl.targets.figure.formats.palette import DARK, Palette
from resnet_dsl.targets.figure.formats.words import DROP, one_line
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, TextLine
from resnet_dsl.targets.figure.layout.metrics import width

_SANS = "Arial, Arimo, 'Liberation Sans', Helvetica, sans-serif"
_FACES = {
    "plain": "",
    "bold": ' font-weight="bold"',
    "italic": " font-family=\"'Times New Roman', Tinos, 'Liberation Serif', Times, serif\" font-style=\"italic\"",
}


def draw_svg(geometry: Geometry, palette: Palette, scale: float = 1.0, adaptive: bool = False) -> str:
    """A whole document. ``adaptive``: dark colours where the reader's screen is dark."""
    wide, tall = geometry.width, geometry.height
    size = f'width="{wide * scale:.2f}pt" height="{tall * scale:.2f}pt" viewBox="0 0 {decimal(wide)} {decimal(tall)}"'
    named = f'role="img" aria-labelledby="figure-title figure-description" font-family="{_SANS}"'
    head = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
        f'<title id="figure-title">{_said(geometry.title)}</title>',
        f'<desc id="figure-description">{_said(geometry.description)}</desc>',
        *(("<style>@media (prefers-color-scheme: dark) {", *_rules(DARK), "}</style>") if adaptive else ()),
        f'<rect class="background" width="{decimal(wide)}" height="{decimal(tall)}" fill="{palette.background}"/>',
    )
    return "\n".join([*head, *shapes(geometry, palette), "</svg>", ""])


def shapes(geometry: Geometry, palette: Palette) -> Iterator[str]:
    """What a geometry draws, an element a line: first its boxes, each in a group; lines lie on top."""
    yield from (_box(box, palette) for box in geometry.boxes)
    yield from (_text(text, palette, "words") for text in geometry.texts)
    yield from (_path(path, palette) for path in geometry.paths)


def _rules(palette: Palette) -> Iterator[str]:
    """Style that puts these colours in the place of those that the elements name."""
    yield f".background{{fill:{palette.background}}} text{{fill:{palette.text}}}"
    for tone in range(len(palette.fills)):
        yield f".tone{tone} rect{{fill:{palette.fill(tone)};stroke:{palette.border(tone)}}}"
    yield f".plain rect{{fill:{palette.fill(None)};stroke:{palette.border(None)}}}"
    yield f".hollow rect{{fill:{palette.background}}} .merge rect{{stroke:{palette.line}}}"
    for ink in ("line", "faint", "projection"):
        colour = palette.ink(ink)
        yield f"text.{ink},.{ink} polygon{{fill:{colour}}} .{ink} path{{stroke:{colour}}}"


def _said(words: str) -> str:
    """A text as one line of XML that means this text and nothing else."""
    return escape(one_line(words), {'"': "&quot;"})


def _group(classes: str, tip: str, *inside: str) -> str:
    title = f"<title>{_said(tip)}</title>" if tip else ""
    return f'<g class="{classes}">{title}{"".join(inside)}</g>'


def _box(box: Box, palette: Palette) -> str:
    words = (_text(text, palette) for text in box.texts)
    return _group(f"node {palette.classes(box)}", box.tip, _outline(box, palette), *words)


def _outline(box: Box, palette: Palette) -> str:
    if box.shape == "bare":
        return ""
    left, top, _, _ = box.bounds
    fill, border = palette.paint(box)
    place = f'x="{decimal(left)}" y="{decimal(top)}" width="{decimal(box.width)}" height="{decimal(box.height)}"'
    return f'<rect {place} rx="{decimal(box.corner)}" fill="{fill}" stroke="{border}"/>'


def _text(text: TextLine, palette: Palette, classes: str = "") -> str:
    """It keeps the width that it was laid out with, also where the reader's screen has another font."""
    classes = " ".join(one for one in (classes, text.ink if text.ink != "text" else "") if one)
    named = f' class="{classes}"' if classes else ""
    place = f'x="{decimal(text.x)}" y="{decimal(text.y + text.size * DROP)}" text-anchor="{text.anchor}"'
    face = f'font-size="{decimal(text.size)}"{_FACES[text.face]} fill="{palette.ink(text.ink)}"'
    length = f'textLength="{decimal(width(text.words, text.size, text.face))}" lengthAdjust="spacingAndGlyphs"'
    return f"<text{named} {place} {face} {length}>{_said(text.words)}</text>"


def _path(path: Path, palette: Palette) -> str:
    tip, points = tip_and_rest(path)
    colour = palette.ink(path.ink)
    dashes = ' stroke-dasharray="{},{}"'.format(*DASHES) if path.dashed else ""
    thickness = f' stroke-width="{decimal(path.thickness)}"' if path.thickness != 1 else ""
    line = f'<path d="{_curve(points, path.radius)}" fill="none" stroke="{colour}"{dashes}{thickness}/>'
    corners_of_it = " ".join(map(_point, arrowhead(points[-1], tip))) if tip else ""
    head = f'<polygon points="{corners_of_it}" fill="{colour}"/>' if tip else ""
    return _group(" ".join(("edge", *path.classes, path.ink)), path.tip, line, head)


def _curve(points: tuple[Point, ...], radius: float) -> str:
    turns = (f"L{_point(enter)}C{_point(one)} {_point(two)} {_point(leave)}"
             for enter, one, two, leave in corners(points, radius))  # fmt: skip
    return f"M{_point(points[0])}{''.join(turns)}L{_point(points[-1])}"


def _point(point: Point) -> str:
    return f"{decimal(point[0])},{decimal(point[1])}"
