"""NumPy's .npz archives with x_train, y_train, x_test, y_test (or x and y), as Keras' own sets are stored."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.training.data.assemble import from_arrays
from resnet_dsl.training.data.dataset import Dataset

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, MemoryError)


def read(path: Path) -> Dataset:
    """The set in this file. Pickled objects in it are never loaded."""
    arrays = _arrays(path)
    x, y = ("x_train", "y_train") if "x_train" in arrays else ("x", "y")
    if x not in arrays or y not in arrays:
        found = ", ".join(sorted(arrays)) or "nothing"
        raise Failure(f"{path} holds {found}; expected x_train, y_train, x_test and y_test, or x and y")
    if ("x_test" in arrays) != ("y_test" in arrays):
        raise Failure(f"{path}: of x_test and y_test one is missing")
    test = (arrays["x_test"], arrays["y_test"]) if "x_test" in arrays else None
    return from_arrays(path.name, str(path), (arrays[x], arrays[y]), test)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except DAMAGED as error:
        reason = (
            "objects in it would have to be unpickled" if "allow_pickle" in str(error) else "it is cut off or damaged"
        )
        raise Failure(f"{path} cannot be read as .npz: {reason} ({error})") from error
