"""Statements that break off at the end of their line: what the next line says was read into them."""

from __future__ import annotations

from resnet_dsl.syntax.slips.groups import AWAITING, BRACKETS, KEYWORDS
from resnet_dsl.syntax.slips.missing import missing_behind
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.slips.trying import line_from

_SIGNS = {"EQUAL", "SIGN", "TIMES", "POWER", "COMPARE", "X"}
_OPEN = (AWAITING & KEYWORDS) | _SIGNS | {"REPEAT", "IF", "SKIPS", "NOT", "AND", "OR", "EXPECT"}


def broken_off(stop: Stop) -> Slip | None:
    """``skip from``, ``if n >``, ``skips``, ``default conv``, where the next line reads by itself."""
    found = next((begin for begin in _begins(stop) if _breaks_off(stop, begin - 1 - stop.index)), None)
    if found is None or not line_from(stop, found).reads(Repair(found, 0)):
        return None
    last = found - 1 - stop.index
    if stop.at(last) == "SKIPS":
        message, remedy = "`skips` says `off`, or `via` which steps", "write as in `skips off` or `skips via project`"
        return Slip(stop.says("E0125", message, remedy, span=stop.span_at(last)))
    if stop.at(last) == "NAME":
        message, remedy = (
            f"arguments are missing behind `{stop.text_at(last)}`",
            "write as in `default conv(bias = true)`",
        )
        return Slip(stop.says("E0119", message, remedy, span=stop.span_at(last - 1, last)))
    return Slip(missing_behind(stop, last))


def _begins(stop: Stop) -> list[int]:
    """The first words of the line of the word, and of the one behind the line that its statement began on."""
    if any(stop.words.kinds[one] in BRACKETS for one in stop.open):
        return []
    begins = [stop.line_begin] if stop.line_begin > stop.first else []
    if stop.head is not None and stop.head < stop.line_begin:
        line = stop.line(stop.head - stop.index)
        begins.append(next(one for one in range(stop.head, stop.index + 1) if stop.line(one - stop.index) > line))
    return begins


def _breaks_off(stop: Stop, last: int) -> bool:
    return stop.at(last) in _OPEN or (stop.at(last - 1), stop.at(last)) == ("DEFAULT", "NAME")
