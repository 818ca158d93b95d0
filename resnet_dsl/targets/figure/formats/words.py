"""What the words of a figure are in every format: one line, and where its letters stand."""

from __future__ import annotations

import unicodedata

from resnet_dsl.targets.figure.layout.geometry import TextLine
from resnet_dsl.targets.figure.layout.metrics import width

DROP = 0.33
"""From the middle of a line to its baseline, over the font's size: capitals and signs both look centred."""
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of the room that a line leaves stands before it."""


def one_line(words: str) -> str:
    """A text as one line that can be shown: what cannot be becomes a space."""
    return words if words.isprintable() else "".join(letter if letter.isprintable() else " " for letter in words)


def composed(text: TextLine) -> str:
    """Its letters, composed where there is one for two; for a font, which has them by themselves."""
    return unicodedata.normalize("NFC", one_line(text.words))


def fitted(text: TextLine, real: float) -> tuple[float, float]:
    """Where a line begins that is ``real`` points wide, and by what it is squeezed: to no more than it was laid out."""
    laid = width(text.words, text.size, text.face)
    squeezed = min(1.0, laid / real) if real else 1.0
    return text.bounds[0] + (laid - real * squeezed) * _BEFORE[text.anchor], squeezed
