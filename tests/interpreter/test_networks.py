"""Networks by chance, built in each way, beside NumPy: fixed ones, and others in each run."""

from __future__ import annotations

import pytest

keras = pytest.importorskip("keras")
from tests.interpreter.models import compare  # noqa: E402
from tests.interpreter.networks import RUN, drawn  # noqa: E402


@pytest.mark.parametrize("seed", range(10))
def test_networks_compute_what_numpy_computes(seed: int) -> None:
    compare(*drawn(seed))


@pytest.mark.parametrize("number", range(15))
def test_networks_of_this_run_compute_what_numpy_computes(number: int) -> None:
    compare(*drawn(RUN + number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(15, 515))
def test_thousands_of_networks_compute_what_numpy_computes(number: int) -> None:
    compare(*drawn(RUN + number))
