"""NumPy's .npz archives with x_train, y_train, x_test, y_test (or x and y), as Keras' own sets are stored.

``class_names``, an array of texts, may stand beside them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.assemble import from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset, not_used
from resnet_dsl.laboratory.data.limits import too_much, unpacked_limit
from resnet_dsl.showing import line

Arrays = dict[str, NDArray[Any]]
NAMES = "class_names"
KNOWN = ("x_train", "y_train", "x_test", "y_test", "x", "y", NAMES)


def read(path: Path) -> Dataset:
    """The set in this file. Pickled objects in it are never loaded."""
    arrays, others = _arrays(path)
    x, y = ("x_train", "y_train") if "x_train" in arrays else ("x", "y")
    if x not in arrays or y not in arrays:
        found = line(", ".join(sorted([*arrays, *others]))) or "nothing"
        raise Failure(f"{path} holds {found}; expected x_train, y_train, x_test and y_test, or x and y")
    if ("x_test" in arrays) != ("y_test" in arrays):
        raise Failure(f"{path}: of x_test and y_test one is missing")
    test = (arrays["x_test"], arrays["y_test"]) if "x_test" in arrays else None
    used = {x, y, "x_test", "y_test", NAMES}
    notes = not_used(path, sorted({*arrays, *others} - used))
    return from_arrays(path.name, str(path), (arrays[x], arrays[y]), test, _class_names(arrays, path), notes=notes)


def _class_names(arrays: Arrays, path: Path) -> tuple[str, ...] | None:
    if NAMES not in arrays:
        return None
    names = arrays[NAMES]
    if names.dtype.kind != "U" or names.ndim != 1 or len(set(names.tolist())) != len(names):
        raise Failure(f"{path}: {NAMES} is no list of texts that differ")
    return tuple(names.tolist())


def _arrays(path: Path) -> tuple[Arrays, list[str]]:
    """The arrays that are known by name, and the names of the others, which are not read."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            known = [name for name in archive.files if name in KNOWN]
            entries = [entry for entry in archive.zip.infolist() if entry.filename.removesuffix(".npy") in known]
            if sum(entry.file_size for entry in entries) > unpacked_limit(path):  # zipfile unpacks no more of them
                raise too_much(path, unpacked_limit(path))
            arrays = {name: archive[name] for name in known}
            others = [name for name in archive.files if name not in KNOWN]
    except (Failure, PermissionError):
        raise
    except Exception as error:  # a damaged archive fails in any of a dozen ways
        objects = "allow_pickle" in str(error)
        why = "objects in it would have to be unpickled" if objects else "it is cut off or damaged"
        raise Failure(f"{path} cannot be read as .npz: {why} ({reason(error)})") from error
    odd = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if odd:
        raise Failure(f"{path} cannot be read as .npz: {odd[0]} is no array")
    return arrays, others
