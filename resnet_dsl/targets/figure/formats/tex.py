"""Words as TeX that prints them and does nothing else."""

from __future__ import annotations

import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": "'",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "Δ": r"\ensuremath{\Delta}",
    "γ": r"\ensuremath{\gamma}",
    "β": r"\ensuremath{\beta}",
    "−": r"\ensuremath{-}",
    "≈": r"\ensuremath{\approx}",
    "≠": r"\ensuremath{\neq}",
    "-": "-{}",
    "–": "--",
    "…": r"\dots{}",
    **{letter: f"\\{letter}" for letter in "#$%&_{}"},
}
_ACCENTS = {"\u0300", "\u0301", "\u0302", "\u0303", "\u0308", "\u030a", "\u030c", "\u0327"}


def escape_tex(text: str) -> str:
    """A text as TeX that prints it and does nothing else; letters that LaTeX's own fonts lack become ``?``."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter.isascii():
        return letter if letter.isprintable() else " "
    parts = unicodedata.normalize("NFD", letter)
    accented = len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS
    return letter if accented or letter in "ßøØæÆ" else "?"


def formula(words: str) -> str:
    """The letters of a formula; it is ours, yet nothing but letters and signs gets through."""
    return "".join(_MATHS.get(letter, letter if letter.isascii() and letter.isalnum() else "") for letter in words)


_MATHS = {**{letter: letter for letter in "()[]+=., "}, "·": r"\cdot ", "−": "-", "γ": r"\gamma ", "β": r"\beta "}
