"""Sizes as they are written, with lengths that are open; and which sizes an input takes that asks for multiples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import gcd
from typing import TypeAlias

from resnet_dsl.ir.lengths import LARGEST_FACTOR, OpenLength, Shape, show
from resnet_dsl.sentences import either

Size: TypeAlias = tuple[int | str | None, ...]
"""Lengths and channels: ``?`` is None, and an open length that 32 divides is the word ``32?``."""

_MULTIPLE = re.compile(r"(?!1\?)[1-9][0-9]*\?")
_SAID = r"(\w+) must be (?:a multiple|multiples) of ([1-9][0-9]{0,8})\b"
SIDES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""What the lengths of a signal, an image and a volume are called."""


def open_length(text: str) -> str | None:
    """``?`` or ``32?`` as a value; every length is a multiple of 1."""
    divisor = int(text[:-1].replace("_", "") or 1)
    return None if divisor == 1 else f"{divisor}?"


def multiple(length: object) -> int | None:
    """What an open length is a multiple of: of ``?`` 1, of ``32?`` 32; None where this is no open length."""
    if length is None:
        return 1
    return int(length[:-1]) if isinstance(length, str) and _MULTIPLE.fullmatch(length) else None


def is_open(length: object) -> bool:
    """Whether a value is an open length, and one that can be followed through a network."""
    divisor = multiple(length)
    return divisor is not None and divisor <= LARGEST_FACTOR


def written_size(shape: Shape) -> Size:
    """A shape as it would be written."""
    return tuple(open_length(str(one)) if isinstance(one, OpenLength) else one for one in shape)


def multiples(shape: Shape | Size) -> tuple[int, ...]:
    """What the lengths of an input must be multiples of, one a spatial axis: 1 where they need not, or are known."""
    return tuple(one.multiple if isinstance(one, OpenLength) else multiple(one) or 1 for one in shape[:-1])


def fits(size: Size, divisors: Sequence[int]) -> bool:
    """Whether the lengths of a size, channels last, are multiples of these; an open one is where it is known to be.

    Of a size with another number of axes nothing is asked here.
    """
    lengths = (multiple(one) or one for one in size[:-1])
    pairs = zip(lengths, divisors, strict=False)
    return len(size) - 1 != len(divisors) or all(isinstance(one, int) and one % divisor == 0 for one, divisor in pairs)


def takes(shape: Shape | Size, size: Size) -> bool:
    """Whether an input of this shape takes values of a size that is known."""
    known = all(one == other for one, other in zip(shape, size, strict=False) if isinstance(one, int))
    return len(shape) == len(size) and known and fits(size, multiples(shape))


def beside(size: Size, divisors: Sequence[int]) -> list[Size]:
    """The nearest sizes below and above whose lengths are multiples of these; an open length is left open."""
    below = tuple(_down(one, divisor) for one, divisor in zip(size, divisors, strict=False))
    above = tuple(_up(one, divisor) for one, divisor in zip(size, divisors, strict=False))
    return [(*lengths, size[-1]) for lengths in dict.fromkeys((below, above)) if 0 not in lengths]


def _down(length: int | str | None, divisor: int) -> int | str | None:
    return length // divisor * divisor if isinstance(length, int) else _opened(length, divisor)


def _up(length: int | str | None, divisor: int) -> int | str | None:
    return -(-length // divisor) * divisor if isinstance(length, int) else _opened(length, divisor)


def _opened(length: str | None, divisor: int) -> str | None:
    known = multiple(length) or 1
    return open_length(f"{known // gcd(known, divisor) * divisor}?")


def rule(divisors: Sequence[int]) -> str:
    """In words: ``sides must be multiples of 32``, ``the width must be a multiple of 32``."""
    if len(divisors) > 1 and len(set(divisors)) == 1:
        return f"sides must be multiples of {divisors[0]}"
    named = zip(SIDES[len(divisors)], divisors, strict=True)
    return "the " + " and the ".join(f"{name} must be a multiple of {one}" for name, one in named if one > 1)


def ruled(said: str, axes: int) -> tuple[int, ...]:
    """The numbers of which a text by ``rule`` speaks, one for each of so many axes: 1 where it says nothing."""
    names = SIDES.get(axes, ())
    found = {name: int(number) for name, number in re.findall(_SAID, said)}
    return tuple(found.get("sides", found.get(name, 1)) for name in names)


def offered(sizes: Sequence[Size]) -> str:
    """In words: ``288 or 320`` where all sides are equal, as of squares; else ``288x256 or 320x256``."""
    lengths = [size[:-1] for size in sizes]
    square = all(len(set(one)) == 1 for one in lengths)
    return either([show(one[:1] if square else one) for one in lengths])
