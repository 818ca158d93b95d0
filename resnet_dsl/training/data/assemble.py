"""From arrays, as most formats hold them, to a data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.training.data.dataset import Dataset, Examples, checked_labels, class_count, held_out, whole
from resnet_dsl.training.data.images import InMemory

Part = tuple[NDArray[Any], ArrayLike]
"""Images, shape (count, *shape), and their labels, shape (count,)."""


def from_arrays(
    name: str, source: str, train: Part, test: Part | None, classes: int | None = None, mirrors: bool = True
) -> Dataset:
    """A data set of two parts in memory; where there is no test part, every fifth example of the first becomes it."""
    first = _examples(train, f"{name}, training part", classes)
    if test is None:
        learnt, tested = held_out(first)
    else:
        learnt, tested = first, _examples(test, f"{name}, test part", classes)
    if learnt.images.shape != tested.images.shape:
        shapes = f"{show(learnt.images.shape)} to train, {show(tested.images.shape)} to test"
        raise Failure(f"{name}: the images differ in size: {shapes}")
    found = class_count(learnt.labels, tested.labels, where=name)
    return Dataset(name, source, learnt, tested, classes or found, mirrors)


def _examples(part: Part, where: str, classes: int | None) -> Examples:
    images, labels = part
    if images.dtype.kind not in "uif" or images.ndim < 2:
        kind = f"{images.dtype} of shape {images.shape}"
        raise Failure(f"{where}: the images are {kind}; expected numbers, shape (count, height, width, channels)")
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise Failure(f"{where}: some of the images' values are not finite numbers")
    return whole(InMemory(images), checked_labels(labels, len(images), where, classes))
