"""The state of a training in one file: every number that the next step depends on, and where in the data it stands."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import reason
from resnet_dsl.laboratory.data.limits import expect_regular
from resnet_dsl.laboratory.training.history import damaged
from resnet_dsl.writing import write_through


class TrainingPosition(NamedTuple):
    """How far a training has come: ``step`` steps into ``epoch``, both counted from 0."""

    epoch: int
    step: int


class Checkpoint(NamedTuple):
    """A position and the value of every variable, by the names and in the order given to ``save``."""

    position: TrainingPosition
    values: dict[str, NDArray[Any]]


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write the file whole: a kill at any moment leaves the one before or this one."""
    names = list(checkpoint.values)
    head = np.frombuffer(json.dumps({"position": checkpoint.position, "names": names}).encode(), np.uint8)
    write_through(path, lambda temporary: np.savez(temporary, head, *checkpoint.values.values()), path.suffix)


def load(path: Path) -> Checkpoint | None:
    """What ``save`` wrote, bit for bit; None where nothing was. Raises Failure where it is damaged."""
    if not path.exists():
        return None
    expect_regular(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.zip.infolist()):
                raise ValueError("its arrays are compressed")
            return _checkpoint(archive)
    except Exception as error:  # a damaged archive fails in any of a dozen ways
        raise damaged(path, reason(error)) from error


def _checkpoint(archive: Any) -> Checkpoint:
    head = json.loads(archive["arr_0"].tobytes())
    position, names = TrainingPosition(*head["position"]), head["names"]
    if not all(type(number) is int and number >= 0 for number in position):
        raise ValueError(f"its position is {position}")
    if len(names) != len(archive.files) - 1 or len(set(names)) != len(names):
        raise ValueError(f"{len(names)} names for {len(archive.files) - 1} arrays")
    values = {name: archive[f"arr_{number}"] for number, name in enumerate(names, start=1)}
    if not all(isinstance(value, np.ndarray) for value in values.values()):
        raise ValueError("it holds something else than arrays")
    return Checkpoint(position, values)


def expect_fit(path: Path, state: Checkpoint, own: Checkpoint, epochs: int, steps: int) -> None:
    """Refuses a checkpoint of another training than one of so many epochs and steps whose state looks like ``own``.

    Variables are compared in their order: Keras numbers names anew in every process.
    """
    epoch, step = state.position
    if epoch > epochs or step >= steps or (epoch == epochs and step):
        raise damaged(path, f"it stands in epoch {epoch}, step {step}, of {epochs} epochs of {steps} steps")
    if len(state.values) != len(own.values):
        raise damaged(path, f"it holds {len(state.values)} variables, the training has {len(own.values)}")
    for name, saved, value in zip(own.values, state.values.values(), own.values.values(), strict=True):
        if (saved.shape, saved.dtype) != (value.shape, value.dtype):
            raise damaged(path, f"{name} is {saved.dtype} {saved.shape}, expected {value.dtype} {value.shape}")


def values_of(variables: Sequence[Any]) -> dict[str, NDArray[Any]]:
    """The values of Keras variables by their place and path: ``12:stage2/conv/kernel``. Paths alone may repeat."""
    import keras

    numpy = keras.ops.convert_to_numpy
    return {f"{number}:{variable.path}": numpy(variable) for number, variable in enumerate(variables)}


def assign(variables: Sequence[Any], values: dict[str, NDArray[Any]]) -> None:
    """Give variables the values that ``values_of`` took from variables of the same network."""
    for number, (variable, value) in enumerate(zip(variables, values.values(), strict=True)):
        if tuple(variable.shape) != value.shape:
            raise ValueError(f"variable {number}, {variable.path}: shape {variable.shape}, saved {value.shape}")
        variable.assign(value)
