"""The colours of a figure. Meaning never lies in colour alone: brackets name the stages, projections are dashed.

They are a theme's (theme/shipped/light.toml and its neighbours), which is refused where text on a fill has less
contrast than 4.5:1, or a border or line than 3:1 (WCAG 2.2); tests/targets/figure/test_palette.py measures it again.
"""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.targets.figure.layout.geometry import Box, Ink, Shade
from resnet_dsl.targets.figure.theme import Theme, Themed, read_theme, theme_names
from resnet_dsl.targets.figure.theme.colours import border_of, mixed
from resnet_dsl.targets.figure.theme.theme import KIND_TONES, Colours

THEMES = theme_names()
"""The themes that ship."""
_HUE_IN_THE_DARK = 0.22
"""How much of a border's colour is in the fill of a kind, where the screen is dark."""


class Palette(NamedTuple):
    """What a figure is painted with. ``fills`` and ``borders``: one a tone, used in turn; ``kinds``: fill and border.

    painted: whether the background is drawn, or what lies below the figure is seen.
    """

    colours: Colours
    fills: tuple[str, ...]
    borders: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    painted: bool

    def fill(self, tone: int | None) -> str:
        if tone is None:
            return self.colours.plain
        return self.kinds[tone - KIND_TONES][0] if tone >= KIND_TONES else self.fills[tone % len(self.fills)]

    def border(self, tone: int | None) -> str:
        if tone is None:
            return self.colours.plain_border
        return self.kinds[tone - KIND_TONES][1] if tone >= KIND_TONES else self.borders[tone % len(self.borders)]

    def tone(self, tone: int) -> int:
        """The same colour by the number that it is named by."""
        return tone if tone >= KIND_TONES else tone % len(self.fills)

    @property
    def tones(self) -> tuple[int, ...]:
        """The numbers of all colours."""
        return (*range(len(self.fills)), *range(KIND_TONES, KIND_TONES + len(self.kinds)))

    def named(self, tones: int) -> dict[str, str]:
        """All colours by names that TeX and style sheets take."""
        own = self.colours
        found = {"ground": own.ground, "text": own.ink, "faint": own.faint, "line": own.line}
        found |= {"projection": own.projection, "plainfill": own.plain, "plainborder": own.plain_border}
        numbers = (*range(tones), *(tone for tone in self.tones if tone >= KIND_TONES))
        found |= {f"fill{tone}": self.fill(tone) for tone in numbers}
        return found | {f"border{tone}": self.border(tone) for tone in numbers}

    def ink(self, ink: Ink) -> str:
        own = self.colours
        return {"text": own.ink, "faint": own.faint, "line": own.line, "projection": own.projection}[ink]

    def paint(self, box: Box) -> tuple[str, str]:
        """The colours of a box's inside and of its border: a merge belongs to no stage."""
        fill = self.fill(box.tone) if box.filled else self.colours.ground
        return fill, self.colours.line if box.shape in {"circle", "pill"} else self.border(box.tone)

    def classes(self, box: Box) -> str:
        """What style and scripts find a box by: its kind, its colour, its shape."""
        tone = "plain" if box.tone is None else f"tone{self.tone(box.tone)}"
        return " ".join([*box.classes, tone, "filled" if box.filled else "hollow", box.shape])


def shaded(colour: str, shade: Shade) -> str:
    """So many percent of a colour's light."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part * shade / 100):02X}" for part in parts)


def palette(themed: Themed) -> Palette:
    """The colours that a theme starts from; ``auto`` is light where nothing says that the reader's screen is dark."""
    theme = read_theme(themed)
    colours, kinds = theme.colour, [look for look in theme.kinds.values() if look.fill]
    more = colours.by != "size"
    return Palette(
        colours,
        (*colours.fills, *(colours.further if more else ())),
        (*colours.borders, *(colours.further_borders if more else ())),
        tuple((str(look.fill), str(look.border)) for look in kinds),
        theme.page.background == "ground",
    )


def dark_palette(theme: Theme) -> Palette:
    """What the colours of an adaptive theme become on a dark screen: the dark theme's, for as many tones."""
    light, dark = palette(theme), palette("dark")
    more = theme.colour.by != "size"
    further, ground = dark.colours, dark.colours.ground
    hues = [mixed(ground, border, _HUE_IN_THE_DARK) for _, border in light.kinds]
    return dark._replace(
        fills=(*dark.fills, *(further.further if more else ())),
        borders=(*dark.borders, *(further.further_borders if more else ())),
        kinds=tuple((fill, border_of(fill, ground)) for fill in hues),
        painted=light.painted,
    )
