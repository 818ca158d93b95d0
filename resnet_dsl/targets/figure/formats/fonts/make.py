"""Cuts the faces of a PDF from Liberation 2: ``python -m resnet_dsl.targets.figure.formats.fonts.make FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple


class FontCut(NamedTuple):
    """A face that is made: the file that it is cut from, and what it is called."""

    original: str
    family: str
    style: str


CUTS = {
    "sans": FontCut("LiberationSans-Regular.ttf", "ResnetDSL Sans", "Regular"),
    "sans-bold": FontCut("LiberationSans-Bold.ttf", "ResnetDSL Sans", "Bold"),
    "serif-italic": FontCut("LiberationSerif-Italic.ttf", "ResnetDSL Serif", "Italic"),
}
"""By the name of the file that is written."""

_LETTERS = ((0x20, 0x24F), (0x2B0, 0x52F), (0x1E00, 0x1FFF), (0x2000, 0x22FF), (0x25A0, 0x25FF))
"""Latin, accents, Greek, Cyrillic, punctuation, indices, arrows, signs of mathematics, shapes: first and last."""
_COPYRIGHT, _FAMILY, _STYLE, _UNIQUE, _FULL, _VERSION, _POSTSCRIPT = range(7)
_LICENCE, _LICENCE_PLACE = 13, 14


def cut(folder: Path, one: FontCut) -> Any:
    """The face as fonttools' TTFont. folder: where the originals lie."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(folder / one.original, recalcTimestamp=False)
    wanted = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"], legacy_kern=False)
    wanted.drop_tables += ["FFTM"]
    cutter = subset.Subsetter(wanted)
    cutter.populate(unicodes=[code for first, last in _LETTERS for code in range(first, last + 1)])
    cutter.subset(font)
    _rename(font["name"], one)
    return font


def _rename(names: Any, one: FontCut) -> None:
    """The licence keeps the original's name for the original; copyright and licence stay."""
    kept = {number: str(names.getDebugName(number)) for number in (_COPYRIGHT, _VERSION, _LICENCE, _LICENCE_PLACE)}
    full = one.family if one.style == "Regular" else f"{one.family} {one.style}"
    given = {_FAMILY: one.family, _STYLE: one.style, _UNIQUE: full, _FULL: full}
    names.names = []
    for number, words in {**kept, **given, _POSTSCRIPT: f"{one.family.replace(' ', '')}-{one.style}"}.items():
        names.setName(words, number, 3, 1, 0x409)


if __name__ == "__main__":
    for name, one in CUTS.items():
        cut(Path(sys.argv[1]), one).save(Path(__file__).parent / f"{name}.ttf")
