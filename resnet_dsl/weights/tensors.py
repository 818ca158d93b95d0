"""Files of named arrays: NumPy's ``.npz``, and what PyTorch saves (``.pth``, ``.pt``, ``.bin``).

PyTorch reads its own files, with ``weights_only``: nothing but numbers and plain containers is made of them, and no
code of theirs runs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from resnet_dsl.failure import reason
from resnet_dsl.weights.archive import Archive
from resnet_dsl.weights.bounds import DamagedError
from resnet_dsl.weights.stored import Stored, StoredLayer

_ARRAY = ".npy"
_DEEPEST = 8
"""Dictionaries in dictionaries."""
_MOST = 1_000_000
_PLAIN = "save the weights alone, `torch.save(model.state_dict(), 'weights.pth')`, and take that file"


def npz_arrays(archive: Archive) -> tuple[StoredLayer, ...]:
    """Every array of a ``.npz`` under its name. Raises DamagedError; pickled objects are never read."""
    return tuple(_array(name.removesuffix(_ARRAY), _read(archive, name)) for name in archive.names)


def _read(archive: Archive, name: str) -> np.ndarray[Any, Any]:
    if not name.endswith(_ARRAY):
        raise DamagedError(f"its entry {name!r} is no array")
    try:
        content = np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
    except (ValueError, EOFError, OSError) as wrong:
        raise DamagedError(f"its entry {name!r} is damaged or holds no numbers ({reason(wrong)})") from None
    return np.asarray(content)


def _array(name: str, values: np.ndarray[Any, Any], kind: str | None = None) -> StoredLayer:
    return StoredLayer(name, name, (Stored(None, values, kind or values.dtype.name),))


def torch_arrays(file: BinaryIO) -> tuple[tuple[StoredLayer, ...], tuple[str, ...]]:
    """Every tensor of a file of PyTorch under the keys that lead to it, joined by points, and what else lies beside.

    Raises DamagedError where it holds more than numbers and plain containers; ImportError without PyTorch.
    """
    import torch

    try:
        whole = torch.load(file, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as wrong:  # of every kind, as damaged files make the library raise them
        raise DamagedError(_refused(str(wrong))) from None
    found = list(_walked(whole, "", 0))
    tensors = tuple(_tensor(name, value) for name, value in found if isinstance(value, torch.Tensor))
    return tensors, tuple(name for name, value in found if not isinstance(value, torch.Tensor))


def _refused(said: str) -> str:
    """What of the library's words a user can use."""
    for mark in ("Unsupported global: GLOBAL ", "Unsupported class "):
        _, found, rest = said.partition(mark)
        if found:
            return f"it holds more than weights (`{rest.split()[0]}`), which would run code; {_PLAIN}"
    if "TorchScript" in said:
        return f"it is a TorchScript archive, a program; {_PLAIN}"
    return f"PyTorch cannot read it as weights ({reason(Exception(said.splitlines()[0] if said else 'no reason'))})"


def _walked(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Names and what they lead to, in dictionaries of dictionaries. Raises DamagedError."""
    if not isinstance(value, Mapping):
        yield name or "what it holds", value
        return
    if depth > _DEEPEST or len(value) > _MOST:
        raise DamagedError("its dictionaries are nested too deep, or too large")
    for key, inside in value.items():
        yield from _walked(inside, f"{name}.{key}" if name else str(key), depth + 1)


def _tensor(name: str, tensor: Any) -> StoredLayer:
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized:
        return _array(name, np.zeros(0, np.uint8), str(tensor.dtype).removeprefix("torch."))
    if tensor.dtype is torch.bfloat16:
        return _array(name, tensor.contiguous().view(torch.uint16).numpy(), "bfloat16")
    if tensor.dtype.is_floating_point and tensor.dtype.itemsize > 1:
        return _array(name, tensor.numpy())
    return _array(name, np.zeros(0, np.uint8), str(tensor.dtype).removeprefix("torch."))
