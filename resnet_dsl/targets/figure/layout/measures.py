"""How large letters, boxes and gaps are: on a screen, on paper, and as a theme says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from resnet_dsl.targets.figure.theme import Theme


@dataclass(frozen=True)
class Measures:
    """Sizes of letters and room around them, in the units of a geometry.

    text: of rows; small: of facts below them; label: of brackets, of words beside lines, of the legend.
    caption: of a card; title: above a network; repeat: of the number of equal blocks.
    box: height of a row; side: between a box's text and its sides; card: between a card's border and its rows.
    arc: for an arc beside rows. gap: between rows; wide: more in a wide figure; between: between two columns.
    margin: around all. point: points, as printed, of one unit.
    """

    text: float = 11.0
    small: float = 8.0
    label: float = 9.0
    caption: float = 8.5
    title: float = 14.0
    repeat: float = 15.0
    box: float = 18.0
    side: float = 8.0
    card: float = 7.0
    arc: float = 16.0
    gap: float = 11.0
    wide: float = 5.0
    between: float = 40.0
    margin: float = 8.0
    point: float = 1.0

    @property
    def thin(self) -> float:
        """The height of a row that is a detail."""
        return self.box * 7 / 9

    @property
    def line(self) -> float:
        """From one line of facts to the next."""
        return max(10.5, 1.11 * self.small)

    @property
    def leading(self) -> float:
        """From one line of labels to the next."""
        return max(11.0, 1.16 * self.label)


SCREEN = Measures()
POINT = 7 / 11
"""Points on paper of one unit of PRINT: rows have 7 points, facts and labels 6 (papers: 6 to 8, captions 9)."""
PRINT = Measures(
    small=9.44, label=9.44, caption=9.44, title=12.6, repeat=12.6, side=6.0, card=5.5, margin=2.0, point=POINT
)


def measures_of(theme: Theme, printed: bool) -> Measures:
    """Those of a theme; what it does not say is as on paper or on a screen, and grows with the letters of rows."""
    base = PRINT if printed else SCREEN
    point = theme.text.size / base.text if theme.text.size else base.point
    said = {
        "small": theme.text.facts,
        "caption": theme.text.facts,
        "label": theme.text.names,
        "title": theme.text.title,
        "repeat": theme.text.title,
        "box": theme.box.height,
        "side": theme.box.padding,
        "card": theme.box.padding,
        "gap": theme.box.gap,
    }
    return replace(base, point=point, **{name: size / point for name, size in said.items() if size is not None})


def tight(measures: Measures) -> Measures:
    """The same letters with less room around them."""
    return replace(
        measures,
        side=min(measures.side, 3.5),
        card=min(measures.card, 4.0),
        arc=min(measures.arc, 12.0),
        gap=min(measures.gap, 8.0),
        wide=min(measures.wide, 1.0),
        between=min(measures.between, 18.0),
    )
