"""The paths of a residual network: how many there are of each length (Veit et al. 2016, sections 3 and 4).

Each skip connection that is added or concatenated lets a signal go through the branch or past it, so that n blocks have
2^n paths, and a path's length is the number of branches that it goes through. Numbers are exact. Where branches run
side by side without a skip connection, a path takes one of them (and those with weights count beside one without); a
product's gate is no path, since it multiplies what goes by.

The count is a polynomial in x: each branch that a skip connection passes by is a factor x, a choice is a sum, a series
a product. It is kept as factors between a value and its nearest earlier value that every path goes through, so the work
is linear in the nodes (times the depth to which skip connections are nested).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import zip_longest
from math import prod
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.analyses.counts import main_inputs
from resnet_dsl.analyses.ends import check_ends
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import counted

Polynomial: TypeAlias = tuple[int, ...]
"""Coefficients from the constant on: ``(1, 1)`` is a block with a skip connection, ``1 + x``."""

_ONE: Polynomial = (1,)

MOST_BRANCHES = 20_000
"""Of a path whose length is told; the numbers of paths have thousands of digits by then."""

_MOST_WORK = 20_000_000  # products of coefficients, ten seconds or so


@dataclass(frozen=True)
class Paths:
    """All paths from input to output, as a product: {polynomial: how many times}."""

    factors: tuple[tuple[Polynomial, int], ...]

    @property
    def count(self) -> int:
        """How many paths there are."""
        return prod(sum(factor) ** times for factor, times in self.factors)

    @property
    def longest(self) -> int:
        """The most branches on a path: the number of blocks in a row."""
        return sum(times * (len(factor) - 1) for factor, times in self.factors)

    @property
    def mean(self) -> Fraction:
        """The mean length: half the blocks, in a network of residual blocks."""
        return sum((times * _moment(factor, 1) for factor, times in self.factors), Fraction(0))

    @property
    def variance(self) -> Fraction:
        """The variance of the lengths: a quarter of the blocks, in a network of residual blocks."""
        parts = (times * (_moment(factor, 2) - _moment(factor, 1) ** 2) for factor, times in self.factors)
        return sum(parts, Fraction(0))

    @cached_property
    def lengths(self) -> Polynomial:
        """How many paths have the length 0, 1, 2 … up to the longest. Raises Failure where that takes too long."""
        work = self.longest * sum(len(factor) for factor, _ in self.factors)
        if self.longest > MOST_BRANCHES or work > _MOST_WORK:
            raise _too_long(self.longest)
        return _product(sorted(self.factors, key=lambda one: -one[1] * len(one[0])))

    def shares(self) -> list[float]:
        """What part of all paths has each length."""
        count = self.count
        return [number / count for number in self.lengths]

    def most(self) -> tuple[int, int]:
        """The lengths, from and to, of 95 % of the paths: at most a fortieth of all lie outside on either side."""
        numbers, spare = self.lengths, Fraction(self.count, 40)
        return _skipped(numbers, spare), len(numbers) - 1 - _skipped(numbers[::-1], spare)

    def table(self) -> list[tuple[str, str, str]]:
        """Rows for people: length, paths, share. Lengths without paths are left out."""
        rows = zip(self.lengths, self.shares(), strict=True)
        return [(str(length), _short(number), f"{share:.3g}") for length, (number, share) in enumerate(rows) if number]

    @property
    def words(self) -> str:
        """One sentence, as in the paper: ``2^54 paths, 95 % of which pass 20 to 34 of 54 branches``."""
        if self.count == 1:
            return "one path: there is no skip connection"
        if self.longest == 0:
            return f"{_short(self.count)} paths side by side: there is no skip connection"
        (low, high), branches = self.most(), counted(self.longest, "residual branch")
        return f"{_short(self.count)} paths; 95 % of them pass {low} to {high} of {branches}"

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data; counts are strings, since they are larger than JSON's numbers."""
        return {
            "paths": _digits(self.count),
            "mean": float(self.mean),
            "variance": float(self.variance),
            "lengths": [_digits(number) for number in self.lengths],
            "shares": self.shares(),
        }


def _too_long(branches: int) -> Failure:
    remedy = f"ask for a network of fewer blocks: {MOST_BRANCHES:,} equal ones in a row can be counted"
    return Failure(f"paths of up to {branches:,} branches are too many to be counted by length", remedy)


class _Link(NamedTuple):
    """What leads to a value.

    before: the nearest earlier node through which every path goes. ways: the paths from there.
    free: whether one of them meets no weights.
    """

    before: int
    ways: Polynomial
    free: bool


def paths(graph: Graph) -> Paths:
    """The paths of a network from its input to its output.

    Raises Failure where they take too long to count, and where the network has several inputs or outputs.
    """
    check_ends(graph, "the count of paths")
    links = [_Link(0, _ONE, True)]
    held = 0
    for node in graph.nodes[1:]:
        links.append(_arriving(node, links))
        held += len(links[-1].ways)
        if held > _MOST_WORK:
            raise _too_long(len(links[-1].ways) - 1)
    factors = Counter(link.ways for link in _chain(graph.outputs[0].node, 0, links) if link.ways != _ONE)
    return Paths(tuple(sorted(factors.items())))


def _arriving(node: Node, links: list[_Link]) -> _Link:
    inputs = main_inputs(node)
    if len(inputs) == 1:
        return _Link(inputs[0], _ONE, OPERATIONS[node.op].role != "weighted")
    common = reduce(lambda one, other: _common(one, other, links), inputs)
    chains = [list(_chain(one, common, links)) for one in inputs]
    free = [all(link.free for link in chain) for chain in chains]
    # Residual branches: the main path of a skip connection; where none is declared, weights beside a way without.
    branches = [place == 0 if node.skip else any(free) and not one for place, one in enumerate(free)]
    total: Polynomial = ()
    for chain, residual in zip(chains, branches, strict=True):
        ways = _product(Counter(link.ways for link in chain if link.ways != _ONE).items())
        total = _plus(total, (0, *ways) if residual else ways)
    return _Link(common, total, any(free))


def _common(one: int, other: int, links: list[_Link]) -> int:
    while one != other:
        if one < other:
            one, other = other, one
        one = links[one].before
    return one


def _chain(node: int, end: int, links: list[_Link]) -> Iterator[_Link]:
    """The links between a node and one that lies on all its paths."""
    while node != end:
        yield links[node]
        node = links[node].before


def _product(factors: Iterable[tuple[Polynomial, int]]) -> Polynomial:
    product = _ONE
    for factor, times in factors:
        product = _times(product, _power(factor, times))
    return product


def _plus(one: Polynomial, other: Polynomial) -> Polynomial:
    return tuple(a + b for a, b in zip_longest(one, other, fillvalue=0))


def _times(one: Polynomial, other: Polynomial) -> Polynomial:
    result = [0] * (len(one) + len(other) - 1)
    for place, factor in enumerate(other):
        if factor:
            for at, number in enumerate(one):
                result[place + at] += factor * number
    return tuple(result)


def _power(base: Polynomial, times: int) -> Polynomial:
    """``base ** times``, each coefficient from the few before it.

    From ``p q' = n p' q`` for ``q = p^n`` (J.C.P. Miller; Knuth, The Art of Computer Programming 2, section 4.7).
    """
    if times == 1:
        return base
    shift = next(place for place, number in enumerate(base) if number)
    base = base[shift:]
    degree = len(base) - 1
    result = [base[0] ** times]
    for place in range(1, degree * times + 1):
        reach = range(1, min(place, degree) + 1)
        total = sum((times * back - (place - back)) * base[back] * result[place - back] for back in reach)
        result.append(total // (place * base[0]))
    return (*(0,) * (shift * times), *result)


def _moment(factor: Polynomial, order: int) -> Fraction:
    return Fraction(sum(number * length**order for length, number in enumerate(factor)), sum(factor))


def _skipped(numbers: Polynomial, spare: Fraction) -> int:
    """How many numbers from the start add up to no more than what may be left out."""
    total = 0
    for place, number in enumerate(numbers):
        total += number
        if total > spare:
            return place
    return len(numbers) - 1


def _digits(number: int) -> str:
    """All digits; Python's own conversion refuses more than 4,300 at once."""
    parts = []
    while number >= 10**4000:
        number, part = divmod(number, 10**4000)
        parts.append(f"{part:04000d}")
    return "".join([str(number), *reversed(parts)])


def _short(number: int) -> str:
    """A count for people: a power of two as such, a large number in three digits."""
    if number < 10**6:
        return str(number)
    if number & (number - 1) == 0:
        return f"2^{number.bit_length() - 1}"
    digits = int((number.bit_length() - 1) * 0.30102999566398114)
    leading = number // 10 ** max(digits - 6, 0)
    exponent = len(str(leading)) - 1 + max(digits - 6, 0)
    return f"{leading / 10 ** (len(str(leading)) - 1):.2f}e{exponent}"
