"""Words as outlines: the letters of the faces that ship, as the data of an SVG path. By fonttools."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.targets.figure.formats import fonts
from resnet_dsl.targets.figure.formats.curves import decimal
from resnet_dsl.targets.figure.formats.words import DROP, composed, fitted
from resnet_dsl.targets.figure.layout.geometry import TextLine
from resnet_dsl.targets.figure.layout.metrics import Face

PACKAGE = "fontTools"


def outline(text: TextLine) -> str:
    """One line of text. Raises MissingLetterError for a letter that the face lacks."""
    letters = composed(text)
    lacking = [letter for letter in letters if ord(letter) not in _font(text.face).getBestCmap()]
    if lacking:
        raise fonts.MissingLetterError("".join(lacking), "outlines", "write words as text (`--text free`)")
    size = text.size / _font(text.face)["head"].unitsPerEm
    x, squeezed = fitted(text, sum(_advance(letter, text.face) for letter in letters) * size)
    drawn = []
    for letter in letters:
        drawn.append(_placed(letter, text.face, (size * squeezed, 0, 0, -size, x, text.y + text.size * DROP)))
        x += _advance(letter, text.face) * size * squeezed
    return "".join(drawn)


def _placed(letter: str, face: Face, transform: tuple[float, ...]) -> str:
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    glyphs = _glyphs(face)
    pen = SVGPathPen(glyphs, ntos=decimal)
    glyphs[_font(face).getBestCmap()[ord(letter)]].draw(TransformPen(pen, transform))
    return str(pen.getCommands())


@cache
def _advance(letter: str, face: Face) -> float:
    return float(_glyphs(face)[_font(face).getBestCmap()[ord(letter)]].width)


@cache
def _glyphs(face: Face) -> Any:
    return _font(face).getGlyphSet()


@cache
def _font(face: Face) -> Any:
    """The face as fonttools reads it."""
    try:
        from fontTools.ttLib import TTFont
    except ImportError:
        raise MissingPackageError((PACKAGE,), "outlines of letters need the package fonttools") from None
    with files(fonts).joinpath(fonts.file_of(face)).open("rb") as file:
        font = TTFont(file, lazy=False)
        font.ensureDecompiled()  # the file is closed behind this
    return font
