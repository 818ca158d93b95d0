"""From text to tree."""

from __future__ import annotations

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import building, limits, slips, tables, tree
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import END, Words, split

_DEFINING = ("IMPORT", "LET", "SLOT", "BLOCK", "NETWORK")


def parse(source: Source) -> tuple[tree.File, tuple[Diagnostic, ...]]:
    """The definitions of a text that are well formed, and the mistakes of form in the rest, in the text's order."""
    span = Span(source, 0, len(source.text))
    if mistakes := tuple(limits.check_text(source)):
        return tree.File(span, ()), mistakes
    words = split(source, tables.load())
    if mistakes := tuple(limits.check_words(words)):
        return tree.File(span, ()), mistakes
    definitions, found = _definitions(Machine(tables.load(), words, building.node, building.leaf))
    return tree.File(span, tuple(definitions)), tuple(found)


def _definitions(machine: Machine) -> tuple[list[tree.Definition], list[Diagnostic]]:
    """Goes on behind each mistake with the definition after it."""
    definitions: list[tree.Definition] = []
    mistakes: list[Diagnostic] = []
    while not machine.run(limits.MAX_DEPTH):
        mistakes.append(_mistake(machine))
        position = machine.position
        definitions += _finished(machine)
        machine.restart(_next_definition(machine.words, position))
    return definitions + _finished(machine), mistakes


def _finished(machine: Machine) -> list[tree.Definition]:
    """The definitions that were read to their end."""
    if machine.accepts(END):
        machine.words.kinds[machine.position] = END
        machine.run(limits.MAX_DEPTH)
    first = machine.values[0] if machine.values else None
    if isinstance(first, tree.File):
        return list(first.definitions)
    return first if isinstance(first, list) else []


def _mistake(machine: Machine) -> Diagnostic:
    if machine.depth > limits.MAX_DEPTH:
        return limits.too_deep(machine.words.span(machine.position))
    return slips.diagnose(machine)


def _next_definition(words: Words, position: int) -> int:
    """The next word behind ``position`` that begins a definition: such a keyword, first on a line and not indented."""
    text = words.source.text
    for index in range(position + 1, len(words.kinds)):
        start = words.starts[index]
        if words.kinds[index] in _DEFINING and (start == 0 or text[start - 1] == "\n"):
            return index
    return len(words.kinds) - 1
