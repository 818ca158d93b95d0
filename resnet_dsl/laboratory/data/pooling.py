"""Pooling to another size: every new pixel is the mean over the area that it covers in the old image."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pool(batch: NDArray[Any], size: tuple[int, ...]) -> NDArray[np.float32]:
    """``batch``, shape (count, *spatial, channels), with the spatial axes pooled to ``size``: (count, *size, channels).

    Old pixels that a new one covers in part count by that part, so any size goes to any other.
    """
    pooled = batch.astype(np.float32)
    for axis, length in enumerate(size, start=1):
        weights = _weights(pooled.shape[axis], length)
        pooled = np.moveaxis(np.tensordot(weights, pooled, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(pooled)


@lru_cache(maxsize=64)
def _weights(old: int, new: int) -> NDArray[np.float32]:
    """The share of each old pixel in each new one, shape (new, old); rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    pixels = np.arange(old)
    starts = np.maximum(edges[:-1, None], pixels)
    ends = np.minimum(edges[1:, None], pixels + 1)
    shares = np.clip(ends - starts, 0, None) * (new / old)
    weights: NDArray[np.float32] = shares.astype(np.float32)
    return weights
