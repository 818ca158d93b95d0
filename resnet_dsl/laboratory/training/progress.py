"""What is seen of a training while it runs: a bar in a terminal, a line an epoch anywhere, TensorBoard's logs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.laboratory.training.history import EpochRecord, columns

INTERVAL = 0.5
"""Seconds between two looks at loss and error: each makes the device wait."""


class Report:
    """The bar of one training, ``steps`` steps long of which ``done`` are done."""

    def __init__(self, console: Console, title: str, steps: int, done: int, epochs: int) -> None:
        self.console, self.epochs = console, epochs
        columns = ("[bold]{task.description}", "{task.fields[state]}")
        self._bar = Progress(
            TextColumn(columns[0]), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
            TextColumn(columns[1]), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(title, total=steps, completed=done, state="")
        self._looked = self._begun = time.monotonic()

    def __enter__(self) -> Report:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, epoch: int, logs: dict[str, Any]) -> None:
        """One step is done. ``epoch`` counts from 0; ``logs`` are Keras', means over the epoch so far."""
        self._bar.advance(self._task)
        if self._bar.disable or time.monotonic() - self._looked < INTERVAL:
            return
        self._looked = time.monotonic()
        accuracies = [float(value) for name, value in logs.items() if name.endswith("accuracy")]  # one an output
        loss, error = float(logs.get("cross_entropy", logs["loss"])), 1 - sum(accuracies) / len(accuracies)
        self._bar.update(self._task, state=f"epoch {epoch + 1}/{self.epochs}  loss {loss:.3f}  error {percent(error)}")

    def row(self, row: EpochRecord) -> None:
        """An epoch is done."""
        seconds, self._begun = time.monotonic() - self._begun, time.monotonic()
        say(
            self.console,
            f"epoch {row.epoch}/{self.epochs}  train: loss {row.train_loss:.4f}, error {percent(row.train_error)}  "
            f"test: loss {row.test_loss:.4f}, error {percent(row.test_error)}{_by_output(row)}  {seconds:.0f} s",
        )


def say(console: Console, text: str) -> None:
    """One line, above a bar, as it is; bytes of file names that are no text are written out."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    console.print(shown, highlight=False, markup=False, soft_wrap=True)


def _by_output(row: EpochRecord) -> str:
    """The test error of each of several outputs: `` (head 3.2 %, aux 5.0 %)``."""
    told = ", ".join(f"{one.name} {percent(one.test_error)}" for one in row.outputs)
    return f" ({told})" if told else ""


def percent(fraction: float) -> str:
    """A fraction as percent with one digit: 12.3 %."""
    return f"{100 * fraction:.1f} %"


@contextmanager
def logged(folder: Path, wanted: bool) -> Iterator[Callable[[EpochRecord], None]]:
    """A function that writes one row into ``folder`` for TensorBoard, a scalar a column; one that does nothing else."""
    if not wanted:
        yield lambda row: None
        return
    try:
        from tensorboard.summary import Writer
    except ImportError as error:
        raise MissingPackageError(["tensorboard"], "--tensorboard: TensorBoard is not installed") from error
    writer = Writer(str(folder))

    def written(row: EpochRecord) -> None:
        for name, value in columns(row).items():
            writer.add_scalar(name, value, row.epoch)
        writer.flush()

    try:
        yield written
    finally:
        writer.close()
