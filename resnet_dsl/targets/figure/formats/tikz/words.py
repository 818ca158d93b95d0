"""What stands in a node: the words of a box line by line, each piece in its size and colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from resnet_dsl.targets.figure.formats.tex import escape_tex, formula
from resnet_dsl.targets.figure.formats.tikz.spots import TikzUnit
from resnet_dsl.targets.figure.formats.tikz.styles import Font, sized
from resnet_dsl.targets.figure.layout.geometry import Box, TextLine

_MIDDLE = 3.0
"""Points that words may stand beside the middle of their box: a node has them in its middle."""
_APART = 0.75
"""Points between lines that nobody sees."""
_TIMES = r"\ensuremath{\times}"


def rows(texts: tuple[TextLine, ...]) -> list[list[TextLine]]:
    """Words line by line, from the left to the right."""
    ordered = sorted(texts, key=lambda text: (round(text.y, 1), text.x))
    return [list(row) for _, row in groupby(ordered, key=lambda text: round(text.y, 1))]


def has_words_inside(box: Box) -> bool:
    """Whether its words are lines in its middle, one below the other, as a node has them by itself."""
    if box.shape in {"frame", "solid"}:
        return False
    lines = rows(box.texts)
    middles = [(row[0].bounds[0] + row[-1].bounds[2]) / 2 for row in lines]
    level = (lines[0][0].y + lines[-1][0].y) / 2 if lines else box.y
    return all(abs(middle - box.x) <= _MIDDLE for middle in middles) and abs(level - box.y) <= _MIDDLE


def content(texts: tuple[TextLine, ...], font: Font, unit: TikzUnit) -> str:
    """Of a node whose words have this font unless they say otherwise; lines stand as far apart as they do."""
    lines = rows(texts)
    words = ["".join(_pieces(row, font, unit)) for row in lines]
    ends = [_apart(*pair, font, unit) for pair in pairwise(lines)]
    return "".join(f"{one}{end}" for one, end in zip(words, [*ends, ""], strict=False))


def _apart(before: list[TextLine], row: list[TextLine], font: Font, unit: TikzUnit) -> str:
    """The end of a line; TeX by itself goes on as far below as the letters are large."""
    more = row[0].y - before[0].y - font.size
    return rf"\\[{unit.length(more)}]" if abs(more) > _APART else r"\\"


def _pieces(row: list[TextLine], font: Font, unit: TikzUnit) -> Iterator[str]:
    """The words of one line, as far apart as they are."""
    for before, text in zip((None, *row), row, strict=False):
        if before:
            yield rf"\hspace{{{unit.length(text.bounds[0] - before.bounds[2])}}}"
        yield _piece(text, font, unit)


def _piece(text: TextLine, font: Font, unit: TikzUnit) -> str:
    own = Font.of(text)
    size = sized(own.size, unit) if own.size != font.size else ""
    face = r"\bfseries" if own.face == "bold" and font.face != "bold" else ""
    colour = rf"\color{{rd-{own.ink}}}" if own.ink != font.ink else ""
    changes = f"{size}{face}{colour}"
    apart = " " if changes[-1:].isalpha() else ""
    return f"{{{changes}{apart}{said(text)}}}" if changes else said(text)


def said(text: TextLine) -> str:
    """One line as TeX prints it; sizes are set as mathematics: ``$3\\times3$, 64``."""
    if text.face == "italic":
        return f"${formula(text.words)}$"
    return re.sub(rf"[\d?]*(?:{re.escape(_TIMES)}[\d?]+)+", _mathematics, escape_tex(text.words))


def _mathematics(match: re.Match[str]) -> str:
    times = match[0].replace(_TIMES, r"\times")
    return f"${times}$"
