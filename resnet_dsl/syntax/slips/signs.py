"""Signs that the language does not have, or has for something else."""

from __future__ import annotations

import re
from bisect import bisect_left

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import OPENING
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.groups import BRACKETS, MERGES, WITH_BODY
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop, in_line
from resnet_dsl.syntax.words import END, STRANGE

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
    "[": "［【",
    "]": "］】",
    "{": "｛",
    "}": "｝",
    "=": "＝",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
}
_MEANT = {lookalike: sign for sign, lookalikes in _LOOKALIKES.items() for lookalike in lookalikes}
_OPERATORS = {"!": "not", "&": "and", "|": "or"}
_COMPARED = {
    "is": "==",
    "equals": "==",
    "eq": "==",
    "isnt": "!=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
}
_COMPARISON = re.compile(
    r"(?:(?:is|are)\s+)?(?:(?P<less>(?:less|smaller|lower|fewer)\s+than|below|under)"
    r"|(?P<more>(?:more|greater|larger|bigger|higher)\s+than|above|over)|(?P<least>at\s+least)"
    r"|(?P<most>at\s+most|up\s+to)|(?P<near>about|around|approximately|roughly|close\s+to)|(?P<equal>equal\s+to)"
    r"|(?P<other>not\s+equal\s+to))(?P<also>\s+or\s+equal(?:\s+to)?)?(?!\w)"
)
_SIGNS = {"less": "<", "more": ">", "least": ">=", "most": "<=", "near": "~=", "equal": "==", "other": "!="}
_TOUCHING = {"===": "==", "<>": "!=", "=<": "<=", "=>": ">="}


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
    return (
        _power(stop)
        or _assignment(stop)
        or _counted(stop)
        or _nearly_equal(stop)
        or _comparison(stop)
        or _in_words(stop)
    )


def _nearly_equal(stop: Stop) -> Slip | None:
    """``expect params ~ 25M``, ``expect params =~ 25M``."""
    if stop.text != "~" or not stop.accepts("COMPARE"):
        return None
    behind = 1 + (stop.text_at(1) == "==" and stop.touches(0))
    edit = Edit(stop.span_at(0, behind - 1), "~=")
    return Slip(stop.mended("E0116", f"the language has no `{edit.span.text}`", edit), stop.replaced("COMPARE", behind))


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
        return Slip(_changed(stop))
    if stop.text == ":" and stop.at(1) == "EQUAL" and stop.touches(0):
        span, edits = stop.span_at(0, 1), stop.instead("")
        diagnostic = stop.says("E0116", "the language has no `:=`", "write `=`", span=span, edits=edits, sure=True)
        return Slip(diagnostic, Repair(stop.index, 1))
    return None


def _changed(stop: Stop) -> Diagnostic:
    """``n += 1``; of values that flow, ``y += res`` among steps, what merges them."""
    sign, name = stop.text_at(-1), stop.text_at(-2)
    message, span = f"the language has no `{sign}=`: a name keeps its value", stop.span_at(-1, 0)
    flows = stop.inside == "LBRACE" and stop.owner_kind in WITH_BODY
    is_value = flows and name not in stop.numbers and stop.at(1) in ("NAME", "IN") and stop.line(2) != stop.line()
    if sign not in MERGES or not is_value:
        return stop.says("E0116", message, "give the new value a name of its own", span=span)
    edit = Edit(stop.span_at(-2, 1), f"{name} = {MERGES[sign]}({name}, {stop.text_at(1)})")
    return stop.mended("E0116", message, edit, span=span, sure=False)


def _counted(stop: Stop) -> Slip | None:
    """``i++``, ``--i``."""
    signs = stop.text_at(-2) + stop.text_at(-1)
    if signs not in ("++", "--") or not stop.touches(-2) or stop.at(-3) != "NAME" or not stop.touches(-3):
        return None
    remedy = "leave it out: `repeat COUNT as i { … }` counts by itself, and a name keeps its value"
    diagnostic = stop.says("E0116", f"the language has no `{signs}`", remedy, span=stop.span_at(-2, -1))
    return Slip(diagnostic, Repair(stop.index, 0, ("NUMBER", "X", "NAME")))


def _in_words(stop: Stop) -> Slip | None:
    """``if kind is 1``, ``expect params equals 25M``, ``if kind in [1, 2]``."""
    if not stop.accepts("COMPARE", "LBRACE") or stop.head_kind not in ("IF", "EXPECT") or stop.is_first_on_line:
        return None
    if stop.kind == "IN" and stop.at(1) == "LSQB" and stop.accepts("LBRACE"):
        return _one_of(stop)
    if (found := _COMPARISON.match(stop.source.text, stop.span.start)) is not None:
        return _in_several_words(stop, found)
    if stop.text not in _COMPARED:
        return None
    negated = stop.at(1) == "NOT" and stop.text == "is"
    sign = "!=" if negated else _COMPARED[stop.text]
    span = stop.span_at(0, int(negated))
    diagnostic = stop.mended("E0116", f"the language has no `{' '.join(span.text.split())}`", Edit(span, sign))
    return Slip(diagnostic, _compared(stop, 1 + negated))


def _in_several_words(stop: Stop, found: re.Match[str]) -> Slip:
    """``expect params is less than 1M``, ``if width at least 64``."""
    sign = next(sign for kind, sign in _SIGNS.items() if found[kind])
    span = Span(stop.source, *found.span())
    edit = Edit(span, f"{sign}=" if found["also"] and sign in "<>" else sign)
    count = bisect_left(stop.words.starts, found.end(), lo=stop.index) - stop.index
    diagnostic = stop.mended("E0116", f"the language has no `{in_line(span)}`", edit)
    return Slip(diagnostic, _compared(stop, count))


def _compared(stop: Stop, words: int) -> Repair:
    """As a comparison, also where what stands in front was read as the whole condition; or else without the rest."""
    if stop.accepts("COMPARE"):
        return stop.replaced("COMPARE", words)
    if stop.at(-1) in ("NAME", "NUMBER"):
        return Repair(stop.index - 1, words + 1, (stop.at(-1), "COMPARE"))
    return Repair(stop.index, stop.until("LBRACE") - stop.index)


def _one_of(stop: Stop) -> Slip | None:
    """``kind in [1, 2]``: a comparison with each of the items."""
    closing = stop.closing(stop.index + 1)
    if closing is None or stop.at(-1) != "NAME":
        return None
    name = stop.text_at(-1)
    text = " or ".join(f"{name} == {item.text}" for item in stop.items(stop.index + 2, closing))
    whole = stop.head is not None and stop.head == stop.index - 2 and stop.words.kinds[closing + 1] == "LBRACE"
    edit = Edit(stop.between(stop.index - 1, closing + 1), text if whole else f"({text})")
    diagnostic = stop.mended("E0116", "`in` does not ask for an item of a list", edit, span=stop.span)
    return Slip(diagnostic, Repair(stop.index, stop.until("LBRACE") - stop.index))


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
    if stop.text == ";" and stop.inside in BRACKETS and stop.accepts(OPENING[stop.inside]) and _ends_line(stop):
        opening, sign = stop.words.span(stop.open[-1]), stop.machine.tables.literals[OPENING[stop.inside]]
        message = f"this `{opening.text}` is closed by `;`"
        diagnostic = stop.mended("E0103", message, Edit(stop.span, sign))
        return Slip(diagnostic, stop.replaced(OPENING[stop.inside]))
    if stop.text == ";" and stop.inside in BRACKETS and stop.accepts("COMMA"):
        diagnostic = stop.mended("E0113", "a comma parts what stands in brackets, not a `;`", Edit(stop.span, ","))
        return Slip(diagnostic, stop.replaced("COMMA"))
    if stop.text == ";":
        remedy = "leave it out: a line end, or nothing, is enough"
        diagnostic = stop.mended("E0113", "steps and lines do not end with `;`", Edit(stop.span, ""), remedy=remedy)
        return Slip(diagnostic, Repair(stop.index, 1))
    if stop.text == ":":
        return _colon(stop)
    return _comma(stop) if stop.kind == "COMMA" else None


def _ends_line(stop: Stop) -> bool:
    """Whether nothing stands behind the word but what closes braces."""
    return stop.at(1) in ("RBRACE", END) or stop.line(1) != stop.line()


def _colon(stop: Stop) -> Slip | None:
    if stop.inside == "LPAR" and stop.at(-1) == "NAME":
        edit, remedy = Edit(stop.span, _spaced(stop, "=")), f"write `{stop.text_at(-1)} =`"
        diagnostic = stop.mended("E0113", "an argument is given with `=`, not with `:`", edit, remedy=remedy)
        return Slip(diagnostic, stop.replaced("EQUAL"))
    for sign, kind in (("=", "EQUAL"), ("==", "COMPARE")):
        if stop.accepts(kind) and (kind == "EQUAL" or stop.head_kind == "EXPECT"):
            what = "a name is given with `=`" if kind == "EQUAL" else "values are compared with `==`"
            edit, remedy = Edit(stop.span, _spaced(stop, sign)), f"write `{stop.text_at(-1)} {sign} …`"
            diagnostic = stop.mended("E0113", f"{what}, not with `:`", edit, remedy=remedy)
            return Slip(diagnostic, stop.replaced(kind))
    if stop.at(-1) in ("REPEAT", "IF") and stop.line(1) > stop.line():
        what, example = ("count", "repeat 3 { … }") if stop.at(-1) == "REPEAT" else ("condition", "if stride > 1 { … }")
        message = f"a {what} is missing behind `{stop.text_at(-1)}`"
        return Slip(stop.says("E0119", message, f"write it as in `{example}`", span=stop.span_at(-1, 0)))
    edit = Edit(stop.span, "")
    return Slip(stop.mended("E0113", "no `:` is needed here", edit, remedy="leave it out"), Repair(stop.index, 1))


def _spaced(stop: Stop, sign: str) -> str:
    """A sign in the place of one that touches the word in front."""
    return f" {sign}" if stop.touches(-1) else sign


def _comma(stop: Stop) -> Slip | None:
    if stop.head_kind == "INPUT" and stop.inside == "LBRACE":
        diagnostic = stop.says(
            "E0113", "the lengths of a size stand with `x` between them", "write it as in `224x224x3`"
        )
        return Slip(diagnostic, stop.replaced("X"))
    if stop.head_kind == "EXPECT" and stop.until("COMPARE") < stop.line_end:
        remedy = "write a line for each, with its own `expect`"
        return Slip(stop.says("E0113", "an `expect` compares one quantity", remedy), stop.replaced("EXPECT"))
    if stop.inside in BRACKETS:
        if stop.at(-1) not in ("COMMA", *BRACKETS):
            return None
        edit = Edit(stop.span, "")
        what = "item" if stop.inside == "LSQB" else "parameter" if in_parameters(stop) else "argument"
        remedy = f"write the {what} that is missing, or leave the comma out"
        diagnostic = stop.mended("E0113", "there is nothing in front of this comma", edit, remedy=remedy, sure=False)
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
