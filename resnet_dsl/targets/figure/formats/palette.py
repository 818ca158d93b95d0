"""The colours of a figure. Meaning never lies in colour alone: brackets name the stages, projections are dashed.

Measured: text on every fill has a contrast of 13:1 or more (WCAG asks 4.5), every border and line 3.4:1 or more against
the background (WCAG asks 3); tests/targets/figure/test_palette.py measures it again.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.targets.figure.layout.geometry import Box, Ink, Shade

Theme: TypeAlias = Literal["light", "dark", "mono", "auto"]
THEMES: tuple[Theme, ...] = ("light", "dark", "mono", "auto")


class Palette(NamedTuple):
    """``fills`` and ``borders``: one a feature-map size, used in turn; ``plain`` for what belongs to no stage."""

    background: str
    text: str
    faint: str
    line: str
    projection: str
    fills: tuple[str, ...]
    borders: tuple[str, ...]
    plain_fill: str
    plain_border: str

    def fill(self, tone: int | None) -> str:
        return self.plain_fill if tone is None else self.fills[tone % len(self.fills)]

    def border(self, tone: int | None) -> str:
        return self.plain_border if tone is None else self.borders[tone % len(self.borders)]

    def named(self, tones: int) -> dict[str, str]:
        """All colours by names that TeX and style sheets take."""
        found = {"ground": self.background, "text": self.text, "faint": self.faint, "line": self.line}
        found |= {"projection": self.projection, "plainfill": self.plain_fill, "plainborder": self.plain_border}
        found |= {f"fill{tone}": self.fill(tone) for tone in range(tones)}
        return found | {f"border{tone}": self.border(tone) for tone in range(tones)}

    def ink(self, ink: Ink) -> str:
        return {"text": self.text, "faint": self.faint, "line": self.line, "projection": self.projection}[ink]

    def paint(self, box: Box) -> tuple[str, str]:
        """The colours of a box's inside and of its border: a merge belongs to no stage."""
        fill = self.fill(box.tone) if box.filled else self.background
        return fill, self.line if box.shape in {"circle", "pill"} else self.border(box.tone)

    def classes(self, box: Box) -> str:
        """What style and scripts find a box by: its kind, its colour, its shape."""
        tone = "plain" if box.tone is None else f"tone{box.tone % len(self.fills)}"
        return " ".join([*box.classes, tone, "filled" if box.filled else "hollow", box.shape])


def shaded(colour: str, shade: Shade) -> str:
    """So many percent of a colour's light."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part * shade / 100):02X}" for part in parts)


LIGHT = Palette(
    background="#FFFFFF",
    text="#000000",
    faint="#4A4A4A",
    line="#333333",
    projection="#A33A00",
    fills=("#D5E8F7", "#D9F0E6", "#FCE8C5", "#F3D9E6"),
    borders=("#0072B2", "#009E73", "#B36B00", "#A3457A"),
    plain_fill="#F0F0F0",
    plain_border="#595959",
)
DARK = Palette(
    background="#16191D",
    text="#FFFFFF",
    faint="#C4C8CE",
    line="#D0D4DA",
    projection="#FF9A5C",
    fills=("#12324A", "#10382B", "#402C0B", "#3D1B30"),
    borders=("#56B4E9", "#3CCB9D", "#E6A83C", "#E07FB4"),
    plain_fill="#2A2E34",
    plain_border="#A6ACB5",
)
MONO = Palette(
    background="#FFFFFF",
    text="#000000",
    faint="#000000",
    line="#000000",
    projection="#000000",
    fills=("#FFFFFF", "#EAEAEA"),
    borders=("#000000", "#000000"),
    plain_fill="#FFFFFF",
    plain_border="#000000",
)


def palette(theme: Theme) -> Palette:
    """The colours that a theme starts from; ``auto`` is light where nothing says that the reader's screen is dark."""
    return {"light": LIGHT, "dark": DARK, "mono": MONO, "auto": LIGHT}[theme]
