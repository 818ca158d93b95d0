"""Models that nobody has trained yet: their files say so, and may be replaced unasked.

The archive holds a digest of its weights as a further entry, which Keras ignores. Whatever trains the model and saves
it anew, leaves the entry out or the digest behind.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib

from resnet_dsl.weights.archive import FRESH, WEIGHTS

_DIGITS = 64
_UNREADABLE = (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def mark_fresh(archive: zipfile.ZipFile) -> None:
    """Say in a saved model's archive, open to append, that its weights are fresh."""
    archive.writestr(FRESH, _digest(archive))


def is_fresh(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a model's archive that says so and still holds those weights. Costs no more than reading it."""
    try:
        with zipfile.ZipFile(path) as archive:
            told = archive.getinfo(FRESH)
            return _is_plain(told, _DIGITS) and archive.read(told).decode("ascii") == _digest(archive)
    except _UNREADABLE:
        return False


def _digest(archive: zipfile.ZipFile) -> str:
    """Of the weights as they stand; Keras does not compress them, so what unpacks to more than it is is not Keras'."""
    entry = archive.getinfo(WEIGHTS)
    if not _is_plain(entry, entry.file_size):
        raise ValueError("the weights are compressed")
    with archive.open(entry) as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()  # type: ignore[arg-type]


def _is_plain(entry: zipfile.ZipInfo, size: int) -> bool:
    return entry.compress_type == zipfile.ZIP_STORED and entry.file_size == entry.compress_size == size
