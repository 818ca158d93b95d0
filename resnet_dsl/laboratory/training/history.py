"""``history.csv``: one row an epoch, appended as the epochs end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from resnet_dsl import writing
from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.limits import expect_regular


class OutputRecord(NamedTuple):
    """What an epoch came to at one of several outputs: loss (nats) and error (a fraction of 1)."""

    name: str
    train_loss: float
    train_error: float
    test_loss: float
    test_error: float


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

    @property
    def outputs(self) -> tuple[OutputRecord, ...]:
        """Of a network with several."""
        return ()

    def of_output(self, output: OutputRecord) -> EpochRecord:
        """The epoch as it was at one of the outputs alone."""
        return EpochRecord(self.epoch, self.learning_rate, *output[1:])


class JointRecord(EpochRecord):
    """One epoch of several outputs: its losses are the weighted sum that is trained, its errors the outputs' mean."""

    parts: tuple[OutputRecord, ...] = ()

    @classmethod
    def of(cls, row: EpochRecord, parts: tuple[OutputRecord, ...]) -> JointRecord:
        joint = cls(*row)
        joint.parts = parts
        return joint

    @property
    def outputs(self) -> tuple[OutputRecord, ...]:
        return self.parts


FIELDS = EpochRecord._fields
PARTS = OutputRecord._fields[1:]


def recorded(
    epoch: int, rate: float, trained: Mapping[str, Any], tested: Mapping[str, Any], weights: Mapping[str, float]
) -> EpochRecord:
    """By Keras' logs. ``weights``: of the losses, by output; none where there is one output."""
    if not weights:
        return EpochRecord(epoch, rate, *_figures(trained), *_figures(tested))
    outputs = tuple(OutputRecord(name, *_figures(trained, name), *_figures(tested, name)) for name in weights)
    train_loss = sum(weights[one.name] * one.train_loss for one in outputs)
    test_loss = sum(weights[one.name] * one.test_loss for one in outputs)
    train_error = sum(one.train_error for one in outputs) / len(outputs)
    test_error = sum(one.test_error for one in outputs) / len(outputs)
    return JointRecord.of(EpochRecord(epoch, rate, train_loss, train_error, test_loss, test_error), outputs)


def _figures(logs: Mapping[str, Any], output: str | None = None) -> tuple[float, float]:
    """Loss and error, of one of several outputs where it is named."""
    before = "" if output is None else f"{output}_"
    return float(logs[f"{before}cross_entropy"]), 1 - float(logs[f"{before}accuracy"])


def columns(row: EpochRecord) -> dict[str, Any]:
    """A row by the names of its columns; behind the epoch's own those of its outputs, ``aux_test_error``."""
    more = {f"{one.name}_{part}": value for one in row.outputs for part, value in zip(PARTS, one[1:], strict=True)}
    return row._asdict() | more


def append(path: Path, row: EpochRecord) -> None:
    """Add a row; it is on the disk when this returns."""
    begins = not path.exists() or path.stat().st_size == 0
    writing.append(path, (_line(columns(row)) if begins else "") + _line(map(repr, columns(row).values())))


def _line(values: Iterable[str]) -> str:
    return ",".join(values) + "\n"


class DamagedRunError(Failure):
    """A file of a run folder says what cannot be; the remedy is for who trains on."""


def damaged(path: Path, why: str) -> DamagedRunError:
    return DamagedRunError(f"{path} is damaged: {why}", "--restart trains from the beginning, or choose another --out")


def read(path: Path) -> list[EpochRecord]:
    """The rows of a history, none where there is no file; a last row that a crash cut off is left out.

    Raises Failure where other rows are damaged, or are not those of epochs 1, 2, ….
    """
    if not path.exists():
        return []
    expect_regular(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        names = _outputs(lines[0]) if lines else []
        rows = [_row(line, names) for line in lines[1:] if line.endswith("\n")]
    except (ValueError, TypeError) as error:
        raise damaged(path, reason(error)) from error
    if [row.epoch for row in rows] != [*range(1, len(rows) + 1)]:
        raise damaged(path, "its rows are not those of epochs 1, 2, …")
    return rows


def _outputs(header: str) -> list[str]:
    """The names of the outputs that have columns. Raises ValueError where it is no header of a history."""
    more = header.rstrip("\n").split(",")[len(FIELDS) :]
    names = [one.removesuffix(f"_{PARTS[0]}") for one in more[:: len(PARTS)]]
    if header != _line((*FIELDS, *(f"{name}_{part}" for name in names for part in PARTS))):
        raise ValueError("its first row does not name the columns")
    return names


def _row(line: str, names: list[str]) -> EpochRecord:
    epoch, *values = line.rstrip("\n").split(",")
    own, more = [*map(float, values[: len(FIELDS) - 1])], [*map(float, values[len(FIELDS) - 1 :])]
    parts = [more[at : at + len(PARTS)] for at in range(0, len(more), len(PARTS))]
    outputs = tuple(OutputRecord(name, *one) for name, one in zip(names, parts, strict=True))
    row = EpochRecord(int(epoch), *own)
    return JointRecord.of(row, outputs) if outputs else row


def keep(path: Path, epochs: int) -> list[EpochRecord]:
    """Cut a history back to its first ``epochs`` rows, for those after them will be made again; return what is kept."""
    rows = read(path)[:epochs]
    if path.exists():
        table = [columns(row) for row in rows] or [dict.fromkeys(FIELDS)]
        writing.write_whole(
            path, _line(table[0]) + "".join(_line(map(repr, row.values())) for row in table[: len(rows)])
        )
    return rows
