"""Models that nobody has trained yet: their files say so, and may be replaced unasked.

The file ends in a digest of all before it, and of what stands beside it, as an entry of the model's metadata, which
may stand anywhere in it. Whoever trains the model and saves it anew, writes other bytes before it or none of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import BinaryIO

DATA = ".data"
"""What a model's name has behind it where its arrays stand in a file beside it."""

KEY = b"resnet_dsl.fresh"
_DIGITS = 64
_HEAD = b"\x72%c\x0a%c%b\x12%c" % (len(KEY) + _DIGITS + 4, len(KEY), KEY, _DIGITS)
"""A field of `ModelProto.metadata_props` with this key, up to its value: each length is one byte."""

_CHUNK = 1 << 20


def marked(content: bytes, beside: Iterable[bytes] = ()) -> bytes:
    """The bytes of a fresh model, which say so. beside: what stands in the file of its arrays, where it has one."""
    digest = hashlib.sha256(content)
    for piece in beside:
        digest.update(piece)
    return content + _mark(digest)


def is_fresh(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a model that says so and still is what was written, and so is its file of arrays."""
    try:
        with open(path, "rb") as file:
            digest, end = _read(file)
        if end == _mark(digest):
            return True
        with open(f"{os.fspath(path)}{DATA}", "rb") as beside:
            while piece := beside.read(_CHUNK):
                digest.update(piece)
        return end == _mark(digest)
    except OSError:
        return False


def _read(file: BinaryIO) -> tuple[hashlib._Hash, bytes]:
    """(the digest of all but its end, its end)."""
    left = os.fstat(file.fileno()).st_size - len(_HEAD) - _DIGITS
    digest = hashlib.sha256()
    while left > 0 and (piece := file.read(min(left, _CHUNK))):
        digest.update(piece)
        left -= len(piece)
    return digest, file.read(len(_HEAD) + _DIGITS)


def _mark(digest: hashlib._Hash) -> bytes:
    return _HEAD + digest.hexdigest().encode("ascii")
