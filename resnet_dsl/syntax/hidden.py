"""Characters that nobody sees: they could make a text read otherwise than it is compiled.

A fixed table, made from Unicode 16 (general categories Cc, Zs and Cf, Bidi_Control, Default_Ignorable_Code_Point, and
letters that are drawn as nothing): what Python knows of characters differs from version to version.
"""

from __future__ import annotations

import re

from resnet_dsl.showing import STEERING

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
