"""Mistakes of meaning: the place, the cause and the remedy of each, and that the remedy, followed, compiles.

The texts were written before their messages, by three hands: a Keras user's, a student's and a researcher's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.pipeline import load_text


class Case(NamedTuple):
    """A text with ¦ in front of the place; what the message and the help say; and, where the help is no edit, what it
    asks for: this for that."""

    name: str
    text: str
    code: str
    cause: str
    remedy: str
    instead: tuple[str, str] | None = None

    def check(self) -> None:
        """The mistake is told at its place, with its cause, and its remedy compiles."""
        wrong = self.text.replace("¦", "")
        found = load_text(wrong).check()
        assert [one.code for one in found] == [self.code]
        (told,) = found
        assert told.place is not None
        assert told.place.span.start == self.text.index("¦")
        assert re.search(self.cause, " | ".join([told.message, told.place.text]))
        assert re.search(self.remedy, told.help or "")
        if told.edits or self.instead:
            right = wrong.replace(*self.instead) if self.instead else _edited(wrong, told.edits)
            assert right != wrong
            assert load_text(right).check() == ()


def _edited(text: str, edits: tuple[Edit, ...]) -> str:
    for span, new in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: span.start] + new + text[span.end :]
    return text
