"""Mistakes of notation that read like something else, and come to light where what was read does not fit.

Each looks at the text around the place: ``dropout(0,2)`` is two arguments, ``stride == 2`` compares a name.
"""

from __future__ import annotations

import re

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.source import Span

_WIDTH = 16  # numbers from here on are channels of a convolution sooner than its window
_NUMBERS = r"\d+(?:\.\d+)?(?:,\d+)+"
_OPEN_SIGN = re.compile(r"(?<!-)(=|//?|[-+%]|\*\*?)\s*$")  # at the end of a line
_LONGEST = 200  # characters of a line that are looked at on one side of a place
_PROSE = r"//\s*+[^\W\d][\w\s,.'’!?-]*+"
_STEP = r"\b[^\W\d]\w*+(?:\([^()]*+\))?(?=\s*$)"
_TRUTH = {"TRUE": "true", "yes": "true", "YES": "true", "FALSE": "false", "no": "false", "NO": "false"}
_NOTHING = {"null", "NULL", "nil", "undefined", "nan"}


def _before(span: Span) -> str:
    """The line in front of a place."""
    text, start = span.source.text, span.start
    return text[max(text.rfind("\n", 0, start) + 1, start - _LONGEST) : start]


def _behind(span: Span) -> str:
    """The line behind a place."""
    text, end = span.source.text, span.end
    line_end = text.find("\n", end)
    return text[end : min(len(text) if line_end < 0 else line_end, end + _LONGEST)]


def comma_in_number(span: Span, *, is_sure: bool) -> Diagnostic | None:
    """``dropout(0,2)``, ``dense(1,000)``: an argument that is a part of a number with a comma.

    ``is_sure``: whether it cannot be an argument at all; else what begins with 0, and thousands, are taken for one.
    """
    from resnet_dsl.syntax.slips.numerals import MESSAGE, readings, written

    begin = span.start - len(_before(span)) + len(re.sub(r"[\d,.]+$", "", _before(span)))
    found = re.match(_NUMBERS, span.source.text[begin : span.end + len(_behind(span))])
    if found is None or begin + found.end() <= span.start:
        return None
    known = readings(found[0])
    if not known or not (is_sure or found[0].startswith("0,") or len(known) > 1):
        return None
    whole = Span(span.source, begin, begin + found.end())
    edits = (Edit(whole, known[0].text),)
    return Diagnostic("E0146", MESSAGE, Label(whole), help=written(known), edits=edits, sure=len(known) == 1)


def compared_argument(span: Span) -> Diagnostic | None:
    """``conv(16, 3, stride == 2)``: a name that nothing has, in front of `==`, as an argument."""
    sign, before = re.match(r"\s*==\s*([^=,()\s][^,()]*)", _behind(span)), _before(span).rstrip()
    is_first = re.search(r"(?<![\w.])(?!if|and|or|not|else|expect)\w+\($", before) is not None
    if sign is None or not (is_first or (before.endswith(",") and before.count("(") > before.count(")"))):
        return None
    start = span.source.text.index("==", span.end)
    place = Span(span.source, start, start + 2)
    remedy, edits = f"write `{span.text} = {sign[1].strip()}`", (Edit(place, "="),)
    return Diagnostic(
        "E0106", "a name is given with `=`; `==` compares", Label(place), help=remedy, edits=edits, sure=True
    )


def foreign_word(span: Span) -> Diagnostic | None:
    """``TRUE``, ``no``, ``null`` as values."""
    message = f"the language has no `{span.text}`"
    if span.text in _NOTHING:
        return Diagnostic("E0117", message, Label(span), help="leave the argument out")
    if (word := _TRUTH.get(span.text)) is None:
        return None
    return Diagnostic("E0117", message, Label(span), help=f"write `{word}`", edits=(Edit(span, word),), sure=True)


def prose(span: Span) -> Diagnostic | None:
    """``let n = width // half of it``: a comment that was read as a division, and words behind it."""
    before = _before(span)
    sign = before.rfind("//")
    line = before[sign:] + span.text + _behind(span)
    if sign < 0 or "#" in before[:sign] or not re.fullmatch(_PROSE, line) or len(line[2:].split()) < 2:
        return None
    start = span.start - len(before) + sign
    comment, mark = Span(span.source, start, start + len(line.rstrip())), Span(span.source, start, start + 2)
    message, edits = "a comment does not begin with `//`", (Edit(mark, "#"),)
    return Diagnostic("E0115", message, Label(comment), help="begin it with `#`", edits=edits, sure=True)


def comment_behind_number(span: Span) -> Diagnostic | None:
    """``let j = 3 // head``: a division by what is no number, or a comment of one word."""
    before = _before(span)
    if not before.rstrip().endswith("//") or "#" in before or _behind(span).strip():
        return None
    start = span.start - len(before) + before.rindex("//")
    sign, message = Span(span.source, start, start + 2), f"`//` divides, and there is no number `{span.text}` here"
    remedy = f"write `# {span.text}` where a comment is meant, or define `{span.text}` in front"
    return Diagnostic("E0208", message, Label(span), help=remedy, edits=(Edit(sign, "#"),))


def broken_off(span: Span) -> Diagnostic | None:
    """``let half = width //`` and a step on the next line, which was read into it."""
    text, begin = span.source.text, span.start - len(_before(span))
    line = text[max(text.rfind("\n", 0, max(begin - 1, 0)) + 1, begin - _LONGEST) : max(begin - 1, 0)].partition("#")[0]
    sign = _OPEN_SIGN.search(line)
    if _before(span).strip() or sign is None:
        return None
    start = text.rfind(line, 0, begin) + sign.start(1)
    message, remedy = f"a value is missing behind `{sign[1]}`", f"write it on the line of the `{sign[1]}`"
    return Diagnostic("E0119", message, Label(Span(span.source, start, start + len(sign[1]))), help=remedy)


def foreign_loop(span: Span) -> Diagnostic | None:
    """``for i in range(3)`` without braces or a colon, which reads as steps."""
    line = _before(span) + span.text + _behind(span)
    found = re.match(r"\s*(for|foreach)\s+(\w+)\s+in\s+(?:range\s*\((?:0,\s*)?([^(),]+)\))?", line)
    if (
        found is None
        or span.source.text[span.start - len(_before(span)) - 1 : span.start - len(_before(span))] not in "\n"
    ):
        return None
    start = span.start - len(_before(span)) + found.start(1)
    place = Span(span.source, start, start + len(found[1]))
    remedy = f"write `repeat {(found[3] or 'COUNT').strip()} as {found[2]} {{ … }}`"
    return Diagnostic("E0107", f"the language has no `{found[1]}`", Label(place), help=remedy)


def count_behind(span: Span) -> Diagnostic | None:
    """``basic(16) x3``."""
    step = re.search(_STEP, _before(span))
    if not re.fullmatch(r"[xX]\d+", span.text) or step is None:
        return None
    whole = Span(span.source, span.start - len(_before(span)) + step.start(), span.end)
    text = f"{span.text[1:]} x {step[0]}"
    message = "the count stands in front of the step that is repeated"
    return Diagnostic("E0109", message, Label(span), help=f"write `{text}`", edits=(Edit(whole, text),), sure=True)


def size_of_input(span: Span) -> Diagnostic | None:
    """``input [32, 32, 3]``, ``input 32*32*3``: what was read as a list, or a product."""
    from resnet_dsl.syntax.slips.sizes import size_of

    size = size_of(span.text)
    if size is None or size == span.text:
        return None
    message = "a size has `x` between its lengths, and no brackets"
    edits = (Edit(span, size),)
    return Diagnostic("E0144", message, Label(span), help=f"write `{size}`", edits=edits, sure=True)


def named_input(span: Span) -> Diagnostic | None:
    """``input left (64, 64, 3)``: read as a call of `left`."""
    found = re.match(r"\s*\([^()]*\)", _behind(span))
    if found is None or not re.search(r"^\s*input\s+$|[{}]\s*input\s+$", _before(span)):
        return None
    return size_of_input(Span(span.source, span.end + len(found[0]) - len(found[0].lstrip()), span.end + found.end()))


def bracket_behind(span: Span) -> Diagnostic | None:
    """``norm (n - 1) x basic(16)``: a count in brackets, read as the arguments of the word in front."""
    if not re.match(r"[ \t]+\(.*\)[^()]*\bx\s+\w", _behind(span)):
        return None
    start = span.source.text.index("(", span.end)
    place = Span(span.source, start, start + 1)
    remedy = f"begin a new line behind `{span.text}`: on its line, a bracket is that of its call"
    edits = (Edit(Span(span.source, span.end, start), "\n"),)
    message = f"this bracket is read as that of a call of `{span.text}`"
    return Diagnostic("E0208", message, Label(place), help=remedy, edits=edits, sure=True)


def missing_from(span: Span) -> Diagnostic | None:
    """``skip in``: a `skip`, and a value on its line that nothing takes."""
    found = re.match(r"[ \t]+(in|\w+)[ \t]*(?=$|[}#])", _behind(span))
    if span.text != "skip" or found is None:
        return None
    whole = Span(span.source, span.start, span.end + found.end(1))
    edits = (Edit(Span(span.source, span.end, span.end), " from"),)
    remedy = f"write `skip from {found[1]}`"
    return Diagnostic("E0125", "a `from` is missing behind `skip`", Label(whole), help=remedy, edits=edits)


def other_base(text: str) -> int | None:
    """The number that is meant by ``0x10``, which reads as a size."""
    from resnet_dsl.syntax.slips.numerals import whole

    found = whole(text)
    return int(found) if found else None


def lengths(text: str) -> str | None:
    """The size that is meant by ``[3, 3]``, which reads as a list: one number where all are the same."""
    from resnet_dsl.syntax.slips.sizes import size_of

    size = size_of(text) if text.startswith("[") else None
    parts = size.split("x") if size else []
    return parts[0] if len({*parts}) == 1 else size


def channels_in_front(found: Diagnostic, callee: str, name: str, first: Span) -> Diagnostic:
    """PyTorch's `Conv2d(3, 64, 7, stride = 2)` begins with the channels that flow in, and so counts on by one.

    ``found``: that ``name`` is given twice; ``first``: by position. It is told so where a width stands for the window.
    """
    call = re.search(rf"\b{re.escape(callee)}\(\s*([^\s,()=]+)\s*,\s*(?:(\d+)\s*,\s*)?$", _before(first))
    numbers = [call[2], first.text] if call and name == "stride" else [first.text]
    if (
        call is None
        or "=" in first.text
        or not callee.startswith("conv")
        or name not in ("stride", "kernel")
        or not _is_width(numbers[0])
    ):
        return found
    line = first.start - len(_before(first))
    behind = line + call.end() if name == "kernel" else line + call.start(2)
    edit = Edit(Span(first.source, line + call.start(1), behind), "")
    remedy = (
        f"the channels that flow in are not written: leave `{call[1]}` out, as in `{callee}({', '.join(numbers)}, …)`"
    )
    return found._replace(help=remedy, edits=(edit,))


def _is_width(number: str | None) -> bool:
    return number is not None and number.isdecimal() and int(number) >= _WIDTH
