"""Several figures as panels of one: rows of a grid, letters, captions, one scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from textwrap import wrap
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.targets.figure.figure import Figure, FigureError
from resnet_dsl.targets.figure.fitting import PAGE
from resnet_dsl.targets.figure.layout.geometry import Geometry, TextLine
from resnet_dsl.targets.figure.layout.measures import Measures, measures_of
from resnet_dsl.targets.figure.layout.metrics import width
from resnet_dsl.targets.figure.layout.sheet import moved, trimmed
from resnet_dsl.targets.figure.outline.captions import Captioned, ToldPanel, ToldTogether
from resnet_dsl.targets.figure.theme import Theme
from resnet_dsl.targets.figure.theme.lengths import MILLIMETRE

Letters: TypeAlias = Literal["below", "top", "none"]
LETTERS: tuple[Letters, ...] = ("below", "top", "none")
MOST_THINGS = 60_000
"""Boxes, words and lines of all panels, as often as they are drawn: half a minute or so."""
_ENDLESS = 9999.0
"""Points: a room in which nothing is given up."""
_BETWEEN, _BELOW = 24.0, 8.0
"""Units between two panels; between a panel and its words."""

Draw: TypeAlias = Callable[[str | None, str | None], Figure]
"""Draws a panel for a width and a height on paper (``85mm``); for neither, as on a screen."""


class Panel(NamedTuple):
    """One figure of several. letter: as it is written, ``(a)``."""

    draw: Draw
    letter: str = ""
    caption: str = ""


@dataclass(frozen=True)
class PanelGrid:
    """columns: the most panels in a row. width, height: of the whole, as printed, in points; None on a screen."""

    columns: int
    letters: Letters = "below"
    width: float | None = None
    height: float | None = None


def letters_of(count: int, style: Letters) -> list[str]:
    """``(a)``, ``(b)`` below panels, as CVPR has them; ``a``, ``b`` at their tops, as Nature does."""
    names = (chr(ord("a") + number) for number in range(count))
    return ["" if style == "none" else name if style == "top" else f"({name})" for name in names]


def panel_figure(panels: Sequence[Panel], grid: PanelGrid, theme: Theme) -> Figure:
    """All panels in one figure.

    Raises FigureError where they are too many things, or do not fit, and what the panels raise.
    """
    effort = _Effort()
    bounded = [panel._replace(draw=effort.spent_on(panel.draw)) for panel in panels]
    rows = [bounded[at : at + grid.columns] for at in range(0, len(bounded), grid.columns)]
    drawn = [_row(row, grid, theme) for row in rows]
    measures = measures_of(theme, printed=grid.width is not None)
    geometry = _composed(drawn, [panel for row in rows for panel in row], grid, measures)
    notes = dict.fromkeys(note for row in drawn for one in row for note in one.notes)
    shown = replace(drawn[0][0], geometry=_checked(geometry, grid, measures), width=grid.width, notes=tuple(notes))
    figures = [one for row in drawn for one in row]
    return replace(shown, told=ToldTogether(tuple(map(_told, panels, figures))))


def _told(panel: Panel, drawn: Figure) -> ToldPanel:
    told = drawn.told if isinstance(drawn.told, Captioned) else None
    said = " ".join(told.subject()) if told else drawn.geometry.title
    return ToldPanel(panel.letter, panel.caption or said, told)


class _Effort:
    """Counts what is drawn for all panels, and stops where it is too much."""

    def __init__(self) -> None:
        self._things = 0

    def spent_on(self, draw: Draw) -> Draw:
        """The same; raises FigureError where the panels up to this one are too many things."""

        def counted(width: str | None, height: str | None) -> Figure:
            drawn = draw(width, height)
            shown = drawn.geometry
            self._things += len(shown.boxes) + len(shown.texts) + len(shown.paths)
            if self._things > MOST_THINGS:
                raise FigureError(f"the panels hold more than {MOST_THINGS:,} things to draw", "draw fewer of them")
            return drawn

        return counted


def _row(row: Sequence[Panel], grid: PanelGrid, theme: Theme) -> list[Figure]:
    """The panels of a row, as they are, or, where they do not fit so, each in its share of the width."""
    if grid.width is None:
        return [panel.draw(None, None) for panel in row]
    point = measures_of(theme, printed=True).point
    natural = [_cut(panel.draw(f"{_ENDLESS:g}pt", f"{_ENDLESS:g}pt")) for panel in row]
    room = grid.width - _BETWEEN * point * (len(row) - 1)
    wanted = [one.geometry.width * point for one in natural]
    if sum(wanted) <= room:
        return natural
    shares = _shares(wanted, room)
    high = f"{grid.height or PAGE:.3f}pt"
    return [
        one if want <= share else _cut(panel.draw(f"{share:.3f}pt", high))
        for panel, one, want, share in zip(row, natural, wanted, shares, strict=True)
    ]


def _shares(wanted: Sequence[float], room: float) -> list[float]:
    """Equal parts of the room; what takes less than its own leaves the rest to the others."""
    shares = [inf] * len(wanted)
    left, waiting = room, sorted(range(len(wanted)), key=wanted.__getitem__)
    for number, at in enumerate(waiting):
        shares[at] = left / (len(waiting) - number)
        left -= min(shares[at], wanted[at])
    return shares


def _cut(drawn: Figure) -> Figure:
    """A figure without the room around it."""
    return replace(drawn, geometry=trimmed(drawn.geometry))


def _composed(rows: list[list[Figure]], panels: Sequence[Panel], grid: PanelGrid, m: Measures) -> Geometry:
    across = max(sum(one.geometry.width for one in row) + _BETWEEN * (len(row) - 1) for row in rows)
    parts: list[Geometry] = []
    top, waiting = m.margin, iter(panels)
    for row in rows:
        own = [next(waiting) for _ in row]
        above = m.title + 4 if grid.letters == "top" and any(panel.letter for panel in own) else 0.0
        tall = max(one.geometry.height for one in row)
        left = m.margin + (across - sum(one.geometry.width for one in row) - _BETWEEN * (len(row) - 1)) / 2
        below = 0.0
        for one, panel in zip(row, own, strict=True):
            shown = one.geometry
            down = top + above + (0.0 if grid.letters == "top" else (tall - shown.height) / 2)
            words = list(_words(panel, grid, (left, top, top + above + tall), shown.width, m))
            number = len(parts)
            parts.append(_named(moved(shown, left, down), number, panel, words))
            below = max([below, *(text.bounds[3] - top - above - tall for text in words)])
            left += shown.width + _BETWEEN
        top += above + tall + below + _BETWEEN
    return _joined(parts, across + 2 * m.margin, top - _BETWEEN + m.margin)


def _words(
    panel: Panel, grid: PanelGrid, place: tuple[float, float, float], wide: float, m: Measures
) -> Iterator[TextLine]:
    """The letter and the caption. place: the left of a panel, the top and the bottom of its row."""
    left, top, bottom = place
    if grid.letters == "top" and panel.letter:
        yield TextLine(panel.letter, left, top + m.title / 2, m.title, "bold", "start")
    said = panel.caption if grid.letters == "top" else f"{panel.letter} {panel.caption}".strip()
    lines = wrap(said, max(16, int(wide / width("n", m.text))))
    for number, line in enumerate(lines):
        y = bottom + _BELOW + m.text * (0.5 + 1.25 * number)
        yield TextLine(line, left + wide / 2, y, m.text)


def _named(shown: Geometry, number: int, panel: Panel, words: list[TextLine]) -> Geometry:
    """A panel's things with keys of their own, within the panel."""
    within = (("panel", panel.letter or str(number + 1)),)

    def keys(own: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{number}/{key}" for key in own)

    words = [replace(one, of=keys(box.key for box in shown.boxes)) for one in words]
    return replace(
        shown,
        boxes=tuple(replace(one, key=f"{number}/{one.key}", within=within + one.within) for one in shown.boxes),
        paths=tuple(
            replace(
                one,
                source=f"{number}/{one.source}" if one.source else "",
                target=f"{number}/{one.target}" if one.target else "",
                within=within + one.within if one.within else (),
                of=keys(one.of),
            )
            for one in shown.paths
        ),
        texts=(*(replace(one, of=keys(one.of)) for one in shown.texts), *words),
        title=f"{panel.letter} {panel.caption or shown.title}".strip(),
        description=f"{panel.letter} {panel.caption + ': ' if panel.caption else ''}{shown.description}".strip(),
    )


def _joined(parts: Sequence[Geometry], across: float, down: float) -> Geometry:
    return Geometry(
        ceil(across),
        ceil(down),
        tuple(box for part in parts for box in part.boxes),
        tuple(text for part in parts for text in part.texts),
        tuple(path for part in parts for path in part.paths),
        "; ".join(part.title for part in parts),
        " ".join(part.description for part in parts),
    )


def _checked(geometry: Geometry, grid: PanelGrid, m: Measures) -> Geometry:
    """On paper as wide as that; captions and several rows may need more than the panels do."""
    geometry = trimmed(geometry, m.margin)
    if grid.width is None:
        return geometry
    wide, high = geometry.width * m.point, geometry.height * m.point
    most = grid.height or PAGE
    if wide > grid.width + 1 or high > most + 1:
        needed = f"{ceil(wide / MILLIMETRE)}mm x {ceil(high / MILLIMETRE)}mm"
        asked = f"{grid.width / MILLIMETRE:.0f}mm x {most / MILLIMETRE:.0f}mm"
        remedy = f"they need {needed}: say so by `width` and `height`, or draw fewer or coarser ones"
        raise FigureError(f"with letters that can be read the panels do not fit {asked}", remedy)
    return replace(moved(geometry, (grid.width / m.point - geometry.width) / 2, 0.0), width=grid.width / m.point)
