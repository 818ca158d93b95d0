"""Arguments and parameters in other brackets than round ones, or in none: ``conv 16, 3``, ``stage s stride = 2``."""

from __future__ import annotations

import re

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import GROUP
from resnet_dsl.syntax.slips.groups import STARTS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop

_MESSAGE = "arguments stand in round brackets"
_ENDS = ("ARROW", "RBRACE", "LBRACE", "AS", *STARTS)  # what stands behind the arguments of a step
_BEGIN = ("ARROW", "LBRACE", "RBRACE", "EQUAL")  # what stands in front of the first word of a step
_NAMED = ("STAGE", "BLOCK", "NETWORK", "FROM", "DEFAULT")
_KEYWORDS = ("STAGE", "NETWORK", "BLOCK", "HEAD", "IMPORT")
_IN_WORDS = {"with", "takes", "of"}


def without_brackets(stop: Stop) -> Slip | None:
    """``conv 16, 3``, ``dropout 0.5 -> norm``, ``conv 16 3``."""
    first = stop.count
    if first is None or stop.words.kinds[first] != "NUMBER" or first + 1 != stop.index:
        return None
    if stop.words.kinds[first - 1] != "NAME" or not _begins_step(stop, first - 1):
        return None
    if stop.kind not in ("COMMA", "NUMBER", "ARROW", "RBRACE") and not stop.is_first_on_line:
        return None
    end = stop.index if stop.is_first_on_line else stop.until(*_ENDS)
    span = stop.between(first, max(end, stop.index))
    return _bracketed(stop, first - 1, span, Repair(stop.index, end - stop.index, ("X", "NAME")))


def names_without_brackets(stop: Stop) -> Slip | None:
    """``conv width, 3``: two names, and behind a comma what is no step."""
    if stop.kind != "COMMA" or stop.inside != "LBRACE" or (stop.at(-2), stop.at(-1)) != ("NAME", "NAME"):
        return None
    if not _begins_step(stop, stop.index - 2) or (stop.at(1) not in ("NUMBER", "EXTENT") and stop.at(2) != "EQUAL"):
        return None
    end = stop.until(*_ENDS)
    return _bracketed(stop, stop.index - 2, stop.between(stop.index - 1, end), Repair(stop.index, end - stop.index))


def _begins_step(stop: Stop, index: int) -> bool:
    """Whether a name begins a step, and its line or what follows an arrow, a brace or a count."""
    kind = stop.words.kinds[index - 1]
    on_line = stop.line(index - stop.index) == stop.line(index + 1 - stop.index)
    begins = kind in (*_BEGIN, "X") or stop.line(index - 1 - stop.index) < stop.line(index - stop.index)
    return on_line and begins


def _bracketed(stop: Stop, name: int, span: Span, repair: Repair) -> Slip:
    """``span``: what the brackets are to hold, behind the word that is called."""
    text = " ".join(span.text.split())
    items = text if "," in text else ", ".join(text.split())
    whole = Span(stop.source, stop.words.starts[name], span.end)
    edit = Edit(whole, f"{stop.words.text(name)}({items})")
    counted = Span(stop.source, stop.words.starts[_counted(stop, name)], span.end)
    return Slip(stop.mended("E0149", _MESSAGE, edit, span=counted), repair)


def _counted(stop: Stop, name: int) -> int:
    """The first word of the count in front of a step, or the step's own name."""
    begin, line = name, stop.line(name - stop.index)
    if stop.words.kinds[name - 1] == "X":
        while stop.line(begin - 1 - stop.index) == line and stop.words.kinds[begin - 1] not in _BEGIN:
            begin -= 1
    return begin


def in_other_brackets(stop: Stop) -> Slip | None:
    """``conv[16, 3]``, ``conv{16, 3}``, ``conv<16, 3>``."""
    opening = _opened(stop)
    if opening is None or stop.words.kinds[opening - 1] != "NAME":
        return None
    sign = {"[": "]", "{": "}", "<": ">"}[stop.words.text(opening)]
    closing = next((i for i in range(opening + 1, stop.line_end) if stop.words.text(i) == sign), None)
    if closing is None or closing == opening + 1:
        return None
    if stop.words.kinds[closing + 1] == "EQUAL":
        return _two_indices(stop, opening, closing)
    if stop.words.kinds[opening + 1] not in ("NUMBER", "EXTENT") and stop.words.kinds[opening + 2] not in (
        "COMMA",
        "EQUAL",
    ):
        return None
    text = " ".join(stop.between(opening + 1, closing).text.split())
    edit = Edit(stop.between(opening - 1, closing + 1), f"{stop.words.text(opening - 1)}({text})")
    remove = closing - stop.index + (sign != "]")
    return Slip(stop.mended("E0149", _MESSAGE, edit, span=stop.words.span(opening)), Repair(stop.index, remove))


def _two_indices(stop: Stop, opening: int, closing: int) -> Slip | None:
    """``path[0, 1] = conv(16, 3)``."""
    if stop.kind != "COMMA" or stop.words.text(opening) != "[":
        return None
    first = stop.between(opening + 1, stop.index).text
    remedy = f"write one number, as in `{stop.words.text(opening - 1)}[{first}]`"
    return Slip(
        stop.says("E0149", "a value of a family has one index", remedy), Repair(stop.index, closing - stop.index)
    )


def _opened(stop: Stop) -> int | None:
    """The bracket, of another kind, that touches the name of a step; the parser stopped at it or inside."""
    if stop.text in ("{", "<") and stop.inside == "LBRACE" and stop.touches(-1):
        return stop.index if stop.accepts("ARROW") else None
    if stop.kind in ("COMMA", "EQUAL") and stop.inside == "LSQB" and stop.touches(stop.open[-1] - 1 - stop.index):
        return stop.open[-1]
    return None


def of_definition(stop: Stop) -> Slip | None:
    """``stage s stride = 2 { … }``, ``block b [width] { … }``, ``default conv bias = true``, ``from a n = 5 {}``."""
    name = _definition(stop)
    if name is None:
        return None
    is_default = stop.words.kinds[name - 1] == "DEFAULT"
    ends = ("RBRACE", *STARTS) if is_default else ("LBRACE", "FROM", "RBRACE")
    end = stop.until(*ends, start=name + 1 - stop.index if name + 1 < stop.index else 0)
    if is_default and stop.kind == "LBRACE":
        end = next((i + 1 for i in range(stop.index, stop.line_end) if stop.words.kinds[i] == "RBRACE"), end)
    inside = _inside(stop.between(name + 1, end).text) if end > name + 1 else ""
    if not _are_arguments(stop, name, end, inside):
        return None
    what = "parameters" if stop.words.kinds[name - 1] in ("BLOCK", "NETWORK") else "arguments"
    edit = Edit(
        Span(stop.source, stop.words.starts[name], stop.words.ends[end - 1]), f"{stop.words.text(name)}({inside})"
    )
    diagnostic = stop.mended(
        "E0149", f"{what} stand in round brackets", edit, span=stop.words.span(name + 1),
        remedy=f"write `{stop.words.text(name - 1)} {edit.text}`",
    )  # fmt: skip
    if stop.index > name + 1:  # a stage's place was begun
        return Slip(diagnostic, Repair(stop.index, end - stop.index, ("NAME",)))
    brackets = ("LPAR", "NAME", "EQUAL", "NUMBER", "RPAR") if is_default else ()
    return Slip(diagnostic, Repair(stop.index, end - stop.index, brackets))


def _definition(stop: Stop) -> int | None:
    """The name, in front of the word that has no place, that arguments or parameters are to follow."""
    kinds = stop.words.kinds
    for name in (stop.index - 1, stop.index - 2):
        if name > stop.first and kinds[name] == "NAME" and kinds[name - 1] in _NAMED:
            return name
    return None


def _inside(text: str) -> str:
    """What stands in the brackets, of a text with other brackets or none."""
    words = text.strip().lstrip(",.:").split()
    if words and words[0] in _IN_WORDS:
        words = words[1:]
    inner = re.sub(r" *(?<![=<>!~])=(?!=) *", " = ", " ".join(words))
    inner = re.sub(r"^stride (\w+)$", r"stride = \1", inner)
    for opening, closing in ("[]", "{}", "<>"):
        if inner.startswith(opening) and inner.endswith(closing):
            inner = inner[1:-1].strip()
    return inner


def _are_arguments(stop: Stop, name: int, end: int, inside: str) -> bool:
    """Whether they read as arguments: with `=`, or, of parameters, as names with commas."""
    parts = [part.strip() for part in inside.split(",")]
    if not all(parts) or stop.words.kinds[name + 1] in ("LPAR", GROUP, "EQUAL", "AFTER"):
        return False
    is_row = len(parts) > 1 or stop.words.text(name + 1) in ("[", "<", ",")
    if stop.words.kinds[name - 1] == "BLOCK" and stop.words.kinds[end] == "LBRACE" and is_row:
        return all(part.split("=")[0].strip().isidentifier() for part in parts)
    names = [part.partition("=") for part in parts]
    return all(sign and given.strip().isidentifier() and not value.startswith("=") for given, sign, value in names)


def name_in_brackets(stop: Stop) -> Slip | None:
    """``stage(s) { … }``, ``block(b, width) { … }``, ``expect(params == 3)``."""
    keyword = stop.index - 1 if stop.at(-1) in _KEYWORDS else _expect(stop)
    if keyword is None:
        return None
    opening = keyword + 1
    closing = stop.closing(opening) if stop.words.kinds[opening] == GROUP else None
    if not stop.touches(keyword - stop.index) and stop.words.kinds[keyword] == "BLOCK":
        return None
    if closing is None or not (items := [item.text for item in stop.items(opening + 1, closing)]):
        return None
    word = stop.words.text(keyword)
    text = f"{word} {items[0]}" + (f"({', '.join(items[1:])})" if len(items) > 1 else "")
    diagnostic = stop.mended(
        "E0149", f"what stands behind `{word}` needs no brackets", Edit(stop.between(keyword, closing + 1), text),
        span=stop.words.span(opening),
    )  # fmt: skip
    kinds = ("COMPARE", "NUMBER") if word == "expect" else ("STRING",) if word == "import" else ("NAME",)
    at = stop.index if word == "expect" else opening
    return Slip(diagnostic, Repair(at, closing + 1 - at, kinds) if at == stop.index else None)


def _expect(stop: Stop) -> int | None:
    """The `expect` whose brackets were read as those of its first value."""
    is_expect = stop.head is not None and stop.head_kind == "EXPECT" and stop.at(-1) == "RPAR"
    return stop.head if is_expect and stop.closing((stop.head or 0) + 1) == stop.index - 1 else None
