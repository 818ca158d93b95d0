"""Statements of languages that say by a colon, by words or by indentation what braces say here."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING, ROUND
from resnet_dsl.syntax.slips.groups import BRACKETS, SETTINGS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line

_OPENERS = {"then", "do", "begin", "times"}  # in place of `{`, or in front of it
_CLOSERS = {"end", "fi", "done", "endif", "endfor", "od"}
_LOOPS = {"for", "foreach", "while", "until", "loop"}
_ELSE_IFS = {"elif", "elsif", "elseif", "elseIf"}
_DEFINING = {"def", "function", "func", "fn", "fun", "proc", "sub"}
_HOLDING = {"STAGE", "HEAD", "STEM", "BLOCK"}
_RANGE = re.compile(r"(?:for|foreach)\s*+\(?\s*+(\w+)\s+in\s+range\s*+\((.*)\)\)?", re.DOTALL)
_SPAN = re.compile(r"(?:for|foreach)\s+(\w+)\s+(?:in|=)\s+(?:0|1)\s*+(?:\.\.|to|:)\s*+(\w+)")
_LIST = re.compile(r"(?:for|foreach)\s+(\w+)\s+in\s+(\w+|\[.*\])", re.DOTALL)
_NUMBER = re.compile(r"(?:for|foreach)\s+(\w+)\s+in\s+(\d+|[\w\s()]+[-+*/%][\w\s+*/%()-]+|\w+)")
_COUNTED = re.compile(r"for\s*+\(\s*+(?:\w+\s+)?(\w+)\s*+=\s*+0\s*+;\s*+\w+\s*+<\s*+(\w+)\s*+;.*\)", re.DOTALL)
_REPEATED = re.compile(r"(\w+)\s+in\s+(?:range\s*+\((.*)\)|(\w+))", re.DOTALL)


class Body(NamedTuple):
    """What a statement holds: the words from ``first`` to ``last``, and how braces come around them."""

    first: int
    last: int
    edits: tuple[Edit, ...]
    closed: bool  # whether a `}` stands behind it already


def body_behind(stop: Stop, sign: int, behind: int) -> Body | None:
    """The lines that are indented below the line of a sign, or the rest of its line; ``behind``: the word behind it.

    The sign becomes `{`, and a `}` comes behind the last word where none is there.
    """
    last = _last(stop, sign, behind)
    space = "" if stop.source.text[stop.words.starts[sign] - 1].isspace() else " "
    opened = Edit(stop.between(sign, behind), f"{space}{{")
    return None if last is None else _body(stop, opened, _begin(stop, sign), behind, last)


def body_without_sign(stop: Stop, first: int) -> Body | None:
    """The same where no sign stands in front of the body: a `{` comes behind the word before it.

    What is not indented is its own line alone.
    """
    last = _last(stop, first - 1, first)
    if last is None:
        last = _balanced(stop, first, _below(stop, first))
    opened = Edit(stop.words.span(first - 1).behind, " {")
    return None if last is None else _body(stop, opened, _begin(stop, first - 1), first, last)


def _body(stop: Stop, opened: Edit, line_begin: int, first: int, last: int) -> Body:
    """``line_begin``: the first word on the line that the body belongs to."""
    follows = stop.words.kinds[last + 1]
    closed = follows == "RBRACE" and _indent(stop, last + 1) == _indent(stop, line_begin) and _is_first(stop, last + 1)
    closed = closed and len(stop.open) > 0 and _indent(stop, _begin(stop, stop.open[-1])) < _indent(stop, line_begin)
    return Body(first, last, (opened,) if closed else (opened, _closing(stop, line_begin, last)), closed)


def _last(stop: Stop, sign: int, behind: int) -> int | None:
    """The last word that a colon holds by its indentation, or on its line."""
    words, text = stop.words, stop.source.text
    line_end = text.find("\n", words.ends[behind - 1])
    if line_end < 0 or words.starts[behind] < line_end:
        stop_at = len(words.kinds) - 1 if line_end < 0 else bisect_left(words.starts, line_end)
        return _balanced(stop, behind, stop_at)
    own, index = _indent(stop, _begin(stop, sign)), behind
    while index < len(words.kinds) - 1 and _indent(stop, index) > own:
        index = _below(stop, index)
    return _balanced(stop, behind, index)


def _below(stop: Stop, index: int) -> int:
    """The first word on the next line that has words, or the text's end."""
    line_end = stop.source.text.find("\n", stop.words.starts[index])
    last = len(stop.words.kinds) - 1
    return last if line_end < 0 else min(bisect_left(stop.words.starts, line_end + 1, lo=index + 1), last)


def _balanced(stop: Stop, first: int, behind: int) -> int | None:
    """The last word in front of what ends a body: a bracket from outside, an `else`; None where there is none."""
    depth = 0
    for index in range(first, behind):
        kind = stop.words.kinds[index]
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0 or (depth == 0 and (kind == "ELSE" or (kind == "COMMA" and stop.inside in BRACKETS))):
            behind = index
            break
    return behind - 1 if behind > first else None


def _begin(stop: Stop, index: int) -> int:
    """The first word on the line of another."""
    start = stop.source.text.rfind("\n", 0, stop.words.starts[index]) + 1
    return bisect_left(stop.words.starts, start, hi=index)


def _is_first(stop: Stop, index: int) -> bool:
    return _begin(stop, index) == index


def _indent(stop: Stop, index: int) -> int:
    """The column of the first word on the line of another."""
    return stop.source.position(stop.words.starts[_begin(stop, index)])[1]


def _closing(stop: Stop, line_begin: int, last: int) -> Edit:
    place = stop.words.span(last).behind
    if stop.words.starts[last] < stop.words.ends[last] and stop.line(last - stop.index) == stop.line(
        line_begin - stop.index
    ):
        return Edit(place, " }")
    start = stop.source.text.rfind("\n", 0, stop.words.starts[line_begin]) + 1
    return Edit(place, f"\n{stop.source.text[start : stop.words.starts[line_begin]]}}}")


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


def around(stop: Stop, remove: int, insert: tuple[str, ...], body: Body) -> Repair:
    """``insert`` in place of so many words, and the brace that closes the body."""
    also = () if body.closed else (Repair(body.last + 1, 0, ("RBRACE",)),)
    return Repair(stop.index, remove, insert, also)


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


def foreign_statement(stop: Stop) -> Slip | None:
    """``for i in range(3):``, ``while n > 0 { … }``, ``elif a {``, with braces or indented."""
    first = _foreign(stop)
    if first is None:
        return None
    word = stop.words.text(first)
    sign = _sign(stop, first)
    head = stop.between(first, sign if sign is not None else max(stop.line_end, first + 1))
    text, sure, note = _translated(stop, head.text)
    message, remedy = f"the language has no `{word}`", f"write `{text} {{ … }}`{note}"
    place = stop.words.span(first)
    if stop.owner_kind == "NETWORK" or not stop.open:
        remedy = "stages are written one by one; in the braces of one, `repeat COUNT as i { … }` repeats steps"
        return Slip(stop.says("E0107", message, remedy, span=place))
    if sign is None:
        return Slip(stop.says("E0107", message, remedy, span=place))
    edits: tuple[Edit, ...] = () if "COUNT" in text else (Edit(head, text),)
    repair, body = _mended(stop, first, sign)
    if body is not None:
        edits = (*edits, *body.edits) if edits else ()
    return Slip(stop.says("E0107", message, remedy, span=place, edits=edits, sure=sure and bool(edits)), repair)


def foreign_definition(stop: Stop) -> Slip | None:
    """``def res(width):`` and, indented, its steps."""
    if stop.text not in _DEFINING or stop.at(1) != "NAME" or not stop.accepts("BLOCK"):
        return None
    sign = _sign(stop, stop.index)
    if sign is None or stop.words.text(sign) != ":":
        return None
    body = body_behind(stop, sign, sign + 1)
    if body is None:
        return None
    message = f"the language has no `{stop.text}`: a block's steps stand in braces"
    remedy = f"write `block {stop.between(stop.index + 1, sign).text} {{ … }}`"
    edits = (Edit(stop.span, "block"), *body.edits)
    closing = () if body.closed else (Repair(body.last + 1, 0, ("RBRACE",)),)
    repair = Repair(stop.index, 1, ("BLOCK",), (Repair(sign, 1, ("LBRACE",)), *closing))
    return Slip(stop.mended("E0107", message, *edits, remedy=remedy, span=stop.span), repair)


def _foreign(stop: Stop) -> int | None:
    """The foreign word that began the statement in which the parser stopped: first on its line, or behind a brace."""
    for index in range(stop.index, stop.line_begin - 1, -1):
        if stop.words.text(index) in _LOOPS | _ELSE_IFS and (index == stop.line_begin or _behind_brace(stop, index)):
            is_named = stop.words.kinds[index + 1 : index + 2] in (["EQUAL"], ["ARROW"])
            return None if is_named or stop.words.kinds[index] != "NAME" else index
        if stop.words.kinds[index] in ("LBRACE", "RBRACE") and index != stop.index:
            return None
    return None


def _behind_brace(stop: Stop, index: int) -> bool:
    return index > stop.first and stop.words.kinds[index - 1] in ("LBRACE", "RBRACE")


def _sign(stop: Stop, first: int) -> int | None:
    """The `{` or `:` that ends the first line of a statement, or, of a `{`, begins the next."""
    depth = 0
    for index in range(first, min(stop.line_end + 1, len(stop.words.kinds))):
        kind, text = stop.words.kinds[index], stop.words.text(index)
        if depth == 0 and index > first and (kind == "LBRACE" or (text == ":" and index < stop.line_end)):
            return index
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0:
            return None
    return None


def _mended(stop: Stop, first: int, sign: int) -> tuple[Repair | None, Body | None]:
    """How reading goes on: the rest of the statement's first line as one that the language has."""
    start = ("IF", "TRUE") if stop.words.text(first) in _ELSE_IFS else ("REPEAT", "NUMBER")
    reads = stop.inside in ("", "LBRACE") and (stop.index == first or stop.accepts(start[0])) and stop.index <= sign
    body = None
    if stop.words.text(sign) == ":":
        body = body_behind(stop, sign, sign + 1)
        if body is None or not reads:
            return None, body
        return around(stop, sign + 1 - stop.index, (*start, "LBRACE"), body), body
    return Repair(stop.index, sign - stop.index, start) if reads else None, body


def _translated(stop: Stop, head: str) -> tuple[str, bool, str]:
    """A statement's first line in the language, whether that is sure, and what is to be changed inside."""
    if (word := head.split(None, 1)[0]) in _ELSE_IFS:
        condition = " ".join(head[len(word) :].split())
        return f"else if {condition or 'CONDITION'}", bool(condition), ""
    if word in ("while", "until"):
        return "repeat COUNT", False, ": rounds are counted, and what is in braces cannot end them"
    return _looped(stop, head)


def _looped(stop: Stop, head: str) -> tuple[str, bool, str]:
    if found := _RANGE.fullmatch(head):
        return _of_range(found[1], found[2])
    if found := _COUNTED.fullmatch(head) or _SPAN.fullmatch(head):
        is_sure = found.re is _COUNTED
        return _counted(found[1], found[2]), is_sure, "" if is_sure else f", where `{found[1]}` counts from 0"
    if (found := _NUMBER.fullmatch(head)) and _is_number(stop, found[2]):
        return _counted(found[1], found[2]), found[2].isdigit(), ""
    if (found := _LIST.fullmatch(head)) and found[1] != "_":
        items = " ".join(found[2].split())
        counted = f"repeat len({items}) as i"
        return counted, False, f", and `{items}[i]` for `{found[1]}`" if items.isidentifier() else ""
    return "repeat COUNT as i", False, ""


def _is_number(stop: Stop, text: str) -> bool:
    """Whether a text is a number: one is written, computed, or what the text gives to the name."""
    return not text.isidentifier() or re.search(rf"\b{text}\s*=\s*\d", stop.source.text) is not None


def _of_range(name: str, inside: str) -> tuple[str, bool, str]:
    """``range(n)``, ``range(0, n)`` and ``range(a, b)``."""
    parts = [part.strip() for part in inside.split(",")]
    if len(parts) == 1 and parts[0]:
        return _counted(name, parts[0]), True, ""
    if len(parts) == 2 and parts[0] == "0":
        return _counted(name, parts[1]), True, ""
    if len(parts) == 2 and "(" not in inside:
        return _counted(name, f"{parts[1]} - {parts[0]}"), False, f", and `{name} + {parts[0]}` for `{name}`"
    return "repeat COUNT as i", False, ""


def _counted(name: str, count: str) -> str:
    return f"repeat {' '.join(count.split())}" + ("" if name == "_" else f" as {name}")


def order_of_repeat(stop: Stop) -> Slip | None:
    """``repeat i in range(3) { … }``, ``repeat i in 3 { … }``, ``repeat 3 x basic(16)``, ``repeat 3 basic(16)``."""
    if stop.head is None or stop.head_kind != "REPEAT" or not stop.accepts("LBRACE"):
        return None
    if stop.kind == "IN":
        return _repeat_in(stop, stop.head)
    if (mixed := _mixed_repeat(stop, stop.head)) is not None:
        return mixed
    return _repeat_of_step(stop, stop.head)


def _repeat_of_step(stop: Stop, head: int) -> Slip | None:
    """``repeat 3 x basic(16)``, ``repeat 3 basic(16)``."""
    crosses = [i for i in range(head + 2, stop.index - 1) if stop.words.kinds[i : i + 2] == ["X", "NAME"]]
    if crosses and stop.kind != "LBRACE":
        return Slip(_repeat_step(stop, head, crosses[0], crosses[0] + 1), Repair(stop.index, 0, ("LBRACE", "RBRACE")))
    if stop.kind != "NAME" or head + 1 == stop.index or stop.is_first_on_line:
        return None
    if _sign(stop, head) is not None or stop.words.kinds[stop.until("ARROW")] == "ARROW":
        return None
    ending = (Repair(stop.until("RBRACE"), 0, ("RBRACE",)),)
    return Slip(_repeat_step(stop, head, stop.index, stop.index), Repair(stop.index, 0, ("LBRACE",), ending))


def _mixed_repeat(stop: Stop, head: int) -> Slip | None:
    """``repeat i 3 { … }``, ``repeat 3, i { … }``: a count and a name, in another order or otherwise joined."""
    sign = _sign(stop, head)
    parts = [] if sign is None else [*range(head + 1, sign)]
    kinds = [stop.words.kinds[one] for one in parts if stop.words.text(one) not in (",", ":", "=", ";")]
    if sign is None or sorted(kinds) != ["NAME", "NUMBER"]:
        return None
    count, name = (
        next(stop.words.text(i) for i in parts if stop.words.kinds[i] == kind) for kind in ("NUMBER", "NAME")
    )
    message = "a `repeat` has its count first, then the name of the round behind `as`"
    edit = Edit(stop.between(head, sign), f"repeat {count} as {name}")
    diagnostic = stop.mended("E0109", message, edit, remedy=f"write `{edit.text} {{ … }}`", span=stop.span, sure=False)
    return Slip(diagnostic, Repair(head + 1, sign - head - 1, ("NUMBER", "AS", "NAME")))


def _repeat_in(stop: Stop, head: int) -> Slip | None:
    sign = _sign(stop, head)
    found = _REPEATED.fullmatch(stop.between(head + 1, sign).text.strip()) if sign is not None else None
    if sign is None or found is None:
        return None
    text, sure, note = _of_range(found[1], found[2] or found[3])
    edit = Edit(stop.between(head, sign), text)
    message = "a `repeat` has its count first, then the name of the round"
    diagnostic = stop.mended("E0109", message, edit, remedy=f"write `{text} {{ … }}`{note}", span=stop.span, sure=sure)
    body = body_behind(stop, sign, sign + 1) if stop.words.text(sign) == ":" else None
    if body is not None:
        return Slip(
            diagnostic._replace(edits=(edit, *body.edits)), around(stop, sign + 1 - stop.index, ("LBRACE",), body)
        )
    return Slip(diagnostic, Repair(stop.index, sign - stop.index))


def _repeat_step(stop: Stop, head: int, behind: int, step: int) -> Diagnostic:
    """A step in place of the braces; ``behind``: the word behind the count."""
    count, called = in_line(stop.between(head + 1, behind)), in_line(stop.called(step))
    edit = Edit(stop.between(head, step + 1), f"{count} x {stop.words.text(step)}")
    remedy = f"write `{count} x {called}`, or `repeat {count} {{ {called} }}`"
    message = "`repeat` repeats what stands in braces, `x` one step"
    return stop.mended("E0109", message, edit, remedy=remedy, span=stop.words.span(behind))


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
