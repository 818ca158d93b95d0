"""The layers of an HDF5 file of the plain kind, without h5py: what Keras and resnet-dsl write, read in one go.

Plain is the library's first format with nothing packed: superblock 0, groups as symbol tables, arrays of floating-point
numbers in one piece, in the layout of Keras 3. Whatever else a file holds, or where a place in it leads out of it or to
one seen before, NotPlainError is raised; h5py then reads it, or says what is wrong (resnet_dsl.weights.hdf5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod
from struct import Struct, error
from typing import Any, NamedTuple

from resnet_dsl.weights.stored import DEEPEST, NOT_WEIGHTS, SIGNATURE, Stored, StoredLayer, in_order, readable, within


class NotPlainError(Exception):
    """The file is of another kind, or damaged."""


def stored_layers(content: bytes, most: int, named: Callable[[str], str | None]) -> tuple[StoredLayer, ...]:
    """Every layer, also those that have no arrays. Raises DamagedError, and NotPlainError for all that is not plain.

    most: the bytes that all arrays together may unpack to. named: from the place of a group that does not say it to its
    layer's name.
    """
    try:
        return within([*_Reader(content).layers(named)], most)
    except (error, IndexError, KeyError, UnicodeDecodeError, ValueError, OverflowError):
        raise NotPlainError from None


_SUPERBLOCK = bytes.fromhex("00 00 00 00 00 08 08 00")
"""Versions, and the sizes of places and lengths."""
_ROOT = 64
"""Where the superblock says where the root is."""
_PLACE, _PLACES = Struct("<Q"), Struct("<QQ")
_HEADER, _MESSAGE = Struct("<BxHII"), Struct("<HHB")
_TREE, _TABLE, _ENTRY = Struct("<4sBBH"), Struct("<4sBxH"), Struct("<QQI")
_ATTRIBUTE, _TEXT, _OBJECT = Struct("<BxHHH"), Struct("<IQI"), Struct("<H6xQ")
_LAID, _HEAP = Struct("<BBQQ"), Struct("<4s4xQQQ")

_SPACE, _TYPE, _LAYOUT, _NAMED, _MORE, _GROUP = 0x01, 0x03, 0x08, 0x0C, 0x10, 0x11
_HARMLESS = frozenset({0x00, _SPACE, _TYPE, 0x05, _LAYOUT, _NAMED, _MORE, _GROUP, 0x12})
"""Kinds of messages that an object may have: of the others some change where its numbers are."""
_NAME = b"name\0\0\0\0" + bytes.fromhex("19010100 10000000 10000000 01000000 00000800 00000000 01000000 00000000")
"""The attribute ``name`` of one text of variable length, up to the text."""


class _Kind(NamedTuple):
    """A type of numbers, by NumPy's name."""

    itemsize: int
    name: str


_KINDS = {
    bytes.fromhex("11200f00 02000000 00001000 0a05000a 0f000000"): _Kind(2, "float16"),
    bytes.fromhex("11201f00 04000000 00002000 17080017 7f000000"): _Kind(4, "float32"),
    bytes.fromhex("11203f00 08000000 00004000 340b0034 ff030000"): _Kind(8, "float64"),
}


class _Array(NamedTuple):
    """An array in the file. at: where it begins; length: its bytes."""

    content: bytes
    dtype: _Kind
    shape: tuple[int, ...]
    at: int
    length: int

    def __getitem__(self, key: object) -> Any:
        return memoryview(self.content)[self.at : self.at + self.length]


def _expect(truth: object) -> None:
    if not truth:
        raise NotPlainError


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._seen: set[int] = set()
        self._texts: dict[int, dict[int, bytes]] = {}

    def layers(self, named: Callable[[str], str | None]) -> Iterator[StoredLayer]:
        """In the order in which h5py's walk finds them (resnet_dsl.weights.hdf5)."""
        content = self._content
        _expect(
            content.startswith(SIGNATURE) and content[8:16] == _SUPERBLOCK and not _PLACE.unpack_from(content, 24)[0]
        )
        _expect(_PLACE.unpack_from(content, 40)[0] <= len(content))
        root = self._object(_PLACE.unpack_from(content, _ROOT)[0])
        _expect(not root.attributes and "layers" in (members := self._members(root)) and "model_weights" not in members)
        pending = [(members, "")]
        while pending:
            members, place = pending.pop()
            for key, at in members.items():
                if key.startswith(NOT_WEIGHTS):
                    continue
                found = self._object(at)
                if key == "vars":
                    yield self._layer(found, place, named)
                    continue
                inside = f"{place}/{key}".lstrip("/")
                _expect(inside.count("/") <= DEEPEST)
                pending.append((self._members(found), inside))

    def _layer(self, group: _Object, place: str, named: Callable[[str], str | None]) -> StoredLayer:
        members, said = self._members(group), self._name(group)
        name = named(place) if said is None else readable(said, "name")
        arrays = (self._stored(None if one.isdigit() else one, members[one]) for one in in_order(members))
        return StoredLayer(name, place, tuple(arrays))

    def _object(self, at: int) -> _Object:
        """What an object's header says. No place is gone to twice."""
        self._visit(at)
        version, count, _, length = _HEADER.unpack_from(self._content, at)
        _expect(version == 1)
        parts, found, attributes = [(at + 16, length)], {}, []
        for start, size in parts:
            place, end = start, start + size
            while place + 8 <= end and count:
                kind, held, flags = _MESSAGE.unpack_from(self._content, place)
                place, count = place + 8 + held, count - 1
                _expect(kind in _HARMLESS and not flags & 2 and place <= end <= len(self._content))
                if kind == _NAMED:
                    attributes.append(place - held)
                elif kind == _MORE:
                    parts.append(_PLACES.unpack_from(self._content, place - held))
                    self._visit(parts[-1][0])
                else:
                    found[kind] = place - held
        return _Object(found, attributes)

    def _visit(self, at: int) -> None:
        _expect(at not in self._seen)
        self._seen.add(at)

    def _members(self, group: _Object) -> dict[str, int]:
        """Where each object of a group stands, by name, in order."""
        tree, heap = _PLACES.unpack_from(self._content, group.messages[_GROUP])
        signature, length, _, names = _HEAP.unpack_from(self._content, heap)
        _expect(signature == b"HEAP" and names + length <= len(self._content))
        found: dict[str, int] = {}
        for name, at in self._entries(tree):
            text = self._content[names + name : self._content.index(b"\0", names + name, names + length)].decode()
            _expect(text not in found)
            found[text] = at
        return found

    def _entries(self, tree: int) -> Iterator[tuple[int, int]]:
        """The names' and the objects' places in a tree of symbol tables."""
        pending = [tree]
        while pending:
            at = pending.pop()
            self._visit(at)
            signature, first, _, count = _TREE.unpack_from(self._content, at)
            if signature == b"TREE":
                _expect(first == 0)
                places = [_PLACE.unpack_from(self._content, at + 32 + 16 * one)[0] for one in range(count)]
                pending += reversed(places)
                continue
            _expect(signature == b"SNOD" and first == 1)
            for one in range(count):
                name, found, cached = _ENTRY.unpack_from(self._content, at + 8 + 40 * one)
                _expect(cached in (0, 1))
                yield name, found

    def _name(self, group: _Object) -> bytes | None:
        """The attribute ``name``; None where there is no attribute."""
        if not group.attributes:
            return None
        _expect(len(group.attributes) == 1)
        at = group.attributes[0]
        version, name, kind, space = _ATTRIBUTE.unpack_from(self._content, at)
        _expect((version, name, kind, space) == (1, 5, 20, 8) and self._content[at + 8 : at + 8 + len(_NAME)] == _NAME)
        length, heap, number = _TEXT.unpack_from(self._content, at + 8 + len(_NAME))
        text = self._collection(heap)[number]
        _expect(length <= len(text))
        return text[:length]

    def _collection(self, at: int) -> dict[int, bytes]:
        """The texts of a heap, by number."""
        if at not in self._texts:
            _expect(self._content[at : at + 5] == b"GCOL\1")
            (size,) = _PLACE.unpack_from(self._content, at + 8)
            place, end, found = at + 16, at + size, {}
            _expect(end <= len(self._content))
            while place + 16 <= end:
                number, length = _OBJECT.unpack_from(self._content, place)
                if number == 0:
                    break
                found[number] = self._content[place + 16 : place + 16 + length]
                place += 16 + length + -length % 8
            self._texts[at] = found
        return self._texts[at]

    def _stored(self, name: str | None, at: int) -> Stored:
        found = self._object(at)
        _expect(not found.attributes and _GROUP not in found.messages)
        shape, kind = self._shape(found.messages[_SPACE]), self._kind(found.messages[_TYPE])
        version, layout, place, length = _LAID.unpack_from(self._content, found.messages[_LAYOUT])
        _expect((version, layout) == (3, 1) and length == prod(shape) * kind.itemsize)
        _expect(place > 0 and place + length <= len(self._content))
        return Stored(name, _Array(self._content, kind, shape, place, length), kind.name)

    def _shape(self, at: int) -> tuple[int, ...]:
        version, rank, _ = self._content[at : at + 3]
        _expect(version == 1 and rank < 32)
        return tuple(_PLACE.unpack_from(self._content, at + 8 + 8 * axis)[0] for axis in range(rank))

    def _kind(self, at: int) -> _Kind:
        return _KINDS[self._content[at : at + 20]]


class _Object(NamedTuple):
    """Where the messages of a header stand, by their kind; attributes there may be several of."""

    messages: Mapping[int, int]
    attributes: list[int]
