"""A data set: what it is called, and its examples for training and for testing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.training.data.images import Images, wrong_rank

HELD_OUT = 5
"""Sets without a test part give every fifth example to it: the last of each five, in the order they are stored in."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Images with their labels; ``rows`` picks them, in order, out of ``images``."""

    images: Images
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, picks: NDArray[np.int64]) -> NDArray[np.float32]:
        """The images of these positions (not rows), shape (picks, *shape)."""
        return self.images.read(self.rows[picks])

    def take(self, picks: NDArray[np.int64]) -> Examples:
        """The examples at these positions."""
        return replace(self, rows=self.rows[picks], labels=self.labels[picks])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples for training and for testing, of one shape and one list of classes.

    ``name`` and ``source`` are what is printed; ``mirrors`` says whether a mirrored image keeps its meaning: digits
    do not.
    """

    name: str
    source: str
    train: Examples
    test: Examples
    classes: int
    mirrors: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        return self.train.images.shape

    @property
    def described(self) -> str:
        """One line: the name, the source, shape, classes and counts."""
        return (
            f"{self.name} ({self.source}): {show(self.shape)}, {self.classes} classes, "
            f"{len(self.train):,} images to train, {len(self.test):,} to test"
        )

    def resized(self, size: tuple[int, ...]) -> Dataset:
        """The same set pooled to ``size``, one length a spatial axis."""
        lengths = len(self.shape) - 1
        if len(size) not in (lengths, lengths + 1):  # one more: images stored without their channel axis
            raise wrong_rank(size, self.shape)
        same = self.train.images is self.test.images
        train = replace(self.train, images=self.train.images.resized(size))
        images = train.images if same else self.test.images.resized(size)
        return replace(self, train=train, test=replace(self.test, images=images))

    def limited(self, count: int) -> Dataset:
        """The same set with ``count`` of its training examples, evenly spaced over the order they are stored in."""
        if not 0 < count <= len(self.train):
            raise Failure(f"--train-size {count}: {self.name} has {len(self.train):,} images to train")
        picks = np.arange(count, dtype=np.int64) * len(self.train) // count
        return replace(self, train=self.train.take(picks))

    def digest(self) -> str:
        """What tells this set from another: SHA-256 over shape, labels, rows and images."""
        digest = hashlib.sha256(repr((self.shape, self.classes, len(self.train), len(self.test))).encode())
        for part in (self.train, self.test):
            digest.update(part.labels.tobytes() + part.rows.tobytes())
        for images in {id(part.images): part.images for part in (self.train, self.test)}.values():
            digest.update(images.identity())
        return digest.hexdigest()


def whole(images: Images, labels: NDArray[np.int64]) -> Examples:
    """All of the images, in their order."""
    return Examples(images, np.arange(len(images), dtype=np.int64), labels)


def held_out(examples: Examples) -> tuple[Examples, Examples]:
    """The fixed split of a set that has none: every fifth example tests, the others train. No seed takes part."""
    positions = np.arange(len(examples), dtype=np.int64)
    tests = positions % HELD_OUT == HELD_OUT - 1
    if not tests.any():
        raise Failure(f"{len(examples)} examples are too few to hold some out for testing")
    return examples.take(positions[~tests]), examples.take(positions[tests])


def checked_labels(labels: ArrayLike, count: int, where: str, classes: int | None = None) -> NDArray[np.int64]:
    """Labels as integers from 0, shape (count,), or a refusal that names the first wrong one.

    ``classes`` is how many the format knows; None where the data themselves say it. ``where`` names the file.
    """
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise Failure(f"{where}: labels of shape {array.shape}; expected one integer an image")
    if len(array) != count:
        raise Failure(f"{where}: {len(array):,} labels for {count:,} images")
    if count == 0:
        raise Failure(f"{where}: no images")
    if array.dtype.kind not in "iub":
        raise Failure(f"{where}: labels of type {array.dtype}; expected integers")
    wrong = np.flatnonzero((array < 0) if classes is None else (array < 0) | (array >= classes))
    if len(wrong):
        allowed = "0 and up" if classes is None else f"0 to {classes - 1}"
        raise Failure(f"{where}: label {array[wrong[0]]} of image {wrong[0]:,} is out of range ({allowed})")
    return array.astype(np.int64)


def class_count(*parts: NDArray[np.int64], where: str) -> int:
    """How many classes these labels speak of: the largest and one. A single class is refused: nothing can be learnt."""
    if len(np.unique(np.concatenate(parts))) < 2:
        raise Failure(f"{where}: all images are of one class; there is nothing to tell apart")
    return int(max(part.max() for part in parts)) + 1
