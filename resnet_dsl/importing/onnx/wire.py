"""How many parts a file of protobuf holds, counted before any is made: two bytes of it can become two hundred."""

from __future__ import annotations

from typing import Any

from resnet_dsl.engines.wire import WireError, field
from resnet_dsl.failure import Failure

MOST_PARTS = 250_000
"""Fields of messages: a network of 4,000 operators, each with the names of its scopes, has about 130,000."""

_MESSAGE = 11
"""The type of a field that holds a message, in a descriptor."""
_DEEPEST = 100


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
            number, _, inner, start = field(content, start, end)
            found += 1
            if number in messages and inner is not None:
                waiting.append((inner, start, messages[number], depth + 1))
            if found > MOST_PARTS or depth > _DEEPEST:
                raise WireError(f"it has more than {MOST_PARTS:,} parts, and that many are read at most")


def _messages(kind: Any) -> dict[int, Any]:
    """The fields of a message that hold messages, by number: which."""
    return {one.number: one.message_type for one in kind.fields if one.type == _MESSAGE}


def unreadable(path: str, why: str) -> Failure:
    """The failure of a file that is not what it should be."""
    return Failure(f"`{path}` cannot be read: {why}", "give it the file that the exporter wrote, whole: `model.onnx`")
