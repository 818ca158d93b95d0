"""Images as the prediction assumes them: Gaussian, standardised, alike over an eighth of their side."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray


def gaussian_images(samples: int, *size: int, seed: int = 0) -> NDArray[np.float32]:
    """(samples, *size), channels last; two positions are correlated as exp(-8 distance / longest side)."""
    *lengths, channels = size
    points = np.array(list(product(*map(range, lengths))), dtype=float).reshape(prod(lengths), -1)
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    covariance = np.exp(-8 * apart / max(lengths, default=1)) + 1e-9 * np.eye(len(points))
    drawn = np.random.default_rng(seed).standard_normal((samples, len(points), channels))
    images = np.einsum("pq,nqc->npc", np.linalg.cholesky(covariance), drawn)
    return images.reshape(samples, *size).astype(np.float32)
