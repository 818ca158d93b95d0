"""A data set: what it is called, and its examples for training and for testing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.laboratory.data.images import Images, wrong_rank
from resnet_dsl.sentences import first
from resnet_dsl.showing import line

HIGHEST_LABEL = 2**31 - 1
MOST_NAMED = 20
"""Classes that a sentence names one by one."""

HELD_OUT = 5
"""Sets without a test part give every fifth example to it: the last of each five, in the order they are stored in."""


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images with their labels; ``rows`` picks them, in order, out of ``images``."""

    images: Images
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, picks: NDArray[np.int64]) -> NDArray[np.float32]:
        """The images of these positions (not rows), shape (picks, *shape)."""
        return self.images.read(self.rows[picks])

    @property
    def in_memory(self) -> bool:
        return self.images.in_memory

    def targets(self, picks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The labels at these positions, shape (picks,)."""
        return self.labels[picks]

    def take(self, picks: NDArray[np.int64]) -> LabelledImages:
        """The examples at these positions."""
        return replace(self, rows=self.rows[picks], labels=self.labels[picks])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples for training and for testing, of one shape and one list of classes.

    ``name`` and ``source`` are what is printed; ``class_names`` are those of the labels 0, 1, …, the numbers themselves
    where the data give no names; ``mirrors`` says whether a mirrored image keeps its meaning: digits do not; ``notes``
    are sentences on what was found beside the examples.
    """

    name: str
    source: str
    train: LabelledImages
    test: LabelledImages
    class_names: tuple[str, ...]
    mirrors: bool = True
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> int:
        return len(self.class_names)

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

    def remarks(self) -> tuple[str, ...]:
        """Sentences on what a reader would not expect: the notes, and classes that one of the parts lacks."""
        learnt, tested = set(self.train.labels.tolist()), set(self.test.labels.tolist())
        every = range(self.classes)
        lacking = {
            "no example to learn or to test": [label for label in every if label not in learnt | tested],
            "in the test part alone, tested but never learnt": sorted(tested - learnt),
            "in the training part alone, learnt but never tested": sorted(learnt - tested),
        }
        return (
            *dict.fromkeys(self.notes),
            *(f"{where}: class {self.named(found)}" for where, found in lacking.items() if found),
        )

    def named(self, labels: Sequence[int]) -> str:
        """Some classes by their numbers, and their names where they have some: ``0 (cat), 1 (dog)``."""
        names = [(str(label), line(self.class_names[label])) for label in labels]
        return first([number if name == number else f"{number} ({name})" for number, name in names], MOST_NAMED)

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

    def sample(self, count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """``count`` training examples, drawn by the seed: images of mean 0 and variance 1 together, and labels.

        Shapes: (count, *shape) and (count,). Raises Failure where the set has fewer.
        """
        if not 0 < count <= len(self.train):
            raise Failure(f"--batch-size {count}: {self.name} has {len(self.train):,} images to train")
        picks = np.sort(np.random.default_rng(seed).choice(len(self.train), count, replace=False))
        images = self.train.read(picks)
        spread = float(images.std()) or 1.0
        return ((images - images.mean()) / spread).astype(np.float32), self.train.labels[picks]

    def digest(self) -> str:
        """What tells this set from another: SHA-256 over shape, labels, rows and images."""
        digest = hashlib.sha256(repr((self.shape, self.classes, len(self.train), len(self.test))).encode())
        for part in (self.train, self.test):
            digest.update(part.labels.tobytes() + part.rows.tobytes())
        for images in {id(part.images): part.images for part in (self.train, self.test)}.values():
            digest.update(images.identity())
        return digest.hexdigest()


def whole(images: Images, labels: NDArray[np.int64]) -> LabelledImages:
    """All of the images, in their order."""
    return LabelledImages(images, np.arange(len(images), dtype=np.int64), labels)


def held_out(examples: LabelledImages) -> tuple[LabelledImages, LabelledImages]:
    """The fixed split of a set that has none: every fifth example tests, the others train. No seed takes part."""
    positions = np.arange(len(examples), dtype=np.int64)
    tests = positions % HELD_OUT == HELD_OUT - 1
    if not tests.any():
        raise Failure(f"{len(examples)} examples are too few to hold some out for testing")
    return examples.take(positions[~tests]), examples.take(positions[tests])


def spelt(name: bytes) -> str:
    """The name of a class as text; bytes that are not UTF-8 are spelt as they are in every name: ``\\udcff``."""
    return name.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()


def not_used(where: Path, names: Sequence[str]) -> tuple[str, ...]:
    """The note on what was found and left alone; none where there are no names."""
    return (f"{where}: not used: {', '.join(map(line, names))}",) if names else ()


def numbers(count: int) -> tuple[str, ...]:
    """The names of classes that have none."""
    return tuple(map(str, range(count)))


def checked_labels(labels: ArrayLike, count: int, where: str, classes: int | None = None) -> NDArray[np.int64]:
    """Labels as integers from 0, shape (count,), or a refusal that names the first wrong one.

    ``classes`` is how many the format knows; None where the data themselves say it. ``where`` names the file.
    """
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        remedy = "for one-hot labels: y.argmax(1)" if array.ndim == 2 else None
        raise Failure(f"{where}: labels of shape {array.shape}; expected one integer an image", remedy)
    if len(array) != count:
        raise Failure(f"{where}: {len(array):,} labels for {count:,} images")
    if count == 0:
        raise Failure(f"{where}: no images")
    if array.dtype.kind not in "iub":
        remedy = "y.astype(int)" if array.dtype.kind == "f" else "names, y = numpy.unique(y, return_inverse=True)"
        raise Failure(f"{where}: labels of type {array.dtype}; expected integers", remedy)
    highest = HIGHEST_LABEL if classes is None else classes - 1
    wrong = np.flatnonzero((array < 0) | (array > highest))
    if len(wrong):
        told = f"{where}: label {array[wrong[0]]} of image {wrong[0]:,} is out of range (0 to {highest})"
        low, high = int(array.min()), int(array.max())
        remedy = "number the classes from 0: names, y = numpy.unique(y, return_inverse=True)"
        raise Failure(told, f"subtract {low} from every label" if low > 0 and high - low <= highest else remedy)
    return array.astype(np.int64)


def expect_several(*parts: NDArray[np.int64], where: str) -> None:
    """Refuses labels of a single class: nothing can be learnt."""
    if len(np.unique(np.concatenate(parts))) < 2:
        raise Failure(f"{where}: all images are of one class; there is nothing to tell apart")


def class_count(*parts: NDArray[np.int64], where: str) -> int:
    """How many classes these labels number: from 0 to the largest. Raises Failure where they cannot be meant so.

    That is where none is 0, and where more than half of the numbers have no example.
    """
    found = np.unique(np.concatenate(parts))
    low, high = int(found[0]), int(found[-1])
    if low:
        raise Failure(
            f"{where}: labels run from {low} to {high}; no example has label 0", f"subtract {low} from every label"
        )
    if high + 1 > 2 * len(found):
        raise Failure(
            f"{where}: {len(found)} classes are numbered from 0 to {high}, with gaps",
            f"number them from 0 to {len(found) - 1}: names, y = numpy.unique(y, return_inverse=True)",
        )
    return high + 1
