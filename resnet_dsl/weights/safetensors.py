"""Files of named arrays in the format of Hugging Face's safetensors: a length, a header of JSON, and raw numbers.

The header says of each array its type, its shape and where its bytes stand; all bytes belong to exactly one of them
(https://github.com/huggingface/safetensors, "Format"). Their order says nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from struct import Struct, error
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.weights.bounds import MIB, DamagedError
from resnet_dsl.weights.stored import Stored, StoredLayer

Array: TypeAlias = np.ndarray[Any, Any]

LARGEST_HEADER = 100 * MIB
"""Bytes: the format's own limit."""

_LENGTH = Struct("<Q")
_METADATA = "__metadata__"
FRESH = "resnet_dsl.fresh"
"""The key of the metadata that holds the SHA-256 of the numbers of arrays that nobody has trained."""
_ALIGNMENT = 8
_KINDS = {"F16": ("float16", "<f2"), "BF16": ("bfloat16", "<u2"), "F32": ("float32", "<f4"), "F64": ("float64", "<f8")}
_WRITTEN = {"float32": "F32", "int64": "I64"}
_SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "I32": 4, "U32": 4}
_SIZES |= {"F16": 2, "BF16": 2, "F32": 4, "I64": 8, "U64": 8, "F64": 8}


def is_one(content: bytes) -> bool:
    """Whether it begins as such a file does."""
    return len(content) >= 10 and content[8:9] == b"{" and _LENGTH.unpack_from(content)[0] <= LARGEST_HEADER


def stored_arrays(content: bytes) -> tuple[StoredLayer, ...]:
    """Every array under its name. Raises DamagedError."""
    start = _LENGTH.size + _LENGTH.unpack_from(content)[0]
    if start > len(content):
        raise DamagedError("it is cut off in its header")
    entries = [_entry(name, said) for name, said in _header(content[_LENGTH.size : start]) if name != _METADATA]
    _check_whole(entries, len(content) - start)
    return tuple(_layer(one, content, start) for one in entries)


class _Entry(NamedTuple):
    name: str
    kind: str
    shape: tuple[int, ...]
    first: int
    end: int


def _header(text: bytes) -> list[tuple[str, Any]]:
    """The pairs, since a name may stand there twice. Raises DamagedError."""
    try:
        pairs: Any = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise DamagedError("its header is no JSON") from None
    if not all(isinstance(one, tuple) for one in pairs):
        raise DamagedError("its header is no table of arrays")
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise DamagedError(f"it has the array {twice[0]!r} twice")
    return [(name, said) for name, said in pairs]


def _entry(name: str, said: Any) -> _Entry:
    try:
        described = dict(said)
        kind, shape, (first, end) = described["dtype"], tuple(described["shape"]), described["data_offsets"]
        sound = all(type(one) is int and one >= 0 for one in (*shape, first, end))
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound or kind not in _SIZES or end - first != prod(shape) * _SIZES[kind]:
        raise DamagedError(f"what its header says of {name[:60]!r} is damaged, or of a type that is not known")
    return _Entry(name, kind, shape, first, end)


def _check_whole(entries: Sequence[_Entry], length: int) -> None:
    """Raises DamagedError where arrays overlap, lie outside, or leave bytes over."""
    end = 0
    for entry in sorted(entries, key=lambda one: (one.first, one.end)):
        if entry.first != end:
            raise DamagedError(f"its arrays overlap or leave a gap: `{entry.name}` begins at {entry.first}, not {end}")
        end = entry.end
    if end != length:
        raise DamagedError(f"its arrays take {end:,} bytes, and the file has {length:,} for them")


def _layer(entry: _Entry, content: bytes, start: int) -> StoredLayer:
    kind, numbers = _KINDS.get(entry.kind, (entry.kind.lower(), "V1"))
    size = prod(entry.shape) if entry.kind in _KINDS else 0
    values = np.frombuffer(content, numbers, size, start + entry.first)
    shape = entry.shape if entry.kind in _KINDS else (0,)
    return StoredLayer(entry.name, entry.name, (Stored(None, values.reshape(shape), kind),))


def pieces(arrays: Mapping[str, Array], fresh: bool = False) -> Iterator[bytes]:
    """The bytes of a file with these arrays, float32 or int64, in the order of their names.

    fresh: nobody trained them, and the header says so, with their digest.
    """
    header, end = {}, 0
    said = {"format": "pt", **({FRESH: _digest(_numbers(arrays))} if fresh else {})}
    for name in sorted(arrays):
        array, first = arrays[name], end
        end += array.nbytes
        described = {"dtype": _WRITTEN[array.dtype.name], "shape": [*array.shape], "data_offsets": [first, end]}
        header[name] = described
    text = json.dumps({_METADATA: said, **header}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    yield _LENGTH.pack(len(text)) + text
    yield from _numbers(arrays)


def _numbers(arrays: Mapping[str, Array]) -> Iterator[bytes]:
    return (np.ascontiguousarray(arrays[name]).tobytes() for name in sorted(arrays))


def is_fresh(path: str | os.PathLike[str]) -> bool:
    """Whether a file says that nobody trained its arrays, and still holds these."""
    try:
        with open(path, "rb") as file:
            (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
            header = json.loads(file.read(min(length, LARGEST_HEADER)))
            return bool(header[_METADATA][FRESH] == _digest(iter(lambda: file.read(MIB), b"")))
    except (OSError, ValueError, LookupError, TypeError, RecursionError, error):
        return False


def _digest(numbers: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in numbers:
        digest.update(piece)
    return digest.hexdigest()
