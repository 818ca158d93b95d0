"""From text to tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.memory import uncollected
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import limits, tables, tree
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import END, Words, split

if TYPE_CHECKING:
    from resnet_dsl.syntax.slips import Repair, Slip

_MOST_MISTAKES = 100  # nobody reads more
_MOST_WALKED = 2_000_000  # words that are looked through for what to say: a mistake costs a walk through its definition


def parse(source: Source) -> tuple[tree.File, tuple[Diagnostic, ...]]:
    """The definitions of a text that are well formed, and the mistakes of form in the rest, in the text's order."""
    span = Span(source, 0, len(source.text))
    if mistakes := tuple(limits.check_text(source)):
        return tree.File(span, ()), mistakes
    words = split(source, tables.load())
    if mistakes := tuple(limits.check_words(words)):
        return tree.File(span, ()), mistakes
    with uncollected():
        definitions, mistakes = _Reading(words).read()
    return tree.File(span, definitions), mistakes


class _Reading:
    """One text: goes on behind each mistake, with what was meant where that is sure, else with the next definition."""

    def __init__(self, words: Words) -> None:
        self._machine = Machine(tables.load(), words, tree.maker, tree.Token)
        self._definitions: list[tree.Definition] = []
        self._mistakes: list[Diagnostic] = []
        self._first = 0  # the word from which on is read
        self._mended = -1  # the last word of a repair: a mistake there follows from it
        self._mendings: list[int] = []  # where in the text
        self._walked = 0

    def read(self) -> tuple[tuple[tree.Definition, ...], tuple[Diagnostic, ...]]:
        while not self._machine.run(limits.MAX_DEPTH):
            if len(self._mistakes) >= _MOST_MISTAKES or self._walked > _MOST_WALKED:
                break
            if self._machine.position <= self._mended:
                self._skip()
                continue
            slip = self._slip()
            self._mistakes.append(slip.diagnostic)
            if slip.repair:
                self._mend(slip.repair)
            else:
                self._skip()
        self._definitions += _finished(self._machine)
        whole = [
            one for one in self._definitions if not any(one.span.start <= at < one.span.end for at in self._mendings)
        ]
        return tuple(whole), tuple(in_order(self._mistakes))

    def _slip(self) -> Slip:
        from resnet_dsl.syntax.slips import Slip, diagnose  # a text without mistakes is read without their words

        if self._machine.depth > limits.MAX_DEPTH:
            return Slip(limits.too_deep(self._machine.words.span(self._machine.position)))
        self._walked += self._machine.position - self._first
        return diagnose(self._machine, self._first)

    def _mend(self, repair: Repair) -> None:
        at, remove, insert, also = repair
        words = self._machine.words
        for other in reversed(also):
            self._mendings.append(words.starts[other.at] if other.remove else words.ends[other.at - 1])
            words.replace(other.at, other.remove, other.insert)
        self._mendings.append(words.starts[at] if remove else words.ends[at - 1])
        words.replace(at, remove, insert)
        self._mended = at + (max(len(insert) - 1, 0) if remove else len(insert))
        if at < self._machine.position:
            self._machine.restart(self._first)

    def _skip(self) -> None:
        position = self._machine.position
        self._definitions += _finished(self._machine)
        self._first = _next_definition(self._machine.words, max(position, self._first + 1))
        self._machine.restart(self._first)


def _finished(machine: Machine) -> list[tree.Definition]:
    """The definitions that were read to their end."""
    if machine.accepts(END):
        machine.words.kinds[machine.position] = END
        machine.run(limits.MAX_DEPTH)
    first = machine.values[0] if machine.values else None
    if isinstance(first, tree.File):
        return list(first.definitions)
    return first if isinstance(first, list) else []


def _next_definition(words: Words, position: int) -> int:
    """The first word from ``position`` on that begins a definition: such a keyword, first on a line, not indented."""
    text = words.source.text
    defining = {*tables.load().actions[tables.load().start]} - {END}
    for index in range(position, len(words.kinds)):
        start = words.starts[index]
        if words.kinds[index] in defining and (start == 0 or text[start - 1] == "\n"):
            return index
    return len(words.kinds) - 1
