"""A training that is killed or interrupted ends with the same bits as one that was not."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent


def start(folder: Path, *options: str, backend: str = "tensorflow") -> subprocess.Popen[str]:
    """A training in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[2]), "KERAS_BACKEND": backend}
    command = [sys.executable, str(HERE / "train_by_hand.py"), str(folder), *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(folder: Path, *options: str, backend: str = "tensorflow") -> str:
    """A training to its end, and what it printed."""
    process = start(folder, *options, backend=backend)
    printed, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    return printed


def until(folder: Path, epochs: int, process: subprocess.Popen[str]) -> None:
    """Wait until the history in ``folder`` has so many rows, or the process has ended."""
    history = folder / "history.csv"
    while process.poll() is None and (not history.exists() or history.read_text().count("\n") <= epochs):
        time.sleep(0.01)


def same(one: Path, other: Path) -> None:
    """Both runs have the same history, byte for byte, and the same state and weights, bit for bit."""
    assert (one / "history.csv").read_bytes() == (other / "history.csv").read_bytes()
    with np.load(one / "checkpoints/latest.npz") as first, np.load(other / "checkpoints/latest.npz") as second:
        assert first.files == second.files
        for name in first.files:
            assert first[name].tobytes() == second[name].tobytes(), name


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", pytest.param("jax", marks=pytest.mark.backends)])
def test_killed_at_three_random_moments(tmp_path: Path, backend: str) -> None:
    pytest.importorskip(backend)
    began = time.monotonic()
    finish(tmp_path / "whole", backend=backend)
    length = time.monotonic() - began
    moments = [random.uniform(0.3, 0.95) * length for _ in range(3)]
    print("killed after", moments, "seconds of", length)
    for moment in moments:
        process = start(tmp_path / "killed", backend=backend)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        process.kill()
        process.communicate()
    finish(tmp_path / "killed", backend=backend)
    same(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_and_goes_on(tmp_path: Path) -> None:
    finish(tmp_path / "whole")
    process = start(tmp_path / "stopped")
    until(tmp_path / "stopped", 1, process)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors[-3000:]
    assert "interrupted; the same command goes on" in printed
    assert "going on after step" in finish(tmp_path / "stopped")
    same(tmp_path / "whole", tmp_path / "stopped")
