"""Colours of a theme: contrast as WCAG 2.2 measures it, and what follows from the few that are written."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Container, Iterator, Sequence
from typing import Any, NamedTuple

from resnet_dsl.targets.figure.theme.theme import Colours

TEXT, SHAPE = 4.5, 3.0
"""The contrast that WCAG 2.2 asks for, of text (1.4.3) and of lines and borders (1.4.11)."""
_HUES = ("#0072B2", "#009E73", "#B36B00", "#A3457A")
"""The borders of the light theme, near the palette of Okabe and Ito, which colour-blind people tell apart."""
_FAINT, _LINE, _PLAIN, _FILL = 0.28, 0.2, 0.06, 0.16
"""How much of the ground is in faint words and lines, of the ink in plain boxes, of a hue in a fill."""
_STEPS = 40
_GREY = 0.08
"""Of a saturation below this no hue is seen."""


def hexadecimal(text: str) -> str:
    """``#RRGGBB`` of that or of ``#RGB``. Raises ValueError for what is no such colour."""
    if not re.fullmatch(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})", text):
        raise ValueError(f"`{text[:40]}` is no colour")
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    return f"#{digits.upper()}"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """From 0, black, to 1, white."""
    scaled = (channel / 255 for channel in _channels(colour))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in scaled)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """A colour with this share of the other one."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#{:02X}{:02X}{:02X}".format(*(round(a + (b - a) * share) for a, b in pairs))


def readable(ground: str) -> str:
    """Black or white, whichever has more contrast."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, ground))


def apart(colour: str, ground: str, least: float) -> str:
    """The colour, or the nearest one towards black or white that has enough contrast."""
    steps = _between(colour, readable(ground))
    return next((one for one in steps if contrast(one, ground) >= least), readable(ground))


FOLLOWS: dict[str, tuple[str, ...]] = {
    "ground": ("ink", "faint", "line", "projection", "fills", "borders", "further", "plain", "plain_border"),
    "ink": ("faint", "line"),
    "fills": ("borders", "further"),
    "plain": ("plain_border",),
}
"""What is worked out anew where a theme says a colour and not these."""


def completed(said: dict[str, Any]) -> Colours:
    """All colours, from those that are written; of ``said`` only ``ground`` and ``by`` must be there.

    What follows can be told from what it meets wherever what is written can.
    """
    ground = said["ground"]
    ink = said.get("ink") or readable(ground)
    fills = said.get("fills") or tuple(_under(ink, mixed(ground, hue, _FILL), ground) for hue in _HUES)
    further = said.get("further") or ()
    plain = said.get("plain") or _under(ink, mixed(ground, ink, _PLAIN), ground)
    under = (ground, plain, *fills, *further)
    return Colours(
        by=said["by"],
        ground=ground,
        ink=ink,
        faint=said.get("faint") or _over(under, mixed(ink, ground, _FAINT), ink),
        line=said.get("line") or _over(under, mixed(ink, ground, _LINE), ink),
        projection=said.get("projection") or _over(under, "#A33A00", ink),
        fills=fills,
        borders=said.get("borders") or tuple(border_of(fill, ground) for fill in fills),
        further=further,
        further_borders=tuple(border_of(fill, ground) for fill in further),
        plain=plain,
        plain_border=said.get("plain_border") or border_of(plain, ground),
    )


def _between(colour: str, end: str) -> Iterator[str]:
    """Shades from a colour to another one."""
    return (mixed(colour, end, step / _STEPS) for step in range(_STEPS + 1))


def _over(under: Sequence[str], colour: str, ink: str) -> str:
    """The colour, or as much nearer to the ink as it has to be to be read on all of these."""
    fine = (one for one in _between(colour, ink) if all(contrast(one, other) >= TEXT for other in under))
    return next(fine, ink)


def _under(ink: str, colour: str, ground: str) -> str:
    """The colour, or as much nearer to the ground as it has to be for the ink to be read on it."""
    return next((one for one in _between(colour, ground) if contrast(ink, one) >= TEXT), ground)


def border_of(fill: str, ground: str) -> str:
    """A border of a fill's hue, as strong as borders have to be; a little more, for print."""
    hue, _, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(fill)))
    strong = colorsys.hls_to_rgb(hue, 0.5, max(saturation, 0.5) if saturation > _GREY else 0.0)
    return apart("#{:02X}{:02X}{:02X}".format(*(round(255 * channel) for channel in strong)), ground, SHAPE + 0.4)


class ColourPair(NamedTuple):
    """Two colours that must be told apart, each by its key, and the contrast that is asked for."""

    upper: tuple[str | int, ...]
    lower: tuple[str | int, ...]
    least: float
    words: str


def pairs(colours: Colours) -> Iterator[ColourPair]:
    """All that are drawn upon each other: words on what they stand on, lines and borders on the ground."""
    under: list[tuple[str | int, ...]] = [("ground",), ("plain",)]
    under += [(key, number) for key in ("fills", "further") for number in range(len(getattr(colours, key)))]
    for upper in ("ink", "faint", "projection"):
        yield from (ColourPair((upper,), lower, TEXT, "words") for lower in under)
    yield ColourPair(("line",), ("ground",), SHAPE, "lines")
    yield ColourPair(("plain_border",), ("ground",), SHAPE, "borders")
    yield from (
        ColourPair(("borders", number), ("ground",), SHAPE, "borders") for number in range(len(colours.borders))
    )


def value(colours: Colours, way: tuple[str | int, ...]) -> str:
    """The colour of a key: ``("fills", 2)``."""
    found: Any = getattr(colours, str(way[0]))
    return str(found if len(way) == 1 else found[way[1]])


def cleared(colours: Colours, way: tuple[str | int, ...], met: Container[object]) -> str | None:
    """The nearest shade of a colour that is apart from all that it meets of these keys; None where there is none."""
    own = [pair for pair in pairs(colours) if way in (pair.upper, pair.lower)]
    own = [pair for pair in own if pair.upper[0] in met and pair.lower[0] in met]
    beside = [(value(colours, pair.lower if way == pair.upper else pair.upper), pair.least) for pair in own]
    shares = (step / _STEPS for step in range(_STEPS + 1))
    shades = (mixed(value(colours, way), end, share) for share in shares for end in ("#FFFFFF", "#000000"))
    return next((shade for shade in shades if all(contrast(shade, other) >= least for other, least in beside)), None)


def ratio_of(colours: Colours, pair: ColourPair) -> float:
    """The contrast of two colours."""
    return contrast(value(colours, pair.upper), value(colours, pair.lower))
