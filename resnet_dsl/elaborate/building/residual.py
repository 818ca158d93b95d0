"""Which calls are residual blocks: one definition for `progress`, `blocks` and figures (docs/language.md, section 5).

A call in a stage is one where its block goes around itself: a `skip` is written in it (also where `skips off` or an
`if` leaves it out; a long one, from a value that is passed to the block, does not count), or `in` is added or joined by
hand. Where no call of a network is one, the plain calls stand in their place: those that have steps of their own, the
outermost of them. A helper that only calls blocks counts nowhere, so that steps may move into one; nor does what fills
a slot, an adapter, or what stands in stem or head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from resnet_dsl.elaborate.building.builder import BlockKind
from resnet_dsl.elaborate.expansion import Expansion
from resnet_dsl.elaborate.limits import MOST_REPEATS
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.ir.nodes import ScopeKind
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.syntax import tree

_JOINED = tuple(name for name, operation in OPERATIONS.items() if operation.merge in ("sum", "join"))
"""What goes around: to multiply by what entered is a gate."""


class Blocks:
    """Counts the blocks of one run over a network, and says how far the network has come.

    found_before: what a run before has found; nothing in the first one. progress: 0 at the first block and before it,
    1 at the last and behind it; between two blocks that of the one that began last. asked: whether the network asks for
    it. part: the kind of part that is being run; None while nothing flows.
    """

    def __init__(self, found_before: Counter[BlockKind]) -> None:
        self.found: Counter[BlockKind] = Counter()
        self.progress = 0.0
        self.inside = False
        self.asked = False
        self.part: ScopeKind | None = None
        self._counted: BlockKind = "residual" if found_before["residual"] else "plain"
        self.in_all = found_before[self._counted]
        self._kinds: dict[tree.SyntaxNode, BlockKind | None] = {}

    def kind(self, definition: Definition) -> BlockKind | None:
        """What a call in a stage is, from the text of its block; None for a helper, and inside a plain block."""
        if definition.tree not in self._kinds:
            self._kinds[definition.tree] = _kind(definition)
        kind = self._kinds[definition.tree]
        return None if kind == self._counted == "plain" and self.inside else kind

    def expect(self, stages: Iterable[tuple[tree.Body, Module]]) -> None:
        """Counts the residual blocks of a network from its text, as far as that says how often each is called."""
        counts = Expansion(MOST_REPEATS, self._is_residual)
        expected = sum(counts.least(body, module) for body, module in stages)
        if expected:
            self._counted, self.in_all = "residual", expected

    def _is_residual(self, called: Definition | None) -> bool:
        return called is not None and isinstance(called.tree, tree.Block) and self.kind(called) == "residual"

    @property
    def as_expected(self) -> bool:
        """Whether the run found what it went by; residual blocks are counted wherever there are some."""
        return self.found[self._counted] == self.in_all and (self._counted == "residual" or not self.found["residual"])

    @property
    def adrift(self) -> bool:
        """Whether `progress` says little here: between the blocks of a stage, or in a network that has none."""
        return not self.inside and (self.part == "stage" or not self.in_all)

    @contextmanager
    def nowhere(self) -> Iterator[None]:
        """Around what is worked out once for all blocks."""
        part, self.part = self.part, None
        try:
            yield
        finally:
            self.part = part

    @contextmanager
    def around(self, kind: BlockKind | None) -> Iterator[None]:
        """Around a call and its arguments; where it ends inside another block, that one's progress holds again."""
        progress, inside = self.progress, self.inside
        self._begin(kind)
        try:
            yield
        finally:
            self.inside = inside
            self.progress = progress if inside else self.progress

    def _begin(self, kind: BlockKind | None) -> None:
        if kind is not None:
            self.found[kind] += 1
        if kind == self._counted:
            self.inside = True
            self.progress = min((self.found[kind] - 1) / max(self.in_all - 1, 1), 1.0)


def _kind(definition: Definition) -> BlockKind | None:
    nodes = tree.walk(definition.tree)
    passed = {node.name.text for node in nodes if isinstance(node, tree.ParameterNode)}
    if any(_goes_around(node, passed) for node in nodes):
        return "residual"
    return "plain" if any(_does_something(node, definition.module) for node in nodes) else None


def _goes_around(node: tree.SyntaxNode, passed: set[str]) -> bool:
    if isinstance(node, tree.Skip):
        is_long = isinstance(node.source, tree.Name) and node.source.token.text in passed
        return not is_long and (node.merge is None or node.merge.text in _JOINED)
    if not isinstance(node, tree.Call) or node.name.text not in _JOINED:
        return False
    return any(isinstance(one, tree.Entry) and one.keyword.text == "in" for one in node.arguments.items)


def _does_something(node: tree.SyntaxNode, module: Module) -> bool:
    """Whether this is a step of the block's own: an operation or a slot."""
    if not isinstance(node, tree.Step) or node.callee is None:
        return False
    definition = module.find(node.callee.text)
    is_slot = definition is not None and isinstance(definition.tree, tree.Slot)
    return is_slot or module.operation(node.callee.text) is not None
