"""What a stranger's files may cost: looked at before anything is read, decoded or unpacked."""

from __future__ import annotations

import stat
from pathlib import Path

from resnet_dsl.failure import Failure

MOST_PIXELS = 50_000_000
"""Pixels of one image, by its header: 8,000 x 6,000 are 48 million."""

MOST_IMAGE_BYTES = 256 * 1024**2
"""Bytes of one image file, or of one record."""

FREE_BYTES, MOST_TIMES, MOST_BYTES = 256 * 1024**2, 50, 16 * 1024**3
"""What an archive may unpack to: the first of these always, or so many times its own size, up to the last."""


def unpacked_limit(path: Path) -> int:
    """How many bytes this archive may unpack to."""
    return min(max(FREE_BYTES, MOST_TIMES * path.stat().st_size), MOST_BYTES)


def too_much(path: Path, limit: int) -> Failure:
    """The refusal of an archive that would unpack to more than ``limit`` bytes."""
    return Failure(
        f"{path} unpacks to more than {limit / 1024**2:,.0f} MiB, out of {path.stat().st_size:,} bytes",
        "if you trust it, unpack it yourself and give the folder, or store its arrays without compression",
    )


def is_hidden(name: str) -> bool:
    """Whether a file or folder is one that systems leave beside others: ``._0.jpg``, ``.DS_Store``, ``__MACOSX``."""
    return name.startswith(".") or name == "__MACOSX"


def expect_regular(path: Path) -> None:
    """Refuses what is no file of its own: reading a pipe or a device may never end. Raises OSError where none is."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise Failure(f"{path} is no regular file but a folder, a pipe or a device")
