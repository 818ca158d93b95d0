"""What tests of every format do: read all images back, and look at a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import Dataset, LabelledImages, load


def images_of(examples: LabelledImages) -> NDArray[np.float32]:
    """All images of a part, in its order."""
    return examples.read(np.arange(len(examples), dtype=np.int64))


def by_row(dataset: Dataset) -> dict[int, tuple[NDArray[np.float32], int]]:
    """Image and label by the row in the file, for sets that were split here."""
    found = {}
    for part in (dataset.train, dataset.test):
        images = images_of(part)
        for position, row in enumerate(part.rows.tolist()):
            found[row] = images[position], int(part.labels[position])
    return found


def refused(data: Path | str, *words: str, **options: Any) -> Failure:
    """The refusal of a set, whose sentence has all of ``words``."""
    with pytest.raises(Failure) as caught:
        load(str(data), **options)
    for word in words:
        assert word in str(caught.value)
    return caught.value
