"""A picture in TikZ's words: distances, colours and styles, the nodes, the lines, the words, the page behind them.

It needs the package tikz alone: what a document has not loaded is loaded by the picture. Names of styles begin with
``rd``, names of nodes, colours and layers with ``rd-``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from resnet_dsl.targets.figure.formats.palette import Palette
from resnet_dsl.targets.figure.formats.tex import escape_tex
from resnet_dsl.targets.figure.formats.tikz.nodes import Nodes, layer
from resnet_dsl.targets.figure.formats.tikz.places import Places
from resnet_dsl.targets.figure.formats.tikz.spots import TikzUnit
from resnet_dsl.targets.figure.formats.tikz.styles import Style, Styles
from resnet_dsl.targets.figure.formats.tikz.surroundings import Surroundings, content_of
from resnet_dsl.targets.figure.formats.tikz.words import has_words_inside
from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, TextLine

_LIBRARIES = "positioning,fit"
_LOAD = rf"\begingroup\setbox0=\hbox{{\globaldefs=1 \usetikzlibrary{{{_LIBRARIES}}}}}\endgroup"
"""Loads what is not there yet for the whole document, also from within a figure: there TikZ itself would load it once
and forget it. The box keeps its spaces out of the text."""
_DOCUMENT = (r"\documentclass[border=0pt]{standalone}", r"\usepackage{tikz}", rf"\usetikzlibrary{{{_LIBRARIES}}}")
_ON = (
    r"\ifdefined\beamertemplatenavigationsymbolsempty"
    r"\expandafter\alt\pgfkeyscurrentvalue{}{\pgfkeysalso{opacity=0, text opacity=0}}\fi"
)
"""From which overlay on a thing is seen: ``rd on=<2->``; what is not seen keeps its place. Elsewhere than in beamer all
is. Written without parameters, so that a picture may stand in a frame as it is."""
_SMALLEST = 5.0
"""Points: TeX's own fonts have no smaller letters, a picture with such is written large and scaled."""
_WHITE = "#FFFFFF"


def draw_tikz(
    geometry: Geometry,
    palette: Palette,
    scale: float = 1.0,
    standalone: bool = False,
    steps: Mapping[int, int] | None = None,
) -> str:
    """``scale``: printed size over the geometry's. ``standalone``: a whole document, of the figure's size.

    ``steps``: of each thing by its ``id`` the first overlay of beamer that shows it.
    """
    small = 0 < geometry.smallest * scale < _SMALLEST
    picture = [*_Picture(geometry, palette, TikzUnit(1.0 if small else scale), steps).lines()]
    if small:
        picture = [rf"\scalebox{{{scale:.4f}}}{{%", *picture[:-1], f"{picture[-1]}}}"]
    wide, tall = geometry.width * scale, geometry.height * scale
    head = [f"% {escape_tex(geometry.title)}", f"% {wide:.1f}bp wide and {tall:.1f}bp tall."]
    if standalone:
        return "\n".join([*head, *_DOCUMENT, r"\begin{document}", *picture, r"\end{document}", ""])
    how = r"% Put it into a document with \usepackage{tikz} by \input."
    return "\n".join([*head, how, f"{_LOAD}%", *picture, ""])


class _Picture:
    """Writes one picture."""

    def __init__(self, geometry: Geometry, palette: Palette, unit: TikzUnit, steps: Mapping[int, int] | None) -> None:
        self.steps = steps
        self.geometry = geometry
        self.palette = palette
        self.unit = unit
        self.places = Places(geometry)
        beside = [text for box in geometry.boxes if not has_words_inside(box) for text in box.texts]
        self.styles = Styles(geometry, palette, unit, [*geometry.texts, *beside])
        self.nodes = Nodes(self.places.nodes, self.styles, unit)
        self.surroundings = Surroundings(geometry, self.places, self.nodes, self._on)

    def lines(self) -> Iterator[str]:
        yield r"\begin{tikzpicture}[>=latex, outer sep=0pt]"
        yield from self._settings()
        yield "% What is drawn, from the input on; each stands by what was drawn before it."
        for node in self.places.nodes:
            yield from self.nodes.written(node, self._on(node.box) if node.box else [])
        yield "% What flows from one to another."
        for path in self.geometry.paths:
            if not self.surroundings.holds(path):
                yield self.surroundings.lines.written(path, self._on(path))
        yield "% What stands around it."
        yield from self.surroundings.written()
        page = r"\node[rd page, fit={(current bounding box)}] (rdpage) {};"
        yield rf"\begin{{pgfonlayer}}{{rd-page}}{page}\end{{pgfonlayer}}"
        yield r"\end{tikzpicture}"

    def _on(self, thing: Box | Path | TextLine) -> list[str]:
        """The first step is there from the beginning."""
        step = self.steps[id(thing)] if self.steps else 1
        return [f"rd on=<{step}->"] if step > 1 else []

    def _settings(self) -> Iterator[str]:
        yield from self.nodes.distances.definitions()
        yield r"\medmuskip=1mu% signs stand close to their numbers"
        for name, colour in self.palette.named(len(self.palette.fills)).items():
            yield rf"\definecolor{{rd-{name}}}{{HTML}}{{{colour[1:].upper()}}}"
        kinds = sorted({node.kind for node in self.places.nodes if node.box is None})
        yield r"\tikzset{"
        for name, options in (*self.styles.all(kinds), self._page()):
            yield f"  {name}/.style={{{', '.join(options)}}},"
        if self.steps:
            yield f"  rd on/.code={{{_ON}}},"
        yield "}"
        depth = max((node.depth for node in self.places.nodes), default=0)
        layers = ["rd-page", *(layer(number) for number in range(1, depth + 1))]
        yield "".join(rf"\pgfdeclarelayer{{{name}}}" for name in layers)
        yield rf"\pgfsetlayers{{{','.join(layers)},main}}"

    def _page(self) -> Style:
        """At least as large as the figure, and around all that a change by hand may add."""
        left, top, right, bottom = content_of(self.geometry)
        wide, tall = self.geometry.width, self.geometry.height
        margin = self.unit.length(max(0.0, min(left, top, wide - right, tall - bottom)))
        size = [f"minimum width={self.unit.length(wide)}", f"minimum height={self.unit.length(tall)}"]
        return "rd page", [
            f"inner sep={margin}",
            *size,
            *([] if self.palette.colours.ground == _WHITE else ["fill=rd-ground"]),
        ]
