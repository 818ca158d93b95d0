"""What text is read: a stranger's spec is refused before it can cost anything, or read otherwise than it is compiled.

Characters that nobody sees stand in a fixed table, made from Unicode 16 (general categories Cc, Zs and Cf,
Bidi_Control, Default_Ignorable_Code_Point, and letters that are drawn as nothing): what Python knows of characters
differs from version to version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.showing import STEERING
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.brackets import CLOSING, OPENING
from resnet_dsl.syntax.words import Words

MAX_BYTES = 1_000_000
MAX_WORDS = 200_000
MAX_BRACKETS = 100
MAX_DEPTH = 200
MAX_DIGITS = 18
MAX_NAME = 100

_SPLIT = "split it into several files, and `import` them"


def too_large(name: str, size: int) -> Diagnostic:
    message = f"`{name}` is too large: {size:,} bytes, where a spec has at most {MAX_BYTES:,}"
    return Diagnostic("E0004", message, None, help=_SPLIT)


def check_text(source: Source) -> Iterator[Diagnostic]:
    """The length, and characters that nobody sees."""
    if len(source.text) > MAX_BYTES:
        yield too_large(source.name, len(source.text))
        return
    at = find_hidden(source.text)
    if at is not None:
        span = Span(source, at, at + 1)
        message = "this text holds a character that cannot be seen"
        place = Label(span, f"character U+{ord(source.text[at]):04X}")
        sure = not _parts_words(source.text, at)
        yield Diagnostic("E0006", message, place, help="delete the character", edits=(Edit(span, ""),), sure=sure)


def _parts_words(text: str, at: int) -> bool:
    """Whether a hidden character stands between letters, or in quotes: without it another word may be read there."""
    before, behind = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    in_quotes = text.count('"', text.rfind("\n", 0, at) + 1, at) % 2 == 1
    return in_quotes or (before.isalnum() and behind.isalnum())


def check_words(words: Words) -> Iterator[Diagnostic]:
    """How many there are, brackets in brackets, and words that are too long."""
    if len(words.kinds) > MAX_WORDS:
        message = f"this text has {len(words.kinds) - 1:,} words, where a spec has at most {MAX_WORDS:,}"
        yield Diagnostic("E0004", message, Label(words.span(MAX_WORDS)), help=_SPLIT)
        return
    yield from _check_brackets(words)
    for index, (kind, start, end) in enumerate(zip(words.kinds, words.starts, words.ends, strict=True)):
        if end - start > MAX_NAME and kind == "NAME":
            message = f"this name has {end - start} characters, where a name has at most {MAX_NAME}"
            yield Diagnostic("E0010", message, Label(words.span(index)), help="choose a shorter name")
        elif end - start > MAX_DIGITS and kind in ("NUMBER", "UNKNOWN", "EXTENT"):
            yield from _check_number(words, index)


def _check_brackets(words: Words) -> Iterator[Diagnostic]:
    depth = 0
    for index, kind in enumerate(words.kinds):
        if kind in CLOSING:
            depth -= 1
        elif kind in OPENING:
            depth += 1
        if depth > MAX_BRACKETS:
            place = Label(words.span(index), f"this is bracket number {depth} that is open here")
            yield Diagnostic(
                "E0007",
                f"brackets are nested more than {MAX_BRACKETS} deep",
                place,
                help="close brackets that were left open, or give inner parts a name with `let` or `block`",
            )
            return


def too_deep(place: Span) -> Diagnostic:
    """What a tree deeper than MAX_DEPTH gets; ``place`` is where it became so."""
    return Diagnostic(
        "E0008",
        f"this is nested more than {MAX_DEPTH} levels deep",
        Label(place),
        help="give inner parts a name with `let` or `block`",
    )


def digits(text: str) -> int:
    """How many digits a number or a size has; of a power of ten, in front of it or in it, where there are more."""
    front, _, power = text.lower().partition("e")
    return max(sum(map(str.isdigit, front)), sum(map(str.isdigit, power)) + (power != ""))


def _check_number(words: Words, index: int) -> Iterator[Diagnostic]:
    text = words.text(index)
    if (count := digits(text)) > MAX_DIGITS:
        message = f"this number has {count} digits, where at most {MAX_DIGITS} are read"
        yield Diagnostic("E0009", message, Label(words.span(index)), help=_shorter(text))


def _shorter(text: str) -> str:
    """A fraction as the nearest number that there is: its digits behind the seventeenth change nothing."""
    if "." in text and len(text) <= MAX_NAME and text[-1].isdigit():
        return f"write `{fraction(float(text.replace('_', '')))}`: what the further digits say is lost in any number"
    return "write a large number as `4.1G` or `1e9`"


def fraction(number: float) -> str:
    """A number to the bit: with a power of ten where it would have more digits than are read, behind many zeros."""
    text = repr(number)
    if digits(text) > MAX_DIGITS:
        text = next(one for one in (f"{number:.{places}e}" for places in range(18)) if float(one) == number)
    return re.sub(r"e([+-])0*(\d)", r"e\1\2", text)


_TAGS = "\U000e0000-\U000e007f"
_INVISIBLE = (
    "\u00ad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"  # no width
    "\U000e0080-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001343f"  # no width, of planes 1, 14
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159"  # letters and signs that are drawn as nothing
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters
)
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Those that are not the common one. Between words the parser tells of them in its own way (E0114)."""

_ANYWHERE = rf"[{STEERING}{_TAGS}]|\r(?!\n)"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
"""The emoji of a flag of a region such as Scotland: the one place of tag characters."""

_BETWEEN_WORDS = rf"[{STEERING}{_TAGS}{_INVISIBLE}]|\r(?!\n)"
_SUSPECT = re.compile(rf"[{STEERING}{_TAGS}{_INVISIBLE}{_SPACES}\r]")
_PARTS = rf'"[^"\n]*"?|(?P<comment>#[^\n]*)|{_BETWEEN_WORDS}'
_IN_QUOTES = rf"[{_SPACES}]|{_BETWEEN_WORDS}"
_IN_A_COMMENT = rf"{_FLAG}|(?P<hidden>{_ANYWHERE})"


def find_hidden(text: str) -> int | None:
    """The offset of the first character that may not stand where it stands.

    Control characters (tab and line ends excepted), marks that turn the direction of writing and tags may stand
    nowhere; what else cannot be seen, in comments alone, where languages and emoji need it.
    """
    if _SUSPECT.search(text) is None:
        return None
    return next((at for part in re.finditer(_PARTS, text) if (at := _first(part)) is not None), None)


def _first(part: re.Match[str]) -> int | None:
    """In a comment, a text in quotes, or a hidden character outside of both."""
    start, end = part.span()
    end += part.string.startswith("\n", end)  # which tells whether a return belongs to the line's end
    if part["comment"] is None:
        found = re.compile(_IN_QUOTES).search(part.string, start, end)
        return None if found is None else found.start()
    marks = re.compile(_IN_A_COMMENT).finditer(part.string, start, end)
    return next((mark.start() for mark in marks if mark["hidden"]), None)
