"""Chance as a function of (seed, epoch, step) and nothing else: Philox, a generator that is a function of a counter.

Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Whoever resumes at a step draws what a run that was
never interrupted draws there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ORDER, AUGMENTATION = 0, 1
"""Which stream of an epoch: they never overlap."""


def generator(seed: int, epoch: int, stream: int, step: int = 0) -> np.random.Generator:
    """The generator of this step. Stream and step are the upper words of the counter; drawing counts up the lowest."""
    return np.random.Generator(np.random.Philox(key=[seed, epoch], counter=[0, 0, stream, step]))


def permutation(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """The order in which ``count`` examples are shown in this epoch."""
    return generator(seed, epoch, ORDER).permutation(count)
