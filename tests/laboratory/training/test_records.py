"""History and checkpoints: whole files, whatever happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training import checkpoint, history
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.history import EpochRecord

ROWS = [EpochRecord(epoch, 0.1 / 3, 1 / epoch, 2 / 7, float("nan"), 1e-17) for epoch in (1, 2, 3)]


def test_a_history_reads_back_to_the_bit(tmp_path: Path) -> None:
    for row in ROWS:
        history.append(tmp_path / "h.csv", row)
    assert repr(history.read(tmp_path / "h.csv")) == repr(ROWS)
    assert (tmp_path / "h.csv").read_text().splitlines()[0] == (
        "epoch,learning_rate,train_loss,train_error,test_loss,test_error"
    )
    assert history.read(tmp_path / "none.csv") == []


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_row_that_was_cut_off_is_left_out(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "h.csv"
    for row in ROWS[:2]:
        history.append(path, row)
    whole = path.read_bytes()
    history.append(path, ROWS[2])
    path.write_bytes(path.read_bytes()[:-cut])
    assert repr(history.keep(path, 3)) == repr(ROWS[:2])
    assert path.read_bytes() == whole


def test_keeping_fewer_rows(tmp_path: Path) -> None:
    for row in ROWS:
        history.append(tmp_path / "h.csv", row)
    assert repr(history.keep(tmp_path / "h.csv", 1)) == repr(ROWS[:1])
    history.append(tmp_path / "h.csv", ROWS[1])
    assert repr(history.read(tmp_path / "h.csv")) == repr(ROWS[:2])


def test_a_checkpoint_reads_back_to_the_bit(tmp_path: Path) -> None:
    values = {
        "0:a": np.float32([1 / 3, np.nan]),
        "1:a": np.uint32([7]),
        "2:s/t": np.asarray(2**40),
        "3:e": np.zeros((0, 2)),
    }
    checkpoint.save(tmp_path / "c.npz", Checkpoint(TrainingPosition(3, 17), values))
    read = checkpoint.load(tmp_path / "c.npz")
    assert read is not None
    assert read.position == TrainingPosition(3, 17)
    assert list(read.values) == list(values)
    for name, value in values.items():
        assert (read.values[name].tobytes(), read.values[name].dtype) == (value.tobytes(), value.dtype)
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]


def test_no_checkpoint_and_a_damaged_one(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "c.npz") is None
    checkpoint.save(tmp_path / "c.npz", Checkpoint(TrainingPosition(0, 0), {"0:a": np.ones(1000)}))
    whole = (tmp_path / "c.npz").read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    for content in (whole[:-100], b"", bytes(damaged)):
        (tmp_path / "c.npz").write_bytes(content)
        with pytest.raises(Failure, match=r"c\.npz is damaged"):
            checkpoint.load(tmp_path / "c.npz")


def test_a_failed_save_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "c.npz", Checkpoint(TrainingPosition(1, 0), {"0:a": np.ones(3)}))

    class Breaks(dict):  # type: ignore[type-arg]
        def values(self):  # type: ignore[no-untyped-def]
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        checkpoint.save(tmp_path / "c.npz", Checkpoint(TrainingPosition(2, 0), Breaks()))
    read = checkpoint.load(tmp_path / "c.npz")
    assert read is not None
    assert read.position == TrainingPosition(1, 0)
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]
