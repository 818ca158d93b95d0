"""Two processes train as one does; the death of one is reported, and the training goes on after it."""

from __future__ import annotations

import csv
import socket
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tests.laboratory.training.test_resume import finish, same, start, until

pytestmark = [pytest.mark.slow, pytest.mark.backends]
pytest.importorskip("jax")


def free_port() -> int:
    with socket.socket() as socket_:
        socket_.bind(("127.0.0.1", 0))
        return int(socket_.getsockname()[1])


def start_two(folder: Path, *options: str) -> list[subprocess.Popen[str]]:
    port = free_port()
    addresses = f"workers=127.0.0.1:{port},127.0.0.1:{port + 1}"
    return [start(folder, addresses, f"worker={index}", *options, backend="jax") for index in range(2)]


def finish_two(folder: Path, *options: str) -> None:
    for process in start_two(folder, *options):
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors[-3000:]


def rows(folder: Path) -> np.ndarray:
    with (folder / "history.csv").open() as file:
        return np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])


def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    gently = ("epochs=2", "learning_rate=0.003")  # sums are added up in another order; steep descent magnifies that
    finish(tmp_path / "one", *gently, backend="jax")
    finish_two(tmp_path / "two", *gently)
    np.testing.assert_allclose(rows(tmp_path / "two"), rows(tmp_path / "one"), rtol=2e-5)


@pytest.mark.parametrize("victim", [0, 1])
def test_a_dead_worker_is_reported_and_the_training_goes_on(tmp_path: Path, victim: int) -> None:
    finish_two(tmp_path / "whole")
    processes = start_two(tmp_path / "killed")
    until(tmp_path / "killed", 1, processes[0])
    processes[victim].kill()
    killed_at = time.monotonic()
    _, errors = processes[1 - victim].communicate(timeout=60)
    assert time.monotonic() - killed_at < 15
    assert processes[1 - victim].returncode not in (0, None)
    # Where the first worker dies JAX may abort the others before they can speak; its own message then says so.
    told = "another worker died or cannot be reached" in errors
    assert told or (victim == 0 and "another task died" in errors), errors[-3000:]
    processes[victim].communicate()
    finish_two(tmp_path / "killed")
    same(tmp_path / "whole", tmp_path / "killed")
