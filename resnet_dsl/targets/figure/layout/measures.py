"""How large letters, boxes and gaps are: on a screen, and on paper."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Measures:
    """Sizes of letters and room around them, in the units of a geometry.

    text: of rows; small: of facts below them; label: of brackets, of words beside lines, of the legend.
    caption: of a card; title: above a network; repeat: of the number of equal blocks.
    side: between a box's text and its sides; card: between a card's border and its rows; arc: for an arc beside rows.
    gap: between rows; wide: more in a wide figure; between: between two columns; margin: around all.
    """

    text: float = 11.0
    small: float = 8.0
    label: float = 9.0
    caption: float = 8.5
    title: float = 14.0
    repeat: float = 15.0
    side: float = 8.0
    card: float = 7.0
    arc: float = 16.0
    gap: float = 11.0
    wide: float = 5.0
    between: float = 40.0
    margin: float = 8.0


SCREEN = Measures()

POINT = 7 / 11
"""Points on paper of one unit of PRINT: rows have 7 points, facts and labels 6 (papers: 6 to 8, captions 9)."""
PRINT = Measures(small=9.44, label=9.44, caption=9.44, title=12.6, repeat=12.6, side=6.0, card=5.5, margin=2.0)
TIGHT = replace(PRINT, side=3.5, card=4.0, arc=12.0, gap=8.0, wide=1.0, between=18.0)
