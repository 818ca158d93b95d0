"""A geometry as TikZ: a ``tikzpicture`` to put into a paper, which needs the package tikz and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from resnet_dsl.targets.figure.formats.palette import Palette
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, Polygon, TextLine

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": "'",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "Δ": r"\ensuremath{\Delta}",
    "γ": r"\ensuremath{\gamma}",
    "β": r"\ensuremath{\beta}",
    "−": r"\ensuremath{-}",
    "≈": r"\ensuremath{\approx}",
    "≠": r"\ensuremath{\neq}",
    "-": "-{}",
    "–": "--",
    "…": r"\dots{}",
    **{letter: f"\\{letter}" for letter in "#$%&_{}"},
}
_ACCENTS = {"\u0300", "\u0301", "\u0302", "\u0303", "\u0308", "\u030a", "\u030c", "\u0327"}


def escape_tex(text: str) -> str:
    """A text as TeX that prints it and does nothing else; letters that LaTeX's own fonts lack become ``?``."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii():
        return letter if letter.isprintable() else " "
    parts = unicodedata.normalize("NFD", letter)
    accented = len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS
    return letter if accented or letter in "ßøØæÆ" else "?"


def draw_tikz(geometry: Geometry, palette: Palette, scale: float = 1.0) -> str:
    """``scale``: printed size over the geometry's. TeX's own fonts have few sizes: it scales letters and all."""
    scaling = "" if scale == 1 else f",scale={scale:.4f},transform shape"
    whole = f"(0,0) rectangle {_point(geometry.width, geometry.height)};"
    lines = [
        f"% {escape_tex(geometry.title)}",
        r"% Put it into a document with \usepackage{tikz} by \input; it is",
        f"% {geometry.width * scale:.1f}bp wide and {geometry.height * scale:.1f}bp tall.",
        rf"\begin{{tikzpicture}}[x=1bp,y=-1bp,>=latex,inner sep=0pt,outer sep=0pt{scaling}]",
    ]
    for name, colour in palette.named(len(palette.fills)).items():
        lines.append(rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}")
    lines.append(rf"\path[use as bounding box] {whole}")
    if palette.painted and palette.background != "#FFFFFF":
        lines.append(rf"\fill[ground] {whole}")
    lines += [line for box in geometry.boxes for line in _box(box, palette)]
    lines += [*map(_path, geometry.paths), *map(_text, geometry.texts)]
    return "\n".join([*lines, r"\end{tikzpicture}", ""])


def _point(x: float, y: float) -> str:
    return f"({x:.2f},{y:.2f})"


def _box(box: Box, palette: Palette) -> Iterator[str]:
    if box.shape != "bare":
        tone = "" if box.tone is None else str(palette.tone(box.tone))
        fill, border = (f"fill{tone}", f"border{tone}") if tone else ("plainfill", "plainborder")
        paint = f"draw={'line' if box.shape in {'circle', 'pill'} else border},fill={fill if box.filled else 'ground'}"
        paint += f",line width={0.4 * box.thickness:.2f}bp" if box.thickness != 1 else ""
        left, top, right, bottom = box.bounds
        for plane in box.planes:
            yield _plane(plane, paint)
        if box.shape == "circle":
            yield rf"\draw[{paint}] {_point(box.x, box.y)} circle[radius={box.width / 2:.2f}bp];"
        elif box.shape != "solid":
            corners = f"rounded corners={box.corner:.2f}bp"
            yield rf"\draw[{paint},{corners}] {_point(left, top)} rectangle {_point(right, bottom)};"
    yield from map(_text, box.texts)


def _plane(plane: Polygon, paint: str) -> str:
    corners = " -- ".join(_point(*point) for point in plane.points)
    return rf"\draw[{paint}!{plane.shade}!black,line join=round] {corners} -- cycle;"


def _text(text: TextLine) -> str:
    font = rf"\fontsize{{{text.size:.2f}bp}}{{{text.size * 1.2:.2f}bp}}\selectfont"
    face = r"\bfseries" if text.face == "bold" else ""
    words = rf"\ensuremath{{{_formula(text.words)}}}" if text.face == "italic" else escape_tex(text.words)
    anchor = {"start": "west", "middle": "center", "end": "east"}[text.anchor]
    options = f"anchor={anchor},text={text.ink},font=\\sffamily{face}{font}"
    return rf"\node[{options}] at {_point(text.x, text.y)} {{\smash{{{words}}}\vphantom{{A}}}};"


def _path(path: Path) -> str:
    arrow = "->," if path.arrow else ""
    dashes = f"dash pattern=on {0.8 * path.dashes[0]:.2f}bp off {path.dashes[1]:.2f}bp," if path.dashed else ""
    style = f"{arrow}{dashes}draw={path.ink},line width={0.8 * path.thickness:.2f}bp"
    points = " -- ".join(_point(*point) for point in path.points)
    # TikZ cannot round more than half of the shortest straight piece.
    shortest = min(abs(c - a) + abs(d - b) for (a, b), (c, d) in pairwise(path.points)) / 2
    return rf"\draw[{style},rounded corners={min(path.radius, shortest):.2f}bp] {points};"


def _formula(words: str) -> str:
    """The letters of a formula; it is ours, yet nothing but letters and signs gets through."""
    return "".join(_MATHS.get(letter, letter if letter.isascii() and letter.isalnum() else "") for letter in words)


_MATHS = {**{letter: letter for letter in "()[]+=., "}, "·": r"\cdot ", "−": "-", "γ": r"\gamma ", "β": r"\beta "}
