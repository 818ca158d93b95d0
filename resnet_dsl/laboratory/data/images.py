"""Images by row number: those that lie in memory, and those that are decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show

Array = NDArray[Any]
Rows = NDArray[np.int64]

IN_MEMORY_BYTES = 2 * 1024**3
"""Sets whose decoded images need no more than this are decoded once and kept; larger ones, batch by batch."""


@dataclass(frozen=True, eq=False)
class InMemory:
    """Images (or signals, or volumes) in one array, shape (count, *shape), channels last."""

    array: Array

    in_memory = True

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape[1:])

    def __len__(self) -> int:
        return len(self.array)

    def read(self, rows: Rows) -> NDArray[np.float32]:
        """The images of these rows, shape (rows, *shape), in the units they are stored in (0 to 255 for bytes)."""
        read: NDArray[np.float32] = self.array[rows].astype(np.float32)
        return read

    def resized(self, size: tuple[int, ...]) -> InMemory:
        """The same images pooled to ``size``, one length a spatial axis: each new pixel is the mean over its area."""
        if len(size) == len(self.shape):
            return self.with_channel().resized(size)
        chunks = [pool(self.array[at : at + 4096], size) for at in range(0, len(self.array), 4096)]
        return InMemory(np.concatenate(chunks))

    def identity(self) -> bytes:
        """What tells these images from others."""
        return np.ascontiguousarray(self.array).tobytes()

    def with_channel(self) -> InMemory:
        """Images that were stored without a channel axis, with one."""
        return InMemory(self.array[..., None])


@dataclass(frozen=True, eq=False)
class Decoded:
    """Images that ``decode`` makes from their row number, each time anew; ``described`` says where one comes from.

    They are read and resized as those in memory; what tells them from others is their places.
    """

    count: int
    shape: tuple[int, ...]
    decode: Callable[[int], Array]
    described: Callable[[int], str]

    in_memory = False

    def __len__(self) -> int:
        return self.count

    def read(self, rows: Rows) -> NDArray[np.float32]:
        return np.stack([self._one(int(row)) for row in rows]).astype(np.float32)

    def _one(self, row: int) -> Array:
        image = self.decode(row)
        if image.shape != self.shape:
            raise different_sizes(self.described(row), image.shape, self.shape)
        return image

    def resized(self, size: tuple[int, ...]) -> Decoded:
        return replace(self, shape=(*size, self.shape[-1]), decode=pooling(self.decode, size))

    def identity(self) -> bytes:
        return "\n".join(self.described(row) for row in range(self.count)).encode("utf-8", "surrogateescape")

    def kept(self) -> Images:
        """These images decoded once into memory, where they fit there; else themselves."""
        first = self._one(0)
        if self.count * first.nbytes > IN_MEMORY_BYTES:
            return self
        array = np.empty((self.count, *self.shape), first.dtype)
        for row in range(self.count):
            array[row] = self._one(row)
        return InMemory(array)


Images: TypeAlias = InMemory | Decoded


def pooling(decode: Callable[[int], Array], size: tuple[int, ...]) -> Callable[[int], Array]:
    """``decode``, and what it makes pooled to ``size``."""

    def pooled(row: int) -> Array:
        image = decode(row)
        if len(size) != image.ndim - 1:
            raise wrong_rank(size, image.shape)
        one: Array = pool(centred(image, size)[None], size)[0]
        return one

    return pooled


def centred(image: Array, size: Sequence[int]) -> Array:
    """The largest centred part of ``image`` that has the proportions of ``size``, so that pooling does not distort."""
    scale = min(length / wanted for length, wanted in zip(image.shape, size, strict=False))
    lengths = [max(1, round(scale * wanted)) for wanted in size]
    starts = [(whole - length) // 2 for whole, length in zip(image.shape, lengths, strict=False)]
    part: Array = image[tuple(slice(start, start + length) for start, length in zip(starts, lengths, strict=True))]
    return part


def expect_depth(found: int, bits: int, name: str) -> None:
    """Refuses an image of another depth than the first one's ``bits``: its numbers would mean something else."""
    if found != bits:
        raise Failure(f"{name} has {found} bits a pixel, the first image has {bits}", "save all with the same")


def different_sizes(what: str, shape: tuple[int, ...], expected: tuple[int, ...]) -> Failure:
    """The refusal of images that are not all of one size."""
    return Failure(
        f"the images differ in size: {what} is {show(shape)}, those before it are {show(expected)}",
        f"pool them to one size, for instance --resize {show(expected[:-1])}",
    )


def wrong_rank(size: tuple[int, ...], shape: tuple[int, ...]) -> Failure:
    """The refusal of a size whose number of lengths is not that of the spatial axes."""
    return Failure(
        f"--resize {show(size)} has {len(size)} lengths, the data are {show(shape)}",
        f"give {len(shape) - 1}, without the channels",
    )


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
