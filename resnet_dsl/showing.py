"""A stranger's words as people are shown them: what steers a terminal, or turns a line around, is spelt out.

Names of files, models and classes come from anywhere; so do the texts of errors that hold them.
"""

from __future__ import annotations

import re

STEERING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters; tab, line feed and return are fine
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # those that turn the direction of writing
    "\u2028\u2029"  # separators of lines and paragraphs
    "\ud800-\udfff"  # what Python makes of the bytes of a name that is not UTF-8
)
"""Characters that are no text: the inside of a set in a regular expression. A fixed table, not Python's own.

None of them is printable in any version of Unicode, so that most texts are told without an expression.
"""

_STEERS = rf"[{STEERING}]|\r(?!\n)"
_OF_NO_LINE = rf"[{STEERING}\t\n\r]"


def safe(text: str) -> str:
    """A text of several lines, with ``\\u001b`` for an escape; inside JSON that means the same character."""
    return text if text.replace("\n", "").isprintable() else re.sub(_STEERS, _spelt, text)


def line(text: str) -> str:
    """The same of what is to stay in its line, such as a file's name: line ends and tabs are spelt out, too."""
    return text if text.isprintable() else re.sub(_OF_NO_LINE, _spelt, text)


BOLD, CYAN = "1", "36"


def painted(text: str, colour: str) -> str:
    """The text in a colour of terminals, by the number that ANSI gives it."""
    return f"\033[{colour}m{text}\033[0m"


def _spelt(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def width(text: str) -> int:
    """Columns of a terminal: two for wide characters, none for those that combine with the one before."""
    if text.isascii():
        return len(text)
    from unicodedata import category, combining, east_asian_width

    def columns(one: str) -> int:
        """Not all marks have a class of combining: the vowels above Thai letters have none."""
        if combining(one) or category(one) in ("Mn", "Me") or ord(one) in _JOINING_JAMO:
            return 0
        return 2 if east_asian_width(one) in "WF" else 1

    return sum(map(columns, text))


_JOINING_JAMO = range(0x1160, 0x1200)
"""Vowels and last consonants of Hangul, which are drawn into the syllable that the first one begins."""
