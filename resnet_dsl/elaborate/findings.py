"""The mistakes of one run over a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError
from resnet_dsl.diagnostics.order import MOST_FOUND, Fresh
from resnet_dsl.elaborate.frames import Frame
from resnet_dsl.elaborate.values import Caller, PoisonedError, TooLargeError
from resnet_dsl.elaborate.wording import located
from resnet_dsl.source import Span

Key: TypeAlias = tuple[str, Span | None]
"""A mistake's code and place; its words hold lengths."""


def key_of(mistake: Diagnostic) -> Key:
    return mistake.code, mistake.place and mistake.place.span


def _never(diagnostic: Diagnostic) -> bool:
    return False


class Findings:
    """Diagnostics, each once: a block's mistake comes up in each of its calls.

    refused: names that a mistake has kept from a value, each with the scope that it would be in. clouded: whether
    something was asked for that may stand in a text that could not be read. troubles: how often a mistake, or what
    follows from one, came up. poisoned: whether something was not looked at for that.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.refused: set[tuple[int, str]] = set()
        self.clouded = False
        self.troubles = 0
        self.poisoned = False
        self._fresh: Callable[[Diagnostic], bool] = Fresh()

    @property
    def mistaken(self) -> bool:
        return self.clouded or any(one.severity == "error" for one in self.diagnostics)

    @property
    def of_shapes_alone(self) -> bool:
        """Whether all was looked at, and what is wrong are shapes."""
        return not self.poisoned and all(one.code.startswith(("E03", "W")) for one in self.diagnostics)

    def report(self, diagnostic: Diagnostic, caller: Caller | None = None) -> None:
        """Takes a diagnostic down, with the chain of calls that led to it. Raises TooLargeError."""
        found = located(diagnostic, caller)
        self.troubles += found.severity == "error"
        if self._fresh(found):
            self.diagnostics.append(found)
            if len(self.diagnostics) == MOST_FOUND:
                raise TooLargeError(found)

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Around what was perhaps meant: what is wrong with it is not told."""
        kept, self._fresh = self._fresh, _never
        try:
            yield
        finally:
            self._fresh = kept

    def take(self, raised: DiagnosticError | PoisonedError, caller: Caller | None = None) -> None:
        """Takes a mistake down, so that all can go on behind it; what follows from one is reported already."""
        if isinstance(raised, DiagnosticError):
            self.report(raised.diagnostic, caller)
        else:
            self.troubles += 1
            self.poisoned = True

    def unless_lost(self, name: str, frame: Frame) -> None:
        """Raises PoisonedError where an unknown name is the consequence of a mistake that is reported.

        It was refused to a value, or it may stand in a text that could not be read.
        """
        if (frame.scope, name) in self.refused:
            raise PoisonedError
        if frame.module.may_hold(name):
            self.clouded = True
            raise PoisonedError
