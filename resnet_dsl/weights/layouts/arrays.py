"""Arrays between other libraries' axes and ours: PyTorch has the channels of a kernel first, and we have them last."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]
Shape: TypeAlias = tuple[int, ...]

_TURNED = frozenset({"kernel", "height", "width"})
"""Weights whose first two axes, (out, in), stand last here, as (in, out)."""


def turned(array: Array, weight: str, shape: Shape, map_: Shape = ()) -> Array:
    """An array of PyTorch in our order. shape: what the weight has here; another one is left for who compares them.

    Axes of length 1 may stand behind the others there (a 1x1 convolution for a dense layer), or be left out.
    map_: that of the place (resnet_dsl.weights.layouts.places).
    """
    if weight in _TURNED:
        array = _of_rank(array, len(shape))
        array = np.moveaxis(array, (0, 1), (-1, -2)) if array.ndim >= 2 else array
    else:
        array = fitted(array, shape)
    if map_ and array.shape == shape and _is_of_map(shape, map_):
        *lengths, channels = map_
        array = np.moveaxis(array.reshape(channels, *lengths, *shape[1:]), 0, len(lengths)).reshape(shape)
    return array


def returned(array: Array, weight: str, rank: int | None, map_: Shape = ()) -> Array:
    """One of our arrays in PyTorch's order, with so many axes as it has there; None: as many as here."""
    if map_ and _is_of_map(array.shape, map_):
        array = np.moveaxis(array.reshape(*map_, *array.shape[1:]), len(map_) - 1, 0).reshape(array.shape)
    array = np.moveaxis(array, (-1, -2), (0, 1)) if weight in _TURNED else array
    return array if rank is None else _of_rank(array, rank)


def _is_of_map(shape: Shape, map_: Shape) -> bool:
    """Whether the first axis goes through the numbers of a map."""
    return bool(shape) and shape[0] == prod(map_)


def fitted(array: Array, shape: Shape) -> Array:
    """The array in this shape, where the two differ in axes of length 1 alone, wherever these stand."""
    own, wanted = (tuple(one for one in lengths if one != 1) for lengths in (array.shape, shape))
    return array.reshape(shape) if own == wanted else array


def _of_rank(array: Array, rank: int) -> Array:
    """With axes of length 1 behind the others, or without them; as it is where its last axes are longer."""
    lengths = [*array.shape]
    while len(lengths) > rank and 1 in lengths:
        if lengths[-1] != 1 and lengths[0] != 1:
            return array
        lengths.pop(-1 if lengths[-1] == 1 else 0)
    return array.reshape((*lengths, *[1] * (rank - len(lengths))))
