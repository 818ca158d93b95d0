"""A ``.keras`` file from a model's calls and its weights, without Keras: each array is written when it is there."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from resnet_dsl.targets.keras.calls import Calls, LayerCall, is_layer
from resnet_dsl.targets.keras.direct.configuration import configuration, entry_of
from resnet_dsl.targets.keras.direct.hdf5 import Hdf5File, Hdf5Group, Shape, Sink
from resnet_dsl.targets.keras.direct.table import table
from resnet_dsl.targets.keras.order import layers_in_order
from resnet_dsl.targets.keras.sampling import Array
from resnet_dsl.targets.keras.variables import variables_of
from resnet_dsl.weights.about import group_of
from resnet_dsl.weights.archive import CONFIG, FRESH, METADATA, WEIGHTS

_AT_ONCE = 2**22
"""Bytes that are drawn before they are written: handing over each small array would cost more than it does."""


_LARGE = 2**18
"""Bytes from which on a thread pays."""


class ArchivedModel(NamedTuple):
    """What a file holds: the calls, the seed of its layers, the values of its variables in their order.

    entries: what is packed beside Keras' own, by name. fresh: nobody trained it, and the file says so.
    """

    calls: Calls
    seed: int | None
    weights: Iterator[Array]
    entries: Mapping[str, str] = {}
    fresh: bool = False


def write(model: ArchivedModel, path: str) -> None:
    """Writes the archive. Raises LeftToKerasError where only Keras can."""
    description, file = configuration(model.calls, model.seed), Hdf5File(_weights(model.calls))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(METADATA, _metadata())
        with archive.open(CONFIG, "w") as entry, io.TextIOWrapper(entry, "utf-8") as text:
            text.writelines(description)
        digest = _write_weights(archive, file, model.weights)
        for name, content in model.entries.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
        if model.fresh:
            archive.writestr(FRESH, digest)


def _metadata() -> str:
    """The version is that of the Keras whose configuration it is."""
    return json.dumps({"keras_version": table()["version"], "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")})


def _write_weights(archive: zipfile.ZipFile, file: Hdf5File, weights: Iterator[Array]) -> str:
    """Returns their SHA-256."""
    info = zipfile.ZipInfo(WEIGHTS, time.localtime()[:6])
    info.file_size = file.size
    with archive.open(info, "w") as entry, ThreadPoolExecutor(1) as pool:
        hashed = _Hashed(entry, pool)
        file.write(hashed, _ahead(weights))
        return hashed.hexdigest()


def _ahead(weights: Iterator[Array]) -> Iterator[Array]:
    """The same; while some are written, a thread draws the next."""
    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(_some, weights)
        while some := drawing.result():
            drawing = pool.submit(_some, weights)
            yield from some


def _some(weights: Iterator[Array]) -> list[Array]:
    some, size = [], 0
    for array in weights:
        some.append(array)
        size += array.nbytes
        if size > _AT_ONCE:
            break
    return some


class _Hashed:
    """What is written, and its SHA-256: of large pieces a thread works it out while they are written."""

    def __init__(self, out: Sink, pool: Executor) -> None:
        self._out, self._pool, self._digest = out, pool, hashlib.sha256()
        self._behind: Future[None] = pool.submit(self._digest.update, b"")

    def write(self, data: Any, /) -> None:
        self._behind.result()
        if len(data) < _LARGE:  # a thread would take longer to hear of it
            self._digest.update(data)
        else:
            self._behind = self._pool.submit(self._digest.update, data)
        self._out.write(data)

    def hexdigest(self) -> str:
        self._behind.result()
        return self._digest.hexdigest()


def _weights(calls: Calls) -> Hdf5Group:
    """The groups of the weights file: one a layer, counted by class, with its name and its arrays."""
    counts: Counter[str] = Counter()
    layers: dict[str, Hdf5Group] = {}
    for call in (calls.calls[index] for index in layers_in_order(calls)):
        if is_layer(call):
            kind = group_of(entry_of(call)["class_name"])
            number, counts[kind] = counts[kind], counts[kind] + 1
            layers[f"{kind}_{number}" if number else kind] = Hdf5Group(
                {"vars": Hdf5Group(_arrays(calls, call), call.name)}
            )
    return Hdf5Group({"layers": Hdf5Group(layers), "vars": Hdf5Group({}, calls.name)})


def _arrays(calls: Calls, call: LayerCall) -> dict[str, Shape]:
    """Keras numbers a layer's variables; what a layer of ours adds has its name (resnet_dsl.layers)."""
    variables = enumerate(variables_of(calls, call))
    return {one.name if one.name == "gain" else str(number): one.shape for number, one in variables}
