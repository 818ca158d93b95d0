"""The figure of a chain of networks: ``roadmap_figure([a, b, c])``, as ConvNeXt's Figure 2."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure.drawing import titled, width_in_points
from resnet_dsl.targets.figure.figure import Figure, FigureError
from resnet_dsl.targets.figure.fitting import PAGE, TooNarrowError
from resnet_dsl.targets.figure.formats.engine import Engine
from resnet_dsl.targets.figure.layout.measures import measures_of
from resnet_dsl.targets.figure.layout.roadmap import lay_out_roadmap
from resnet_dsl.targets.figure.layout.sheet import centred
from resnet_dsl.targets.figure.layout.strokes import stroked
from resnet_dsl.targets.figure.outline.roadmap import gather_roadmap
from resnet_dsl.targets.figure.outline.speaking import saying
from resnet_dsl.targets.figure.theme import BASE, Themed, read_theme
from resnet_dsl.targets.figure.theme.lengths import MILLIMETRE

MOST_STEPS = 64
"""Of one figure."""


def roadmap_figure(
    networks: Sequence[Facts],
    *,
    theme: Themed = BASE,
    titles: Sequence[str] | None = None,
    width: str | None = None,
    engine: Engine | None = None,
) -> Figure:
    """A row a network: what tells it from the one before it, and bars of its parameters and multiply-accumulates.

    width: as printed (``85mm``, or ``full``, a theme's page); bars are as long as it lets them. Raises TooNarrowError
    where it has no room for them, FigureError where there are too few networks or too many.
    """
    if not 2 <= len(networks) <= MOST_STEPS:
        said = f"a roadmap leads from one network to others, and here {'is' if len(networks) == 1 else 'are'}"
        raise FigureError(f"{said} {len(networks)}", f"name 2 to {MOST_STEPS}, or one that derives from another")
    look = read_theme(theme)
    printed = look.page.width if width is None else width_in_points(width, look)
    measures = measures_of(look, printed=printed is not None)
    room = None if printed is None else printed / measures.point
    roadmap = gather_roadmap(networks, titled(networks, titles), saying(look.words))
    laid = lay_out_roadmap(roadmap, measures, room)
    if room is not None and printed is not None:
        if laid.width > room:
            needed = f"it does with `--width {laid.width * measures.point / MILLIMETRE + 1:.0f}mm`"
            asked = f"{printed / MILLIMETRE:.0f}mm"
            raise TooNarrowError(f"with letters that can be read the figure does not fit {asked}", needed)
        _check_height(laid.height * measures.point, look.page.max_height or PAGE)
        laid = centred(laid, room)
    drawn = stroked(laid, look.line, measures.point)
    return Figure(drawn, look, engine, printed, point=measures.point)


def _check_height(tall: float, page: float) -> None:
    """Raises FigureError where it is higher than a page."""
    if tall > page:
        high, most = (f"{points / MILLIMETRE:.0f}mm" for points in (tall, page))
        raise FigureError(f"the roadmap would be {high} high: a page has {most}", "name fewer networks")
