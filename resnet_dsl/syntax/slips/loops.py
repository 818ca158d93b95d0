"""Loops, branches and definitions of other languages, and a `repeat` that is written as one."""

from __future__ import annotations

import re

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.slips.bodies import BodyWords, around, body_behind
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line

_LOOPS = {"for", "foreach", "while", "until", "loop"}
_ELSE_IFS = {"elif", "elsif", "elseif", "elseIf"}
_DEFINING = {"def", "function", "func", "fn", "fun", "proc", "sub"}
_RANGE = re.compile(r"(?:for|foreach)\s*+\(?\s*+(\w+)\s+in\s+range\s*+\((.*)\)\)?", re.DOTALL)
_SPAN = re.compile(r"(?:for|foreach)\s+(\w+)\s+(?:in|=)\s+(?:0|1)\s*+(?:\.\.|to|:)\s*+(\w+)")
_LIST = re.compile(r"(?:for|foreach)\s+(\w+)\s+in\s+(\w+|\[.*\])", re.DOTALL)
_ENUMERATED = re.compile(r"(?:for|foreach)\s+(\w+)\s*,\s*(\w+)\s+in\s+enumerate\s*\(\s*(\w+)\s*\)")
_ZIPPED = re.compile(r"(?:for|foreach)\s+(\w+)\s*,\s*(\w+)\s+in\s+zip\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)")
_NUMBER = re.compile(r"(?:for|foreach)\s+(\w+)\s+in\s+(\d+|[\w\s()]+[-+*/%][\w\s+*/%()-]+|\w+)")
_COUNTED = re.compile(r"for\s*+\(\s*+(?:\w+\s+)?(\w+)\s*+=\s*+0\s*+;\s*+\w+\s*+<\s*+(\w+)\s*+;.*\)", re.DOTALL)
_REPEATED = re.compile(r"(\w+)\s+in\s+(?:range\s*+\((.*)\)|(\w+))", re.DOTALL)


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


def _mended(stop: Stop, first: int, sign: int) -> tuple[Repair | None, BodyWords | None]:
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
    return _paired(head) or ("repeat COUNT as i", False, "")


def _paired(head: str) -> tuple[str, bool, str] | None:
    """``for i, w in enumerate(widths)``, ``for w, k in zip(widths, kernels)``."""
    if found := _ENUMERATED.fullmatch(head):
        return f"repeat len({found[3]}) as {found[1]}", False, f", and `{found[3]}[{found[1]}]` for `{found[2]}`"
    if found := _ZIPPED.fullmatch(head):
        items = f"`{found[3]}[i]`, `{found[4]}[i]`"
        return f"repeat len({found[3]}) as i", False, f", and {items} for `{found[1]}`, `{found[2]}`"
    return None


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
