"""TensorBoard's logs of a training: a scalar for each column of the history, an epoch a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.history import EpochRecord


@contextmanager
def logged(folder: Path, wanted: bool) -> Iterator[Callable[[EpochRecord], None]]:
    """A function that writes one row into ``folder``; one that does nothing where that is not wanted."""
    if not wanted:
        yield lambda row: None
        return
    try:
        from tensorboard.summary import Writer
    except ImportError as error:
        raise Failure("--tensorboard: TensorBoard is not installed", "pip install tensorboard") from error
    writer = Writer(str(folder))

    def written(row: EpochRecord) -> None:
        for name, value in row._asdict().items():
            writer.add_scalar(name, value, row.epoch)
        writer.flush()

    try:
        yield written
    finally:
        writer.close()
