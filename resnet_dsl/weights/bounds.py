"""What reading a model's file may cost, from the size that it has on the disk, and the error of one that is damaged."""

from __future__ import annotations

MIB = 2**20

LARGEST_GRAPH = 96 * MIB
"""Bytes of the graph in an archive, as JSON: 125,000 operations take about 60 million."""

LARGEST_CONFIG = 256 * MIB
"""Bytes of Keras' own description of a model."""

LARGEST_CLASSES = 16 * MIB
"""Bytes of the names of a model's classes."""

ROOM_FOR_TORCH = 16 * 1024 * MIB
"""Bytes of address space that PyTorch's own libraries take, little of which is ever memory."""

LONGEST_NAME = 1_000
"""Characters of a layer's name."""


def most_unpacked(size: int) -> int:
    """The bytes that a file of ``size`` bytes may unpack to."""
    return max(64 * MIB, 20 * size)


def most_memory(size: int) -> int:
    """The bytes of address space that reading it may take, of which Python, NumPy and HDF5 themselves take much."""
    return 1024 * MIB + 2 * most_unpacked(size)


def most_seconds(size: int) -> int:
    """The processor time that reading it may take."""
    return 10 + size // MIB


class DamagedError(Exception):
    """The file is not whole, or not what it says it is, or asks for more than a file may; the message says what.

    It completes the sentence "`FILE` cannot be read: …".
    """
