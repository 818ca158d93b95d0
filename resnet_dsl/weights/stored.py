"""What a weights file holds, whoever finds it there: layers with their arrays, which are read when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple, Protocol

from resnet_dsl.weights.bounds import LONGEST_NAME, DamagedError

SIGNATURE = b"\x89HDF\r\n\x1a\n"
DEEPEST = 20
"""Groups in groups."""
NOT_WEIGHTS = ("optimizer", "seed_generator", "random_seed_generator")
"""Groups beside the layers' weights: what an optimiser remembers, and where random layers stand."""


class StoredType(Protocol):
    """The type of an array's numbers. itemsize: bytes of each."""

    @property
    def itemsize(self) -> int: ...


class StoredArray(Protocol):
    """An array in the file: h5py's, NumPy's, or one of resnet_dsl.weights.plain, whose numbers are read as bytes."""

    @property
    def dtype(self) -> StoredType: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, key: tuple[()], /) -> Any: ...


class Stored(NamedTuple):
    """One array, not yet read. ``name`` is None where the file numbers the arrays; ``kind`` is their type's name.

    path: in older files the layers that it is of, and its own name (``block/conv1/kernel:0``).
    """

    name: str | None
    dataset: StoredArray
    kind: str
    path: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.dataset.shape)

    def read(self) -> bytes | memoryview:
        """The numbers, as little-endian floats; of bfloat16 as float32, which holds each of them."""
        values = self.dataset[()]
        return values if isinstance(values, memoryview) else _little_endian(values, self.kind)


def _little_endian(values: Any, kind: str) -> bytes:
    import numpy as np  # takes longer to import than most files to read, which need none of it

    if kind == "bfloat16":
        return (np.frombuffer(values.tobytes(), "<u2").astype("<u4") << 16).tobytes()
    return np.asarray(values, values.dtype.newbyteorder("<"), order="C").tobytes()


class StoredLayer(NamedTuple):
    """A layer in the file. ``name`` is None where the file does not say it; ``place`` is where it stands there."""

    name: str | None
    place: str
    arrays: tuple[Stored, ...]


STATES = frozenset({
    *("optimizer", "optimizers", "optimizer_state_dict", "optimizer_states", "optim", "opt"),
    *("lr_scheduler", "lr_schedulers", "scheduler", "scaler", "amp_scaler", "grad_scaler", "amp"),
})  # fmt: skip
"""What training leaves in files of PyTorch beside the weights, by the first of the names that lead to it."""
COUNTER = "num_batches_tracked"
"""Of PyTorch's batch normalisation: how many batches it has seen. It is no weight."""


def weights_alone(layers: Iterable[StoredLayer]) -> tuple[StoredLayer, ...]:
    """Of named arrays those that are weights. Raises DamagedError where one of them holds no floating-point numbers."""
    found = []
    for layer in layers:
        name = readable(layer.name, "name of an array")
        if name.partition(".")[0] in STATES or name.rpartition(".")[2] == COUNTER:
            continue
        kind = layer.arrays[0].kind
        if kind not in ("float16", "bfloat16", "float32", "float64"):
            said = f"`{name}` holds {kind} where floating-point numbers are expected (is it quantised?)"
            raise DamagedError(said)
        found.append(layer)
    return tuple(found)


def in_order(names: Iterable[str]) -> list[str]:
    """The variables of a layer: numbers first, then names."""
    return sorted(names, key=lambda one: (not one.isdigit(), len(one) if one.isdigit() else 0, one))


def within(layers: Sequence[StoredLayer], most: int) -> tuple[StoredLayer, ...]:
    """The layers. Raises DamagedError where their arrays together unpack to more than ``most`` bytes."""
    unpacked = sum(prod(one.shape) * one.dataset.dtype.itemsize for layer in layers for one in layer.arrays)
    if unpacked > most:
        raise DamagedError(f"its arrays unpack to {unpacked:,} bytes, and {most:,} are the most for a file of its size")
    return tuple(layers)


def readable(value: object, name: str) -> str:
    """A name in a file, as text without control characters. ``name``: of the attribute. Raises DamagedError."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_NAME or not text.isprintable():
        raise DamagedError(f"its attribute `{name}` is no name")
    return text
