"""Arrows between steps, and what stands in their place."""

from __future__ import annotations

from bisect import bisect_left

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.counts import read_text
from resnet_dsl.syntax.slips.groups import SETTINGS, STARTS, STATEMENTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line
from resnet_dsl.syntax.words import END

_ARROW = "->"
_ARROW_PARTS = ("=", "-", "|", "->", ">")
_APART = ("|", "–", "—")  # arrows only with a space behind
_ARROWS = ("-&gt;", "&gt;", "~>", "::", *_APART)
_TOLD = ("channels", "shape", "rank")  # what a value tells behind a point


def arrow(stop: Stop) -> Slip | None:
    """An arrow with nothing in front of it or behind, doubled, in front of a statement, or misspelt."""
    if stop.text == _ARROW and stop.text_at(-1) == _ARROW:
        span, edits = stop.span_at(-1, 0), stop.instead("")
        diagnostic = stop.says("E0110", "one arrow is enough", "write `->` once", span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.text == _ARROW and stop.at(-1) in ("LBRACE", "EQUAL"):
        message, remedy = "nothing stands in front of this arrow", "begin with a step, or leave the arrow out"
        return Slip(stop.says("E0110", message, remedy, edits=stop.instead("")), Repair(stop.index, 1))
    if stop.text_at(-1) == _ARROW:
        return _behind_arrow(stop)
    return _misspelt(stop)


def _behind_arrow(stop: Stop) -> Slip | None:
    if stop.kind in (*STATEMENTS, *SETTINGS, "ELSE") and not stop.is_first_on_line:
        message = f"`{stop.text}` is a statement of its own, not a step"
        remedy, edits = "leave the arrow in front of it out", stop.instead("", stop.span_at(-1))
        return Slip(stop.says("E0110", message, remedy, span=stop.span_at(-1, 0), edits=edits, sure=True))
    if stop.kind in ("RBRACE", "RPAR", END, *STARTS):
        message, remedy = "nothing stands behind this arrow", "add the step that is to follow, or leave the arrow out"
        span, edits = stop.span_at(-1), stop.instead("", stop.span_at(-1))
        return Slip(stop.says("E0110", message, remedy, span=span, edits=edits))
    return None


def _misspelt(stop: Stop) -> Slip | None:
    """``=>``, ``-->``, ``- >``, ``>`` and ``|>`` between steps."""
    if stop.text_at(-1) == "-" and stop.text in (">", _ARROW):
        span = stop.span_at(-1, 0)
        message, edits = f"the language has no `{span.text}`", stop.instead(_ARROW, span)
        diagnostic = stop.says("E0110", message, "write `->`", span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index - 1, 2, ("ARROW",)))
    if stop.inside != "LBRACE" or not stop.accepts("ARROW"):
        return None
    count = 0
    while stop.text_at(count) in _ARROW_PARTS:
        count += 1
    sign = stop.source.text[stop.span.start : stop.span_at(max(count - 1, 0)).end]
    if not count or not sign.endswith(">"):
        return None
    diagnostic = stop.mended("E0110", f"the language has no `{sign}`", Edit(stop.span_at(0, count - 1), "->"))
    return Slip(diagnostic, stop.replaced("ARROW", count))


def other_arrow(stop: Stop) -> Slip | None:
    """``conv(3) | norm``, ``conv(3) – norm``, ``conv(3) -&gt; norm``: signs that stand for an arrow between steps."""
    if stop.inside != "LBRACE" or not (stop.accepts("ARROW") or stop.text_at(-1) == "-"):
        return None
    text, begin = stop.source.text, stop.span.start - (stop.text_at(-1) == "-" and stop.touches(-1))
    sign = next((one for one in _ARROWS if text.startswith(one, begin)), None)
    if sign is None or stop.head_kind in ("IF", "EXPECT", "REPEAT", "LET", "INPUT"):
        return None
    behind = bisect_left(stop.words.starts, begin + len(sign), lo=stop.index)
    if stop.words.kinds[behind] not in ("NAME", "IN", "NUMBER") or (sign in _APART and stop.touches(0)):
        return None
    span = Span(stop.source, begin, begin + len(sign))
    diagnostic = stop.mended("E0110", f"the language has no `{sign}`", Edit(span, "->"))
    return Slip(diagnostic, stop.replaced("ARROW", behind - stop.index) if begin == stop.span.start else None)


def method(stop: Stop) -> Slip | None:
    """``conv(3).norm()``, ``y.relu()``, ``conv(3).norm -> act``: a step behind a point."""
    point = stop.index - 2
    if stop.count is None or stop.at(-2) != "DOT" or stop.at(-1) != "NAME" or stop.text_at(-1) in _TOLD:
        return None
    is_call = stop.kind in ROUND and stop.touches(-1)
    if stop.words.kinds[point - 1] == "NUMBER":
        return _count_with_point(stop, point)
    if not is_call and stop.words.kinds[point - 1] != "RPAR":
        return None
    if stop.words.text(point - 1) == "self":
        edit = Edit(stop.between(point - 1, point + 1), "")
        diagnostic = stop.mended("E0110", "the language has no `self`", edit, remedy=f"write `{stop.text_at(-1)}`")
        return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))
    edit = Edit(stop.words.span(point), " -> ")
    written = f"{read_text(stop, stop.count).rpartition('.')[0].strip()} -> {stop.text_at(-1)}"
    diagnostic = stop.mended("E0110", "a step follows behind `->`, not behind a `.`", edit, remedy=f"write `{written}`")
    return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))


def _count_with_point(stop: Stop, point: int) -> Slip:
    """``3 . basic(16)``."""
    step = in_line(stop.called(point + 1))
    edit = Edit(stop.words.span(point), "x")
    remedy = f"write `{stop.words.text(point - 1)} x {step}`"
    diagnostic = stop.mended("E0109", "a step is repeated with `x`", edit, remedy=remedy)
    return Slip(diagnostic, Repair(stop.index, 0, ("X", "NAME")))


def named_in_chain(stop: Stop) -> Slip | None:
    """``conv(64, 3) -> y = norm``."""
    if stop.kind != "EQUAL" or stop.at(-1) != "NAME" or stop.text_at(-2) != _ARROW:
        return None
    name = stop.text_at(-1)
    remedy = f"write `{name} = ` in front of the chain whose result it names"
    return Slip(
        stop.says("E0110", "a value is named in front of a chain, not within", remedy, span=stop.span_at(-1, 0))
    )
