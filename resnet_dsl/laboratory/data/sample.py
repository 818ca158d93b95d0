"""A few examples of a data set, standardised: what the gradients at initialisation are measured on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.dataset import Dataset


def sample(dataset: Dataset, count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """``count`` training examples, drawn by the seed: images with mean 0 and variance 1 over the sample, and labels.

    Raises Failure where the set has fewer.
    """
    if not 0 < count <= len(dataset.train):
        raise Failure(f"--batch-size {count}: {dataset.name} has {len(dataset.train):,} images to train")
    picks = np.sort(np.random.default_rng(seed).choice(len(dataset.train), count, replace=False))
    images = dataset.train.read(picks)
    spread = float(images.std()) or 1.0
    return ((images - images.mean()) / spread).astype(np.float32), dataset.train.labels[picks]
