"""The fonts of a PDF: three faces that ship (README.md), and those of the machine for letters that they lack."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import first, listed
from resnet_dsl.targets.figure.layout.metrics import Face

FACES: dict[Face, str] = {"plain": "sans", "bold": "sans-bold", "italic": "serif-italic"}
"""The file of each face, without its ending."""

OTHERS = {
    "DejaVuSans.ttf": "DejaVu Sans",
    "DroidSansFallbackFull.ttf": "Droid Sans Fallback",
    "wqy-zenhei.ttc": "WenQuanYi Zen Hei",
    "wqy-microhei.ttc": "WenQuanYi Micro Hei",
    "Arial Unicode.ttf": "Arial Unicode",
    "arialuni.ttf": "Arial Unicode",
    "msyh.ttc": "Microsoft YaHei",
    "malgun.ttf": "Malgun Gothic",
    "msgothic.ttc": "MS Gothic",
}
"""Fonts that are asked for letters which ours lack, in this order, by their files."""

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/Library/Fonts", "/System/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
"""Where systems keep theirs."""

_MOST_SHOWN = 5
"""Letters that a message names."""
_MOST_FILES = 20_000
"""That are looked at for one of those fonts."""


class MissingLetterError(Failure):
    """No font that was found has a letter, or it is of a script that a PDF of ours cannot write."""

    def __init__(self, letters: str, what: str, remedy: str) -> None:
        shown = [f"`{letter}` (U+{ord(letter):04X})" for letter in dict.fromkeys(letters)]
        super().__init__(f"no font for {what} has {first(shown, _MOST_SHOWN)}", remedy)


def file_of(face: Face) -> str:
    """The file of a face, beside this one."""
    return f"{FACES[face]}.ttf"


def font_of(face: Face) -> str:
    """The name by which ReportLab knows the face."""
    return _register(f"resnet-dsl {face}", files(__package__).joinpath(file_of(face)).read_bytes())


def runs(words: str, face: Face) -> list[tuple[str, str]]:
    """A line in pieces, each with the name of the font that has its letters. Raises MissingLetterError."""
    fonts = [_font_with(letter, face) for letter in words]
    lacking = "".join(letter for letter, font in zip(words, fonts, strict=True) if font is None)
    if lacking:
        raise MissingLetterError(lacking, "a PDF", f"save it as .svg{_advice(lacking)}")
    pairs = groupby(zip(fonts, words, strict=True), key=lambda pair: pair[0])
    return [(str(font), "".join(letter for _, letter in run)) for font, run in pairs]


def _advice(lacking: str) -> str:
    if not all(map(_stands_alone, lacking)):
        return ""
    return f", or install one of the fonts that are asked for such letters: {listed([*dict.fromkeys(OTHERS.values())])}"


@cache
def _font_with(letter: str, face: Face) -> str | None:
    """The first font that has it, ours before the machine's."""
    if _has(font_of(face), letter):
        return font_of(face)
    others = _others() if _stands_alone(letter) else ()
    return next((font for font in others if _has(font, letter)), None)


def _stands_alone(letter: str) -> bool:
    """Whether it is drawn by itself: ReportLab joins no letters, and writes from the left to the right."""
    marks = unicodedata.category(letter).startswith("M")
    return not marks and unicodedata.bidirectional(letter) not in ("R", "AL", "AN")


def _has(font: str, letter: str) -> bool:
    from reportlab.pdfbase import pdfmetrics

    return ord(letter) in pdfmetrics.getFont(font).face.charToGlyph


@cache
def _others() -> tuple[str, ...]:
    """The fonts of the machine that can be embedded, in the order of OTHERS."""
    from reportlab.pdfbase.ttfonts import TTFError

    names: list[str] = []
    found = {path.name: path for path in _files()}
    for path in (found[file] for file in OTHERS if file in found):
        try:
            names.append(_register(f"resnet-dsl {path.name}", path.read_bytes()))
        except (OSError, TTFError):  # not to be read, or not in the form of TrueType: the next one is asked
            continue
    return tuple(names)


def _files() -> Iterator[Path]:
    """The files of OTHERS in the folders of fonts."""
    seen = 0
    for folder in FOLDERS:
        for place, folders, names in os.walk(os.path.expanduser(folder)):
            folders.sort()
            seen += len(names)
            if seen > _MOST_FILES:
                return
            yield from (Path(place, name) for name in names if name in OTHERS)


@cache
def _register(name: str, content: bytes) -> str:
    """Make a font known to ReportLab, which keeps it for the process."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(name, io.BytesIO(content)))
    return name
