"""Fixed numbers that meet a value: one for all, or one a channel."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from resnet_dsl.importing.onnx.arrays import Array
from resnet_dsl.importing.onnx.axes import whole
from resnet_dsl.importing.onnx.place import Place, Tensor
from resnet_dsl.ir.lengths import channels
from resnet_dsl.sentences import an


class FixedNumbers(NamedTuple):
    """row: a number a channel, or None. number: the one for all. learned: it stands as an array of its own."""

    row: Array | None
    number: float
    learned: bool


def plain(number: Any) -> float:
    """A float32 as a person writes it: 0.2, and not 0.20000000298."""
    return float(str(np.float32(number)))


def split(at: Place) -> tuple[Tensor, Array, bool]:
    """(the value that flows, the fixed numbers beside it, whether these stand first)."""
    first, second = at.inputs
    if isinstance(first, Tensor):
        return at.tensor(0), np.asarray(second), False
    return at.tensor(1), np.asarray(first), True


def fixed(at: Place, value: Tensor, array: Array) -> FixedNumbers:
    """What the numbers are to the value. Raises NotImportedError where they are something else."""
    count, entering = len(value.axes) + 1, channels(at.shape(value))
    if array.dtype == object:
        raise at.refuse("computes with lengths of its input")
    if array.size == 1 and array.ndim <= count:
        return FixedNumbers(None, plain(array.reshape(-1)[0]), array.ndim > 0)
    aligned = array.reshape(*(1,) * (count - array.ndim), *array.shape) if array.ndim <= count else array
    longer = [place for place, length in enumerate(aligned.shape) if length > 1]
    channel = whole(len(at.shape(value)) - 1, entering)
    if len(longer) != 1 or longer == [0] or aligned.ndim > count or value.axes[longer[0] - 1] != channel:
        shown = "x".join(map(str, array.shape))
        raise at.refuse(f"is {an(at.operator.kind)} with fixed numbers of {shown}, which are not one a channel")
    return FixedNumbers(aligned.reshape(-1).astype(np.float32), 0.0, True)


def row_of(array: Array) -> tuple[float, ...]:
    """Numbers as an argument."""
    return tuple(plain(one) for one in array)
