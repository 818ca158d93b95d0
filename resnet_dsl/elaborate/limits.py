"""What an expansion may cost. Checked before it is paid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, Mistake
from resnet_dsl.elaborate.builder import TooMuch
from resnet_dsl.source import Span

MOST_REPEATS = 100_000
"""Rounds of one repeat, or of nested repeats together."""

MOST_CALLS = 1_000_000
"""Steps run for one network."""

DEEPEST = 60
"""Blocks inside blocks."""


class Budget:
    """Counts rounds and steps."""

    def __init__(self) -> None:
        self._rounds = 1
        self._calls = 0

    def spend(self, span: Span) -> None:
        """One step. Raises TooMuch."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise TooMuch(
                Diagnostic(
                    "E0502",
                    f"the network expands to more than {MOST_CALLS:,} steps",
                    Label(span, "the first one too many"),
                    help="repeat less",
                )
            )

    @contextmanager
    def repeating(self, count: int, span: Span) -> Iterator[None]:
        """Around a repeat. Raises Mistake where the rounds, times those of the repeats around it, are too many."""
        if count < 0:
            raise Mistake(Diagnostic("E0505", f"steps cannot be repeated {count} times", Label(span)))
        before = self._rounds
        if before * count > MOST_REPEATS:
            raise Mistake(_too_many_rounds(count, before, span))
        self._rounds = before * max(count, 1)
        try:
            yield
        finally:
            self._rounds = before


def _too_many_rounds(count: int, outer: int, span: Span) -> Diagnostic:
    nested = f" inside repeats of {outer:,} rounds together" if outer > 1 else ""
    return Diagnostic(
        "E0501",
        f"{count:,} repeats{nested} are too many: the most is {MOST_REPEATS:,} in all",
        Label(span),
        help="repeat less",
    )


def check_depth(depth: int, span: Span) -> None:
    """Raises Mistake where blocks are called through more blocks than a network can need."""
    if depth >= DEEPEST:
        raise Mistake(
            Diagnostic("E0504", f"blocks are nested more than {DEEPEST} deep", Label(span), help="nest blocks less")
        )
