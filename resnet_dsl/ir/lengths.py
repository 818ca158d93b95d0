"""Lengths of axes: known, or known as a function of an input length that is not.

A shape is a tuple of lengths, one a spatial axis, and the channels last; the batch axis is never part of it. A network
may leave input lengths open (``?``). Such a length is carried through the network as ``times * floor((n + before) / by)
+ after``, so that two paths with the same arithmetic are known to meet with equal lengths whatever ``n`` turns out to
be, and two that might not are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

LARGEST_FACTOR = 10**9
"""The numbers in a function of an open length stay within this: a stride of more leaves nothing of any input."""

MOST_ROUNDINGS = 20
"""Roundings within one another that a function of an open length may hold."""


class OpenLength(NamedTuple):
    """``times * floor((symbol + before) / by) + after``, with ``0 <= before < by``: one form for each function.

    ``symbol`` is an input's length, or, where no form of its own is known, a rounding of another function in brackets.
    """

    symbol: str
    times: int = 1
    before: int = 0
    by: int = 1
    after: int = 0

    def __str__(self) -> str:
        return "?"

    @property
    def formula(self) -> str:
        """How the length follows from the input's, for messages: ``floor((h + 1) / 2)``."""
        inner = f"{self.symbol} + {self.before}" if self.before else self.symbol
        if self.by > 1:
            inner = f"floor(({inner}) / {self.by})" if self.before else f"floor({inner} / {self.by})"
        scaled = f"{self.times} * {inner}" if self.times > 1 else inner
        return f"{scaled} {'+' if self.after > 0 else '-'} {abs(self.after)}" if self.after else scaled

    @property
    def bounded(self) -> bool:
        """Whether the function stays small enough to be carried on: each operation can make it longer."""
        numbers = max(self.times, self.by, abs(self.after))
        return numbers <= LARGEST_FACTOR and self.symbol.count("floor") <= MOST_ROUNDINGS


Length: TypeAlias = int | OpenLength
Shape: TypeAlias = tuple[Length, ...]


def _unknown(symbol: str, times: int, before: int, by: int, after: int) -> OpenLength:
    return OpenLength(symbol, times, before % by, by, after + times * (before // by))


def slide(length: Length, kernel: int, stride: int, padding: int) -> Length:
    """The number of places of a window: ``floor((length + padding - kernel) / stride) + 1``; below 1 it does not fit.

    ``kernel`` is the window's reach, dilation included; ``padding`` the sum of both sides.
    """
    spare = padding - kernel
    if isinstance(length, int):
        return (length + spare) // stride + 1
    symbol, times, before, by, after = length
    if stride == 1:
        return _unknown(symbol, times, before, by, after + spare + 1)
    if times % stride == 0:
        return _unknown(symbol, times // stride, before, by, (after + spare) // stride + 1)
    if times == 1:
        return _unknown(symbol, 1, before + by * (after + spare), by * stride, 1)
    return OpenLength(f"floor(({length.formula} + {spare}) / {stride})", after=1)


def stretch(length: Length, factor: int, extra: int = 0) -> Length:
    """``factor * length + extra``: what upsampling and transposed convolution make of a length."""
    if isinstance(length, int):
        return factor * length + extra
    return _unknown(length.symbol, factor * length.times, length.before, length.by, factor * length.after + extra)


def longer(length: Length, by: int) -> Length:
    """A length with ``by`` positions more (or fewer)."""
    return length + by if isinstance(length, int) else length._replace(after=length.after + by)


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


def as_json(shape: Shape) -> list[int | None]:
    """A shape as data: unknown lengths are null."""
    return [length if isinstance(length, int) else None for length in shape]
