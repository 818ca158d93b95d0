"""The LALR machine: stacks, the tables, and no recursion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.source import Span
from resnet_dsl.syntax.brackets import SOFT
from resnet_dsl.syntax.tables import BUILD, PASS, Rule, Tables
from resnet_dsl.syntax.words import END, Words

_ALONE = [0]  # the children of a rule whose only symbol is its only child

Make = Callable[[Span, list[Any]], Any]


class Machine:
    """Reads words from ``position`` on, until the file is whole or a word has no place.

    ``maker`` gives, for the name of a rule, what makes its value of its span and its children's values; ``leaf`` makes
    a word's value of its kind, its text and its span. Words that no rule keeps have no value. ``starts``: where in the
    text each of the ``values`` begins.
    """

    def __init__(
        self, tables: Tables, words: Words, maker: Callable[[str], Make], leaf: Callable[[str, str, Span], Any]
    ) -> None:
        self.tables = tables
        self.words = words
        self._makers = {rule.node: maker(rule.node) for rule in tables.rules if rule.does == BUILD}
        self._leaf = leaf
        self._rows: dict[tuple[int, int, str], tuple[list[Rule], int]] = {}
        self.restart(0)

    def restart(self, position: int) -> None:
        """Forgets what was read, and goes on at another word."""
        self.position = position
        self.states: list[int] = [self.tables.start]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.depth = 0
        self._depths: list[int] = []

    def rewind(self, level: int, position: int) -> None:
        """Forgets what was read above a height of the stack, and goes on at the word where that began."""
        self.position = position
        for row in (self.states, self.values, self.starts, self._depths):
            del row[level + (row is self.states) :]
        self.depth = max(self._depths, default=0)

    def drop_behind(self, place: int) -> None:
        """Forgets the statements of the row on top of the stack that begin at a place of the text, or behind it."""
        row = self.values[-1]
        while isinstance(row, list) and row and row[-1].span.start >= place:
            row.pop()

    def run(self, deepest: int) -> bool:
        """True when the file is whole; False when the word at ``position`` has no place or closes too deep a tree."""
        actions, gotos, rules = self.tables.actions, self.tables.gotos, self.tables.rules
        kinds, states, end = self.words.kinds, self.states, self.tables.end
        while states[-1] != end:
            code = actions[states[-1]].get(kinds[self.position])
            if code is None:
                if kinds[self.position] not in SOFT:
                    return False
                kinds[self.position] = "NAME"
                continue
            if code > 0:
                self._shift(code - 1)
                continue
            rule = rules[~code]
            if rule.length == 1:
                self._rename(kinds[self.position])
            else:
                self._reduce(rule)
                states[-1] = gotos[states[-2]][rule.name]
            if self.depth > deepest:
                return False
        return True

    def accepts(self, kind: str) -> bool:
        """Whether a word of that kind has a place here: the tables merge contexts, so they are tried on a copy."""
        return bool(behind(self.tables, self.states, kind))

    def count(self) -> int | None:
        """Where in the text the count begins that stands here and misses its `x`; a size would go on with numbers."""
        states = behind(self.tables, self.states, "X")
        if not states or "NUMBER" in self.tables.actions[states[-1]]:
            return None
        return self.starts[len(states) - 3]

    def _shift(self, state: int) -> None:
        words, position = self.words, self.position
        kind, start = words.kinds[position], words.starts[position]
        value = None
        if kind in self.tables.kept:
            end = words.ends[position]
            value = self._leaf(kind, words.source.text[start:end], Span(words.source, start, end))
        self.values.append(value)
        self.states.append(state)
        self.starts.append(start)
        self._depths.append(0)
        self.position = position + 1

    def _rename(self, kind: str) -> None:
        """Reduces by rules of one symbol, one after another: only the value on top changes."""
        states, values = self.states, self.values
        key = (states[-2], states[-1], kind)
        if key not in self._rows:
            self._rows[key] = self._row(*key)
        rules, states[-1] = self._rows[key]
        for rule in rules:
            value = values[-1:] if rule.children == _ALONE else _taken(rule.children, values[-1:])
            if rule.does == BUILD:
                span = Span(self.words.source, self.starts[-1], self.words.ends[self.position - 1])
                value = self._makers[rule.node](span, value)
                self.depth = self._depths[-1] = self._depths[-1] + 1
            values[-1] = value

    def _row(self, below: int, state: int, kind: str) -> tuple[list[Rule], int]:
        """The rules of one symbol that apply in a row before a word of a kind, but for PASS, and the state behind."""
        tables = self.tables
        found: list[Rule] = []
        while state != tables.end and (code := tables.actions[state].get(kind, 1)) < 0:
            rule = tables.rules[~code]
            if rule.length != 1:
                break
            if rule.does != PASS:
                found.append(rule)
            state = tables.gotos[below][rule.name]
        return found, state

    def _reduce(self, rule: Rule) -> None:
        """Puts the value of a rule in the place of its symbols' values; the state on top is still to be found."""
        _, length, does, children, *_ = rule
        base = len(self.values) - length
        depth = max(self._depths[base:], default=0)
        start = self.starts[base] if length else self._end()
        value = _taken(children, self.values[base:])
        if does == PASS:
            value = value[0]
        if does == BUILD:
            depth += 1
            value = self._makers[rule.node](Span(self.words.source, start, self._end()), value)
        self.depth = depth
        self.values[base:] = (value,)
        self.starts[base:] = (start,)
        self._depths[base:] = (depth,)
        self.states[base + 1 :] = (0,)

    def _end(self) -> int:
        """Where the last word that was read ends."""
        return self.words.ends[self.position - 1] if self.position else 0


def behind(tables: Tables, stack: list[int], kind: str) -> list[int]:
    """The stack behind a word of that kind, as it would be; empty where the word has no place there."""
    actions, gotos, rules = tables.actions, tables.gotos, tables.rules
    states = stack.copy()
    while (code := actions[states[-1]].get(kind)) is not None:
        if code > 0:
            return [*states, code - 1]
        rule = rules[~code]
        del states[len(states) - rule.length :]
        states.append(gotos[states[-1]][rule.name])
        if states[-1] == tables.end:
            return states if kind == END else []
    return []


def _taken(children: list[int | None], values: list[Any]) -> list[Any]:
    """The children of a rule among the values of its symbols; a list that comes first is grown, not copied."""
    taken: list[Any] = []
    for index in children:
        if index is None:
            taken.append(None)
        elif index >= 0:
            taken.append(values[index])
        elif taken:
            taken += values[~index]
        else:
            taken = values[~index]
    return taken
