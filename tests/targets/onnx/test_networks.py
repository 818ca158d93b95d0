"""Networks by chance, as they are and optimised, beside NumPy: fixed ones, and others in each run."""

from __future__ import annotations

import pytest

from tests.interpreter.networks import RUN, drawn
from tests.targets.onnx.running import compare


@pytest.mark.parametrize("seed", range(10))
def test_networks_compute_what_numpy_computes(seed: int) -> None:
    compare(*drawn(seed))


@pytest.mark.parametrize("number", range(5))
def test_networks_of_this_run_compute_what_numpy_computes(number: int) -> None:
    compare(*drawn(RUN + number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5, 505))
def test_thousands_of_networks_compute_what_numpy_computes(number: int) -> None:
    compare(*drawn(RUN + number))
