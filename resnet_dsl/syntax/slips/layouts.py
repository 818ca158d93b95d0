"""Members and statements that say by a colon, a word or a sign what braces say here."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING, ROUND
from resnet_dsl.syntax.slips.bodies import around, body_behind
from resnet_dsl.syntax.slips.groups import SETTINGS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop

_OPENERS = {"then", "do", "begin", "times"}  # in place of `{`, or in front of it
_CLOSERS = {"end", "fi", "done", "endif", "endfor", "od"}
_HOLDING = {"STAGE", "HEAD", "STEM", "BLOCK"}


def colon(stop: Stop) -> Slip | None:
    """``if a:``, ``else:``, ``stage conv2:`` and, indented, what it holds."""
    if stop.text != ":" or not stop.accepts("LBRACE") or stop.at(1) == "LBRACE":
        return None
    message = "braces hold what belongs together, not a `:`"
    remedy = "write `{` in place of `:`, and `}` behind the last of the lines: indentation carries no meaning"
    body = body_behind(stop, stop.index, stop.index + 1)
    if body is None:
        return Slip(stop.says("E0113", message, remedy))
    if body.closed:
        remedy = "write `{` in place of `:`"
    elif stop.line(body.last - stop.index) == stop.line():
        held = " ".join(stop.between(body.first, body.last + 1).text.split())
        remedy = f"write `{{ {held} }}`"
    return Slip(stop.mended("E0113", message, *body.edits, remedy=remedy), around(stop, 1, ("LBRACE",), body))


def sign_of_body(stop: Stop) -> Slip | None:
    """``stage s = { … }``, ``stem = conv(64, 7)``, ``block b(width) => conv(width, 3)``, ``head -> dense(10)``."""
    if not _holds(stop):
        return None
    behind = 1 + (stop.text == "=" and stop.text_at(1) == ">" and stop.touches(0))
    sign = stop.span_at(0, behind - 1)
    if sign.text not in ("=", "->", "=>"):
        return None
    message = f"braces hold what belongs together, not a `{sign.text}`"
    if stop.at(behind) == "LBRACE":
        edit = Edit(Span(stop.source, sign.start, stop.words.starts[stop.index + behind]), "")
        diagnostic = stop.mended("E0121", message, edit, remedy="leave it out", span=sign)
        return Slip(diagnostic, Repair(stop.index, behind))
    body = body_behind(stop, stop.index, stop.index + behind)
    if body is None or stop.at(behind) not in ("NAME", "IN"):
        return None
    held = " ".join(stop.between(body.first, body.last + 1).text.split())
    name = stop.named(stop.index - 1 if stop.head is None or stop.at(-1) in ("STEM", "HEAD") else stop.head)
    remedy = f"write {name[:-1]} {{ {held} }}`"
    return Slip(stop.mended("E0121", message, *body.edits, remedy=remedy), around(stop, behind, ("LBRACE",), body))


def _holds(stop: Stop) -> bool:
    """Whether braces belong here: behind a member or definition whose name and arguments are read."""
    if stop.at(-1) in ("STEM", "HEAD"):
        return stop.owner_kind == "NETWORK"
    return stop.head_kind in _HOLDING and stop.head is not None and stop.accepts("LBRACE")


def opener(stop: Stop) -> Slip | None:
    """``if a then { … }``, ``repeat 3 do … end``, ``repeat 3 times { … }``."""
    if stop.kind == "LBRACE" and stop.at(-3) == "STAGE" and stop.text_at(-1) in _OPENERS:
        message, edit = f"the language has no `{stop.text_at(-1)}`", Edit(stop.span_at(-1).to(stop.span.front), "")
        diagnostic = stop.mended("E0107", message, edit, remedy="leave it out", span=stop.span_at(-1))
        return Slip(diagnostic, Repair(stop.index, 0, ("NAME",)))
    if stop.text not in _OPENERS or not stop.accepts("LBRACE"):
        return None
    word = stop.text
    if stop.at(1) == "LBRACE":
        edit = Edit(Span(stop.source, stop.span.start, stop.words.starts[stop.index + 1]), "")
        diagnostic = stop.mended("E0107", f"the language has no `{word}`", edit, remedy="leave it out", span=stop.span)
        return Slip(diagnostic, Repair(stop.index, 1))
    remedy = f"write `{{` in place of `{word}`, and `}}` where it is to end"
    body = body_behind(stop, stop.index, stop.index + 1)
    if body is None:
        return Slip(stop.says("E0107", f"the language has no `{word}`", remedy))
    edits, also = body.edits, (Repair(body.last + 1, 0, ("RBRACE",)),)
    ending = next((i for i in (body.last, body.last + 1) if stop.words.text(i) in _CLOSERS), None)
    if ending is not None:
        edits, also = (edits[0], Edit(stop.words.span(ending), "}")), (Repair(ending, 1, ("RBRACE",)),)
        remedy = f"write `{{` in place of `{word}`, and `}}` in place of `{stop.words.text(ending)}`"
    diagnostic = stop.mended("E0107", f"the language has no `{word}`", *edits, remedy=remedy, span=stop.span)
    return Slip(diagnostic, Repair(stop.index, 1, ("LBRACE",), also))


def steps_in_round_brackets(stop: Stop) -> Slip | None:
    """``stage one(2 x basic(16))``, ``stem (conv(16, 3) -> norm)``: round brackets in place of braces."""
    opening = _opening_of_body(stop)
    closing = None if opening is None else stop.closing(opening)
    if opening is None or closing is None or not _are_steps(stop, opening, closing):
        return None
    what = stop.named(opening - (2 if stop.words.kinds[opening - 2] == "STAGE" else 1))
    span = stop.words.span(opening)
    edits = Edit(span, "{"), Edit(stop.words.span(closing), "}")
    message = f"the steps of {what} stand in braces, not in round brackets"
    diagnostic = stop.mended("E0121", message, *edits, remedy="write `{ … }`", span=span)
    return Slip(diagnostic, Repair(opening, 1, ("LBRACE",), (Repair(closing, 1, ("RBRACE",)),)))


def _opening_of_body(stop: Stop) -> int | None:
    """The round bracket that the word stands in or behind, where it is that of a stage, a stem or a head."""
    opened = [index for index in stop.open if stop.words.kinds[index] in ROUND]
    closed = stop.head + 2 if stop.head is not None and stop.head_kind == "STAGE" else None
    candidates = [*opened[:1], *([closed] if closed is not None and closed < stop.index else []), stop.index]
    return next((index for index in candidates if _is_of_body(stop, index)), None)


def _is_of_body(stop: Stop, index: int) -> bool:
    kinds = stop.words.kinds
    return kinds[index] in ROUND and (kinds[index - 2] == "STAGE" or kinds[index - 1] in ("STEM", "HEAD"))


def _are_steps(stop: Stop, opening: int, closing: int) -> bool:
    """Whether what stands in brackets is no list of arguments, and no body in braces follows."""
    kinds, depth = stop.words.kinds, 0
    for index in range(opening + 1, closing):
        depth += (kinds[index] in OPENING) - (kinds[index] in CLOSING)
        if depth == 0 and kinds[index] == "EQUAL":
            return False
    inside = {*kinds[opening + 1 : closing]}
    return bool(inside & {"ARROW", "X", *ROUND}) and kinds[closing + 1] != "LBRACE"


def setting_in_brackets(stop: Stop) -> Slip | None:
    """``stage one(use act = gelu) { … }``: a setting in the brackets of what has braces."""
    if stop.inside not in ROUND or stop.kind not in SETTINGS or stop.at(-1) not in (*ROUND, "COMMA"):
        return None
    opening = stop.open[-1]
    closing = stop.closing(opening)
    if closing is None or stop.words.kinds[closing + 1] != "LBRACE":
        return None
    written = stop.between(stop.index, closing).text
    alone = stop.at(-1) != "COMMA"
    away = stop.between(opening, closing + 1) if alone else stop.between(stop.index - 1, closing)
    edits = Edit(away, ""), Edit(stop.words.span(closing + 1).behind, f"\n{written}\n")
    message, remedy = "settings stand in braces, not in brackets", f"write `{{ {written} … }}`"
    diagnostic = stop.mended("E0120", message, *edits, remedy=remedy, span=stop.between(stop.index, closing))
    begin = opening if alone else stop.index - 1
    return Slip(diagnostic, Repair(begin, closing + (1 if alone else 0) - begin))
