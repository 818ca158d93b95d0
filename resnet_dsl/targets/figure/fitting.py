"""A figure for paper: letters of a fixed size, and the room that is there as a constraint.

The first outline of a ladder that fits is taken; each step of it gives up a little more, and is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from typing import NamedTuple, TypeAlias

from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.layout.layout import lay_out
from resnet_dsl.targets.figure.layout.measures import PRINT, Measures, tight
from resnet_dsl.targets.figure.layout.sheet import centred
from resnet_dsl.targets.figure.layout.tiers import modules_stand_alone
from resnet_dsl.targets.figure.outline.compact import (
    with_arrows_to_sums,
    with_bare_lanes,
    with_ends_folded,
    with_lanes_closer,
    with_short_words,
    without_close_ups,
)
from resnet_dsl.targets.figure.outline.modules import with_modules_once
from resnet_dsl.targets.figure.outline.outline import Outline
from resnet_dsl.targets.figure.theme.lengths import MILLIMETRE

PAGE = 8.875 * 72
"""Points: the height of the text on a page of CVPR."""
_PAGE_WIDTH = 6.875 * 72
_MOST_PARTS = 8
_SMALLEST_ROW = (30.0, 10.0)
"""Points that a row takes at least: of more rows than a page could hold nothing is tried."""


@dataclass(frozen=True)
class Room:
    """What a figure may take on paper, in points."""

    width: float
    height: float = PAGE

    @property
    def rows(self) -> float:
        """More rows than this do not fit; where a page holds them they are tried all the same, to say what does."""
        return max(self.width, _PAGE_WIDTH) / _SMALLEST_ROW[0] * max(self.height, PAGE) / _SMALLEST_ROW[1]


class FittedFigure(NamedTuple):
    """A figure that fits, what was given up for it, and what is then shown."""

    geometry: Geometry
    told: tuple[str, ...]
    outline: Outline


Levels: TypeAlias = Sequence[tuple[str, Callable[[bool], Outline]]]
"""Names of levels and what is shown there (in a wide figure or a tall one), from the one asked for to coarser ones."""


def _with_modules(outline: Outline) -> Outline:
    """Equal modules drawn once, where nothing else would stand among them."""
    shown = with_modules_once(outline)
    return shown if all(map(modules_stand_alone, shown.columns)) else outline


_STEPS: tuple[tuple[str, Callable[[Outline], Outline]], ...] = (
    ("stem and head are a card each", with_ends_folded),
    ("words are short", with_short_words),
    ("columns that share no lane reach over each other", with_lanes_closer),
    ("equal modules are drawn once", _with_modules),
    ("convolutions that only lead to a sum in another lane are arrows", with_arrows_to_sums),
    ("lanes are named without their sizes", with_bare_lanes),
    ("close-ups are left out", without_close_ups),
)
"""What is given up, one after the other, and stays given up."""


class TooNarrowError(Failure):
    """A figure does not fit where its letters can be read; the remedy says the room in which it does."""


def fit(
    levels: Levels, wide: bool, room: Room, cuts: bool, measures: Measures = PRINT, lanes: Levels = ()
) -> FittedFigure:
    """The first way to draw that fits, as wide as the room, its content in the middle.

    cuts: whether a network may go on in another column (in a wide figure: row). lanes: what is tried before all else.
    Raises TooNarrowError.
    """
    needed = inf, inf
    for told, outline, geometry in _ways(levels, wide, room, cuts, measures, lanes):
        wanted = geometry.width * measures.point, geometry.height * measures.point
        if wanted[0] <= room.width and wanted[1] <= room.height:
            return FittedFigure(centred(geometry, room.width / measures.point), told, outline)
        needed = min(needed, _enough(wanted, room))
    raise _too_narrow(needed, room)


def _enough(wanted: tuple[float, float], room: Room) -> tuple[float, float]:
    """How high and wide the room would have to be, in this order: a higher page is harder to come by."""
    return max(wanted[1], room.height), max(wanted[0], room.width)


def _too_narrow(needed: tuple[float, float], room: Room) -> TooNarrowError:
    asked = f"{room.width / MILLIMETRE:.0f}mm x {room.height / MILLIMETRE:.0f}mm"
    refused = f"with letters that can be read the figure does not fit {asked}"
    if inf in needed:
        return TooNarrowError(refused, "it has more rows than a page: `--scale` makes its letters smaller")
    high, wide = (ceil(points / MILLIMETRE) for points in needed)
    more = f" --height {high}mm" if needed[0] > room.height else ""
    return TooNarrowError(
        refused, f"it does with `--width {wide}mm{more}`; `--scale` makes its letters smaller instead"
    )


def _ways(
    levels: Levels, wide: bool, room: Room, cuts: bool, m: Measures, lanes: Levels
) -> Iterator[tuple[tuple[str, ...], Outline, Geometry]]:
    """All ways to draw, the fullest first, each with what it gives up; the other direction comes last."""
    for coarser, outline in _outlines(lanes, wide, room):
        for told, shown, measures in _shortened(outline, m):
            yield (*coarser, *told), shown, lay_out(shown, wide, measures)
    left = ("lanes are left out",) if lanes else ()
    for across in (wide, not wide):
        turned = () if across == wide else (f"it flows {'to the right' if across else 'down'}",)
        for coarser, outline in _outlines(levels, across, room):
            if outline.laws and across != wide:
                return  # volumes flow one way
            for told, least, geometry in _at_level(outline, across, cuts, m):
                yield (*left, *turned, *coarser, *told), least, geometry


def _outlines(levels: Levels, wide: bool, room: Room) -> Iterator[tuple[tuple[str, ...], Outline]]:
    """Of each level that may fit, behind the first one with what that gives up."""
    for number, (level, gather) in enumerate(levels):
        outline = gather(wide)
        if sum(len(column.items) for column in outline.columns) <= room.rows:
            yield (f"it is drawn by {level}s",) if number else (), outline


def _at_level(
    outline: Outline, wide: bool, cuts: bool, m: Measures
) -> Iterator[tuple[tuple[str, ...], Outline, Geometry]]:
    """In one piece, with ever less; then the least of them in parts. Where rows are many, their columns go down."""
    wide = wide and not outline.paged
    outline = replace(outline, paged=False)
    told: tuple[str, ...] = ()
    least = outline
    for told, least, measures in _shortened(outline, m):
        yield told, least, lay_out(least, wide, measures)
    for parts in range(2, _MOST_PARTS + 1) if cuts and _networks(least) == 1 else ():
        words = f"it goes on in {parts} {'rows' if wide else 'columns'}"
        yield (*told, words), least, lay_out(least, wide, tight(m), parts)


def _networks(outline: Outline) -> int:
    return sum(not column.inset for column in outline.columns)


def _shortened(outline: Outline, m: Measures) -> Iterator[tuple[tuple[str, ...], Outline, Measures]]:
    """An outline as it is, with tight gaps, and then after each step that changes it."""
    yield (), outline, m
    told: tuple[str, ...] = ("gaps are tight",)
    yield told, outline, tight(m)
    for words, shorten in _STEPS:
        shown = shorten(outline)
        if shown != outline:
            outline, told = shown, (*told, words)
            yield told, outline, tight(m)
