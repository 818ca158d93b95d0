"""Lengths of axes: known, or known as a function of an input length that is not.

A shape is a tuple of lengths, one a spatial axis, and the channels last; the batch axis is never part of it. A network
may leave input lengths open (``?``), or open but for a number that divides them (``32?``). Such a length is carried
through the network in one form for each function of it, so that two paths with the same arithmetic are known to meet
with equal lengths whatever the input's turns out to be, and two that might not are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import NamedTuple, TypeAlias

LARGEST_FACTOR = 10**9
"""The numbers in a function of an open length stay within this: a stride of more leaves nothing of any input."""

MOST_ROUNDINGS = 20
"""Roundings within one another that a function of an open length may hold."""


class OpenLength(NamedTuple):
    """``times * floor((step * k + before) / by) + after``, where the input's length is ``multiple * k``, k from 1 on.

    One form for each function: ``step`` and ``by`` share no factor, ``0 <= before < by``, and where nothing is divided
    (``by`` is 1) ``times`` is 1. So ``floor((32 * k + 7) / 16)`` is ``2 * k``: what a ``32?`` meets after strides.

    ``symbol`` is the input's length (``h``; of a further input ``right.h``), or, where no form of its own is known, a
    rounding of another function in brackets.
    """

    symbol: str
    times: int = 1
    step: int = 1
    before: int = 0
    by: int = 1
    after: int = 0
    multiple: int = 1

    def __str__(self) -> str:
        return "?" if self.divisor == 1 else f"{self.divisor}?"

    @property
    def divisor(self) -> int:
        """What divides the length, whatever the input's is."""
        return gcd(self.step if self.by == 1 else self.times, self.after)

    @property
    def formula(self) -> str:
        """How the length follows from the input's, for messages: ``floor((h + 1) / 2)``, ``h / 16``."""
        common = gcd(self.step, self.multiple)
        unit = self.multiple // common
        inner = _times(self.step // common, self.symbol)
        if self.by * unit > 1:
            inner = f"({inner} + {self.before * unit})" if self.before else inner
            inner = f"{inner} / {self.by * unit}"
        scaled = _times(self.times, f"floor({inner})" if self.by > 1 else inner)
        return f"{scaled} {'+' if self.after > 0 else '-'} {abs(self.after)}" if self.after else scaled

    @property
    def rate(self) -> float:
        """Positions of the length to one of ``k``."""
        return self.times * self.step / self.by

    @property
    def bounded(self) -> bool:
        """Whether the function stays small enough to be carried on: each operation can make it longer."""
        numbers = max(self.times, self.step, self.by, abs(self.after))
        return numbers <= LARGEST_FACTOR and self.symbol.count("floor(") <= MOST_ROUNDINGS


Length: TypeAlias = int | OpenLength
Shape: TypeAlias = tuple[Length, ...]


def _times(factor: int, what: str) -> str:
    return f"{factor} * {what}" if factor > 1 else what


def _normal(length: OpenLength, times: int, step: int, before: int, by: int, after: int) -> OpenLength:
    """The one form of a function of an input's length: ``floor((g a + b) / (g y)) = floor((a + floor(b / g)) / y)``."""
    common = gcd(step, by)
    step, before, by = step // common, before // common, by // common
    after += times * (before // by)
    if by == 1:
        step, times = step * times, 1
    return length._replace(times=times, step=step, before=before % by, by=by, after=after)


def slide(length: Length, kernel: int, stride: int, padding: int) -> Length:
    """The number of places of a window: ``floor((length + padding - kernel) / stride) + 1``; below 1 it does not fit.

    ``kernel`` is the window's reach, dilation included; ``padding`` the sum of both sides.
    """
    spare = padding - kernel
    if isinstance(length, int):
        return (length + spare) // stride + 1
    _, times, step, before, by, after, _ = length
    common = gcd(times, stride)
    times, stride, after = times // common, stride // common, (after + spare) // common
    if stride == 1:
        return _normal(length, times, step, before, by, after + 1)
    if times == 1:
        return _normal(length, 1, step, before + by * after, by * stride, 1)
    inner = length._replace(times=times, after=after).formula
    return OpenLength(f"floor(({inner}) / {stride})", after=1)


def divides(factor: int, length: Length) -> bool:
    """Whether a length is known to be a multiple of a factor; an open one is where its form says so."""
    if isinstance(length, int):
        return length % factor == 0
    return length.divisor % factor == 0


def stretch(length: Length, factor: int, extra: int = 0) -> Length:
    """``factor * length + extra``: what upsampling and transposed convolution make of a length."""
    if isinstance(length, int):
        return factor * length + extra
    _, times, step, before, by, after, _ = length
    return _normal(length, factor * times, step, before, by, factor * after + extra)


def factor_between(length: Length, other: Length) -> int | None:
    """The whole number by which one length is multiplied to be another; None where there is none."""
    if isinstance(length, int) and isinstance(other, int):
        factor = other // length
    elif isinstance(length, int) or isinstance(other, int):
        return None
    else:
        factor = round(other.rate / length.rate)
    return factor if stretch(length, factor) == other else None


def longer(length: Length, by: int) -> Length:
    """A length with ``by`` positions more (or fewer)."""
    return length + by if isinstance(length, int) else length._replace(after=length.after + by)


def difference(length: Length, other: Length) -> int | None:
    """How many positions more a length has than another; None where that depends on the input's, or is not known."""
    if isinstance(length, int) and isinstance(other, int):
        return length - other
    if isinstance(length, int) or isinstance(other, int) or length._replace(after=other.after) != other:
        return None
    return length.after - other.after


def never_shorter(length: Length, other: Length) -> bool:
    """Whether a length is known to be at least as long as another, whatever the input's is."""
    more = difference(length, other)
    if more is not None:
        return more >= 0
    scale = _by(length) * _by(other)
    (rate, low, _), (of_other, _, high) = _bounds(length, scale), _bounds(other, scale)
    symbols = {one.symbol for one in (length, other) if isinstance(one, OpenLength)}
    unit = gcd(*(one.divisor if isinstance(one, OpenLength) else one for one in (length, other)))
    return len(symbols) == 1 and rate >= of_other and rate - of_other + low - high > -unit * scale


def _by(length: Length) -> int:
    return length.by if isinstance(length, OpenLength) else 1


def _bounds(length: Length, scale: int) -> tuple[int, int, int]:
    """Between ``rate * k + low`` and ``rate * k + high`` lies ``scale`` times the length, for every k; ``by`` divides
    ``scale``."""
    if isinstance(length, int):
        return 0, length * scale, length * scale
    _, times, step, before, by, after, _ = length
    part = scale // by
    high = after * scale + times * before * part
    return times * step * part, high - times * (by - 1) * part, high


def proportion(length: Length, other: Length) -> tuple[int, int] | None:
    """The ratio of two lengths in its lowest terms, of open ones where they are long; None where it is not known."""
    if isinstance(length, int) and isinstance(other, int):
        first, second = length, other
    elif isinstance(length, int) or isinstance(other, int) or length.symbol != other.symbol:
        return None
    else:
        first, second = length.times * length.step * other.by, other.times * other.step * length.by
    common = gcd(first, second)
    return first // common, second // common


def of_further_input(shape: Shape, name: str) -> Shape:
    """The shape of an input that is not the first: its open lengths are its own, and say so (``right.h``)."""
    return tuple(one if isinstance(one, int) else one._replace(symbol=f"{name}.{one.symbol}") for one in shape)


def padded(shape: Shape, pad: tuple[tuple[int, int], ...]) -> tuple[Length, ...]:
    """The spatial lengths with a border."""
    return tuple(longer(length, before + after) for length, (before, after) in zip(shape, pad, strict=False))


def elements(shape: Shape) -> int | None:
    """How many numbers a value of this shape holds; None while a length is unknown."""
    count = 1
    for length in shape:
        if not isinstance(length, int):
            return None
        count *= length
    return count


def channels(shape: Shape) -> int:
    """The channels of a shape; they are always known."""
    last = shape[-1]
    assert isinstance(last, int)
    return last


def show(shape: Iterable[object]) -> str:
    """A shape as the language writes it: ``56x56x64``, ``?x?x3``; None is an open length, too."""
    return "x".join("?" if length is None else str(length) for length in shape)


def told_apart(shape: Shape, other: Shape) -> str:
    """A shape beside another one: where open lengths are not known to agree with its, their formulas, too."""
    formulas = [
        length.formula
        for position, length in enumerate(shape)
        if isinstance(length, OpenLength) and (position >= len(other) or other[position] != length)
    ]
    return show(shape) + (f" with {' and '.join(formulas)}" if formulas else "")


def as_json(shape: Shape) -> list[int | None]:
    """A shape as data: unknown lengths are null."""
    return [length if isinstance(length, int) else None for length in shape]
