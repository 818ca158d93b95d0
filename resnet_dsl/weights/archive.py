"""Entries of a ``.keras`` archive: a zip file, which is read in memory and never unpacked onto the disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections import Counter
from typing import BinaryIO

from resnet_dsl.failure import reason
from resnet_dsl.weights.bounds import DamagedError, most_unpacked

GRAPH = "resnet_dsl/ir.json"
"""The graph, as JSON (`resnet-dsl schema`); resnet-dsl writes it, and Keras ignores it."""
CLASSES = "resnet_dsl/classes.json"
"""The names of a trained model's classes, in the order of its outputs: a JSON list. Keras ignores it, too."""
FRESH = "resnet_dsl/fresh.sha256"
"""The SHA-256 of the weights of a model that nobody has trained, in hexadecimal digits."""
CONFIG = "config.json"
"""Keras' description of the model: the layers with their names."""
METADATA = "metadata.json"
"""Which Keras wrote it, and when."""
WEIGHTS = "model.weights.h5"
"""The weights, as HDF5."""

_MOST_ENTRIES = 10_000


class Archive:
    """A zip file. Raises DamagedError where it is none, or where it could harm who unpacks it.

    file: open for reading. size: its length in bytes, from which follows what it may unpack to.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._most = most_unpacked(size)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as wrong:
            raise DamagedError(f"the archive is cut off or damaged ({reason(wrong)})") from None
        _check_entries(self._zip.infolist())

    def __contains__(self, entry: str) -> bool:
        return entry in self._zip.NameToInfo

    @property
    def names(self) -> tuple[str, ...]:
        """Of all entries, in order."""
        return tuple(self._zip.NameToInfo)

    def read(self, entry: str, most: int | None = None) -> bytes:
        """The content of an entry, of ``most`` bytes at most. Raises DamagedError."""
        if entry not in self:
            raise DamagedError(f"the archive has no entry `{entry}`")
        self._check_size(entry, self._most if most is None else min(most, self._most))
        try:
            content = self._zip.read(entry)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as wrong:
            raise DamagedError(f"the entry `{entry}` is damaged ({reason(wrong)})") from None
        if len(content) != self._zip.getinfo(entry).file_size:
            raise DamagedError(f"the entry `{entry}` is damaged (it has another length than the archive says)")
        return content

    def _check_size(self, entry: str, most: int) -> None:
        info = self._zip.getinfo(entry)
        if info.flag_bits & 1:
            raise DamagedError(f"the entry `{entry}` is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DamagedError(
                f"the entry `{entry}` is compressed in a way (number {info.compress_type}) that is not read"
            )
        if info.file_size > most:
            raise DamagedError(f"the entry `{entry}` unpacks to {info.file_size:,} bytes, and {most:,} are the most")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """No name twice, none that leads out of the folder it is unpacked into, no links."""
    if len(entries) > _MOST_ENTRIES:
        raise DamagedError(f"the archive has {len(entries):,} entries, and {_MOST_ENTRIES:,} are the most")
    twice = [name for name, count in Counter(one.filename for one in entries).items() if count > 1]
    if twice:
        raise DamagedError(f"the archive has the entry {twice[0]!r} twice")
    for entry in entries:
        first, *rest = entry.filename.replace("\\", "/").split("/")
        leads_out = first == "" or first.endswith(":") or ".." in (first, *rest)
        if leads_out or stat.S_ISLNK(entry.external_attr >> 16):
            raise DamagedError(f"the archive's entry {entry.filename!r} leads out of the archive")
