"""Real files of each format, made by the format's own tools."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@pytest.fixture
def grey() -> Made:
    """Forty 6x5 images of four classes, and their labels."""
    made = np.random.default_rng(0)
    return made.integers(0, 256, (40, 6, 5), np.uint8), np.arange(40, dtype=np.uint8) % 4


@pytest.fixture
def coloured() -> Made:
    """Twenty 32x32x3 images of ten classes, and their labels."""
    made = np.random.default_rng(1)
    return made.integers(0, 256, (20, 32, 32, 3), np.uint8), np.arange(20, dtype=np.uint8) % 10
