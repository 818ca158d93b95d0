"""What the grammar's productions say: the words that a text begins with, the words that hold names or braces, and
what may stand where in a node.

A symbol is a rule's name or a word's kind. What is read here is not written down anywhere else.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from resnet_dsl.syntax import tables
from resnet_dsl.syntax.tables import BUILD, COLLECT, PASS, Rule


@cache
def _by_rule() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in tables.load().rules:
        for name in {rule.name, rule.node}:
            found.setdefault(name, []).append(rule)
    return found


def of(symbol: str) -> list[Rule]:
    """The productions of a rule, or of those that make a node; none of a word."""
    return _by_rule().get(symbol, [])


@cache
def first(symbol: str) -> frozenset[str]:
    """The words that a symbol's text may begin with."""
    found = [symbol]
    for one in found:
        found += {symbol for rule in of(one) for symbol in rule.symbols[:1]} - {*found}
    return frozenset(one for one in found if not of(one))


@cache
def stands_for(symbol: str, is_bare: bool = False) -> frozenset[str]:
    """What a symbol's value may be: the rules of its nodes, and words. ``is_bare``: without brackets around it."""
    found = [symbol]
    for one in found:
        for rule in of(one):
            if rule.does == COLLECT or (rule.does == PASS and not (is_bare and rule.length > 1)):
                found += {child for child in rule.child_symbols() if child} - {*found}
    words = {one for one in found if not of(one)}
    return frozenset(words.union(rule.node for one in found for rule in of(one) if rule.does == BUILD))


def fields(rule: str, count: int, has_row: bool, is_bare: bool = False) -> list[set[str | None]]:
    """What each of ``count`` fields of a rule's node may hold, None if it may be left out; a row takes what is left."""
    found: list[set[str | None]] = [set() for _ in range(count)]
    for children in (production.child_symbols() for production in of(rule) if production.does == BUILD):
        for place, child in enumerate(children):
            found[min(place, count - 1)] |= stands_for(child, is_bare) if child else {None}
        for missing in found[len(children) : count - has_row]:
            missing.add(None)
    return found


def beginning_with(*words: str) -> set[str]:
    """The symbols whose text may begin with one of these words."""
    found = {*words}
    while more := {rule.name for rule in tables.load().rules if not found.isdisjoint(rule.symbols[:1])} - found:
        found |= more
    return found


def in_front_of(*symbols: str) -> set[str]:
    """The words that stand in a production directly in front of one of these symbols."""
    pairs = (pair for rule in tables.load().rules for pair in pairwise(rule.symbols))
    return {one for one, other in pairs if other in symbols and not of(one)}


def with_a(symbol: str) -> set[str]:
    """The words that begin a production in which this symbol stands."""
    return {rule.symbols[0] for rule in tables.load().rules if symbol in rule.symbols[1:]}
