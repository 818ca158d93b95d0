"""Lengths that a file works out while it runs: known ones, open ones, and the batch's, as numbers that NumPy moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_dsl.ir.lengths import Length, longer, slide, stretch


class UnknownLengthError(Exception):
    """A length that is worked out from another has no form here. The message completes "`NAME` …"."""


class LengthSymbol:
    """A length that is not known; None is the batch's. It can be moved about, and an open one taken times a number.

    node: the one whose value has the length.
    """

    def __init__(self, length: Length | None, node: int | None = None) -> None:
        self.length = length
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LengthSymbol) and self.length == other.length

    def __hash__(self) -> int:
        return hash(self.length)

    def __repr__(self) -> str:
        return "the batch" if self.length is None else str(self.length)

    def _open(self) -> Length:
        if self.length is None:
            raise UnknownLengthError("works with the length of the batch")
        return self.length

    def __mul__(self, by: Any) -> LengthSymbol:
        return LengthSymbol(stretch(self._open(), _whole(by)))

    __rmul__ = __mul__

    def __add__(self, by: Any) -> LengthSymbol:
        return LengthSymbol(longer(self._open(), _whole(by)))

    __radd__ = __add__

    def __sub__(self, by: Any) -> LengthSymbol:
        return LengthSymbol(longer(self._open(), -_whole(by)))

    def __floordiv__(self, by: Any) -> LengthSymbol:
        if _whole(by) < 1:
            raise UnknownLengthError("divides by a number below 1")
        return LengthSymbol(slide(self._open(), _whole(by), _whole(by), 0))


def _whole(number: Any) -> int:
    if isinstance(number, LengthSymbol) or number != int(number):
        raise UnknownLengthError("works out a length in a way that has no form here")
    return int(number)


def sized(lengths: list[Length | None], node: int) -> npt.NDArray[Any]:
    """A row of lengths of a node's value, None the batch's."""
    if all(isinstance(one, int) for one in lengths):
        return np.array(lengths, np.int64)
    row = np.empty(len(lengths), object)
    for place, one in enumerate(lengths):
        row[place] = one if isinstance(one, int) else LengthSymbol(one, node)
    return row
