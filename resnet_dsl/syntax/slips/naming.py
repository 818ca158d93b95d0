"""Names that are none: ``conv-2``, ``2a``, ``"conv2"``, ``my net``."""

from __future__ import annotations

import re
from bisect import bisect_left

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import ROUND
from resnet_dsl.syntax.slips.brackets import in_parameters
from resnet_dsl.syntax.slips.groups import KEYWORDS
from resnet_dsl.syntax.slips.stop import Repair, Slip, Stop
from resnet_dsl.syntax.words import FOREIGN, MALFORMED, QUOTED

_OF_NAMES = {"NAME", "NUMBER", "EXTENT", MALFORMED, FOREIGN, *KEYWORDS}
_SIGNS = {"-", ".", "/"}
_GIVING = {"NETWORK", "BLOCK", "SLOT", "LET", "STAGE", "HEAD", "INPUT"}  # a new name stands behind these
_NAMED = {"FROM", "USE", "DEFAULT", "BY"}  # a name that there is
_MOST_USES = 100  # that one remedy renames
_NEVER_ALONE = {"NETWORK", "BLOCK", "STAGE"}  # behind these nothing but a name stands
_BEHIND = {*ROUND, "LBRACE", "EQUAL", "LSQB"}  # what follows a name that is given


def name_of(text: str) -> str:
    """A name of the letters and digits of a text."""
    return "_".join(re.findall(r"\w+", text))


def joined(stop: Stop) -> Slip | None:
    """``stage conv-2 { … }``, ``network resnet-50 { … }``, ``let base-width = 16``, ``low-level = conv(16, 3)``."""
    sign = _sign(stop)
    if sign is None:
        return None
    first, behind = _run(stop, sign)
    if not _is_given(stop, first, behind):
        return None
    span = stop.between(first, behind)
    indexed = re.fullmatch(r"(\w+)\.(\d+)", span.text) if stop.words.kinds[behind] == "EQUAL" else None
    if indexed and stop.words.kinds[first - 1] not in _GIVING:
        return _indexed(stop, span, f"{indexed[1]}[{indexed[2]}]", behind)
    edits = _uses(stop, span, name_of(span.text.removeprefix("self.")))
    message = f"names have no `{stop.words.text(sign)}`: letters, digits and `_`"
    remedy = f"write `{edits[0].text}`" + (", wherever it is named" if len(edits) > 1 else "")
    sure = not span.text.startswith("self.")
    diagnostic = stop.mended("E0147", message, *edits, remedy=remedy, span=span, sure=sure)
    return Slip(diagnostic, _repair(stop, behind, edits))


def _indexed(stop: Stop, span: Span, text: str, behind: int) -> Slip:
    """``path.0 = conv(16, 3)``: a member of a family of values."""
    edit, place = Edit(span, text), stop.words.span(behind - 2)
    diagnostic = stop.mended("E0147", "an index stands in square brackets", edit, span=place, sure=False)
    return Slip(diagnostic, Repair(stop.index, max(behind - stop.index, 0)))


def _sign(stop: Stop) -> int | None:
    """The sign between two parts of a name: the word that has no place, or one in front of it without a space."""
    for index in range(stop.index, max(stop.index - 12, stop.first, stop.line_begin), -1):
        if stop.words.text(index) in _SIGNS and _touch(stop, index - 1) and _touch(stop, index):
            return index
    return None


def _touch(stop: Stop, index: int) -> bool:
    words = stop.words
    return index + 1 < len(words.kinds) and words.ends[index] == words.starts[index + 1]


def _run(stop: Stop, sign: int) -> tuple[int, int]:
    """From the first word of a name to behind its last, as far as nothing parts them."""
    first, behind = sign, sign + 1
    while first > stop.first and _touch(stop, first - 1) and _belongs(stop, first - 1):
        first -= 1
    while _touch(stop, behind - 1) and _belongs(stop, behind):
        behind += 1
    return first, behind


def _belongs(stop: Stop, index: int) -> bool:
    return stop.words.kinds[index] in _OF_NAMES or stop.words.text(index) in _SIGNS


def _is_given(stop: Stop, first: int, behind: int) -> bool:
    """Whether a name is given here: behind `stage`, `let` …, as a parameter, or in front of `=`."""
    kinds = stop.words.kinds
    if (
        first == stop.first
        or not stop.words.text(first).isidentifier()
        or not stop.words.text(behind - 1)[-1:].isalnum()
    ):
        return False
    if kinds[first - 1] in _GIVING or (kinds[first - 1] in ("LPAR", "COMMA") and stop.open and in_parameters(stop)):
        return True
    return kinds[behind] == "EQUAL" and stop.inside == "LBRACE" and stop.line_begin == first


def _uses(stop: Stop, span: Span, name: str) -> tuple[Edit, ...]:
    """The name where it is given, and wherever else the text has the same, as words of its own."""
    edits = [Edit(span, name)]
    for found in re.finditer(re.escape(span.text), stop.source.text):
        index = bisect_left(stop.words.starts, found.start())
        if found.start() == span.start or stop.words.starts[index] != found.start() or len(edits) == _MOST_USES:
            continue
        first, behind = _run(stop, index)
        if (place := stop.between(first, behind)).text == span.text:
            edits.append(Edit(place, name))
    return tuple(edits)


def _repair(stop: Stop, behind: int, edits: tuple[Edit, ...]) -> Repair:
    """Without what follows the name's first word, here and where it is used further on."""
    also = []
    for span in sorted(edit.span for edit in edits if edit.span.start > stop.span.start):
        first, last = (bisect_left(stop.words.starts, place) for place in (span.start, span.end))
        also.append(Repair(first, last - first, ("NAME",)))
    return Repair(stop.index, max(behind - stop.index, 0), (), tuple(also))


def joined_use(stop: Stop) -> Slip | None:
    """``skip from conv-2``, ``network n from resnet-50 { … }``, ``basic-block(16)``, where the text has a like name."""
    sign = _sign(stop)
    if sign is None:
        return None
    first, behind = _run(stop, sign)
    span = stop.between(first, behind)
    name, plain = name_of(span.text), name_of(span.text).replace("_", "")
    known = (one for keyword in sorted(_GIVING) for one in stop.defined(keyword))
    found = next((one for one in known if one.replace("_", "") == plain), None)
    if found is None and stop.words.kinds[first - 1] != "FROM":
        return None
    message = f"names have no `{stop.words.text(sign)}`: letters, digits and `_`"
    remedy = f"write `{found}`" if found else f"write `{plain}`, or `{name}`"
    return Slip(stop.mended("E0147", message, Edit(span, found or plain), remedy=remedy, sure=False))


def in_quotes(stop: Stop) -> Slip | None:
    """``stage "conv2" { … }``, ``network 'small' { … }``."""
    is_named = stop.at(-1) in _GIVING | _NAMED and stop.accepts("NAME")
    if stop.kind not in ("STRING", QUOTED) or not is_named or not stop.text[1:-1].isidentifier():
        return None
    edit = Edit(stop.span, stop.text[1:-1])
    return Slip(stop.mended("E0147", "a name stands without quotes", edit), stop.replaced("NAME"))


def with_a_digit_first(stop: Stop) -> Slip | None:
    """``stage 1 { … }``, ``network 3d_resnet { … }``."""
    if stop.kind not in ("NUMBER", "EXTENT", MALFORMED) or stop.at(-1) not in _GIVING:
        return None
    if stop.at(-1) not in _NEVER_ALONE and stop.at(1) not in _BEHIND:
        return None
    word = "n" if stop.at(-1) == "LET" else stop.text_at(-1)
    edit = Edit(stop.span, f"{word}{'_' if stop.kind == MALFORMED else ''}{name_of(stop.text)}")
    remedy = f"write another name, such as `{edit.text}`"
    diagnostic = stop.mended("E0147", "a name begins with a letter", edit, remedy=remedy, sure=False)
    return Slip(diagnostic, stop.replaced("NAME"))


def _holds(stop: Stop, behind: int) -> bool:
    """Whether braces follow, perhaps behind brackets."""
    closing = stop.closing(behind) if stop.words.kinds[behind] == "LPAR" else behind - 1
    return closing is not None and stop.words.kinds[closing + 1] == "LBRACE"


def of_several_words(stop: Stop) -> Slip | None:
    """``network my net { … }``, ``stage conv 2 { … }``."""
    if stop.head is None or stop.head_kind not in _GIVING - {"LET", "SLOT"} or stop.head < stop.line_begin:
        return None
    behind = next((i for i in range(stop.index, stop.line_end) if stop.words.kinds[i] in ("LPAR", "LBRACE")), None)
    first = stop.head + 1
    if (
        behind is None
        or not _holds(stop, behind)
        or behind - first not in (2, 3)
        or not {stop.words.text(first), stop.words.text(first + 1)}.isdisjoint(("after", "from"))
    ):
        return None
    if any(stop.words.kinds[index] not in ("NAME", "NUMBER") for index in range(first, behind)):
        return None
    span = stop.between(first, behind)
    edit = Edit(span, name_of(span.text))
    diagnostic = stop.mended("E0147", "a name is one word", edit, sure=False)
    return Slip(diagnostic, Repair(stop.index, behind - stop.index) if stop.index == first + 1 else None)
