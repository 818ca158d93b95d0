"""How wide a text is, without a font: the widths of Helvetica and Times, which Arial, Arimo and Liberation share.

Every figure is laid out with these numbers, so it comes out the same on every machine. Source of the numbers: Adobe's
Core 14 font metrics. Widths are in thousandths of the font's size.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal, TypeAlias

Face: TypeAlias = Literal["plain", "bold", "italic"]
"""Helvetica, Helvetica Bold, and Times Italic for the letters of formulas."""

ASCENT = 0.72
"""Height of a capital above the baseline, over the font's size."""
_UNLISTED = 750
_WIDTHS: dict[Face, dict[int, str]] = {
    "plain": {
        191: "'",
        222: "ijl‘’",
        260: "|¦",
        278: " !,./:;I[\\]ft·ÌÍÎÏìíîï",
        333: "()-`r¡¨¯²³´¸¹“”",
        334: "{}",
        355: '"•ºª',
        389: "*°",
        469: "^",
        500: "Jcksvxyzçýÿ",
        549: "≠",
        556: "#$0123456789?L_abdeghnopqu¢£¤¥§«¶µ»àáâãäåèéêëðñòóôõöøùúûüþ–",
        584: "+<=>~¬±×÷−",
        611: "FTZ¿ßø",
        667: "&ABEKPSVXYÀÁÂÃÄÅÈÉÊËÝÞ",
        722: "CDHNRUwÇÐÑÙÚÛÜ",
        737: "©®",
        778: "GOQÒÓÔÕÖØ",
        833: "Mm¼½¾",
        889: "%æ",
        944: "W",
        1000: "Æ—…",
        1015: "@",
    },
    "bold": {
        238: "'",
        278: " ,./I\\ijl·ÌÍÎÏìíîï‘’",
        280: "|¦",
        333: "!()-:;[]`ft¡¨¯²³´¸¹",
        389: "*r{}•ºª°",
        474: '"',
        500: "z“”",
        549: "≠",
        556: "#$0123456789J_aceksvxy¢£¤¥§«¶»àáâãäåçèéêëýÿ–",
        584: "+<=>^~¬±×÷−",
        611: "?FLTZbdghnopquµ¿ßðñòóôõöøùúûüþ",
        667: "EPSVXYÈÉÊËÝÞ",
        722: "&ABCDHKNRUÀÁÂÃÄÅÇÐÑÙÚÛÜ",
        737: "©®",
        778: "GOQwÒÓÔÕÖØ",
        833: "M¼½¾",
        889: "%mæ",
        944: "W",
        1000: "@Æ—…",
    },
    "italic": {
        214: "'",
        250: " ,.·",
        278: "/\\fijltìíîï|¦ª",
        333: "!()-:;I`¨¯´¸ÌÍÎÏ‘’²³¹º",
        389: "[]rsz¡•",
        420: '{}"^°',
        444: "Jcekvxyçèéêëýÿ",
        500: "#$*0123456789?S_abdghnopqu¢£¤¥§«µ»¿ßàáâãäåðñòóôõöøùúûüþ–",
        556: "~¶LTYZÝ“”",
        611: "ABEFPRVXÀÁÂÃÄÅÈÉÊËÞ",
        667: "CKNwÇÑæ",
        675: "+<=>¬±×÷−",
        722: "DGHOQUmÐÒÓÔÕÖØÙÚÛÜ",
        778: "&©®¼½¾",
        833: "%MW",
        920: "@Æ—…",
    },
}


_WIDTH_OF = {face: {one: wide for wide, row in table.items() for one in row} for face, table in _WIDTHS.items()}


@cache
def _letter(letter: str, face: Face) -> int:
    listed = _WIDTH_OF[face].get(letter)
    if listed is not None:
        return listed
    if unicodedata.combining(letter):
        return 0
    return 1000 if unicodedata.east_asian_width(letter) in "WF" else _UNLISTED


def width(text: str, size: float, face: Face = "plain") -> float:
    """The width of one line of text in points; letters outside Latin are taken generously."""
    return sum(_letter(letter, face) for letter in text) * size / 1000
