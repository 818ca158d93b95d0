"""How much a body runs at least, from its text alone: blocks that each call another one twice double every time."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.elaborate.merging import chain_of, merged
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.syntax import tree

_DEEPEST = 60  # blocks in blocks that are looked at; what lies deeper counts as nothing


class Expansion:
    """Lower bounds, each found once. What depends on conditions, settings or computed counts is left out.

    ``most_repeats``: repeats beyond this are refused by themselves, and count as nothing here. ``counts``: whether a
    step counts, of what it calls: a block, a slot, or None.
    """

    def __init__(self, most_repeats: int, counts: Callable[[Definition | None], bool]) -> None:
        self._most_repeats = most_repeats
        self._counts = counts
        self._known: dict[tree.SyntaxNode, int] = {}

    def least(self, node: tree.Body | tree.Step, module: Module, depth: int = 0) -> int:
        """The steps that count and run at least where a body or a step runs; its names are looked up in ``module``."""
        if node not in self._known:
            self._known[node] = 0
            if depth < _DEEPEST:
                self._known[node] = self._count(node, module, depth)
        return self._known[node]

    def _count(self, node: tree.SyntaxNode, module: Module, depth: int) -> int:
        total = 0
        pending = [(node, 1)]
        while pending:
            current, times = pending.pop()
            if times > self._most_repeats:
                continue
            if isinstance(current, tree.Step):
                called = module.seen.get(current.callee.text) if current.callee is not None else None
                total += times if self._counts(called) else 0
                if called is not None and isinstance(called.tree, tree.Block):
                    total += times * self.least(called.tree.body, called.module, depth + 1)
                pending.extend((chain, times) for item in merged(current, module) if (chain := chain_of(item)))
            else:
                pending.extend(_below(current, times))
        return total


def _below(node: tree.SyntaxNode, times: int) -> list[tuple[tree.SyntaxNode, int]]:
    """The nodes below that run for sure, and how often."""
    if isinstance(node, tree.Body):
        return [(one, times) for one in node.statements]
    if isinstance(node, tree.Chain):
        return [(one, times) for one in node.items]
    if isinstance(node, tree.Named):
        return [(node.chain, times)]
    if isinstance(node, tree.Times):
        return [(node.step, times * _literal(node.count))]
    if isinstance(node, tree.Repeat):
        return [(node.body, times * _literal(node.count))]
    return []


def _literal(count: tree.Operand) -> int:
    """A count that is written as a number; 0 for one that must be computed."""
    text = count.token.text.replace("_", "") if isinstance(count, tree.Number) else ""
    return int(text) if text.isdigit() else 0
