"""NumPy's .npz archives with x_train, y_train, x_test, y_test (or x and y), as Keras' own sets are stored.

``class_names``, an array of texts, may stand beside them.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.assemble import from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset, not_used
from resnet_dsl.laboratory.data.limits import too_much, unpacked_limit
from resnet_dsl.showing import line

Arrays = dict[str, NDArray[Any]]
NAMES = "class_names"
_OBJECTS = "objects in it would have to be unpickled, which may run any code"
KNOWN = ("x_train", "y_train", "x_test", "y_test", "x", "y", NAMES)


def read(path: Path) -> Dataset:
    """The set in this file. Pickled objects in it are never loaded."""
    found, others = arrays(path, KNOWN)
    x, y = ("x_train", "y_train") if "x_train" in found else ("x", "y")
    if x not in found or y not in found:
        held = line(", ".join(sorted([*found, *others]))) or "nothing"
        raise Failure(f"{path} holds {held}; expected x_train, y_train, x_test and y_test, or x and y")
    if ("x_test" in found) != ("y_test" in found):
        there, missing = sorted(("x_test", "y_test"), key=lambda name: name not in found)
        raise Failure(
            f"{path} holds {there}, and {missing} is missing", "save both, or neither: some are held out then"
        )
    test = (found["x_test"], found["y_test"]) if "x_test" in found else None
    used = {x, y, "x_test", "y_test", NAMES}
    notes = not_used(path, sorted({*found, *others} - used))
    return from_arrays(path.name, str(path), (found[x], found[y]), test, class_names(found, path), notes=notes)


def _expect_archive(path: Path) -> None:
    """NumPy takes for a pickle what is none, and advises to load it."""
    with path.open("rb") as file:
        if not is_zipfile(file):
            raise Failure(f"{path} cannot be read as .npz: it is cut off, or no archive", "save it by `numpy.savez`")


def class_names(arrays: Arrays, path: Path) -> tuple[str, ...] | None:
    if NAMES not in arrays:
        return None
    names = arrays[NAMES]
    if names.dtype.kind != "U" or names.ndim != 1 or len(set(names.tolist())) != len(names):
        raise Failure(f"{path}: {NAMES} is no list of texts that differ")
    return tuple(names.tolist())


def arrays(path: Path, names: Collection[str]) -> tuple[Arrays, list[str]]:
    """The arrays of these names that are there, and the names of the others, which are not read."""
    _expect_archive(path)
    try:
        with np.load(path, allow_pickle=False) as archive:
            known = [name for name in archive.files if name in names]
            entries = [entry for entry in archive.zip.infolist() if entry.filename.removesuffix(".npy") in known]
            if sum(entry.file_size for entry in entries) > unpacked_limit(path):  # zipfile unpacks no more of them
                raise too_much(path, unpacked_limit(path))
            found = {name: archive[name] for name in known}
            others = [name for name in archive.files if name not in names]
    except (Failure, PermissionError):
        raise
    except Exception as error:  # a damaged archive fails in any of a dozen ways
        if "allow_pickle" in str(error):
            raise Failure(f"{path} cannot be read as .npz: {_OBJECTS}", "save arrays of numbers alone") from None
        raise Failure(f"{path} cannot be read as .npz: it is cut off or damaged ({reason(error)})") from error
    odd = [name for name, array in found.items() if not isinstance(array, np.ndarray)]
    if odd:
        raise Failure(f"{path} cannot be read as .npz: {odd[0]} is no array")
    return found, others
