"""Signs that the language does not have, or has for something else."""

from __future__ import annotations

from resnet_dsl.source import Span
from resnet_dsl.syntax.slips.groups import BRACKETS, KEYWORDS, VALUES
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import FOREIGN, MALFORMED, QUOTED, STRANGE, UNCLOSED

_LOOKALIKES = {
    "x": "×✕✖⨯⨉х",  # the last is a Cyrillic letter
    "->": "→⟶⇒➜➔",
    "-": "−–—‐‑",
    "<=": "≤⩽",
    ">=": "≥⩾",
    "!=": "≠",
    "~=": "≈≃",
    "*": "·∗⋅",
    "/": "÷∕",
    ",": "，、",
    "(": "（",
    ")": "）",
    "{": "｛",
    "}": "｝",
    "[": "［",
    "]": "］",
    "=": "＝",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
}
_MEANT = {lookalike: sign for sign, lookalikes in _LOOKALIKES.items() for lookalike in lookalikes}
_OPERATORS = {"!": "not", "&": "and", "|": "or"}
_OF_COMMENTS = {*VALUES, *KEYWORDS, STRANGE, MALFORMED, QUOTED, UNCLOSED, FOREIGN}
_TOUCHING = {"===": "==", "<>": "!=", "=<": "<=", "=>": ">="}


def foreign_comment(stop: Stop) -> Slip | None:
    """``// …`` and ``/* … */``."""
    if stop.kind != "TIMES":
        return _comment_read_as_division(stop)
    text, start = stop.source.text, stop.span.start
    if stop.text == "//":
        return _comment(stop, start, _line_end(text, start))
    if stop.text == "*" and stop.text_at(-1) == "/" and stop.touches(-1):
        start -= 1
    if not text.startswith("/*", start):
        return None
    end = text.find("*/", start)
    return _comment(stop, start, end + 2 if end != -1 else _line_end(text, start))


def _comment_read_as_division(stop: Stop) -> Slip | None:
    """``let n = 3 // number of blocks``: what stands behind was taken for a divisor."""
    division = _opening_division(stop) if stop.is_first_on_line else _division(stop)
    if division is None:
        return None
    start = stop.words.starts[division]
    return _comment(stop, start, _line_end(stop.source.text, start))


def _opening_division(stop: Stop) -> int | None:
    """A ``//`` that begins a line between steps: ``norm`` and, on the next line, ``// activation``."""
    for index in range(stop.index - 1, stop.index if stop.count is None else stop.count, -1):
        if stop.words.text(index) == "//" and stop.line(index - stop.index - 1) < stop.line(index - stop.index):
            return index
    return None


def _division(stop: Stop) -> int | None:
    """A ``//`` on the line of a word that has no place behind it, where no step of a count can be meant."""
    if stop.kind not in _OF_COMMENTS or (stop.kind == "NAME" and stop.at(-1) in ("NUMBER", "RPAR") and stop.count):
        return None
    if stop.inside in BRACKETS and _closes_on_line(stop):
        return None
    offset = -1
    while stop.at(offset) and stop.line(offset) == stop.line():
        if stop.text_at(offset) == "//":
            return stop.index + offset
        offset -= 1
    return None


def _closes_on_line(stop: Stop) -> bool:
    offset = 0
    while stop.at(offset) and stop.line(offset) == stop.line():
        if stop.at(offset) in ("RPAR", "RSQB"):
            return True
        offset += 1
    return False


def _comment(stop: Stop, start: int, end: int) -> Slip:
    span = Span(stop.source, start, end)
    remedy = "begin every line of it with `#`" if "\n" in span.text else "begin it with `#`"
    diagnostic = stop.says("E0115", f"a comment does not begin with `{span.text[:2]}`", remedy, span=span)
    count = sum(stop.span.start <= word < end for word in stop.words.starts[:-1])
    return Slip(diagnostic, Repair(stop.index, count) if start == stop.span.start else None)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end == -1 else end


def foreign_operator(stop: Stop) -> Slip | None:
    """``!``, ``&&``, ``||`` and operators that are written otherwise."""
    if stop.kind == STRANGE and stop.text in _OPERATORS:
        count = 2 if stop.text_at(1) == stop.text and stop.touches(0) else 1
        word = _OPERATORS[stop.text]
        diagnostic = stop.says(
            "E0116",
            f"the language has no `{stop.text * count}`",
            f"write `{word}`",
            span=stop.span_at(0, count - 1),
            edits=stop.instead(_apart(stop, word, count)),
            sure=True,
        )
        return Slip(diagnostic, stop.replaced(word.upper(), count))
    return _power(stop) or _assignment(stop) or _comparison(stop)


def _apart(stop: Stop, word: str, count: int = 1) -> str:
    """A sign's text in place of so many words: letters stand apart from what they would run into, but in a size."""
    text, span = stop.source.text, stop.span_at(0, count - 1)
    before, behind = text[max(span.start - 1, 0) : span.start], text[span.end : span.end + 1]
    if not word.isalpha() or (before.isdigit() and behind.isdigit()):
        return word
    return f"{' ' * (not before.isspace())}{word}{' ' * (not behind.isspace())}"


def _power(stop: Stop) -> Slip | None:
    if stop.text == "^" and stop.kind == STRANGE:
        message, edits = "the language has no `^`", stop.instead("**")
        diagnostic = stop.says("E0116", message, "write `**` for a power", edits=edits, sure=True)
        return Slip(diagnostic, stop.replaced("POWER"))
    return None


def _assignment(stop: Stop) -> Slip | None:
    """``a += 1`` and ``a := 1``."""
    if stop.kind == "EQUAL" and stop.at(-1) in ("SIGN", "TIMES", "POWER") and stop.touches(-1):
        message = f"the language has no `{stop.text_at(-1)}=`: a name keeps its value"
        return Slip(stop.says("E0116", message, "give the new value a name of its own", span=stop.span_at(-1, 0)))
    if stop.text == ":" and stop.at(1) == "EQUAL" and stop.touches(0):
        span, edits = stop.span_at(0, 1), stop.instead("")
        diagnostic = stop.says("E0116", "the language has no `:=`", "write `=`", span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    return None


def _comparison(stop: Stop) -> Slip | None:
    """``===``, ``<>``, ``=<`` and, where values are compared, ``=>``."""
    for offset in (0, -1):
        pair = stop.text_at(offset) + stop.text_at(offset + 1)
        if pair not in _TOUCHING or not stop.touches(offset) or (offset == 0 and not stop.accepts("COMPARE")):
            continue
        span = stop.span_at(offset, offset + 1)
        message, sign = f"the language has no `{pair}`", _TOUCHING[pair]
        edits = stop.instead(sign, span)
        diagnostic = stop.says("E0116", message, f"write `{sign}`", span=span, edits=edits, sure=True)
        return Slip(diagnostic, stop.replaced("COMPARE", 2) if offset == 0 else Repair(stop.index, 1))
    return None


def lookalike(stop: Stop) -> Slip | None:
    """``×``, ``→`` and others that editors and web pages put in place of plain signs."""
    meant = _MEANT.get(stop.text)
    if meant is None:
        return None
    if meant == " ":
        message, remedy = "this is not an ordinary space", "replace it by one: it may have been copied from a web page"
        diagnostic = stop.says("E0114", message, remedy, label="this one", edits=stop.instead(" "), sure=True)
        return Slip(diagnostic, _left_out(stop))
    message, edits = f"the language has no `{stop.text}`", stop.instead(_apart(stop, meant))
    diagnostic = stop.says("E0114", message, f"write `{meant}`", edits=edits, sure=True)
    return Slip(diagnostic, stop.replaced(stop.kind_of(meant)))


def separator(stop: Stop) -> Slip | None:
    """``;``, ``:`` and ``,`` where nothing is needed, or braces, or another sign."""
    if stop.text == ";":
        remedy = "leave it out: a line end, or nothing, is enough"
        message, sure = "steps and lines do not end with `;`", stop.inside not in BRACKETS
        return Slip(stop.says("E0113", message, remedy, edits=stop.instead(""), sure=sure), Repair(stop.index, 1))
    if stop.text == ":":
        return _colon(stop)
    return _comma(stop) if stop.kind == "COMMA" else None


def _colon(stop: Stop) -> Slip | None:
    if stop.inside == "LPAR" and stop.at(-1) == "NAME":
        diagnostic = stop.says("E0113", "an argument is given with `=`, not with `:`", f"write `{stop.text_at(-1)} =`")
        return Slip(diagnostic, stop.replaced("EQUAL"))
    if stop.at(1) == "LBRACE" or not stop.accepts("LBRACE"):
        return Slip(stop.says("E0113", "no `:` is needed here", "leave it out"), Repair(stop.index, 1))
    remedy = "write `{` in place of `:`, and `}` behind the last of the lines: indentation carries no meaning"
    return Slip(stop.says("E0113", "braces hold what belongs together, not a `:`", remedy))


def _comma(stop: Stop) -> Slip | None:
    if stop.head_kind == "INPUT" and stop.inside == "LBRACE":
        diagnostic = stop.says(
            "E0113", "the lengths of a size stand with `x` between them", "write it as in `224x224x3`"
        )
        return Slip(diagnostic, stop.replaced("X"))
    if stop.inside in BRACKETS:
        if stop.at(-1) not in ("COMMA", *BRACKETS):
            return None
        diagnostic = stop.says("E0113", "there is nothing in front of this comma", "leave the comma out")
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.inside != "LBRACE" or not stop.accepts("RBRACE"):
        return None
    remedy = "leave it out, or write `->` between the steps of a line"
    return Slip(stop.says("E0113", "no comma stands between steps or lines", remedy), Repair(stop.index, 1))


def strange(stop: Stop) -> Slip | None:
    """Any other character that the language has no use for."""
    if stop.kind != STRANGE:
        return None
    message, edits = f"the language has no `{stop.text}`", stop.instead("")
    return Slip(stop.says("E0127", message, "leave it out", edits=edits), _left_out(stop))


def _left_out(stop: Stop) -> Repair:
    """Without the character, and without what follows it inside of a name."""
    kinds = [stop.at(-1), stop.at(1)]
    is_inside = kinds == ["NAME", "NAME"] and stop.touches(-1) and stop.touches(0)
    return Repair(stop.index, 2 if is_inside else 1)
