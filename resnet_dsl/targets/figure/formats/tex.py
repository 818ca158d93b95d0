"""A geometry as TikZ: a ``tikzpicture`` to put into a paper, which needs the package tikz and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from resnet_dsl.targets.figure.formats.palette import Palette
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, TextLine

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
    "γ": r"\ensuremath{\gamma}",
    "β": r"\ensuremath{\beta}",
    "−": r"\ensuremath{-}",
    "≈": r"\ensuremath{\approx}",
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
    """``scale``: printed size over the geometry's."""
    pen = _Tikz(palette, scale)
    lines = [
        f"% {escape_tex(geometry.title)}",
        r"% Put it into a document with \usepackage{tikz} by \input; it is",
        f"% {geometry.width * scale:.1f}bp wide and {geometry.height * scale:.1f}bp tall.",
        rf"\begin{{tikzpicture}}[x=1bp,y=-1bp,>=latex,inner sep=0pt,outer sep=0pt{pen.scaling()}]",
        *pen.colours(),
        rf"\path[use as bounding box] (0,0) rectangle {pen.point(geometry.width, geometry.height)};",
    ]
    if palette.background != "#FFFFFF":
        lines.append(rf"\fill[ground] (0,0) rectangle {pen.point(geometry.width, geometry.height)};")
    for box in geometry.boxes:
        lines += pen.box(box)
    lines += map(pen.path, geometry.paths)
    lines += map(pen.text, geometry.texts)
    return "\n".join([*lines, r"\end{tikzpicture}", ""])


class _Tikz:
    def __init__(self, palette: Palette, scale: float) -> None:
        self.palette = palette
        self.scale = scale

    def colours(self) -> Iterator[str]:
        for name, colour in self.palette.named(len(self.palette.fills)).items():
            yield rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}"

    def number(self, value: float) -> str:
        return f"{value:.2f}"

    def scaling(self) -> str:
        """TeX's own fonts have few sizes: a printed width scales the picture, letters and all."""
        return "" if self.scale == 1 else f",scale={self.scale:.4f},transform shape"

    def point(self, x: float, y: float) -> str:
        return f"({self.number(x)},{self.number(y)})"

    def box(self, box: Box) -> Iterator[str]:
        if box.shape != "bare":
            tone = "plain" if box.tone is None else str(box.tone % len(self.palette.fills))
            fill, border = (f"fill{tone}", f"border{tone}") if tone != "plain" else ("plainfill", "plainborder")
            paint = (
                f"draw={'line' if box.shape in {'circle', 'pill'} else border},fill={fill if box.filled else 'ground'}"
            )
            left, top, right, bottom = box.bounds
            if box.shape == "circle":
                yield rf"\draw[{paint}] {self.point(box.x, box.y)} circle[radius={self.number(box.width / 2)}bp];"
            else:
                corners = f"rounded corners={self.number(box.corner)}bp"
                yield rf"\draw[{paint},{corners}] {self.point(left, top)} rectangle {self.point(right, bottom)};"
        yield from map(self.text, box.texts)

    def text(self, text: TextLine) -> str:
        font = rf"\fontsize{{{text.size:.2f}bp}}{{{text.size * 1.2:.2f}bp}}\selectfont"
        face = {"plain": "", "bold": r"\bfseries", "italic": ""}[text.face]
        words = escape_tex(text.words)
        words = rf"\ensuremath{{{_formula(text.words)}}}" if text.face == "italic" else words
        anchor = {"start": "west", "middle": "center", "end": "east"}[text.anchor]
        options = f"anchor={anchor},text={text.ink},font=\\sffamily{face}{font}"
        return rf"\node[{options}] at {self.point(text.x, text.y)} {{\smash{{{words}}}\vphantom{{A}}}};"

    def path(self, path: Path) -> str:
        arrow = "->," if path.arrow else ""
        dashes = f"dash pattern=on {self.number(4)}bp off {self.number(2)}bp," if path.dashed else ""
        style = f"{arrow}{dashes}draw={path.ink},line width={self.number(0.8 * path.thickness)}bp"
        points = " -- ".join(self.point(*point) for point in path.points)
        return rf"\draw[{style},rounded corners={self.number(min(path.radius, _shortest(path)))}bp] {points};"


def _formula(words: str) -> str:
    """The letters of a formula; it is ours, yet nothing but letters and signs gets through."""
    return "".join(_MATHS.get(letter, letter if letter.isascii() and letter.isalnum() else "") for letter in words)


_MATHS = {
    **{letter: letter for letter in "()[]+=., "},
    "·": r"\cdot ",
    "−": "-",
    "γ": r"\gamma ",
    "β": r"\beta ",
}


def _shortest(path: Path) -> float:
    """Half of the shortest straight piece: TikZ cannot round more than that."""
    pieces = zip(path.points, path.points[1:], strict=False)
    return min(abs(c - a) + abs(d - b) for (a, b), (c, d) in pieces) / 2
