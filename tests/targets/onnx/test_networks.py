"""Networks by chance, as they are and optimised, beside NumPy: fixed ones, and others in each run."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.interpreter.expected import some_batch
from tests.interpreter.networks import network
from tests.targets.onnx.running import compare

RUN = int(os.environ.get("NETWORKS_SEED", np.random.SeedSequence().entropy % 1_000_000))  # type: ignore[operator]
"""The seed of this run; a test that fails says which to give to have it again."""

CHAINS = 10
"""Networks on one input, in one model."""


def _compare(seed: int) -> None:
    random = np.random.default_rng(seed)
    graph, shapes = network(random, CHAINS).graph()
    print(f"NETWORKS_SEED={RUN}")
    compare(graph, shapes, some_batch(graph.nodes[0].args["shape"], random), random)


@pytest.mark.parametrize("seed", range(10))
def test_networks_compute_what_numpy_computes(seed: int) -> None:
    _compare(seed)


@pytest.mark.parametrize("number", range(5))
def test_networks_of_this_run_compute_what_numpy_computes(number: int) -> None:
    _compare(RUN + number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5, 505))
def test_thousands_of_networks_compute_what_numpy_computes(number: int) -> None:
    _compare(RUN + number)
