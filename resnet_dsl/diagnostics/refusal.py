"""A text that was refused: the exception that leaves the compiler, and its words."""

from __future__ import annotations

from collections.abc import Iterable

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.failure import Told


class Refusal(Told):
    """The text was refused: the diagnostics of a whole compilation (at least one of them an error), in source order.

    As a string it is these diagnostics as the command line shows them, each with its place and its remedy.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        assert any(one.severity == "error" for one in self.diagnostics), "nothing is refused without a reason"
        super().__init__("; ".join(d.message for d in self.diagnostics if d.severity == "error"))

    def __str__(self) -> str:
        return self.told().rstrip()

    def told(self, colours: bool = False) -> str:
        """See Told."""
        from resnet_dsl.diagnostics.draw import draw_all

        return draw_all(self.diagnostics, colours)
