"""Sizes and lists in the signs of other languages: ``(3, 3)``, ``224, 224, 3``, ``3X3``, ``{16, 32}``."""

from __future__ import annotations

import re

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit
from resnet_dsl.syntax.brackets import GROUP, OPENING
from resnet_dsl.syntax.slips.groups import BRACKETS, WITH_PARAMETERS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import FOREIGN

_AS_SIZE = {
    "kernel",
    "stride",
    "dilation",
    "pad",
    "size",
    "factor",
    "amounts",
}  # arguments that take one number for all axes, or one an axis
_WINDOWED = {
    "conv",
    "conv_transpose",
    "maxpool",
    "avgpool",
    "upsample",
    "zero_pad",
    "crop",
    "resize",
}  # whose other ones do
_CONVOLUTIONS = {"conv", "conv_transpose"}  # whose first argument is no size
_MERGES = {"add", "concat", "mul", "sub"}
_LENGTH = r"(?:\d[\d_]*+\??|\?|None)"
_SIZE = re.compile(
    rf"(?:(?:shape|size)\s*+(?=[=:]))?+[=:]?+\s*+[(\[]?+\s*+({_LENGTH}(?:(?:\s*+[,*Xx×]\s*+|\s++by\s++|\s++){_LENGTH})+)"
    r"\s*+,?+\s*+[)\]]?+"
)
_NAMED = re.compile(r"\w++\s*+=(?!=)")
_CAPITAL = re.compile(r"X\d[\d_]*(X\d[\d_]*)*")


def size_of(text: str) -> str | None:
    """A size as the language writes it, of one in other signs: ``(None, 32, 3)`` is ``?x32x3``."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or len({sign.strip() for sign in re.split(_LENGTH, found[1])[1:-1]}) > 1:
        return None
    return "x".join(re.findall(_LENGTH, found[1])).replace("None", "?")


def size_of_input(stop: Stop) -> Slip | None:
    """``input (224, 224, 3)``, ``input 224, 224, 3``, ``input 224 by 224``, ``input shape = (32, 32, 3)``."""
    begin = _input(stop)
    if begin is None:
        return None
    first = begin + 1
    end = stop.until("RBRACE", start=first - stop.index)
    if stop.words.kinds[first] == "NAME" and stop.words.text(first) not in ("shape", "size"):
        first += 1
    while end > first and stop.words.text(end - 1) == ";":
        end -= 1
    if end <= stop.index or (size := size_of(stop.between(first, end).text)) is None:
        return None
    span = stop.between(first, end)
    touching = stop.words.ends[first - 1] == span.start
    edit = Edit(span, f" {size}" if touching else size)
    remedy = f"write `{' '.join(stop.between(begin, first).text.split())} {size}`"
    place = (
        stop.words.span(first) if span.text[0] in "([" else stop.span_at(-1) if stop.text[:1] in ("x", "X") else None
    )
    code = "E0113" if place is None and ("," in span.text or span.text[0] in "=:") else "E0144"
    diagnostic = stop.mended(code, _of_size(span.text, size), edit, remedy=remedy, span=place or stop.span)
    insert = ("NUMBER",) if stop.index == first or stop.at(-1) in BRACKETS else ()
    closing = (OPENING[stop.inside],) if stop.inside in BRACKETS and stop.open[-1] >= first else ()
    return Slip(diagnostic, Repair(stop.index, end - stop.index, insert + closing))


def _of_size(text: str, size: str) -> str:
    """What is wrong with a size in other signs."""
    if text.lstrip("=: ") == size:
        return f"no `{text[0]}` stands between `input` and its size"
    return f"a size has `x` between its lengths{', and no brackets' if '(' in text or '[' in text else ''}"


def _input(stop: Stop) -> int | None:
    """The `input` on this line whose size was being read, where a network's members stand."""
    if stop.owner_kind != "NETWORK":
        return None
    here = range(stop.index - 1, max(stop.line_begin, stop.index - 8) - 1, -1)
    return next((index for index in here if stop.words.kinds[index] == "INPUT"), None)


def row_in_brackets(stop: Stop) -> Slip | None:
    """``stride = (2, 2)``, ``conv(16, (3, 3))``, ``let widths = (16, 32)``, ``add((a, b))``."""
    if stop.inside != GROUP or not (stop.kind == "COMMA" or (stop.kind == FOREIGN and stop.at(-1) == GROUP)):
        return None
    groups = _groups(stop)
    closing = stop.closing(groups[0])
    if closing is None or not _is_balanced(stop, groups[0]):
        return None
    diagnostic = _row(stop, groups[0], closing)
    return Slip(diagnostic, Repair(stop.index, closing - stop.index, ("RPAR",) * (len(groups) - 1)))


def _groups(stop: Stop) -> list[int]:
    """The round brackets directly in one another that are open here, outermost first."""
    found: list[int] = []
    for index in reversed(stop.open):
        if stop.words.kinds[index] != GROUP:
            break
        found.insert(0, index)
    return found


def _is_balanced(stop: Stop, opening: int) -> bool:
    """Whether the bracket around it is closed, too: else one is missing."""
    around = stop.open[stop.open.index(opening) - 1] if opening != stop.open[0] else None
    return around is None or stop.words.kinds[around] == "LBRACE" or stop.closing(around) is not None


def _row(stop: Stop, opening: int, closing: int) -> Diagnostic:
    span = stop.between(opening, closing + 1)
    items = [item.text for item in stop.items(opening + 1, closing)]
    callee, name = _argument(stop, opening)
    is_whole = stop.words.kinds[opening - 1] == "LPAR" and stop.words.kinds[closing + 1] == "RPAR"
    if callee in _MERGES or (callee in _CONVOLUTIONS and is_whole):
        edits = Edit(stop.words.span(opening), ""), Edit(stop.words.span(closing), "")
        remedy = f"write `{callee}({', '.join(items)})`"
        return stop.mended("E0144", "arguments need no brackets of their own", *edits, remedy=remedy)
    if name not in _AS_SIZE and not all(item.isidentifier() or item.isdigit() for item in items):
        return _list(stop, opening, closing)
    if any(item.startswith("(") for item in items):
        return _list(stop, opening, closing)
    if name in _AS_SIZE or (not name and callee in _WINDOWED) or (not callee and stop.head_kind == "EXPECT"):
        same = len({*items}) == 1 and name != "size" and callee not in ("", "resize")
        text = items[0] if same else _size(items)
        return stop.mended(
            "E0144", "a size has no brackets: it is one number, or `x` between several", Edit(span, text)
        )
    return _list(stop, opening, closing, f", or `{_size(items)}` where a size is meant")


def _size(items: list[str]) -> str:
    return "x".join(items) if all(item.isdigit() for item in items) else " x ".join(items)


def _list(stop: Stop, opening: int, closing: int, otherwise: str = "") -> Diagnostic:
    """The brackets of a row, and those of the rows in it, as a list's."""
    edits, opened = [], []
    for index in range(opening, closing + 1):
        kind = stop.words.kinds[index]
        if kind in ("LPAR", GROUP):
            opened.append(index)
        elif kind == "RPAR" and stop.words.kinds[first := opened.pop()] == GROUP:
            edits += [Edit(stop.words.span(first), "["), Edit(stop.words.span(index), "]")]
    text = stop.between(opening, closing + 1).text
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        at = edit.span.start - stop.words.starts[opening]
        text = text[:at] + edit.text + text[at + 1 :]
    remedy = f"write `{' '.join(text.split())}`{otherwise}"
    span = stop.between(opening, closing + 1)
    return stop.mended(
        "E0144", "a list stands in square brackets", *edits, remedy=remedy, span=span, sure=not otherwise
    )


def _argument(stop: Stop, opening: int) -> tuple[str, str]:
    """The step in whose call a bracket stands as an argument, and the argument's name; empty where there is none."""
    around = stop.open[stop.open.index(opening) - 1] if opening != stop.open[0] else None
    if around is None or stop.words.kinds[around] != "LPAR" or stop.words.kinds[around - 2] in WITH_PARAMETERS:
        return "", ""
    name = stop.words.text(opening - 2) if stop.words.kinds[opening - 1] == "EQUAL" else ""
    return stop.words.text(around - 1), name


def row_without_brackets(stop: Stop) -> Slip | None:
    """``let widths = 16, 32, 64``, ``let a, b = 1, 2``, ``expect output == 32, 32, 16``."""
    if stop.kind != "COMMA" or stop.inside not in ("", "LBRACE"):
        return None
    if stop.head_kind == "EXPECT":
        return _size_expected(stop)
    if stop.head_kind != "LET" or stop.head is None:
        return None
    return _several_names(stop, stop.head) if stop.at(-2) == "LET" else _list_or_names(stop, stop.head)


def _list_or_names(stop: Stop, head: int) -> Slip | None:
    """``let widths = 16, 32, 64``, ``let a = 1, b = 2``."""
    end = stop.until("RBRACE")
    items = [item.text for item in stop.items(head + 3, end)]
    if stop.words.kinds[head + 2] != "EQUAL" or stop.words.kinds[end - 1] == "COMMA":
        return None
    if all(_NAMED.match(item) for item in items[1:]):
        return _several(stop, head, [stop.between(head + 1, stop.index).text, *items[1:]])
    if not all(map(_is_value, items)):
        return None
    edit = Edit(stop.between(head + 3, end), f"[{', '.join(items)}]")
    diagnostic = stop.mended("E0144", "a list stands in square brackets", edit)
    return Slip(diagnostic, Repair(stop.index, end - stop.index, (), stop.spoiled))


def _size_expected(stop: Stop) -> Slip | None:
    """``expect output == 32, 32, 16``."""
    end = stop.until("RBRACE")
    size = size_of(stop.between(stop.index - 1, end).text)
    if size is None or stop.at(-2) != "COMPARE":
        return None
    edit = Edit(stop.between(stop.index - 1, end), size)
    diagnostic = stop.mended("E0144", "a size has `x` between its lengths", edit, span=stop.span)
    return Slip(diagnostic, Repair(stop.index, end - stop.index))


def _several(stop: Stop, head: int, named: list[str]) -> Slip:
    """Names with their values, each for a `let` of its own."""
    lets, end = [f"let {one}" for one in named], stop.until("RBRACE")
    indent = " " * (stop.source.position(stop.words.starts[head])[1] - 1)
    edit = Edit(stop.between(head, end), f"\n{indent}".join(lets))
    remedy = f"write a line for each: {', '.join(f'`{one}`' for one in lets)}"
    diagnostic = stop.mended("E0144", "a `let` names one value", edit, remedy=remedy, span=stop.span)
    insert = ("EQUAL", "NUMBER") if stop.at(-2) == "LET" else ()
    return Slip(diagnostic, Repair(stop.index, end - stop.index, insert))


def _is_value(text: str) -> bool:
    """Whether an item is a number, or a size, or a name."""
    return re.fullmatch(r"[\w.?]+", text) is not None


def _several_names(stop: Stop, head: int) -> Slip | None:
    """``let a, b = 1, 2``."""
    equal, end = stop.until("EQUAL"), stop.until("RBRACE")
    names, values = stop.items(head + 1, equal), stop.items(equal + 1, end)
    if len(names) != len(values):
        return None
    return _several(stop, head, [f"{name.text} = {value.text}" for name, value in zip(names, values, strict=True)])


def in_braces(stop: Stop) -> Slip | None:
    """``let widths = {16, 32, 64}``, ``conv({width}, 3)``."""
    if stop.kind != "LBRACE" or stop.accepts("LBRACE") or not stop.accepts("NUMBER"):
        return None
    end = next((i for i in range(stop.index + 1, stop.line_end) if stop.words.kinds[i] in ("LBRACE", "RBRACE")), None)
    if end is None or stop.words.kinds[end] != "RBRACE" or end == stop.index + 1:
        return None
    items = stop.items(stop.index + 1, end)
    if any(not _is_value(item.text) for item in items):
        return None
    span, repair = stop.between(stop.index, end + 1), Repair(stop.index, end + 1 - stop.index, ("NUMBER",))
    if len(items) == 1 and stop.inside == "LPAR":
        return Slip(stop.mended("E0144", "a value stands without braces", Edit(span, items[0].text)), repair)
    if len(items) == 1:
        return None
    text = f"[{', '.join(item.text for item in items)}]"
    return Slip(stop.mended("E0144", "a list stands in square brackets", Edit(span, text)), repair)


def capital_x(stop: Stop) -> Slip | None:
    """``conv(16, 3X3)``, ``conv(16, 3 X 3)``."""
    if stop.kind != "NAME" or stop.at(-1) not in ("NUMBER", "EXTENT") or not stop.open or stop.inside == "LBRACE":
        return None
    behind = 0 if _CAPITAL.fullmatch(stop.text) else 1 if stop.text == "X" and stop.at(1) == "NUMBER" else None
    if behind is None:
        return None
    span = stop.span_at(-1, behind)
    edit = Edit(span, "x".join(re.findall(r"\d[\d_]*", span.text)))
    return Slip(
        stop.mended("E0144", "a size has a small `x` between its lengths", edit), Repair(stop.index, behind + 1)
    )


def comprehension(stop: Stop) -> Slip | None:
    """``[16 * i for i in range(3)]``."""
    if stop.text != "for" or stop.inside not in BRACKETS or (closing := stop.closing(stop.open[-1])) is None:
        return None
    opening = stop.open[-1]
    span, item = stop.between(opening, closing + 1), stop.between(opening + 1, stop.index).text
    found = re.fullmatch(r"for\s+(\w+)\s+in\s+range\s*\(\s*([1-9])\s*\)", stop.between(stop.index, closing).text)
    repair = Repair(stop.index, closing - stop.index)
    message = "the language has no `for` in a list"
    if found is None or span.text[0] != "[":
        return Slip(stop.says("E0144", message, "write its items, as in `[16, 32, 64]`"), repair)
    items = [re.sub(rf"\b{found[1]}\b", str(number), " ".join(item.split())) for number in range(int(found[2]))]
    return Slip(stop.mended("E0144", message, Edit(span, f"[{', '.join(items)}]"), span=stop.span), repair)


def list_of_steps(stop: Stop) -> Slip | None:
    """``[basic(16)] * 3`` where steps stand."""
    if stop.kind != "LSQB" or stop.inside != "LBRACE" or not stop.accepts("NAME"):
        return None
    closing = stop.closing(stop.index)
    if closing is None or stop.words.text(closing + 1) not in ("*", "x") or stop.words.kinds[closing + 2] != "NUMBER":
        return None
    step, count = stop.between(stop.index + 1, closing).text, stop.words.text(closing + 2)
    edit = Edit(stop.between(stop.index, closing + 3), f"{count} x {step}")
    diagnostic = stop.mended("E0109", "a step is repeated with a count and an `x` in front of it", edit)
    return Slip(diagnostic, Repair(stop.index, closing + 3 - stop.index, ("NAME",)))


def slice_of(stop: Stop) -> Slip | None:
    """``widths[1:]``, ``widths[:2]``: a list is asked for one item at a time."""
    if stop.text != ":" or stop.inside != "LSQB" or (closing := stop.closing(stop.open[-1])) is None:
        return None
    name = stop.words.text(stop.open[-1] - 1)
    remedy = f"write the items that are meant, as in `[{name}[0], {name}[1]]`"
    insert = ("NUMBER",) if stop.at(-1) == "LSQB" else ()
    span = stop.between(stop.open[-1], closing + 1)
    diagnostic = stop.says("E0144", "the language has no parts of lists", remedy, span=span)
    return Slip(diagnostic, Repair(stop.index, closing - stop.index, insert))
