"""What reading a model's file may cost, from the size that it has on the disk."""

from __future__ import annotations

MIB = 2**20

_UNPACKED_AT_LEAST = 64 * MIB
_UNPACKED_TIMES = 20
_LIBRARIES = 1024 * MIB  # address space of Python, NumPy and HDF5 themselves
_SECONDS = 10

LARGEST_GRAPH = 96 * MIB
"""Bytes of the graph in an archive, as JSON: 125,000 operations take about 60 million."""

LARGEST_CONFIG = 256 * MIB
"""Bytes of Keras' own description of a model."""

LARGEST_CLASSES = 16 * MIB
"""Bytes of the names of a model's classes."""

LONGEST_NAME = 1_000
"""Characters of a layer's name."""


def most_unpacked(size: int) -> int:
    """The bytes that a file of ``size`` bytes may unpack to: 64 MiB, or twenty times its size."""
    return max(_UNPACKED_AT_LEAST, _UNPACKED_TIMES * size)


def most_memory(size: int) -> int:
    """The bytes of address space that reading it may take."""
    return _LIBRARIES + 2 * most_unpacked(size)


def most_seconds(size: int) -> int:
    """The processor time that reading it may take: 10 seconds, and one for each MiB."""
    return _SECONDS + size // MIB
