"""What ships, beside NumPy: a network of every kind, plain, fast and optimised."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from tests.specs.family import MEMBERS, spec

keras = pytest.importorskip("keras")
from tests.interpreter.expected import some_batch  # noqa: E402
from tests.interpreter.models import compare  # noqa: E402

QUICK = {"first_smooth", "two_view_network", "seresnet18", "botnet26t_256"}
"""Those among the ordinary tests: they have branches, gates, and attention with distances."""
OBLONG = 32
"""By how many pixels images are wider than high."""


@pytest.mark.parametrize(
    ("file", "name", "pixels"),
    [pytest.param(*one, id=one[1], marks=() if one[1] in QUICK else pytest.mark.slow) for one in MEMBERS],
)
def test_what_ships_computes_what_numpy_computes(file: str, name: str, pixels: int) -> None:
    size = (pixels, pixels + OBLONG, 3)
    network = spec(file).compile(name, overrides={"classes": 10}, input_size=size)
    random = np.random.default_rng(0)
    compare(network.graph, network.shapes, some_batch(size, random), random, normalised=True)
    keras.utils.clear_session()
    gc.collect()
