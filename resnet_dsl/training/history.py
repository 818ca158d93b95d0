"""``history.csv``: one row an epoch, appended as the epochs end."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from resnet_dsl.writing import write_whole


class Row(NamedTuple):
    """One epoch, counted from 1: its last learning rate, mean losses (nats) and errors (fractions of 1).

    Training figures are means over the batches as they were trained on; test figures follow at the epoch's end.
    """

    epoch: int
    learning_rate: float
    train_loss: float
    train_error: float
    test_loss: float
    test_error: float


def append(path: Path, row: Row) -> None:
    """Add a row; it is on the disk when this returns."""
    with path.open("a", newline="", encoding="utf-8") as file:
        if file.tell() == 0:
            file.write(_line(Row._fields))
        file.write(_line(map(repr, row)))
        file.flush()
        os.fsync(file.fileno())


def _line(values: Iterable[str]) -> str:
    return ",".join(values) + "\n"


def read(path: Path) -> list[Row]:
    """The rows of a history, none where there is no file; a last row that a crash cut off is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    return [Row(int(row.pop("epoch")), **{k: float(v) for k, v in row.items()}) for row in csv.DictReader(whole)]


def keep(path: Path, epochs: int) -> list[Row]:
    """Cut a history back to its first ``epochs`` rows, for those after them will be made again; return what is kept."""
    rows = [row for row in read(path) if row.epoch <= epochs]
    if path.exists():
        write_whole(path, _line(Row._fields) + "".join(_line(map(repr, row)) for row in rows))
    return rows
