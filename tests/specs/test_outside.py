"""Networks of several inputs, outputs and paths give what other people's code gives with the same weights."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.specs.outside import CASES, Case, ours, recorded, sample
from tests.specs.transfer import relative_difference

pytest.importorskip("keras")
ROOT = Path(__file__).parent.parent.parent

each = pytest.mark.parametrize("case", CASES, ids=[case.network for case in CASES])


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.slow if case.slow else (), id=case.network) for case in CASES]
)
def test_a_sample_is_what_theirs_returned(case: Case) -> None:
    expected, found = recorded()[case.network], ours(case)
    assert list(found) == list(expected)
    for name, output in found.items():
        apart = np.abs(sample(output) - expected[name]["sample"]).max()
        assert apart / expected[name]["largest"] < 1e-5, name


@pytest.mark.backends
@each
def test_all_of_it_is_what_theirs_returns(case: Case, tmp_path: Path) -> None:
    for package in ("torch", "torchvision", "segmentation_models_pytorch"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    file = tmp_path / "theirs.npz"
    command = [sys.executable, "-m", "tests.specs.theirs", case.network, str(file)]
    subprocess.run(command, cwd=ROOT, check=True)
    expected, found = np.load(file), ours(case)
    assert list(found) == list(expected)
    for name, output in found.items():
        assert relative_difference(output, expected[name]) < 1e-5, name
