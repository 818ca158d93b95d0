"""ONNX models to files, whole or not at all; one of more than two gigabytes is two files, since protobuf holds no more.

A file is the same, byte by byte, whenever it is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.outputs import place
from resnet_dsl.targets.onnx.calls import Array, Layout, OnnxCalls, names_of_outputs
from resnet_dsl.targets.onnx.fresh import DATA, marked
from resnet_dsl.targets.onnx.model import assembled, calls_of, import_onnx, inline
from resnet_dsl.targets.request import Weighted, Written
from resnet_dsl.writing import write_through, write_whole

ENDING = ".onnx"

LARGEST = 2_000_000_000
"""Bytes of all arrays that are written into the model itself."""

_SMALLEST, _PAGE = 1024, 4096
"""Bytes from which on an array stands beside the model, and of what its place there is a multiple of: it can be mapped
into memory."""


def write_model(model: Weighted, path: str, channels: Layout) -> Written:
    """The network as a file, and what is said of it."""
    graph, shapes, weights = model.network
    assert weights is not None
    calls = calls_of(graph, shapes, weights, channels, model.scaling)
    two = save(calls, path, model.classes, fresh=model.fresh)
    beside = f"its weights stand in `{os.path.basename(path)}{DATA}`: keep both in one folder"
    return Written((*model.said, *_other_names(graph)), (beside,) if two else ())


def _other_names(graph: Graph) -> Iterator[str]:
    for output, name in zip(graph.outputs, names_of_outputs(graph), strict=True):
        if name != output.name:
            yield f"the output `{output.name}` is called `{name}`: in ONNX none has the name of an input"


def save(calls: OnnxCalls, path: str | os.PathLike[str], classes: Sequence[str] = (), *, fresh: bool = False) -> bool:
    """Writes the model of the calls; whether in two files.

    fresh: nobody trained it, and it says so (resnet_dsl.targets.onnx.fresh).

    Raises OSError where the path cannot be written, and Failure where a model of two files would go into a stream.
    """
    two = sum(array.nbytes for array in calls.arrays.values()) > LARGEST
    if two:
        _save_in_two(calls, path, classes, fresh)
    else:
        content = _bytes(assembled(calls, classes, inline))
        write_whole(path, marked(content) if fresh else content, ENDING)
    return two


def _bytes(model: Any) -> bytes:
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _save_in_two(calls: OnnxCalls, path: str | os.PathLike[str], classes: Sequence[str], fresh: bool) -> None:
    """The model is written first, and takes its name last: nothing is replaced before all is on the disk."""
    where = place(path, ENDING)
    if where.stream:
        message = f"{calls.graph.name} has more than two gigabytes of weights, which are a file of their own"
        raise Failure(message, f"write it to a file: `-o {calls.graph.name}{ENDING}`")
    beside = _Beside(f"{os.path.basename(where.path)}{DATA}")
    content = _bytes(assembled(calls, classes, beside.stored))

    def put(temporary: str) -> None:
        with open(temporary, "wb") as file:
            file.write(marked(content, beside.pieces()) if fresh else content)
        write_through(f"{where.path}{DATA}", beside.write)

    write_through(path, put, ENDING)


class _Beside:
    """Arrays in a file of this name beside the model."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._arrays: list[Array] = []
        self._end = 0

    def stored(self, name: str, array: Array) -> Any:
        """Where an array will stand; small ones, which shapes are worked out from, stay in the model."""
        if array.nbytes < _SMALLEST:
            return inline(name, array)
        onnx = import_onnx()
        kind = onnx.helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = onnx.TensorProto(name=name, data_type=kind, dims=array.shape, data_location=onnx.TensorProto.EXTERNAL)
        start = -(-self._end // _PAGE) * _PAGE
        said = {"location": self._name, "offset": start, "length": array.nbytes}
        tensor.external_data.extend(
            onnx.StringStringEntryProto(key=key, value=str(value)) for key, value in said.items()
        )
        self._arrays.append(array)
        self._end = start + array.nbytes
        return tensor

    def pieces(self) -> Iterator[bytes]:
        """What stands in the file."""
        end = 0
        for array in self._arrays:
            yield bytes(-end % _PAGE) + array.tobytes()
            end += -end % _PAGE + array.nbytes

    def write(self, path: str) -> None:
        with open(path, "wb") as file:
            file.writelines(self.pieces())
