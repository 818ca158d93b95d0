"""Numbers in other notations: decimal commas, groups of thousands, ``0x1F``, ``50%``, ``0.5f``."""

from __future__ import annotations

import re
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.slips.groups import BRACKETS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import END, MALFORMED, QUOTED

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[,.' ]\d{3})+")
_OTHER_BASE = re.compile(r"0(?:[xX][\da-fA-F]++|[bB][01]++|[oO][0-7]++)")
_SUFFIXED = re.compile(r"(\d[\d_]*+(?:\.\d++)?(?:[eE][+-]?\d++)?)(?:f|d|F|D|L|l|u|px)")
MESSAGE = "a number has no commas: a point stands in front of its fraction, `_` between its thousands"


class NumberReading(NamedTuple):
    """What a number may be, in the language's notation, and in words."""

    text: str
    what: str


def readings(text: str) -> list[NumberReading]:
    """What digits with commas between them may be; nothing where they are a list alone."""
    found = []
    if _THOUSANDS.fullmatch(text):
        found.append(NumberReading(text.replace(",", "_"), "for thousands"))
    if text.count(",") == 1:
        found.append(NumberReading(text.replace(",", "."), "for a fraction"))
    return found


def written(found: list[NumberReading]) -> str:
    """A remedy of several readings."""
    if len(found) == 1:
        return f"write `{found[0].text}`"
    return f"write {' or '.join(f'`{text}` {what}' for text, what in found)}"


def comma_in_number(stop: Stop) -> Slip | None:
    """``let rate = 0,5``, ``expect params == 25,557,032``: within a number, where no list stands."""
    if stop.inside in BRACKETS or stop.count is not None or not _parts_digits(stop, 0):
        return None
    behind = 2
    while _parts_digits(stop, behind):
        behind += 2
    span = stop.span_at(-1, behind - 1)
    if not (found := readings(span.text)):
        return None
    if stop.head_kind == "LET" and len(span.text.split(",")) == 2 and not span.text.startswith("0"):
        found.append(NumberReading(f"[{span.text.replace(',', ', ')}]", "for a list"))
    edit = Edit(span, found[0].text)
    diagnostic = stop.mended("E0146", MESSAGE, edit, remedy=written(found), sure=len(found) == 1)
    return Slip(diagnostic, Repair(stop.index, behind, (), stop.spoiled))


def _parts_digits(stop: Stop, offset: int) -> bool:
    """Whether a comma stands at an offset, with digits on both sides and no space."""
    kinds = [stop.at(offset + one) for one in (-1, 0, 1)]
    return kinds == ["NUMBER", "COMMA", "NUMBER"] and stop.touches(offset - 1) and stop.touches(offset)


def other_notation(stop: Stop) -> Slip | None:
    """``0x1F``, ``0b101``, ``0.5f``, ``1e-3f``, ``25.557.032``, ``25 557 032``, ``25 M``, ``50%``."""
    return _base(stop) or _suffixed(stop) or _grouped(stop) or _scaled(stop) or _percent(stop)


def _base(stop: Stop) -> Slip | None:
    first = -1 if stop.kind == "NAME" and stop.text_at(-1) == "0" and stop.touches(-1) else 0
    span = stop.span_at(first, 0)
    if (text := whole(span.text)) is None or not (first or stop.kind == MALFORMED):
        return None
    return _mended(stop, span, text, -first)


def whole(text: str) -> str | None:
    """The decimal digits of a hexadecimal, octal or binary number, None of any other text."""
    return str(int(text, 0)) if len(text) < 20 and _OTHER_BASE.fullmatch(text) else None


def _suffixed(stop: Stop) -> Slip | None:
    if stop.kind != MALFORMED:
        return None
    behind = 2 if stop.text[-1] in "eE" and stop.at(1) == "SIGN" and stop.at(2) == MALFORMED else 0
    span = stop.span_at(0, behind)
    if not (found := _SUFFIXED.fullmatch(span.text)):
        return None
    return _mended(stop, span, found[1], 0, behind)


def _grouped(stop: Stop) -> Slip | None:
    """Thousands that are parted by points, spaces or quotes."""
    first = -1 if stop.kind in ("NUMBER", QUOTED) and stop.at(-1) == "NUMBER" else 0
    if stop.inside in BRACKETS or (first and stop.kind == "NUMBER" and stop.head_kind != "EXPECT"):
        return None
    behind = 0
    while stop.at(behind + 1) in ("NUMBER", QUOTED) and stop.line(behind + 1) == stop.line():
        behind += 1
    span = stop.span_at(first, behind)
    if (not first and stop.kind != MALFORMED) or not _THOUSANDS.fullmatch(span.text) or span.text.count(".") == 1:
        return None
    return _mended(stop, span, re.sub(r"\D", "_", span.text), -first, behind)


def _scaled(stop: Stop) -> Slip | None:
    if stop.kind != "NAME" or stop.at(-1) != "NUMBER" or stop.head_kind not in ("EXPECT", "LET"):
        return None
    if stop.text.upper() not in {*"KMGT"} or stop.line(-1) != stop.line() or stop.text_at(-1)[-1] in "KMGT":
        return None
    return _mended(stop, stop.span_at(-1, 0), stop.text_at(-1) + stop.text.upper(), 1)


def _percent(stop: Stop) -> Slip | None:
    if stop.text_at(-1) != "%" or stop.at(-2) != "NUMBER" or not stop.touches(-2):
        return None
    if stop.kind not in ("RPAR", "COMMA", "RBRACE", END) and not stop.is_first_on_line:
        return None
    share = float(stop.text_at(-2).replace("_", "")) if stop.text_at(-2).replace(".", "").isdigit() else None
    if share is None:
        return None
    text = f"{share / 100:g}"
    diagnostic = stop.mended(
        "E0146", "the language has no percent: `%` is what a division leaves", Edit(stop.span_at(-2, -1), text)
    )
    return Slip(diagnostic, Repair(stop.index, 0, ("NUMBER",)))


def _mended(stop: Stop, span: Span, text: str, read: int, behind: int = 0) -> Slip:
    """``read``: how many words of the number were read before this one; ``behind``: how many follow."""
    diagnostic = stop.mended("E0146", f"`{span.text}` is no number of the language", Edit(span, text))
    return Slip(diagnostic, Repair(stop.index, behind + 1, () if read else ("NUMBER",)))
