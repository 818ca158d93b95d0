"""Comments of other languages: ``// …``, ``/* … */``, ``-- …``, ``% …``."""

from __future__ import annotations

from bisect import bisect_left

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.slips.groups import BRACKETS, DEFINITIONS, KEYWORDS, MEMBERS, VALUES
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import FOREIGN, MALFORMED, QUOTED, STRANGE, UNCLOSED

_OPENING = ("//", "-- ", "%", ";", "REM ")  # what a line begins with that is a comment
_ENCLOSING = {"/*": "*/", "<!--": "-->", "(*": "*)", "{-": "-}"}
_NO_PROSE = {*OPENING, *CLOSING, "ARROW", "COMMA", "EQUAL", "SIGN", "DOT", "NUMBER", MALFORMED}  # behind a mark
_GIVING = {"LET", "AS", "STAGE", "LPAR", "COMMA"}  # what a name stands behind that is given, or has been
_OF_PROSE = {*VALUES, *KEYWORDS, STRANGE, MALFORMED, QUOTED, UNCLOSED, FOREIGN}


def foreign_comment(stop: Stop) -> Slip | None:
    return _enclosed(stop) or _with_keyword(stop) or _opening_line(stop) or _behind(stop)


def behind_code(stop: Stop) -> Slip | None:
    """``let half = width // 2 // as in the paper``: the first ``//`` with prose behind it, and no divisor."""
    begin = stop.line_begin
    if stop.is_first_on_line and stop.count is not None:
        begin = stop.count
    marks = [one for one in range(begin, min(stop.index + 1, stop.line_end)) if stop.words.text(one) == "//"]
    mark = next((one for one in marks if _precedes_prose(stop, one)), None)
    if mark is not None:
        return _from_mark(stop, mark, is_sure=True)
    mark = next((one for one in marks if _divides_step(stop, one)), None)
    return None if mark is None else _from_mark(stop, mark, is_sure=False)


def _divides_step(stop: Stop, mark: int) -> bool:
    """``conv(16, 3) // 64 channels``, ``use act = relu // 64``: what is in front is a step, unless it is a function."""
    kinds, end = stop.words.kinds, _last_of_line(stop, mark)
    if (
        {"LBRACE", "RBRACE", "LPAR", "X"} & {*kinds[mark:end]}
        or end == mark + 1
        or kinds[mark + 1] in ("ARROW", "SIGN")
    ):
        return False
    if stop.head_kind == "USE" and stop.head is not None:
        return kinds[stop.head + 2 : stop.head + 3] == ["EQUAL"] and kinds[mark - 1] in ("NAME", "RPAR")
    begin = mark if stop.count is None else stop.count
    is_call = kinds[mark - 1] == "RPAR" and kinds[begin : begin + 2] == ["NAME", "LPAR"] and kinds[begin - 1] != "EQUAL"
    return is_call and kinds[mark + 1] == "NUMBER" and (end == stop.index or kinds[end - 1] == "NAME")


def _precedes_prose(stop: Stop, mark: int) -> bool:
    """Whether words stand behind a mark that divide nothing: a keyword, or a name that the text does not give."""
    words, end = stop.words, _last_of_line(stop, mark)
    kind = words.kinds[mark + 1] if mark + 1 < end else "COMMA"
    if kind in _NO_PROSE or {"LBRACE", "RBRACE"} & {*words.kinds[mark:end]}:
        return False
    if kind != "NAME":
        return kind not in VALUES
    is_call = any(words.kinds[one] == "LPAR" and stop.touches(one - 1 - stop.index) for one in range(mark + 1, end))
    is_one = end == mark + 2 and (end != stop.index or words.kinds[mark - 1] != "RPAR")
    return not is_call and not is_one and words.text(mark + 1) not in _given(stop, mark)


def _last_of_line(stop: Stop, mark: int) -> int:
    """The word behind the last one on the line of a mark."""
    end = _line_end(stop.source.text, stop.words.starts[mark])
    return bisect_left(stop.words.starts, end, lo=mark, hi=len(stop.words.kinds) - 1)


def _given(stop: Stop, mark: int) -> set[str]:
    """The names that the text gives in front of a mark, or takes as an argument there, or below its line."""
    kinds, words = stop.words.kinds, stop.words
    places = (*range(1, mark), *range(_last_of_line(stop, mark), len(kinds) - 1))
    names = (one for one in places if kinds[one] == "NAME")
    return {words.text(one) for one in names if kinds[one - 1] in _GIVING or kinds[one + 1] in ("EQUAL", "LSQB")}


def _from_mark(stop: Stop, mark: int, *, is_sure: bool) -> Slip:
    """A comment from a word up to its line's end, without which is read once more."""
    start, end = stop.words.starts[mark], _last_of_line(stop, mark)
    sign = "--" if stop.words.text(mark) == "-" else stop.words.text(mark)
    found = _comment(stop, sign, start, _line_end(stop.source.text, start))
    diagnostic = found.diagnostic if is_sure else found.diagnostic._replace(sure=False)
    return Slip(diagnostic, Repair(mark, end - mark))


def _enclosed(stop: Stop) -> Slip | None:
    """``/* … */``, which may take several lines; the parser stops at its first sign, or the second."""
    text = stop.source.text
    for start in (stop.span.start, stop.span.start - 1):
        mark = next((one for one in _ENCLOSING if text.startswith(one, start)), None)
        if mark is None or start < 0 or (start < stop.span.start and not stop.touches(-1)):
            continue
        end = text.find(_ENCLOSING[mark], start)
        if mark in ("(*", "{-") and (end < 0 or text[start + 2 : start + 3] not in " \n"):
            continue
        return _comment(stop, mark, start, end + len(_ENCLOSING[mark]) if end != -1 else _line_end(text, start))
    return None


def _with_keyword(stop: Stop) -> Slip | None:
    """``input 32x32x3 // the stem``: a value was divided, and a member, or a definition, seemed to begin behind it."""
    head = stop.head
    if head is None or stop.words.kinds[head] not in (*MEMBERS, *DEFINITIONS) or stop.owner_kind not in ("", "NETWORK"):
        return None
    start = stop.source.text.rfind("\n", 0, stop.words.starts[head]) + 1
    begin = max(bisect_left(stop.words.starts, start, hi=head), stop.first)
    mark = next(
        (one for one in range(begin, head) if stop.words.text(one) in ("//", "%") or _is_double(stop, one)), None
    )
    if mark is None:
        return None
    start = stop.words.starts[mark]
    end = _line_end(stop.source.text, start)
    if "{" in stop.source.text[start:end] or "}" in stop.source.text[start:end]:
        return None
    return _from_mark(stop, mark, is_sure=True)


def _opening_line(stop: Stop) -> Slip | None:
    """``-- widths``: the parser stops on the line, or, where a sign was read as an operator, behind it."""
    oldest = stop.line_begin if stop.count is None else min(stop.count, stop.line_begin)
    for index in range(stop.index, oldest - 1, -1):
        start = stop.words.starts[index]
        mark = next((one for one in _OPENING if stop.source.text.startswith(one, start)), None)
        if mark is None or not _is_prose(stop, start + len(mark)) or (mark == ";" and index != stop.index):
            continue
        if _is_first(stop, index) or (mark == ";" and stop.head_kind == "LET" and _is_words(stop, start + 1)):
            return _comment(stop, mark, start, _line_end(stop.source.text, start))
    return None


def _is_first(stop: Stop, index: int) -> bool:
    return index == stop.first or stop.line(index - stop.index - 1) < stop.line(index - stop.index)


def _is_prose(stop: Stop, start: int) -> bool:
    """Whether something stands behind a mark, and no arrow or bracket next to it."""
    text = stop.source.text
    return (
        text[start : start + 1] not in (">", "(", "=", "-", ";") and not text[start : _line_end(text, start)].isspace()
    )


def _is_words(stop: Stop, start: int) -> bool:
    """Whether several words follow on the line, and no sign."""
    line = stop.source.text[start : _line_end(stop.source.text, start)]
    return len(line.split()) > 1 and line.replace(" ", "").isalpha()


def _behind(stop: Stop) -> Slip | None:
    """``let n = 3 // number of blocks``: what stands behind was taken for a divisor."""
    if stop.text == "//":
        return _comment(stop, "//", stop.span.start, _line_end(stop.source.text, stop.span.start))
    found = _mark(stop)
    if found is None:
        return None
    return _from_mark(stop, found, is_sure=_is_certain(stop, found))


def _is_certain(stop: Stop, mark: int) -> bool:
    """Whether what stands behind a mark divides nothing: no number, and no name that the text gives."""
    if stop.words.text(mark) != "//":
        return True
    return stop.words.kinds[mark + 1] not in _NO_PROSE and stop.words.text(mark + 1) not in _given(stop, mark)


def _mark(stop: Stop) -> int | None:
    """A mark on the line of a word that has no place behind it, where no step of a count can be meant."""
    is_step = stop.kind == "NAME" and stop.at(-1) in ("NUMBER", "RPAR") and stop.count is not None
    if stop.inside in BRACKETS and _closes_on_line(stop):
        return None
    for index in reversed(range(_earliest(stop), stop.index)):
        text = stop.words.text(index)
        if _is_double(stop, index):
            return index
        behind = stop.words.kinds[index + 1] if text in ("//", "%") else ""
        is_read = stop.kind in _OF_PROSE and not is_step and not stop.is_first_on_line
        if is_read and (text == "//" or (text == "%" and behind == stop.kind == "NAME")):
            return index
    return None


def _earliest(stop: Stop) -> int:
    """The first word of the line, or of that of a count that was read."""
    return stop.line_begin if not stop.is_first_on_line else stop.index if stop.count is None else stop.count


def _is_double(stop: Stop, index: int) -> bool:
    """Whether two minus signs that touch, and a space, stand here."""
    text, start = stop.source.text, stop.words.starts[index]
    return text.startswith("--", start) and text[start + 2 : start + 3].isspace() and stop.words.text(index + 1) == "-"


def _closes_on_line(stop: Stop) -> bool:
    return any(stop.words.kinds[index] in ("RPAR", "RSQB") for index in range(stop.index, stop.line_end))


def _comment(stop: Stop, mark: str, start: int, end: int) -> Slip:
    span = Span(stop.source, start, end)
    remedy = "begin every line of it with `#`" if "\n" in span.text else "begin it with `#`"
    is_code = len(span.text.split()) == 2 or "->" in span.text or " -- " in span.text
    is_unclear = mark == "--" and is_code and stop.words.starts[stop.line_begin] != start
    if is_unclear:
        remedy += ", or write `->` where an arrow is meant"
    edit = _edit(span, mark)
    diagnostic = stop.mended(
        "E0115", f"a comment does not begin with `{mark.strip()}`", edit, remedy=remedy, span=span, sure=not is_unclear
    )
    return Slip(diagnostic, _repair(stop, start, end))


def _edit(span: Span, mark: str) -> Edit:
    """The comment in the language's way: one within a line is left out, since `#` ends with the line."""
    if mark not in _ENCLOSING:
        return Edit(Span(span.source, span.start, span.start + len(mark.strip())), "#")
    text = span.source.text
    if text[span.end : _line_end(text, span.end)].strip():
        return Edit(span, "")
    inner = span.text.removeprefix(mark).removesuffix(_ENCLOSING[mark])
    lines = [line.strip().removeprefix("*").strip() for line in inner.strip().splitlines()]
    return Edit(span, "\n".join(f"# {line}".rstrip() for line in lines))


def _repair(stop: Stop, start: int, end: int) -> Repair | None:
    """Without the comment, of which the words in front of the parser were read as something else."""
    remove = max(bisect_left(stop.words.starts, end, hi=len(stop.words.kinds) - 1) - stop.index, 0)
    if start >= stop.span.start:
        return Repair(stop.index, remove)
    if stop.at(-1) in ("TIMES", "SIGN"):
        return None
    return Repair(stop.index, remove, ("X", "NAME") if stop.count is not None else (), stop.spoiled)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end == -1 else end
