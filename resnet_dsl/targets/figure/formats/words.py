"""What the words of a figure are in every format: one line, and where its letters stand."""

from __future__ import annotations

DROP = 0.33
"""From the middle of a line to its baseline, over the font's size: capitals and signs both look centred."""


def one_line(words: str) -> str:
    """A text as one line that can be shown: what cannot be becomes a space."""
    return words if words.isprintable() else "".join(letter if letter.isprintable() else " " for letter in words)
