"""The LALR machine: stacks, the tables, and no recursion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.source import Span
from resnet_dsl.syntax.tables import COLLECT, PASS, Rule, Tables
from resnet_dsl.syntax.words import END, Words

NodeBuilder = Callable[[str, Span, list[Any]], Any]
LeafBuilder = Callable[[str, str, Span], Any]


class Machine:
    """Reads words from ``position`` on, until the file is whole or a word has no place.

    ``node`` makes the value of a rule from its name, its span and its children's values; ``leaf`` makes a word's value
    from its kind, its text and its span.
    """

    def __init__(self, tables: Tables, words: Words, node: NodeBuilder, leaf: LeafBuilder) -> None:
        self.tables = tables
        self.words = words
        self._node = node
        self._leaf = leaf
        self.restart(0)

    def restart(self, position: int) -> None:
        """Forgets what was read, and goes on at another word."""
        self.position = position
        self.states: list[int] = [self.tables.start]
        self.values: list[Any] = []
        self.depth = 0
        self._starts: list[int] = []
        self._depths: list[int] = []

    def run(self, deepest: int) -> bool:
        """True when the file is whole; False when the word at ``position`` has no place or closes too deep a tree."""
        actions, gotos, rules = self.tables.actions, self.tables.gotos, self.tables.rules
        kinds, states, end = self.words.kinds, self.states, self.tables.end
        while states[-1] != end:
            code = actions[states[-1]].get(kinds[self.position])
            if code is None:
                return False
            if code > 0:
                self._shift(code - 1)
                continue
            rule = rules[~code]
            if rule.does == PASS and rule.length == 1:
                states[-1] = gotos[states[-2]][rule.name]
                continue
            self._reduce(rule)
            if self.depth > deepest:
                return False
        return True

    def accepts(self, kind: str) -> bool:
        """Whether a word of that kind has a place here: the tables merge contexts, so they are tried on a copy."""
        actions, gotos, rules = self.tables.actions, self.tables.gotos, self.tables.rules
        states = self.states.copy()
        while (code := actions[states[-1]].get(kind)) is not None:
            if code > 0:
                return True
            rule = rules[~code]
            del states[len(states) - rule.length :]
            states.append(gotos[states[-1]][rule.name])
            if states[-1] == self.tables.end:
                return kind == END
        return False

    def _shift(self, state: int) -> None:
        words, position = self.words, self.position
        start, end = words.starts[position], words.ends[position]
        span = Span(words.source, start, end)
        self.values.append(self._leaf(words.kinds[position], words.source.text[start:end], span))
        self.states.append(state)
        self._starts.append(start)
        self._depths.append(0)
        self.position += 1

    def _reduce(self, rule: Rule) -> None:
        base = len(self.values) - rule.length
        children = self.values[base:]
        start = self._starts[base] if rule.length else self._end()
        depth = max(self._depths[base:], default=0)
        if rule.does == PASS:
            value = children[rule.children[0] or 0]
        elif rule.does == COLLECT:
            value = _taken(rule, children)
        else:
            depth += 1
            value = self._node(rule.name, Span(self.words.source, start, self._end()), _taken(rule, children))
        self.depth = depth
        for stack, item in ((self.values, value), (self._starts, start), (self._depths, depth)):
            stack[base:] = [item]
        del self.states[base + 1 :]
        code = self.tables.gotos[self.states[-1]][rule.name]
        self.states.append(code)

    def _end(self) -> int:
        """Where the last word that was read ends."""
        return self.words.ends[self.position - 1] if self.position else 0


def _taken(rule: Rule, values: list[Any]) -> list[Any]:
    """The children of a rule among the values of its symbols; a list that comes first is grown, not copied."""
    taken: list[Any] = []
    for index in rule.children:
        if index is None:
            taken.append(None)
        elif index >= 0:
            taken.append(values[index])
        elif taken:
            taken += values[~index]
        else:
            taken = values[~index]
    return taken
