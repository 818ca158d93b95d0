"""`skip` and `skips`."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import GROUP
from resnet_dsl.syntax.slips.groups import MERGES, OF_SKIP
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop


def skip_off(stop: Stop) -> Slip | None:
    """``skip off``, in a block and in a network."""
    for at in (-1, 0):
        if (stop.at(at), stop.at(at + 1)) == ("SKIP", "OFF"):
            message = "`skip` merges a value at its place; `skips` says what holds for all"
            edits, place = (Edit(stop.span_at(at), "skips"),), stop.span_at(at, at + 1)
            diagnostic = stop.says("E0122", message, "write `skips off`", span=place, edits=edits, sure=True)
            return Slip(diagnostic, Repair(stop.index + at, 1, ("SKIPS",)))
    return None


def order_of_skip(stop: Stop) -> Slip | None:
    """``skip by mul from v``, ``skip(v)``, ``skip from v by concat -> act``."""
    if _called_skip(stop) is not None:
        message = "`skip` is a statement, not an operation"
        return Slip(stop.says("E0122", message, "leave the brackets out: `skip from VALUE`", span=_called_skip(stop)))
    if stop.head_kind == "SKIP" and stop.kind == "ARROW":
        return _arrow_behind_skip(stop)
    if stop.at(-1) == "SKIP" and stop.kind == "EQUAL":
        return Slip(stop.says("E0122", f"no `{stop.text}` stands behind `skip`", "write `skip from VALUE`"))
    if stop.head_kind == "SKIP" and stop.text in MERGES and not stop.is_first_on_line:
        message = f"a `skip` starts from one value: `{stop.text}` does not stand in it"
        remedy = f"name the value first (`both = {MERGES[stop.text]}(…)`), and write `skip from both`"
        return Slip(stop.says("E0122", message, remedy))
    if stop.head_kind != "SKIP" or stop.kind not in OF_SKIP or stop.at(-1) in OF_SKIP:
        return None
    message = f"`{stop.text}` comes too late in this `skip`"
    remedy = "the order is `skip always from VALUE via STEPS by add`, and each may be left out"
    if stop.text in [stop.words.text(index) for index in range(stop.head or 0, stop.index)]:
        message = f"`{stop.text}` stands twice in this `skip`"
    return Slip(stop.says("E0122", message, remedy))


def _arrow_behind_skip(stop: Stop) -> Slip:
    """What follows is the next step, unless the arrow stands behind a value, which it may have been to adapt."""
    message, remedy = "no `->` stands behind `skip`", "leave the arrow out: a line end is enough"
    sure = stop.at(-1) == "SKIP" or stop.at(-2) == "BY"
    if not sure:
        remedy += ", where this is the next step; what adapts the value stands behind `via`"
    return Slip(stop.says("E0122", message, remedy, edits=stop.instead(""), sure=sure), Repair(stop.index, 1))


def _called_skip(stop: Stop) -> Span | None:
    """The word `skip` and a bracket behind it on its line."""
    brackets = (stop.count, *stop.open[-1:])
    called = [one for one in brackets if one is not None and stop.words.kinds[one - 1 : one + 1] == ["SKIP", GROUP]]
    spans = [stop.between(one - 1, one + 1) for one in called]
    return next((span for span in spans if "\n" not in span.text), None)
