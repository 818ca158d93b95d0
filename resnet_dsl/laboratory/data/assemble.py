"""From arrays, as most formats hold them, to a data set."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import show
from resnet_dsl.laboratory.data.dataset import (
    Dataset,
    LabelledImages,
    checked_labels,
    class_count,
    expect_several,
    held_out,
    numbers,
    whole,
)
from resnet_dsl.laboratory.data.images import InMemory

MOST_EXACT, MOST_FLOAT = 2**24, 1e18
"""Up to here float32 holds every integer; and the squares of floats, which deviations are computed from."""

Part = tuple[NDArray[Any], ArrayLike]
"""Images, shape (count, *shape), and their labels, shape (count,)."""


def from_arrays(
    name: str,
    source: str,
    train: Part,
    test: Part | None,
    class_names: tuple[str, ...] | None = None,
    mirrors: bool = True,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """A data set of two parts in memory; where there is no test part, every fifth example of the first becomes it.

    ``class_names`` are those that the format knows; None where the labels alone say how many there are.
    """
    known = None if class_names is None else len(class_names)
    first = _examples(train, f"{name}, training part", known)
    if test is None:
        learnt, tested = held_out(first)
    else:
        learnt, tested = first, _examples(test, f"{name}, test part", known)
    if learnt.images.shape != tested.images.shape:
        shapes = f"{show(learnt.images.shape)} to train, {show(tested.images.shape)} to test"
        raise Failure(f"{name}: the images differ in size: {shapes}")
    if test is not None and (train[0].dtype.kind == "f") != (test[0].dtype.kind == "f"):
        types = f"{train[0].dtype} to train, {test[0].dtype} to test"
        raise Failure(
            f"{name}: the images differ in type: {types}", "give both in the same numbers, 0 to 255 or 0 to 1"
        )
    expect_several(learnt.labels, tested.labels, where=name)
    if class_names is None:
        class_names = numbers(class_count(learnt.labels, tested.labels, where=name))
    return Dataset(name, source, learnt, tested, class_names, mirrors, notes)


def _examples(part: Part, where: str, classes: int | None) -> LabelledImages:
    images, labels = part
    if images.dtype.kind not in "uif" or images.ndim < 2 or 0 in images.shape[1:]:
        kind = f"{images.dtype} of shape {images.shape}"
        raise Failure(f"{where}: the images are {kind}; expected numbers, shape (count, height, width, channels)")
    checked = checked_labels(labels, len(images), where, classes)
    _check_values(images, where)
    return whole(InMemory(images), checked)


def _check_values(images: NDArray[Any], where: str) -> None:
    """Refuses what would not be the same number in float32, in which networks compute, but for its last digits."""
    low, high = images.min(), images.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise Failure(f"{where}: some of the images' values are not finite numbers")
    largest = max(abs(float(low)), abs(float(high)))
    if largest > (MOST_EXACT if images.dtype.kind in "ui" else MOST_FLOAT):
        raise Failure(f"{where}: the images' values reach {largest:.3g}, beyond what float32 holds", "scale them first")
