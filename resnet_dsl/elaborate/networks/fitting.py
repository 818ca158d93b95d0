"""Sizes of the input at which values meet, for the help of those that do not.

Nothing is guessed: the network is elaborated again with an input of open multiples, which shows that all of them fit,
and with the sizes that are offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import gcd, lcm
from typing import TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.elaborate.findings import Key, key_of
from resnet_dsl.elaborate.limits import STEPS_OF_A_NETWORK
from resnet_dsl.elaborate.modules import Definition, Module
from resnet_dsl.elaborate.networks.elaboration import Outcome, elaborate
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.elaborate.values import Overrides
from resnet_dsl.ir.lengths import OpenLength, show
from resnet_dsl.ir.sizes import Size, beside, multiples, offered, rule
from resnet_dsl.source import Span

MOST_STEPS_OF_A_SEARCH = 30_000
"""Steps for all searches of one text: a U-Net of five levels takes 200, and some ten runs. As many for causes."""

_LONGEST_PERIOD = 4_096
_UNMET = ("E0302", "E0305")
"""Codes of values that do not meet, for their lengths among other reasons."""

_Run: TypeAlias = Callable[[Size, int], Outcome]
"""The network under an input size, in so many steps."""


class Fitter:
    """Elaborates the networks of a text, and looks for sizes that fit where their values do not meet."""

    def __init__(self) -> None:
        self._left = self._left_for_causes = MOST_STEPS_OF_A_SEARCH

    def elaborate(
        self, definition: Definition, prelude: Module, overrides: Overrides, input_size: InputSize | None
    ) -> Outcome:
        """As resnet_dsl.elaborate.networks.elaboration.elaborate, with what is told where values do not meet."""

        def run(size: InputSize | None, most: int, without: Span | None = None) -> Outcome:
            return elaborate(definition, prelude, overrides, size, most, without)

        outcome = elaborate(definition, prelude, overrides, input_size)
        found = outcome.diagnostics
        if outcome.size is not None and any(one.code in _UNMET for one in found):
            search = _Search(run, outcome, outcome.size, self._left)
            found = search.mended("`{}`" if input_size is not None else "write `input {}`")
            self._left = search.left
        if not found:
            return outcome
        from resnet_dsl.elaborate.networks.causes import Causes  # read where something is to be told

        causes = Causes(lambda place, most: run(input_size, most, place), definition, outcome, self._left_for_causes)
        found = tuple(causes.told(found))
        self._left_for_causes = causes.left
        return outcome._replace(diagnostics=found)


class _Search:
    """The search for one network, whose elaboration failed with ``failed`` at an input of ``size``."""

    def __init__(self, run: _Run, failed: Outcome, size: Size, left: int) -> None:
        self._run = run
        self._failed = failed
        self._size = size
        self._tried: dict[Size, Outcome] = {}
        self.left = left

    def mended(self, writing: str) -> tuple[Diagnostic, ...]:
        """The mistakes, with the sizes that fit as their help where there are any. ``writing``: how an open one is."""
        period = self._period()
        found = self._multiples(period, writing) or self._others(period) if max(period) > 1 else None
        if found is None:
            return self._failed.diagnostics
        remedy, gone = found
        return tuple(
            one._replace(help=remedy, edits=(), sure=False) if key_of(one) in gone else one
            for one in self._failed.diagnostics
        )

    def _period(self) -> tuple[int, ...]:
        """After how many positions of each axis the roundings of its lengths begin anew; ones where it is too long."""
        opened = self._at(self._opened())
        found = [1] * len(self._size[:-1])
        for shape in () if opened is None else opened.shapes:
            for axis, length in enumerate(shape[: len(found)]):
                if isinstance(length, OpenLength):
                    found[axis] = lcm(found[axis], length.by * length.multiple)
        return tuple(found) if lcm(*found) <= _LONGEST_PERIOD else (1,)

    def _opened(self) -> Size:
        return tuple(None if isinstance(one, int) else one for one in self._size[:-1]) + self._size[-1:]

    def _multiples(self, period: tuple[int, ...], writing: str) -> tuple[str, set[Key]] | None:
        """Where all multiples of a number fit: that, and the nearest of them."""
        for strict in (True, False):
            for divisors in _divisors(period):
                (opened, *_) = beside(self._opened(), divisors)
                gone = self._gone(opened, strict)
                if gone and (fitting := self._fitting(beside(self._size, divisors), gone)):
                    known = all(isinstance(one, int) for one in self._size)
                    words = offered(fitting) if known else writing.format(show(fitting[0]))
                    return f"{rule(multiples(opened))}: {words}", gone
        return None

    def _fitting(self, sizes: list[Size], gone: set[Key]) -> list[Size]:
        """Those at which values meet: without another mistake, if there are any."""
        each = ([one for one in sizes if gone <= self._gone(one, strict)] for strict in (True, False))
        return next(filter(None, each), [])

    def _others(self, period: tuple[int, ...]) -> tuple[str, set[Key]] | None:
        """The nearest sizes that fit by another rule: two of them, one period apart, make it none by chance."""
        if not all(isinstance(one, int) for one in self._size):
            return None
        whole = lcm(*period)
        for more in range(1, whole):
            above = _moved(self._size, more)
            gone = self._gone(above, strict=True)
            if gone and gone <= self._gone(_moved(above, whole), strict=True):
                return (
                    f"give the input another size: {offered(self._fitting([_moved(above, -whole), above], gone))}",
                    gone,
                )
        return None

    def _gone(self, size: Size, strict: bool) -> set[Key]:
        """Which values meet at this size. ``strict``: where no other mistake comes up, as one behind them may."""
        outcome = self._at(size)
        if size == self._size or outcome is None or len(outcome.shapes) < len(self._failed.shapes):
            return set()
        before, now = {*map(key_of, self._failed.diagnostics)}, {*map(key_of, outcome.diagnostics)}
        return set() if strict and not now <= before else {key for key in before - now if key[0] in _UNMET}

    def _at(self, size: Size) -> Outcome | None:
        """The network at a size; None where the search has taken all its steps."""
        if size not in self._tried:
            if self.left <= 0:
                return None
            self._tried[size] = self._run(size, self.left)
            self.left -= self._tried[size].steps + STEPS_OF_A_NETWORK
        return self._tried[size]


def _moved(size: Size, by: int) -> Size:
    return (*(one + by for one in size[:-1] if isinstance(one, int)), size[-1])


def _divisors(period: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Numbers that may have to divide the lengths, the smallest first."""
    whole = lcm(*period)
    for divisor in range(2, whole + 1):
        if whole % divisor == 0:
            yield tuple(gcd(divisor, one) for one in period)
