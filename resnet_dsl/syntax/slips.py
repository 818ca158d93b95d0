"""Words for mistakes of form, in the terms of who made them."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import END


def diagnose(machine: Machine) -> Diagnostic:
    """What to say about the word at which the machine stopped."""
    words, index = machine.words, machine.position
    if words.kinds[index] == END:
        return Diagnostic("E0100", "the text ends too early", Label(words.span(index)))
    return Diagnostic("E0100", f"`{words.text(index)}` has no place here", Label(words.span(index)))
