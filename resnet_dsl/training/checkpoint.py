"""The state of a training in one file: every number that the next step depends on, and where in the data it stands."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.writing import write_through

DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


class Position(NamedTuple):
    """How far a training has come: ``step`` steps into ``epoch``, both counted from 0."""

    epoch: int
    step: int


class Checkpoint(NamedTuple):
    """A position and the value of every variable, by the names and in the order given to ``save``."""

    position: Position
    values: dict[str, NDArray[Any]]


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write the file whole: a kill at any moment leaves the one before or this one."""
    names = list(checkpoint.values)
    head = np.frombuffer(json.dumps({"position": checkpoint.position, "names": names}).encode(), np.uint8)
    write_through(path, lambda temporary: np.savez(temporary, head, *checkpoint.values.values()), path.suffix)


def load(path: Path) -> Checkpoint | None:
    """What ``save`` wrote, bit for bit; None where nothing was."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            head = json.loads(archive["arr_0"].tobytes())
            values = {name: archive[f"arr_{number}"] for number, name in enumerate(head["names"], start=1)}
    except DAMAGED as error:
        raise Failure(f"{path} is damaged: {error}", "--restart trains from the beginning") from error
    return Checkpoint(Position(*head["position"]), values)


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
