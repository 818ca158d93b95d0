"""The fixed numbers of a model in ONNX, in its file and beside it, bounded before they are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from resnet_dsl.failure import reason
from resnet_dsl.importing.onnx.parsing import check_text, refusal
from resnet_dsl.importing.onnx.wire import unreadable
from resnet_dsl.targets.onnx.model import import_onnx

Array: TypeAlias = npt.NDArray[Any]

LARGEST_BESIDE = 2**33
"""Bytes of the arrays that stand in one file beside a model."""

_HALVES = ("float16", "bfloat16", "float64")


def arrays_of(path: str, graph: Any) -> tuple[dict[str, Array], tuple[str, ...]]:
    """All fixed numbers, and the types that were widened to float32."""
    arrays: dict[str, Array] = {}
    widened: dict[str, None] = {}
    beside = _Beside(path)
    check_text(path, graph.name, graph.doc_string, *(one.name for one in graph.initializer))
    for tensor in graph.initializer:
        if tensor.name in arrays:
            raise unreadable(path, f"two of its arrays are called `{tensor.name}`")
        found = array_of(path, tensor, beside)
        if found.dtype.name in _HALVES:
            widened[found.dtype.name] = None
            found = found.astype(np.float32)
        arrays[tensor.name] = found
    return arrays, tuple(widened)


def array_of(path: str, tensor: Any, beside: _Beside | None = None) -> Array:
    """One of them; ``beside``: the files in which it may stand. Raises Failure where it is damaged."""
    onnx = import_onnx()
    if tensor.data_type == onnx.TensorProto.STRING:
        raise refusal(path, f"`{tensor.name}` holds words, and networks here compute with numbers")
    try:
        if beside is not None and tensor.data_location == onnx.TensorProto.EXTERNAL:
            return beside.array(tensor)
        return np.asarray(onnx.numpy_helper.to_array(tensor))
    except (ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        raise unreadable(path, f"its array `{tensor.name}` is damaged ({reason(error)})") from None


class _Beside:
    """The files beside a model. Each of their bytes is read once: that takes no more memory than they have."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._left: dict[str, int] = {}
        self._read: dict[tuple[Any, ...], Array] = {}

    def array(self, tensor: Any) -> Array:
        said = {one.key: one.value for one in tensor.external_data}
        check_text(self._path, *said, *said.values())
        place = _inside(self._path, tensor.name, said.get("location", ""))
        key = (place, said.get("offset"), tuple(tensor.dims), tensor.data_type)
        if key not in self._read:
            self._read[key] = self._new(tensor, place, said)
        return self._read[key]

    def _new(self, tensor: Any, place: str, said: Mapping[str, str]) -> Array:
        kind = import_onnx().helper.tensor_dtype_to_np_dtype(tensor.data_type)
        size, offset = prod(tensor.dims) * kind.itemsize, int(said.get("offset", 0))
        there = os.stat(place).st_size
        self._left[place] = self._left.get(place, min(there, LARGEST_BESIDE)) - size
        fits = min(tensor.dims, default=0) >= 0 <= offset and int(said.get("length", size)) == size
        if not fits or offset + size > there or self._left[place] < 0:
            raise unreadable(
                self._path, f"its array `{tensor.name}` has other bytes in `{said['location']}` than it says"
            )
        with open(place, "rb") as file:
            file.seek(offset)
            return np.frombuffer(file.read(size), kind).reshape(tuple(tensor.dims))


def _inside(path: str, name: str, location: str) -> str:
    """The file beside the model. Nothing outside of its folder is opened, by whatever way the name leads there."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    wanted = os.path.join(folder, location)
    outside = not location or os.path.isabs(location) or ".." in location.replace("\\", "/").split("/")
    if outside or os.path.commonpath([folder, os.path.realpath(wanted)]) != folder:
        raise unreadable(path, f"its array `{name}` stands in `{location}`, which is no file in the model's folder")
    try:
        if stat.S_ISREG(os.stat(wanted).st_mode):
            return wanted
    except (OSError, ValueError):
        pass
    raise unreadable(path, f"its array `{name}` stands in `{location}`, and that file is not beside it")
