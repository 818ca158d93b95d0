"""Several devices of one machine: here the processor, seen as two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.laboratory.training.test_resume import finish, same
from tests.laboratory.training.test_workers import rows

pytestmark = [pytest.mark.slow, pytest.mark.backends]
GENTLY = ("epochs=2", "learning_rate=0.003")


def test_jax_trains_on_two_devices_as_on_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax")
    finish(tmp_path / "one", *GENTLY, backend="jax")
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=2")
    finish(tmp_path / "two", *GENTLY, "devices=2", backend="jax")
    np.testing.assert_allclose(rows(tmp_path / "two"), rows(tmp_path / "one"), rtol=2e-5)


def test_tensorflow_trains_on_two_devices(tmp_path: Path) -> None:
    """A replica normalises its own half of the batch, so the numbers are near those of one device, not the same."""
    finish(tmp_path / "one", *GENTLY)
    finish(tmp_path / "two", *GENTLY, "devices=2", "logical_cpus=2")
    finish(tmp_path / "again", *GENTLY, "devices=0", "logical_cpus=2")
    np.testing.assert_allclose(rows(tmp_path / "two")[:, 2], rows(tmp_path / "one")[:, 2], rtol=0.05)
    same(tmp_path / "two", tmp_path / "again")
