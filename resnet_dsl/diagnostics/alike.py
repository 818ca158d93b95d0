"""Letters that look like Latin ones and are none: from a keyboard of another language, from a page or a PDF."""

from __future__ import annotations

from functools import lru_cache

_ALIKE = {
    "A": "АΑ", "B": "ВΒ", "C": "С", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν",
    "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "УΥ", "Z": "Ζ",
    "a": "аαɑ", "c": "с", "d": "ԁ", "e": "е", "g": "ɡ", "h": "һ", "i": "іιı", "j": "ј", "k": "кκ", "l": "ӏ", "m": "м",
    "n": "п", "o": "оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "u": "υ", "v": "ν", "w": "ԝω", "x": "хχ", "y": "уγ",
}  # fmt: skip
"""Cyrillic and Greek ones, and a few others, by what they look like: from Unicode's confusable characters (UTS 39)."""

_SCRIPTS = {"CYRILLIC": "a Cyrillic", "GREEK": "a Greek", "FULLWIDTH": "a full-width", "MATHEMATICAL": "a mathematical"}


def latin(word: str) -> str:
    """A word with Latin letters in place of those that look like them, or are the same in another width or style."""
    if word.isascii():
        return word
    from unicodedata import normalize

    return normalize("NFKC", word).translate(_latin_letters())


@lru_cache(maxsize=1)
def _latin_letters() -> dict[int, str]:
    return str.maketrans({letter: latin for latin, letters in _ALIKE.items() for letter in letters})


def told_apart(name: str, other: str) -> str | None:
    """What tells two names apart that look alike, and what to write; None where they do not look alike.

    ``name`` is the one that is not known, ``other`` the one that is.
    """
    if name == other or latin(name) != latin(other):
        return None
    if (odd := odd_letter(name)) is not None:
        return f"{odd}: write `{other}`"
    return f"`{other}`, as it is known here, looks the same: {odd_letter(other)}"


def odd_letter(word: str) -> str | None:
    """The first letter that only looks Latin, in words; None where there is none, or the word has others, too."""
    from unicodedata import name

    for letter in word if latin(word).isascii() else "":
        if latin(letter) != letter:
            script = _SCRIPTS.get(name(letter, "").partition(" ")[0], "another")
            return f"the `{letter}` in `{word}` is {script} letter, and looks like the Latin `{latin(letter)}`"
    return None
