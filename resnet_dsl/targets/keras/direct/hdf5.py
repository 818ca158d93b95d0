"""The part of HDF5 that a weights file needs, written in one go: groups with a name, and arrays of float32.

The format is HDF5's first (File Format Specification 3.0: superblock 0, object headers 1, groups as symbol tables),
which every version of the library reads. The arrays come first, one behind the other, so that each is written when it
is drawn; what describes them follows from their shapes. h5py takes 60 ms to import, and 30 µs an object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from math import prod
from struct import Struct, pack
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

Shape: TypeAlias = tuple[int, ...]
_T = TypeVar("_T")


class Hdf5Group(NamedTuple):
    """What lies in a group, by name: groups, and arrays as their shapes. ``label``: its attribute ``name``."""

    children: Mapping[str, Hdf5Group | Shape]
    label: str | None = None


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: Any, /) -> Any: ...


class Hdf5File:
    """A file as it will be. ``size``: its length in bytes."""

    def __init__(self, root: Hdf5Group) -> None:
        self._shapes = [*_shapes(root)]
        described = _Description(_START + sum(map(_room, self._shapes)))
        labels = [*described.texts([*_labels(root)])]
        address = described.group(root, _addresses(self._shapes), iter(labels))
        self._description = described.parts
        self._superblock = _superblock(address, described.at)
        self.size = described.at

    def write(self, out: Sink, arrays: Iterable[Any]) -> None:
        """``arrays``: C-contiguous and little-endian, of the shapes in the root, in the order of its groups."""
        out.write(self._superblock)
        for shape, array in zip(self._shapes, arrays, strict=True):
            out.write(memoryview(array).cast("B"))
            if prod(shape) % 2:
                out.write(bytes(_BYTES))
        out.write(b"".join(self._description))


_START = 96
"""Bytes of the superblock, behind which the arrays begin."""
_NOWHERE = 2**64 - 1
_LEAF, _INNER = 8, 32
"""What a node of a symbol table holds, and a node of the tree above them: twice what the superblock says."""
_BYTES = 4
"""Of a float32."""


def _shapes(group: Hdf5Group) -> Iterator[Shape]:
    for child in group.children.values():
        yield from _shapes(child) if isinstance(child, Hdf5Group) else (child,)


def _labels(group: Hdf5Group) -> Iterator[str]:
    """In the order in which the groups are described: what lies in a group comes before it."""
    for child in group.children.values():
        yield from _labels(child) if isinstance(child, Hdf5Group) else ()
    yield from () if group.label is None else (group.label,)


def _room(shape: Shape) -> int:
    """Everything begins at a multiple of 8."""
    length = prod(shape) * _BYTES
    return length + -length % 8


def _addresses(shapes: Sequence[Shape]) -> Iterator[int]:
    address = _START
    for shape in shapes:
        yield address
        address += _room(shape)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def _superblock(root: int, end: int) -> bytes:
    versions_and_sizes = pack("<8B2HI", 0, 0, 0, 0, 0, 8, 8, 0, _LEAF // 2, _INNER // 2, 0)
    return b"\x89HDF\r\n\x1a\n" + versions_and_sizes + pack("<4Q", 0, _NOWHERE, end, _NOWHERE) + _ENTRY.pack(0, root)


_ENTRY = Struct("<QQ24x")
"""Of a symbol table: where the name stands in the heap, and where the object does in the file."""
_HEADER, _MESSAGE = Struct("<BxHII4x"), Struct("<HHB3x")
_HEAP, _TABLE, _TREE = Struct("<4s4xQQQ"), Struct("<4sBxH"), Struct("<4sBBHQQ")
_COLLECTION, _TEXT = Struct("<4sB3xQ"), Struct("<HH4xQ")
_PLACES = Struct("<QQ")

_FLOAT32 = bytes.fromhex("11201f00 04000000 00002000 17080017 7f000000 00000000")
_TEXT_TYPE = bytes.fromhex("19010100 10000000 10000000 01000000 00000800 00000000")
"""A string of variable length in UTF-8."""
_SCALAR = bytes.fromhex("01000000 00000000")
_UNWRITTEN = bytes.fromhex("02020201 00000000")
"""Zeros stand where an array was not written."""
_NAME = pack("<BxHHH8s", 1, 5, 20, 8, b"name") + _TEXT_TYPE + _SCALAR
"""The attribute ``name`` but for its text."""

_NO_LIST = 1
"""Of what is free in a heap: nothing."""
_TEXTS_OF_A_COLLECTION = 1_000
_LEAST_COLLECTION = 4_096
_TREE_SIZE = _TREE.size + 8 * (2 * _INNER + 1)


def _start(*messages: int) -> bytes:
    """The beginning of an object whose messages have these lengths."""
    return _HEADER.pack(1, len(messages), 1, sum(messages) + len(messages) * _MESSAGE.size)


_TABLE_MESSAGE = _MESSAGE.pack(0x11, _PLACES.size, 0)
_NAME_MESSAGE = _MESSAGE.pack(0x0C, len(_NAME) + 16, 0) + _NAME
_PLAIN = _start(_PLACES.size) + _TABLE_MESSAGE
_NAMED = _start(_PLACES.size, len(_NAME) + 16) + _TABLE_MESSAGE


class _Description:
    """What stands behind the arrays, in parts; ``at`` is the address of the next."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.parts: list[bytes] = []

    def _put(self, data: bytes) -> int:
        """Returns where it stands."""
        address = self.at
        self.parts.append(data)
        self.at += len(data)
        return address

    def texts(self, texts: Sequence[str]) -> Iterator[bytes]:
        """For each text what refers to it, where it stands in a heap."""
        for start in range(0, len(texts), _TEXTS_OF_A_COLLECTION):
            encoded = [text.encode() for text in texts[start : start + _TEXTS_OF_A_COLLECTION]]
            address = self._put(_collection(encoded))
            yield from (pack("<IQI", len(text), address, number) for number, text in enumerate(encoded, start=1))

    def group(self, group: Hdf5Group, arrays: Iterator[int], labels: Iterator[bytes]) -> int:
        """Where the group stands, once all that lies in it does. ``arrays``: where each begins."""
        found = {name: self._child(child, arrays, labels) for name, child in group.children.items()}
        table = self._table(*zip(*sorted(found.items()), strict=True)) if found else self._table((), ())
        if group.label is None:
            return self._put(_PLAIN + table)
        return self._put(_NAMED + table + _NAME_MESSAGE + next(labels))

    def _child(self, child: Hdf5Group | Shape, arrays: Iterator[int], labels: Iterator[bytes]) -> int:
        if isinstance(child, Hdf5Group):
            return self.group(child, arrays, labels)
        before, behind = _array(child)
        return self._put(before + pack("<Q", next(arrays)) + behind)

    def _table(self, names: tuple[str, ...], places: Sequence[int]) -> bytes:
        """Where the tree over the objects of a group stands, and where their names do, which are in order."""
        offsets, texts = _names(names)
        heap = self._put(_HEAP.pack(b"HEAP", len(texts), _NO_LIST, self.at + _HEAP.size) + texts)
        entries = [_ENTRY.pack(*one) for one in zip(offsets, places, strict=True)]
        leaves = [(part[-1], self._put(_leaf(entries[start : start + _LEAF]))) for start, part in _cut(offsets, _LEAF)]
        return _PLACES.pack(self._tree(leaves), heap)

    def _tree(self, nodes: Sequence[tuple[int, int]], level: int = 0) -> int:
        """Where the tree above these nodes stands. Of each: its last name, and where it stands."""
        parts = _cut(nodes, _INNER) or [(0, ())]
        places = [_NOWHERE, *(self.at + number * _TREE_SIZE for number in range(len(parts))), _NOWHERE]
        above, before = [], 0
        for (_, part), left, right in zip(parts, places, places[2:], strict=False):
            keys = b"".join(_PLACES.pack(place, last) for last, place in part)
            node = _TREE.pack(b"TREE", 0, level, len(part), left, right) + pack("<Q", before) + keys
            before = part[-1][0] if part else 0
            above.append((before, self._put(node.ljust(_TREE_SIZE, b"\0"))))
        return above[0][1] if len(above) == 1 else self._tree(above, level + 1)


def _cut(row: Sequence[_T], length: int) -> list[tuple[int, Sequence[_T]]]:
    """A row in parts of this length at most, each with where it begins."""
    return [(start, row[start : start + length]) for start in range(0, len(row), length)]


def _leaf(entries: Sequence[bytes]) -> bytes:
    return (_TABLE.pack(b"SNOD", 1, len(entries)) + b"".join(entries)).ljust(_TABLE.size + _LEAF * _ENTRY.size, b"\0")


@lru_cache(maxsize=100)
def _names(names: tuple[str, ...]) -> tuple[list[int], bytes]:
    """(where each begins, all together): behind an empty one, to which no object belongs."""
    padded = [_padded(name.encode() + b"\0") for name in names]
    return [*accumulate(map(len, padded), initial=8)][:-1], bytes(8) + b"".join(padded)


def _collection(texts: Sequence[bytes]) -> bytes:
    """A heap of texts, numbered from 1 on; object 0 is what is left."""
    objects = b"".join(_TEXT.pack(number, 0, len(text)) + _padded(text) for number, text in enumerate(texts, start=1))
    size = max(_LEAST_COLLECTION, _COLLECTION.size + len(objects) + _TEXT.size)
    rest = _TEXT.pack(0, 0, size - _COLLECTION.size - len(objects))
    return (_COLLECTION.pack(b"GCOL", 1, size) + objects + rest).ljust(size, b"\0")


@lru_cache(maxsize=1_000)
def _array(shape: Shape) -> tuple[bytes, bytes]:
    """What describes an array, before and behind the place where it begins."""
    space = pack("<BBB5x", 1, len(shape), 0) + pack(f"<{len(shape)}Q", *shape)
    messages = {0x01: space, 0x03: _FLOAT32, 0x05: _UNWRITTEN}
    described = b"".join(_MESSAGE.pack(kind, len(data), 0) + data for kind, data in messages.items())
    start = _start(*map(len, messages.values()), 24)
    return start + described + _MESSAGE.pack(0x08, 24, 0) + pack("<BB", 3, 1), pack("<Q6x", prod(shape) * _BYTES)
