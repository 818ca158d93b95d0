"""How much text is read: a stranger's spec is refused before it can cost anything."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax.hidden import find_hidden
from resnet_dsl.syntax.words import CLOSING, OPENING, Words

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
        place = Label(Span(source, at, at + 1), f"character U+{ord(source.text[at]):04X}")
        yield Diagnostic("E0006", "this text holds a character that cannot be seen", place, help="delete the character")


def check_words(words: Words) -> Iterator[Diagnostic]:
    """How many there are, brackets in brackets, and words that are too long."""
    if len(words.kinds) > MAX_WORDS:
        message = f"this text has {len(words.kinds) - 1:,} words, where a spec has at most {MAX_WORDS:,}"
        yield Diagnostic("E0004", message, Label(words.span(MAX_WORDS)), help=_SPLIT)
        return
    yield from _check_brackets(words)
    for index, (kind, start, end) in enumerate(zip(words.kinds, words.starts, words.ends, strict=True)):
        if end - start > MAX_DIGITS and kind in _LONG:
            yield from _LONG[kind](words, index)


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


def _number(words: Words, index: int) -> Iterator[Diagnostic]:
    digits = sum(character.isdigit() for character in words.text(index))
    if digits > MAX_DIGITS:
        message = f"this number has {digits} digits, where at most {MAX_DIGITS} are read"
        yield Diagnostic("E0009", message, Label(words.span(index)), help="write a large number as `4.1G` or `1e9`")


def _name(words: Words, index: int) -> Iterator[Diagnostic]:
    length = words.ends[index] - words.starts[index]
    if length > MAX_NAME:
        message = f"this name has {length} characters, where a name has at most {MAX_NAME}"
        yield Diagnostic("E0010", message, Label(words.span(index)), help="choose a shorter name")


_LONG = {"NUMBER": _number, "EXTENT": _number, "NAME": _name}
