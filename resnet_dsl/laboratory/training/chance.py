"""What chance decides: the order of the examples, and how each is cropped and mirrored.

It is a function of (seed, epoch, step) and nothing else: Philox, a generator that is a function of a counter.
Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Whoever resumes at a step draws what a run that was
never interrupted draws there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Batch = NDArray[np.float32]

ORDER, AUGMENTATION = 0, 1
"""Which stream of an epoch: they never overlap."""


def generator(seed: int, epoch: int, stream: int, step: int = 0) -> np.random.Generator:
    """The generator of this step. Stream and step are the upper words of the counter; drawing counts up the lowest."""
    return np.random.Generator(np.random.Philox(key=[seed, epoch], counter=[0, 0, stream, step]))


def permutation(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """The order in which ``count`` examples are shown in this epoch."""
    return generator(seed, epoch, ORDER).permutation(count)


@dataclass(frozen=True)
class Augmenter:
    """Crops and mirrors batches of images, as the paper does (He et al. 2016, section 4.2); ``pad`` 0 crops nothing.

    Padding is 0, the mean of normalised images.
    """

    seed: int
    pad: int
    flip: bool

    def __call__(self, batch: Batch, epoch: int, step: int, total: int, first: int) -> Batch:
        """``batch``, shape (count, height, width, channels), is the part from ``first`` on of the ``total`` of a step.

        Every image of the step draws its own numbers, so that parts on several machines make up the same whole.
        """
        draw = generator(self.seed, epoch, AUGMENTATION, step)
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
