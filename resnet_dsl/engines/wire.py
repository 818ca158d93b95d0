"""The fields of a message of protobuf, found in its bytes: nothing is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple


class WireError(Exception):
    """The bytes are no protobuf. The message completes "… cannot be read: …"."""


class WireField(NamedTuple):
    """start, end: where it stands. inner: where what it holds begins, if it has a length."""

    number: int
    start: int
    inner: int | None
    end: int


def fields(content: bytes | mmap, start: int, end: int) -> Iterator[WireField]:
    """Those of the message between two places. Raises WireError."""
    while start < end:
        found = field(content, start, end)
        yield found
        start = found.end


def field(content: bytes | mmap, start: int, end: int) -> WireField:
    """The one that begins here. Raises WireError."""
    key, place = _varint(content, start, end)
    inner = None
    match key & 7:
        case 0:
            _, place = _varint(content, place, end)
        case 1:
            place += 8
        case 2:
            size, inner = _varint(content, place, end)
            place = inner + size
        case 5:
            place += 4
        case _:
            raise WireError("it is damaged, or no model in ONNX")
    if place > end:
        raise WireError("it is cut off, or no model in ONNX")
    return WireField(key >> 3, start, inner, place)


def _varint(content: bytes | mmap, start: int, end: int) -> tuple[int, int]:
    if start < end and content[start] < 0x80:
        return content[start], start + 1  # as nearly all are
    value = 0
    for shift in range(0, 70, 7):
        if start >= end:
            break
        byte = content[start]
        start += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, start
    raise WireError("it is cut off, or no model in ONNX")


def with_length(number: int, content: bytes) -> bytes:
    """A field that holds these bytes."""
    return _as_varint(number << 3 | 2) + _as_varint(len(content)) + content


def with_number(number: int, value: int) -> bytes:
    """A field that holds a whole number from 0 on."""
    return _as_varint(number << 3) + _as_varint(value)


def _as_varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
