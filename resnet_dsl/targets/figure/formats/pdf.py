"""A geometry as a PDF of one page: every font is embedded, cut to the letters that are used; text is text."""

from __future__ import annotations

import io
from math import ceil
from typing import TYPE_CHECKING

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.targets.figure.formats.curves import arrowhead, corners, tip_and_rest
from resnet_dsl.targets.figure.formats.fonts import font_of, runs
from resnet_dsl.targets.figure.formats.palette import Palette, shaded
from resnet_dsl.targets.figure.formats.words import DROP, composed, fitted, one_line
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Point, TextLine
from resnet_dsl.targets.forms import FIGURES

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_PAPER = "#FFFFFF"
_LONGEST = 14_400
"""Of a page's side in its own units: readers cut off what is longer."""
_VERSION_OF_UNITS = (1, 6)
"""Of PDF: the first in which a page's unit is chosen."""
_ROUND = 1
"""How the sides of a plane meet: a sharp corner would stick out."""


def draw_pdf(geometry: Geometry, palette: Palette, scale: float) -> bytes:
    """One page of the figure's size. ``scale``: printed size over the geometry's.

    Raises MissingLetterError where no font has a letter, and MissingPackageError without ReportLab.
    """
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError:
        raise MissingPackageError(FIGURES["pdf"].packages, "a PDF needs the package reportlab") from None

    page = io.BytesIO()
    unit = ceil(max(geometry.width, geometry.height) * scale / _LONGEST)
    size = (geometry.width * scale / unit, geometry.height * scale / unit)
    first = font_of("plain")  # a canvas begins with a font, and one that it does not embed is Helvetica
    version = _VERSION_OF_UNITS if unit > 1 else None  # TeX complains of a newer one than it needs
    canvas = Canvas(page, size, invariant=1, pdfVersion=version, initialFontName=first, lang=geometry.language)
    _describe(canvas, geometry)
    canvas.scale(scale / unit, scale / unit)
    _Drawing(canvas, palette, geometry.height).draw(geometry)
    canvas.showPage()
    _enlarge(canvas, unit)
    canvas.save()
    return page.getvalue()


def _enlarge(canvas: Canvas, unit: int) -> None:
    """Say that the page's unit is so many points, of which ReportLab knows nothing."""
    (page,) = canvas._doc.Pages.pages
    if unit > 1:
        page.__NoDefault__ = [*page.__NoDefault__, "UserUnit"]
        page.UserUnit = unit


def _describe(canvas: Canvas, geometry: Geometry) -> None:
    canvas.setTitle(one_line(geometry.title))
    canvas.setSubject(one_line(geometry.description))
    canvas.setAuthor("")
    canvas.setCreator("resnet-dsl")
    canvas.setViewerPreference("DisplayDocTitle", "true")


class _Drawing:
    """Draws on a page whose y goes up from the bottom."""

    def __init__(self, canvas: Canvas, palette: Palette, height: float) -> None:
        self.canvas = canvas
        self.palette = palette
        self.height = height

    def draw(self, geometry: Geometry) -> None:
        if self.palette.painted and self.palette.colours.ground != _PAPER:
            self.canvas.setFillColor(self.palette.colours.ground)
            self.canvas.rect(0, 0, geometry.width, geometry.height, stroke=0, fill=1)
        for box in geometry.boxes:
            self._box(box)
        for text in geometry.texts:
            self._text(text)
        for path in geometry.paths:
            self._path(path)

    def _at(self, point: Point) -> Point:
        return point[0], self.height - point[1]

    def _box(self, box: Box) -> None:
        if box.shape != "bare":
            self._outline(box)
        for text in box.texts:
            self._text(text)

    def _outline(self, box: Box) -> None:
        fill, border = self.palette.paint(box)
        self.canvas.setFillColor(fill)
        self.canvas.setStrokeColor(border)
        self.canvas.setLineWidth(box.thickness)
        self.canvas.setLineJoin(_ROUND)
        for plane in box.planes:
            self._plane(plane.points, shaded(fill, plane.shade))
        if box.shape != "solid":
            left, _, _, bottom = box.bounds
            self.canvas.roundRect(*self._at((left, bottom)), box.width, box.height, box.corner, stroke=1, fill=1)

    def _text(self, text: TextLine) -> None:
        pieces = runs(composed(text), text.face)
        real = sum(self.canvas.stringWidth(words, font, text.size) for font, words in pieces)
        left, squeezed = fitted(text, real)
        line = self.canvas.beginText(*self._at((left, text.y + text.size * DROP)))
        line.setFillColor(self.palette.ink(text.ink))
        line.setHorizScale(100 * squeezed)
        for font, words in pieces:
            line.setFont(font, text.size)
            line.textOut(words)
        self.canvas.drawText(line)

    def _path(self, path: Path) -> None:
        tip, points = tip_and_rest(path)
        colour = self.palette.ink(path.ink)
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(path.thickness)
        self.canvas.setDash(*((list(path.dashes),) if path.dashed else ()))
        self._line(points, path.radius)
        self.canvas.setDash()
        if tip:
            self._plane(arrowhead(points[-1], tip, path.head), colour, bordered=False)

    def _line(self, points: tuple[Point, ...], radius: float) -> None:
        line = self.canvas.beginPath()
        line.moveTo(*self._at(points[0]))
        for enter, one, two, leave in corners(points, radius):
            line.lineTo(*self._at(enter))
            line.curveTo(*self._at(one), *self._at(two), *self._at(leave))
        line.lineTo(*self._at(points[-1]))
        self.canvas.drawPath(line)

    def _plane(self, points: tuple[Point, ...], colour: str, bordered: bool = True) -> None:
        plane = self.canvas.beginPath()
        plane.moveTo(*self._at(points[0]))
        for point in points[1:]:
            plane.lineTo(*self._at(point))
        plane.close()
        self.canvas.setFillColor(colour)
        self.canvas.drawPath(plane, stroke=bordered, fill=1)
