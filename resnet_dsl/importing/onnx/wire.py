"""How many parts a file of protobuf holds, counted before any is made: two bytes of it can become two hundred."""

from __future__ import annotations

from typing import Any

from resnet_dsl.failure import Failure

MOST_PARTS = 250_000
"""Fields of messages: a network of 4,000 operators, each with the names of its scopes, has about 130,000."""

_MESSAGE = 11
"""The type of a field that holds a message, in a descriptor."""
_DEEPEST = 100


class WireError(Exception):
    """The bytes are no protobuf. The message completes "… cannot be read: …"."""


def check_parts(content: bytes, descriptor: Any) -> None:
    """That a message of this kind is whole, and has no more than MOST_PARTS. Raises WireError."""
    found = 0
    known: dict[str, dict[int, Any]] = {}
    waiting = [(0, len(content), descriptor, 0)]
    while waiting:
        start, end, kind, depth = waiting.pop()
        if kind.full_name not in known:
            known[kind.full_name] = _messages(kind)
        messages = known[kind.full_name]
        while start < end:
            number, inner, start = _field(content, start, end)
            found += 1
            if number in messages and inner is not None:
                waiting.append((inner, start, messages[number], depth + 1))
            if found > MOST_PARTS or depth > _DEEPEST:
                raise WireError(f"it has more than {MOST_PARTS:,} parts, and that many are read at most")


def _messages(kind: Any) -> dict[int, Any]:
    """The fields of a message that hold messages, by number: which."""
    return {one.number: one.message_type for one in kind.fields if one.type == _MESSAGE}


def _field(content: bytes, start: int, end: int) -> tuple[int, int | None, int]:
    """(the number of the field that begins here, where what it holds begins if it has a length, where it ends)."""
    key, start = _varint(content, start, end)
    inner = None
    match key & 7:
        case 0:
            _, start = _varint(content, start, end)
        case 1:
            start += 8
        case 2:
            size, inner = _varint(content, start, end)
            start = inner + size
        case 5:
            start += 4
        case _:
            raise WireError("it is damaged, or no model in ONNX")
    if start > end:
        raise WireError("it is cut off, or no model in ONNX")
    return key >> 3, inner, start


def _varint(content: bytes, start: int, end: int) -> tuple[int, int]:
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


def unreadable(path: str, why: str) -> Failure:
    """The failure of a file that is not what it should be."""
    return Failure(f"`{path}` cannot be read: {why}", "give it the file that the exporter wrote, whole: `model.onnx`")
