"""``history.csv``: one row an epoch, appended as the epochs end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from resnet_dsl import writing
from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.limits import expect_regular


class EpochRecord(NamedTuple):
    """One epoch, counted from 1: its last learning rate, mean losses (nats) and errors (fractions of 1).

    Training figures are means over the batches as they were trained on; test figures follow at the epoch's end.
    """

    epoch: int
    learning_rate: float
    train_loss: float
    train_error: float
    test_loss: float
    test_error: float


def append(path: Path, row: EpochRecord) -> None:
    """Add a row; it is on the disk when this returns."""
    begins = not path.exists() or path.stat().st_size == 0
    writing.append(path, (_line(EpochRecord._fields) if begins else "") + _line(map(repr, row)))


def _line(values: Iterable[str]) -> str:
    return ",".join(values) + "\n"


def damaged(path: Path, why: str) -> Failure:
    """The refusal of a file of a run folder that says what cannot be."""
    return Failure(f"{path} is damaged: {why}", "--restart trains from the beginning, or choose another --out")


def read(path: Path) -> list[EpochRecord]:
    """The rows of a history, none where there is no file; a last row that a crash cut off is left out.

    Raises Failure where other rows are damaged, or are not those of epochs 1, 2, ….
    """
    if not path.exists():
        return []
    expect_regular(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = [_row(line) for line in lines[1:] if line.endswith("\n")]
    except (ValueError, TypeError) as error:
        raise damaged(path, reason(error)) from error
    if lines[:1] not in ([], [_line(EpochRecord._fields)]) or [row.epoch for row in rows] != [*range(1, len(rows) + 1)]:
        raise damaged(path, "its rows are not those of epochs 1, 2, …")
    return rows


def _row(line: str) -> EpochRecord:
    epoch, *values = line.rstrip("\n").split(",")
    return EpochRecord(int(epoch), *map(float, values))


def keep(path: Path, epochs: int) -> list[EpochRecord]:
    """Cut a history back to its first ``epochs`` rows, for those after them will be made again; return what is kept."""
    rows = read(path)[:epochs]
    if path.exists():
        writing.write_whole(path, _line(EpochRecord._fields) + "".join(_line(map(repr, row)) for row in rows))
    return rows
