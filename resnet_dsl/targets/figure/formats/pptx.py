"""A geometry as a slide of PowerPoint, which others open, too, made of the program's own shapes. By python-pptx.

In steps it is a slide a step, on which all that is seen has one place, one name and one number.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure.formats.drawingml.elements import DRAWING, SPACES, either
from resnet_dsl.targets.figure.formats.drawingml.shapes import draw_shapes
from resnet_dsl.targets.figure.formats.drawingml.sheet import POINT, SlideSheet
from resnet_dsl.targets.figure.formats.palette import Palette
from resnet_dsl.targets.figure.formats.words import one_line
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.layout.steps import Steps
from resnet_dsl.targets.forms import FIGURES

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

SLIDE = (960.0, 540.0)
"""Points: 13.333 by 7.5 inches, 16 to 9."""
LARGER = (
    "choose `--level stage`, `--wide`, a `--width` (the slide is then as large as the figure), "
    "or draw a block in close-up (`--block NAME`)"
)
"""What makes letters larger."""
FEWER = "choose coarser steps (`--steps stage`) or a coarser figure (`--level stage`)"
"""What makes fewer slides."""
_MARGIN = 24.0
_NEARLY = 720.0
"""Points: a figure that is wider than 10 inches is meant for a slide (the theme ``slide`` has 12.33)."""
_SIDES = (72.0, 4032.0)
"""Of a slide in points, the shortest and the longest: 1 and 56 inches."""
_SMALLEST = 1.0
"""Points: Office knows no smaller letters."""
MOST_SLIDES = 200
"""Of one presentation."""
MOST_SHAPES = 100_000
"""On all its slides: ten seconds or so."""
_PAPER = "#FFFFFF"
_TITLE_ONLY = 5
"""Of the layouts of an empty presentation."""
_TRANSITION = either(
    '<p:transition spd="slow"><p159:morph option="byObject"/></p:transition>',
    '<p:transition spd="slow"><p:fade/></p:transition>',
)
"""Morph, which leaves in place what is on both slides; programs that have none fade."""
_WRITTEN = (1980, 1, 1, 0, 0, 0)
"""When all files in the package say that they were: the first time that a ZIP can say."""


class SlideError(Failure):
    """A figure that a slide cannot show."""


def room_on_a_slide(geometry: Geometry) -> float:
    """How much larger than it was laid out a figure is on a slide of the usual size, within its margins."""
    wide, tall = (side - 2 * _MARGIN for side in SLIDE)
    return min(wide / geometry.width, tall / geometry.height)


def _placed(geometry: Geometry, scale: float | None) -> tuple[SlideSheet, tuple[float, float]]:
    """Where a figure lies, and the slide's size in points: the usual one, or the figure's own where it has a ``scale``.

    One that is nearly as wide as a usual slide stands on such a one, as large as it is.
    """
    slide = SLIDE
    if scale is None:
        scale = room_on_a_slide(geometry)
    elif not (_NEARLY <= geometry.width * scale <= SLIDE[0] and geometry.height * scale <= SLIDE[1]):
        slide = max(geometry.width * scale, _SIDES[0]), max(geometry.height * scale, _SIDES[0])
    left, top = (slide[0] - geometry.width * scale) / 2, (slide[1] - geometry.height * scale) / 2
    return SlideSheet(left * POINT, top * POINT, scale * POINT), slide


def draw_pptx(geometry: Geometry, palette: Palette, scale: float | None = None, steps: Steps | None = None) -> bytes:
    """A presentation of one slide, or of one a step, the last of which shows all.

    scale: printed size over the geometry's, where the slide is to be as large.
    Raises SlideError where a slide cannot be so long or letters so small, where there would be too many slides, and
    MissingPackageError without python-pptx.
    """
    sheet, size = _placed(geometry, scale)
    _refuse(geometry, sheet, size)
    _refuse_many(geometry, steps)
    presentation = _empty(size)
    for hidden in _hidden(geometry, steps):
        slide = presentation.slides.add_slide(presentation.slide_layouts[_TITLE_ONLY])
        if palette.painted and palette.colours.ground != _PAPER:
            _fill(slide, palette.colours.ground)
        _add(slide, "".join(draw_shapes(geometry, palette, sheet, len(slide.shapes) + 2, hidden)))
    _describe(presentation, geometry)
    return _packed(presentation)


def _hidden(geometry: Geometry, steps: Steps | None) -> Iterator[set[int]]:
    """Of each slide what is not yet seen, by its ``id``."""
    of = steps.of(geometry) if steps else {}
    for last in range(1, steps.count + 1 if steps else 2):
        yield {thing for thing, step in of.items() if step > last}


def _refuse_many(geometry: Geometry, steps: Steps | None) -> None:
    slides = steps.count if steps else 1
    if slides > MOST_SLIDES:
        raise SlideError(f"there would be {slides:,} slides: the most is {MOST_SLIDES}", FEWER)
    shapes = slides * sum(map(len, (geometry.boxes, geometry.texts, geometry.paths)))
    if slides > 1 and shapes > MOST_SHAPES:
        raise SlideError(f"{slides} slides would have {shapes:,} shapes: the most is {MOST_SHAPES:,}", FEWER)


def _refuse(geometry: Geometry, sheet: SlideSheet, size: tuple[float, float]) -> None:
    if max(size) > _SIDES[1]:
        raise SlideError(f"a slide is at most 56 inches long, not {max(size) / 72:.0f}", "choose a smaller `--width`")
    letters = geometry.smallest * sheet.unit / POINT
    if letters < _SMALLEST:
        raise SlideError(f"the letters would be {letters:.1f} pt high on a slide: the least is 1 pt", LARGER)


def _empty(size: tuple[float, float]) -> Presentation:
    """A presentation whose slides and layouts have this size."""
    try:
        import pptx
    except ImportError:
        raise MissingPackageError(FIGURES["pptx"].packages, "a slide needs the package python-pptx") from None
    presentation = pptx.Presentation()
    before = presentation.slide_width, presentation.slide_height
    presentation.slide_width, presentation.slide_height = (round(side * POINT) for side in size)
    shares = presentation.slide_width / before[0], presentation.slide_height / before[1]
    for part in (presentation.slide_master, *presentation.slide_layouts):
        _stretch(part.element, shares)
    return presentation


def _stretch(element: Any, shares: tuple[float, float]) -> None:
    """Move what a layout has to where it is on slides of another size."""
    for name, keys in (("off", ("x", "y")), ("ext", ("cx", "cy"))):
        for place in element.iter(f"{{{DRAWING}}}{name}"):
            for key, share in zip(keys, shares, strict=True):
                if key in place.attrib:  # extensions have the same name
                    place.set(key, str(round(int(place.get(key)) * share)))


def _describe(presentation: Presentation, geometry: Geometry) -> None:
    """Titles tell slides apart; the notes of the first one are about the whole figure."""
    first, *others = presentation.slides
    for number, slide in enumerate(presentation.slides, 1):
        _entitle(slide, f"{geometry.title} ({number} of {len(others) + 1})" if others else geometry.title)
    for slide in others:
        _add_transition(slide)
    first.notes_slide.notes_text_frame.text = one_line(geometry.description)
    about = presentation.core_properties
    about.title, about.subject = one_line(geometry.title)[:255], one_line(geometry.description)[:255]
    about.author = about.last_modified_by = "resnet-dsl"


def _entitle(slide: Slide, words: str) -> None:
    """The slide's title stands above it, as Office itself hides one: lists and screen readers show it."""
    title = slide.shapes.title
    title.text = one_line(words)
    left, wide, tall = title.left, title.width, title.height
    title.left, title.top, title.width, title.height = left, -2 * tall, wide, tall


def _add_transition(slide: Slide) -> None:
    """Behind the map of colours, as the schema has it."""
    slide.element.append(_parsed(_TRANSITION)[0])


def _fill(slide: Slide, colour: str) -> None:
    from pptx.dml.color import RGBColor

    fill = slide.background.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())


def _add(slide: Slide, shapes: str) -> None:
    tree = slide.shapes.element
    for shape in _parsed(shapes):
        tree.append(shape)


def _parsed(elements: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(f"<p:spTree {SPACES}>{elements}</p:spTree>")


def _packed(presentation: Presentation) -> bytes:
    """The same bytes whenever it is written."""
    saved, packed = io.BytesIO(), io.BytesIO()
    presentation.save(saved)
    with zipfile.ZipFile(saved) as files, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files.namelist():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), files.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
