"""A model's file as data. A process of its own reads it (resnet_dsl.weights.worker): nothing in it harms this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from math import prod
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure
from resnet_dsl.memory import uncollected
from resnet_dsl.sentences import first
from resnet_dsl.showing import line
from resnet_dsl.weights.about import About, InputScaling, Scaling
from resnet_dsl.weights.bounds import most_seconds

if TYPE_CHECKING:
    import numpy.typing as npt

_T = TypeVar("_T")

_OF_KERAS, _FLAT = "`.keras`, `.weights.h5`, `.h5`", "`.safetensors`, `.npz`, and PyTorch's `.pth`"

_MOST_SHOWN, _LONGEST_SHOWN = 5, 40
"""Names of what is not read."""

_SENT_AS = {"float16": "<f2", "bfloat16": "<f4", "float32": "<f4", "float64": "<f8"}


class SavedArray(NamedTuple):
    """One variable. ``name`` is None where the file numbers a layer's variables; ``kind`` is the numbers' type there.

    ``values``: float16, float32 or float64; those of bfloat16 as float32. path: in older files the layers that it is
    of, and its own name (``block/conv1/kernel:0``).
    """

    name: str | None
    kind: str
    values: npt.NDArray[Any]
    path: str | None = None


class SavedLayer(NamedTuple):
    """A layer with weights, its variables in Keras' order.

    name: None in weights files of old versions, which do not say it. place: where it stands in the file:
    ``layers/conv2d_3``.
    """

    name: str | None
    place: str
    arrays: tuple[SavedArray, ...]


class SavedModel(NamedTuple):
    """All layers with weights that a file holds, and what it says beside them.

    flat: it holds arrays by name, of whatever tool: each is a layer of one. layout: whose names these are
    (resnet_dsl.weights.layouts); None: of our layers, and in a flat file whichever fit. said: what a user is told.
    """

    path: str
    layers: tuple[SavedLayer, ...]
    about: About = About()
    flat: bool = False
    layout: str | None = None
    said: tuple[str, ...] = ()


class SavedConfig(NamedTuple):
    """Keras' description of a model, as JSON. is_archive: whether it stood in a ``.keras`` file, else in an ``.h5``."""

    text: str
    is_archive: bool


def read_weights(path: str | os.PathLike[str], layout: str | None = None) -> SavedModel:
    """The weights of a ``.keras``, ``.weights.h5`` or ``.h5`` file, or the arrays of a ``.safetensors``, ``.npz`` or
    ``.pth`` file by their names there. layout: what names it has, ``auto`` for whichever fits (``SavedModel``).

    Raises OSError where the file cannot be opened, and Failure where it is damaged, is another kind of file, or asks
    for more memory or time than resnet_dsl.weights.bounds allows a file of its size; MissingPackageError where PyTorch
    must read it, and is not installed.
    """
    return _read(os.fspath(path), "weights", _saved_model)._replace(layout=layout)


def read_graph_json(path: str | os.PathLike[str]) -> str | None:
    """The graph in a ``.keras`` file, as JSON that has been checked; None where there is none.

    Raises as ``read_weights`` does.
    """
    return _read(
        os.fspath(path), "graph", lambda path, said, stream: None if said["graph"] is None else str(said["graph"])
    )


def read_config(path: str | os.PathLike[str]) -> SavedConfig | None:
    """Keras' description of the model in a ``.keras`` or ``.h5`` file; None where it holds weights alone.

    Raises as ``read_weights`` does.
    """
    return _read(os.fspath(path), "config", lambda path, said, stream: _config(said))


def read_about(path: str | os.PathLike[str]) -> About:
    """The same without the weights. Raises as ``read_weights`` does."""
    return _read(os.fspath(path), "about", lambda path, said, stream: _about(said))


def _read(path: str, part: str, received: Callable[[str, Any, IO[bytes]], _T]) -> _T:
    size = _size(path)
    worker = [sys.executable, "-P", "-m", "resnet_dsl.weights.worker", os.path.abspath(path), part]
    # It finds the packages that this process finds, and works in one thread, which takes the least memory.
    found = os.pathsep.join(one for one in sys.path if one)
    environment = {**os.environ, "PYTHONPATH": found, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        worker, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            return received(path, _said(path, process.stdout), process.stdout)
        except (_CutOff, ValueError, KeyError, TypeError):
            process.kill()
            raise unreadable(path, _ending(process.wait(), size)) from None


class _CutOff(Exception):
    """The process ended before it had said everything."""


def _size(path: str) -> int:
    size = os.stat(path).st_size
    if not os.path.isfile(path):  # to open a pipe would be to wait for whoever writes into it
        raise unreadable(path, "it is a folder, a device or a pipe, and no file")
    with open(path, "rb"):
        return size


def _said(path: str, stream: IO[bytes]) -> Any:
    """The first line of what the process says."""
    said = json.loads(stream.readline())
    if said.get("missing") == "torch":
        raise MissingPackageError(["torch"], f"`{path}` is a file of PyTorch, which is not installed")
    if "missing" in said:
        raise ModuleNotFoundError(f"No module named {said['missing']!r}", name=said["missing"])
    if "damaged" in said:
        raise unreadable(path, said["damaged"])
    return said


@uncollected()
def _saved_model(path: str, said: Any, stream: IO[bytes]) -> SavedModel:
    numbers = _Numbers(said["layers"], stream)
    layers = tuple(
        SavedLayer(one["name"], one["place"], tuple(map(numbers.array, one["arrays"]))) for one in said["layers"]
    )
    left = said.get("beside", ())
    told = (f"the file also holds {_some(left)}, which is no part of the weights",) if left else ()
    return SavedModel(path, layers, _about(said), "beside" in said, said=told)


class _Numbers:
    """Those of all arrays, which follow what is said of the layers: read at once, which is faster than one by one."""

    def __init__(self, layers: Any, stream: IO[bytes]) -> None:
        import numpy as np

        self._numpy, self._kinds, self._place = np, {name: np.dtype(kind) for name, kind in _SENT_AS.items()}, 0
        size = sum(prod(one["shape"]) * self._kinds[one["kind"]].itemsize for each in layers for one in each["arrays"])
        self._content = stream.read(size)
        if len(self._content) < size:
            raise _CutOff

    def array(self, said: dict[str, Any]) -> SavedArray:
        """The next one."""
        kind, count = self._kinds[said["kind"]], prod(said["shape"])
        values = self._numpy.frombuffer(self._content, kind, count, self._place).reshape(said["shape"])
        self._place += count * kind.itemsize
        aligned = values if values.flags.aligned else values.copy()  # types of several sizes may stand in one file
        return SavedArray(said["name"], said["kind"], aligned, said["path"])


def _some(names: Sequence[str]) -> str:
    shown = [f"`{line(name)[:_LONGEST_SHOWN]}`" for name in names]
    return first(shown, _MOST_SHOWN)


def _config(said: Any) -> SavedConfig | None:
    return None if said["config"] is None else SavedConfig(str(said["config"]), bool(said["is_archive"]))


def _about(said: Any) -> About:
    classes, scaling, unsaid, frozen = said["about"]
    return About(tuple(classes), None if scaling is None else _scaling(scaling), bool(unsaid), tuple(map(str, frozen)))


def _scaling(said: Any) -> Scaling:
    """From JSON, where it stands as [mean, variance], of several inputs by their names."""
    if isinstance(said, dict):
        return {name: InputScaling(*map(tuple, one)) for name, one in said.items()}
    return InputScaling(*map(tuple, said))


def _ending(code: int, size: int) -> str:
    """Why the process ended early."""
    if -code in {getattr(signal, name, None) for name in ("SIGXCPU", "SIGALRM", "SIGKILL")}:
        return f"reading it takes more than {most_seconds(size)} seconds"
    return "it is damaged, and the library that reads HDF5 fails on it"


def unreadable(path: str, why: str) -> Failure:
    """The failure of a file that is not what it should be."""
    remedy = f"take another copy, or another file: those of Keras are read ({_OF_KERAS}), and named arrays: {_FLAT}"
    if path.lower().endswith(".onnx"):
        remedy = "a file in ONNX is taken whole, network and weights: `resnet-dsl import FILE --weights model.keras`"
    return Failure(f"`{path}` cannot be read: {why}", remedy)
