"""Laying two sequences of steps beside each other, so that as much as possible agrees.

Dynamic programming (Needleman & Wunsch 1970): a pair is worth more the more of it agrees, and more again where both
steps read the step before them, so that a branch that stands on one side alone is left over as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import NamedTuple, TypeVar

from resnet_dsl.failure import Failure
from resnet_dsl.ir.nodes import Node

T = TypeVar("T")
_SAME, _ALIKE, _KIN, _FOLLOWS = 8, 5, 2, 1
"""What a pair is worth: equal arguments, the same window, the same operation; both read the step before them."""
_MOST_PAIRS = 100_000
"""Of two sequences that are longer, only what agrees is looked for (difflib)."""
MOST_PAIRS_IN_ALL = 4_000_000
"""Pairs that may be looked at for one comparison: five seconds or so."""


class ComparedStep(NamedTuple):
    """One node; ``name`` is what it is called in its block: ``conv2 (3×3)``, ``skip: conv (1×1)``.

    at: the node's index. follows: whether it reads the step before it in the block.
    """

    node: Node
    name: str
    in_skip: bool
    at: int
    follows: bool

    @property
    def kind(self) -> tuple[bool, str]:
        return self.in_skip, self.node.op

    @property
    def likeness(self) -> tuple[object, ...]:
        """What steps agree in that a reader takes for the same one: the operation and its window."""
        return *self.kind, self.node.args.get("kernel")


class Effort:
    """Counts the pairs of steps or blocks that are looked at for one comparison."""

    def __init__(self) -> None:
        self._pairs = 0

    def spend(self, pairs: int) -> None:
        """Raises Failure where they are too many."""
        self._pairs += pairs
        if self._pairs > MOST_PAIRS_IN_ALL:
            remedy = "compare networks with fewer steps in a block, or fewer blocks in a stage"
            raise Failure("the two networks are too large and too different to be laid beside each other", remedy)


def aligned(
    lefts: list[ComparedStep], rights: list[ComparedStep], effort: Effort
) -> Iterator[tuple[list[ComparedStep], list[ComparedStep]]]:
    """Pairs of one step each where the operations agree; what stands on one side alone as it is."""
    turned = _order(lefts) > _order(rights)
    pairs = _turned(_pairs(rights, lefts, effort)) if turned else _pairs(lefts, rights, effort)
    for (i, k), (j, m) in pairwise([(-1, -1), *pairs, (len(lefts), len(rights))]):
        if i >= 0:
            yield [lefts[i]], [rights[k]]
        if j > i + 1 or m > k + 1:
            yield lefts[i + 1 : j], rights[k + 1 : m]


def _order(steps: list[ComparedStep]) -> tuple[object, ...]:
    """One order of the two sides, so that exchanging them exchanges the answer."""
    return len(steps), [f"{step.kind} {dict(step.node.args)}" for step in steps]


def _turned(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(i, k) for k, i in pairs]


def _pairs(lefts: list[ComparedStep], rights: list[ComparedStep], effort: Effort) -> list[tuple[int, int]]:
    if [step.kind for step in lefts] == [step.kind for step in rights]:
        return list(zip(range(len(lefts)), range(len(rights)), strict=True))
    if len(lefts) * len(rights) <= _MOST_PAIRS:
        effort.spend(len(lefts) * len(rights))
        return _best(lefts, rights)
    return _equal([step.likeness for step in lefts], [step.likeness for step in rights], effort)


def beside(
    lefts: Sequence[T], rights: Sequence[T], likeness: Callable[[T, int], Hashable], effort: Effort
) -> Iterator[tuple[T | None, T | None]]:
    """Blocks beside each other: by position where they are as many, else the equal ones, and the rest by position.

    ``likeness``: (block, 0 on the left or 1 on the right) -> what is the same in equal ones.
    """
    if len(lefts) == len(rights):
        yield from zip(lefts, rights, strict=True)
        return
    keys = [likeness(one, 0) for one in lefts], [likeness(one, 1) for one in rights]
    pairs = _equal(*keys, effort) if len(lefts) < len(rights) else _turned(_equal(*keys[::-1], effort))
    for (i, k), (j, m) in pairwise([(-1, -1), *pairs, (len(lefts), len(rights))]):
        if i >= 0:
            yield lefts[i], rights[k]
        yield from zip_longest(lefts[i + 1 : j], rights[k + 1 : m])


def _equal(lefts: Sequence[Hashable], rights: Sequence[Hashable], effort: Effort) -> list[tuple[int, int]]:
    times = Counter(rights)
    effort.spend(sum(times[one] for one in lefts))
    blocks = SequenceMatcher(None, lefts, rights, autojunk=False).get_matching_blocks()
    return [(start + at, other + at) for start, other, size in blocks for at in range(size)]


def _best(lefts: list[ComparedStep], rights: list[ComparedStep]) -> list[tuple[int, int]]:
    """The pairs of the best alignment. ``paired`` is the worth where the last two are a pair, ``most`` of any."""
    width = len(rights) + 1
    most = [[0] * width for _ in range(len(lefts) + 1)]
    paired = [[-1] * width for _ in range(len(lefts) + 1)]
    for i, one in enumerate(lefts, 1):
        for k, other in enumerate(rights, 1):
            worth = _worth(one, other)
            if worth:
                follows = _FOLLOWS if one.follows and other.follows and paired[i - 1][k - 1] >= 0 else 0
                before = paired[i - 1][k - 1] + follows if follows else -1
                paired[i][k] = worth + max(most[i - 1][k - 1], before)
            most[i][k] = max(most[i - 1][k], most[i][k - 1], paired[i][k])
    return _walked_back(lefts, rights, most, paired)


def _walked_back(
    lefts: list[ComparedStep], rights: list[ComparedStep], most: list[list[int]], paired: list[list[int]]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i, k, bound = len(lefts), len(rights), False
    while i and k:
        if bound or paired[i][k] == most[i][k]:
            pairs.append((i - 1, k - 1))
            bound = paired[i][k] - _worth(lefts[i - 1], rights[k - 1]) != most[i - 1][k - 1]
            i, k = i - 1, k - 1
        elif most[i][k] == most[i - 1][k]:
            i -= 1
        else:
            k -= 1
    return pairs[::-1]


def _worth(one: ComparedStep, other: ComparedStep) -> int:
    if one.kind != other.kind:
        return 0
    if one.node.args is other.node.args or one.node.args == other.node.args:
        return _SAME
    return _ALIKE if one.likeness == other.likeness else _KIN
