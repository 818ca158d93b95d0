"""Augmentation as the paper's: pad by some pixels, crop at random, mirror at random (He et al. 2016, section 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.training import chance

Batch = NDArray[np.float32]


@dataclass(frozen=True)
class Augmenter:
    """Crops and mirrors batches of images; ``pad`` 0 crops nothing. Padding is 0, the mean of normalised images."""

    seed: int
    pad: int
    flip: bool

    def __call__(self, batch: Batch, epoch: int, step: int, total: int, first: int) -> Batch:
        """``batch``, shape (count, height, width, channels), is the part from ``first`` on of the ``total`` of a step.

        Every image of the step draws its own numbers, so that parts on several machines make up the same whole.
        """
        draw = chance.generator(self.seed, epoch, chance.AUGMENTATION, step)
        corners = draw.integers(0, 2 * self.pad + 1, size=(total, 2))[first : first + len(batch)]
        mirrored = draw.random(total)[first : first + len(batch)] < 0.5
        if self.pad:
            batch = _cropped(batch, self.pad, corners)
        if self.flip:
            batch[mirrored] = batch[mirrored, :, ::-1]
        return batch


def _cropped(batch: Batch, pad: int, corners: NDArray[np.int64]) -> Batch:
    count, height, width = batch.shape[:3]
    padded = np.pad(batch, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    rows = corners[:, :1] + np.arange(height)
    columns = corners[:, 1:] + np.arange(width)
    cropped: Batch = padded[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return cropped
