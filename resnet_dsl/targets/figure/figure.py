"""A figure that has all its places, and the file that it becomes in each format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from resnet_dsl.diagnostics.nearest import instead
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place
from resnet_dsl.sentences import either
from resnet_dsl.targets.figure.formats.captions import ALTS, CAPTIONS, Alt, Form, write_caption
from resnet_dsl.targets.figure.formats.dot import draw_dot
from resnet_dsl.targets.figure.formats.drawio import draw_drawio
from resnet_dsl.targets.figure.formats.engine import Engine, render
from resnet_dsl.targets.figure.formats.palette import dark_palette, palette
from resnet_dsl.targets.figure.formats.pptx import LARGER, draw_pptx, room_on_a_slide
from resnet_dsl.targets.figure.formats.stepping import Stepping
from resnet_dsl.targets.figure.formats.svg import WRITINGS, Writing, draw_svg
from resnet_dsl.targets.figure.formats.words import one_line
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.layout.steps import STEPS, By, Steps, steps_of
from resnet_dsl.targets.figure.outline.captions import Captioned, ToldTogether
from resnet_dsl.targets.figure.outline.speaking import Say, saying
from resnet_dsl.targets.figure.theme import Themed, read_theme
from resnet_dsl.targets.figure.theme.lengths import MILLIMETRE
from resnet_dsl.targets.figure.theme.theme import KIND_TONES
from resnet_dsl.targets.forms import FIGURES, renamed
from resnet_dsl.writing import write_whole

ENDINGS = tuple(form.ending for name, form in FIGURES.items() if name != "html")
"""What a figure's name ends in: each says a format, which ``Figure`` has a method for. A page is no ``Figure``."""
MOST_PIXELS = 60_000_000
"""Of a PNG: about 240 MB while it is drawn."""
LONGEST_PNG = 65_000
SCREEN_DPI, PRINT_DPI = 192.0, 300.0
_HAIR = 0.01
"""Points that nobody sees."""
_BY = {"size": "feature-map size", "operation": "kind of operation", "stage": "stage", "branch": "branch"}
"""What the colours of a theme say."""
SMALLEST_SHOWN = 6.0
"""Points: what can be read on a slide that stands on one's own screen."""


class FigureError(Failure):
    """A figure was asked for that cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class Figure:
    """A figure that has all its places; every format draws the same geometry.

    width: printed, in points; None where each unit of the geometry has ``point`` points. text: how an SVG writes its
    words. notes: what was given up to fit the paper.
    standalone: whether its TeX is a whole document. told: what its caption is made of. steps: what appears when, in an
    SVG, in TeX, or on slides; fragments: whether an SVG leaves that to reveal.js.
    """

    geometry: Geometry
    theme: Themed = "light"
    engine: Engine | None = None
    width: float | None = None
    text: Writing = "free"
    notes: tuple[str, ...] = ()
    point: float = 1.0
    standalone: bool = False
    told: Captioned | ToldTogether | None = None
    steps: Steps | None = None
    fragments: bool = False

    @property
    def scale(self) -> float:
        """Printed size over the geometry's."""
        return self.point if self.width is None else self.width / self.geometry.width

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader of the printed figure would complain about."""
        printed = self.geometry.smallest * self.scale
        least = read_theme(self.theme).text.least
        if printed >= least - _HAIR:
            return ()
        needed = self.geometry.width * least / self.geometry.smallest
        advice = f"it is readable from {needed / MILLIMETRE:.0f}mm on, or at another level"
        wide = f"{self.geometry.width * self.scale / MILLIMETRE:.0f}mm"
        return (f"the smallest text is {printed:.1f} pt when the figure is {wide} wide: {advice}",)

    def warned(self, ending: str) -> tuple[str, ...]:
        """The same of a figure that is saved with this ending: on a slide it is as large as there is room."""
        if ending != FIGURES["pptx"].ending or self.width is not None:
            return self.warnings
        shown = self.geometry.smallest * room_on_a_slide(self.geometry)
        if shown >= SMALLEST_SHOWN:
            return ()
        return (f"the smallest text is {shown:.1f} pt on a slide of 13.3in: {LARGER}",)

    def with_text(self, text: Writing) -> Figure:
        """The same, whose SVG writes words ``free`` to be edited (the default), ``fixed`` or as ``paths``.

        ``fixed``: they keep the width that they were laid out with, also where a screen has another font: for pages.
        ``paths``: outlines, which look the same everywhere; needs fonttools.
        """
        check_known("writing", (text,), WRITINGS)
        return replace(self, text=text)

    def with_document(self, standalone: bool = True) -> Figure:
        """The same, whose TeX is a whole document, as large as the figure, instead of a picture to be put into one."""
        return replace(self, standalone=standalone)

    def with_steps(self, by: By, fragments: bool = False) -> Figure:
        """The same, shown step by step: a ``stage``, a ``block``, or along the ``data`` one thing after the other.

        An SVG is animated, or, with ``fragments``, has the classes that reveal.js and Quarto go by; TeX has the
        overlays of beamer, and a presentation a slide a step. Raises FigureError where there is only one step.
        """
        check_known("step", (by,), STEPS)
        steps = steps_of(self.geometry, by)
        if steps.count < 2:
            later = STEPS[STEPS.index(by) + 1 :]
            finer = [f"`{one}`" for one in later if steps_of(self.geometry, one).count > 1]
            remedy = f"take {either(finer)}" if finer else "leave the steps out"
            raise FigureError(f"the figure has one step only by {by}", remedy)
        return replace(self, steps=steps, fragments=fragments)

    def dot(self) -> str:
        """The figure as DOT with all places given: ``neato -n2`` draws it."""
        return draw_dot(self.geometry, palette(self.theme), self.scale)

    def svg(self) -> str:
        """The figure as a whole SVG document, a group for each network, stage, block and operation."""
        theme = read_theme(self.theme)
        dark = dark_palette(theme) if theme.page.adaptive else None
        stepping = Stepping(self.steps.of(self.geometry), self.fragments) if self.steps else None
        return draw_svg(self.geometry, palette(theme), self.scale, dark, self.text, stepping)

    def pdf(self) -> bytes:
        """The figure as a PDF of one page; by the system's Graphviz where that was asked for."""
        from resnet_dsl.targets.figure.formats.pdf import draw_pdf

        if self.engine == "system":
            return render(self.dot(), "pdf", self.engine)
        return draw_pdf(self.geometry, palette(self.theme), self.scale)

    def tex(self) -> str:
        """The figure as a TikZ picture, to be put into a paper by ``\\input`` and to be edited.

        Its nodes have names and stand by each other, its looks are a list of styles.
        """
        from resnet_dsl.targets.figure.formats.tikz.write import draw_tikz

        steps = self.steps.of(self.geometry) if self.steps else None
        return draw_tikz(self.geometry, palette(self.theme), self.scale, self.standalone, steps)

    def drawio(self) -> str:
        """The figure as a file of draw.io, to be edited: groups as in the SVG, lines that hold on to their boxes."""
        return draw_drawio(self.geometry, palette(self.theme), self.scale)

    def pptx(self) -> bytes:
        """The figure as a slide of native shapes, or one a step: 16 to 9, or, with a width, as large as the figure."""
        scale = None if self.width is None else self.scale
        return draw_pptx(self.geometry, palette(self.theme), scale, self.steps)

    def png(self, dpi: float | None = None) -> bytes:
        """The figure as a PNG, for print where a width was given; refused where it would have too many pixels."""
        dpi = (SCREEN_DPI if self.width is None else PRINT_DPI) if dpi is None else dpi
        if not 0 < dpi < inf:
            raise FigureError(f"a PNG has no {dpi:g} dots in an inch", f"there are {SCREEN_DPI:g} unless you say more")
        across, down = (length * self.scale * dpi / 72 for length in (self.geometry.width, self.geometry.height))
        if across * down > MOST_PIXELS or max(across, down) > LONGEST_PNG:
            raise FigureError(
                f"the PNG would have {across:,.0f} x {down:,.0f} pixels",
                "save it as .svg or .pdf, choose `--level stage`, or a smaller `--width`",
            )
        return render(draw_dot(self.geometry, palette(self.theme), self.scale, dpi), "png", self.engine)

    def caption(self, form: Form = "text", alt: Alt | None = None, file: str = "") -> str:
        """What stands below it in a paper: the conventions that it uses, and what its networks cost.

        form: ``latex`` (a ``\\caption``), ``md`` or ``text``. alt: with the words for those who do not see it, too: in
        LaTeX as ``\\Description``. file: the figure's, which Markdown shows beside an alternative text.
        """
        check_known("form of a caption", (form,), tuple(CAPTIONS))
        check_known("length", () if alt is None else (alt,), ALTS)
        told, say = self._told(), self._saying()
        own = () if alt is None else (told.short(say), *(told.long(say) if alt == "long" else ()))
        return write_caption(form, told.caption(self._colours(told), say), own, file)

    def alt(self, length: Alt = "short") -> str:
        """For those who do not see it: ``short``, at most 150 letters, or ``long``, a line on each stage."""
        check_known("length", (length,), ALTS)
        told, say = self._told(), self._saying()
        return "".join(f"{one_line(line)}\n" for line in ((told.short(say),) if length == "short" else told.long(say)))

    def _saying(self) -> Say:
        """What says a caption in the words of the figure."""
        return saying(read_theme(self.theme).words)

    def _told(self) -> Captioned | ToldTogether:
        if self.told is None:
            raise FigureError("a figure of places alone has no caption", "make it by `figure` or `block_figure`")
        return self.told

    def _colours(self, told: Captioned | ToldTogether) -> str:
        """What its colours say; grey ones are shades."""
        theme, fills = read_theme(self.theme), palette(self.theme)
        own = "; some kinds of operations have colours of their own" if max(told.tones, default=0) >= KIND_TONES else ""
        tones = {tone for tone in told.tones if tone < KIND_TONES}
        used = {fills.fill(tone) for tone in tones}
        if not used or theme.colour.by == "none":
            return own.removeprefix("; ").capitalize()
        shades = all(len({fill[1:3], fill[3:5], fill[5:7]}) == 1 for fill in used)
        repeated = ", in turn" if len(used) < len(tones) else ""
        return f"{'Shade' if shades else 'Colour'}: {_BY[theme.colour.by]}{repeated}{own}"

    def save(self, path: str | Path) -> Path:
        """Write the figure, whole or not at all, in the format of the path's ending; a pipe without one gets SVG."""
        ending = format_of(path)
        content: str | bytes = getattr(self, ending[1:])()
        write_whole(path, content, ending)
        return Path(path)

    def __repr__(self) -> str:
        across, down = (f"{length * self.scale:.0f}" for length in (self.geometry.width, self.geometry.height))
        return f"<resnet_dsl figure: {self.geometry.title}, {across} x {down} pt>"

    def _repr_svg_(self) -> str:
        return self.with_text("fixed").svg()


def check_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [one for one in given if one not in known]
    if unknown:
        raise FigureError(f"`{unknown[0]}` is no {what} of a figure", instead(unknown[0], known))


def format_of(path: str | Path, known: Sequence[str] = ENDINGS) -> str:
    """The ending of a figure's name, one of the known. Raises FigureError where it says no format."""
    path = Path(path)
    ending = path.suffix.lower() or (".svg" if place(path).stream else "")
    if ending not in known:
        raise FigureError(f"`{path.name}` says no format", renamed(str(path), known))
    return ending
