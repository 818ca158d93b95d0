"""CIFAR-10 and CIFAR-100 as their authors publish them: binary or python batches, as tar.gz or unpacked.

Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html. The python batches are pickles, which can run any code
when they are loaded; they are read by ``unpickle``, which knows arrays of bytes and nothing else.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.training.data.assemble import Part, from_arrays
from resnet_dsl.training.data.dataset import Dataset
from resnet_dsl.training.data.unpickle import unpickled

FOLDERS = ("cifar-10-batches-py", "cifar-10-batches-bin", "cifar-100-python", "cifar-100-binary")
BATCH = re.compile(r"(data_batch_\d+|test_batch|train|test)(\.bin)?")
PIXELS = 3 * 32 * 32


def recognised(path: Path) -> bool:
    """Whether this is an archive or a folder of CIFAR, or a folder that one was unpacked in."""
    if path.is_file():
        return path.name.endswith((".tar.gz", ".tgz", ".tar"))
    return _folder(path) is not None


def read(path: Path) -> Dataset:
    """The set in this archive or folder: 50,000 images to train and 10,000 to test, 32x32x3, where it is whole."""
    batches = dict(_from_archive(path) if path.is_file() else _from_folder(path))
    if not batches:
        raise Failure(f"{path} holds no batches of CIFAR (data_batch_1 …, test_batch; or train, test)")
    hundred = any(name.removesuffix(".bin") in ("train", "test") for name in batches)
    name, classes = ("CIFAR-100", 100) if hundred else ("CIFAR-10", 10)
    parts: dict[bool, list[Part]] = {False: [], True: []}
    for batch in sorted(batches):
        parse = _binary if batch.endswith(".bin") else _python
        parts[batch.startswith("test")].append(parse(batches[batch], f"{path}: {batch}", hundred))
    if not parts[False] or not parts[True]:
        missing = "test" if parts[False] else "training"
        raise Failure(f"{path}: the {missing} batches are missing")
    return from_arrays(name, str(path), _joined(parts[False]), _joined(parts[True]), classes)


def _joined(parts: list[Part]) -> Part:
    return np.concatenate([images for images, _ in parts]), np.concatenate([np.asarray(labels) for _, labels in parts])


def _folder(path: Path) -> Path | None:
    candidates = (path, *(path / name for name in FOLDERS))
    return next((folder for folder in candidates if folder.is_dir() and any(_batches(folder))), None)


def _batches(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if BATCH.fullmatch(entry.name) and entry.is_file())


def _from_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    folder = _folder(path)
    return ((entry.name, entry.read_bytes()) for entry in _batches(folder or path))


def _from_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """The batches of a tar archive, read member by member: nothing is unpacked to the disk."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = Path(member.name).name
                content = archive.extractfile(member) if member.isfile() and BATCH.fullmatch(name) else None
                if content is not None:
                    yield name, _all_of(content.read(), member.size, path, name)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise Failure(f"{path} is cut off or damaged: {error}", "fetch it again") from error


def _all_of(content: bytes, size: int, path: Path, name: str) -> bytes:
    if len(content) != size:
        raise Failure(f"{path} is cut off: it ends within {name}", "fetch it again")
    return content


def _binary(content: bytes, where: str, hundred: bool) -> Part:
    """A row a picture: the label (CIFAR-100: coarse, then fine), then red, green and blue, 1,024 bytes each."""
    width = PIXELS + (2 if hundred else 1)
    if not content or len(content) % width:
        raise Failure(f"{where} is cut off: {len(content):,} bytes are no multiple of {width:,}")
    rows = np.frombuffer(content, np.uint8).reshape(-1, width)
    return _pictures(rows[:, -PIXELS:]), rows[:, -PIXELS - 1]


def _python(content: bytes, where: str, hundred: bool) -> Part:
    batch = unpickled(content, where)
    wanted = "fine_labels" if hundred else "labels"
    data, labels = _entry(batch, "data", where), _entry(batch, wanted, where)
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != PIXELS:
        raise Failure(f"{where}: `data` is no array of bytes of shape (count, {PIXELS})")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise Failure(f"{where}: `{wanted}` is no list of integers")
    return _pictures(data), np.asarray(labels)


def _entry(batch: object, key: str, where: str) -> Any:
    """An entry by its name, which Python 2 wrote as bytes."""
    found = batch.get(key.encode(), batch.get(key)) if isinstance(batch, dict) else None
    if found is None:
        raise Failure(f"{where}: no entry `{key}`")
    return found


def _pictures(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
