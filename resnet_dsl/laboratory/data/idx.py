"""MNIST's idx files (http://yann.lecun.com/exdb/mnist): images and labels in a folder, gzipped or not."""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.assemble import Part, from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset
from resnet_dsl.laboratory.data.limits import expect_regular, is_hidden, too_much, unpacked_limit
from resnet_dsl.sentences import counted

FILE_NAME = re.compile(r"(?P<set>.*?)(?P<part>train|t10k|test)[-_](?P<what>images|labels)[-.]idx[13]-ubyte(\.gz)?")

MOST_AXES = 6
"""Images, or volumes, with channels; the format itself allows 255."""

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def recognised(folder: Path) -> bool:
    """Whether the folder holds idx files."""
    return any(map(_match, folder.iterdir()))


def _match(entry: Path) -> re.Match[str] | None:
    """Set, part and what it holds, by the file's name; None for other files and hidden ones."""
    return None if is_hidden(entry.name) else FILE_NAME.fullmatch(entry.name)


def read(
    folder: Path, name: str, source: str, class_names: tuple[str, ...] | None = None, mirrors: bool = True
) -> Dataset:
    """The set in this folder; without a test pair (t10k-… or test-…) the fixed split."""
    files = _files(folder)
    parts = {part: _part(files, part, folder) for part in ("train", "test")}
    if parts["train"] is None:
        raise Failure(f"{folder}: idx files for testing, none for training (train-images-idx3-ubyte)")
    return from_arrays(name, source, parts["train"], parts["test"], class_names, mirrors)


def _files(folder: Path) -> dict[tuple[str, str], Path]:
    files: dict[tuple[str, str], Path] = {}
    sets = set()
    for entry in sorted(folder.iterdir()):
        match = _match(entry)
        if match is None:
            continue
        sets.add(match["set"])
        key = ("train" if match["part"] == "train" else "test", match["what"])
        first = files.setdefault(key, entry)
        if first.name.removesuffix(".gz") != entry.name.removesuffix(".gz"):
            raise Failure(f"{folder}: {first.name} and {entry.name} hold the same part", "keep one of them")
    if len(sets) > 1:
        raise Failure(f"{folder}: idx files of {len(sets)} sets ({', '.join(sorted(sets))})", "give each its folder")
    return files


def _part(files: dict[tuple[str, str], Path], part: str, folder: Path) -> Part | None:
    images, labels = files.get((part, "images")), files.get((part, "labels"))
    if images is None and labels is None:
        return None
    if images is None or labels is None:
        missing = "images" if images is None else "labels"
        raise Failure(f"{folder}: the {part} {missing} are missing (an idx file named …-{missing}-idx…-ubyte)")
    return array(images)[..., None], array(labels)


def array(path: Path) -> NDArray[Any]:
    """What one idx file holds: four bytes (0, 0, type, number of axes), the lengths, the values, all big-endian."""
    content = _content(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise Failure(f"{path} is no idx file: it starts with {content[:4].hex() or 'nothing'}")
    dtype, axes = np.dtype(TYPES[content[2]]), content[3]
    if axes > MOST_AXES:
        raise Failure(f"{path} is no idx file: it tells of {counted(axes, 'axis')}")
    start = 4 + 4 * axes
    if len(content) < start:
        raise Failure(f"{path} is cut off: it ends within its header")
    shape = struct.unpack(f">{axes}I", content[4:start])
    expected = start + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != expected:
        found = "is cut off" if len(content) < expected else "is too long"
        raise Failure(f"{path} {found}: {len(content):,} bytes where its header says {expected:,}")
    values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="))


def _content(path: Path) -> bytes:
    expect_regular(path)
    if path.suffix != ".gz":
        return path.read_bytes()
    limit = unpacked_limit(path)
    try:
        with gzip.open(path) as file:
            content = file.read(limit + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Failure(f"{path} is cut off or damaged: {reason(error)}") from error
    if len(content) > limit:
        raise too_much(path, limit)
    return content
