"""CIFAR-10 and CIFAR-100 as their authors publish them: binary or python batches, as tar.gz or unpacked.

Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html. The python batches are pickles, which can run any code
when they are loaded; they are read by ``unpickle``, which knows arrays of bytes and nothing else.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.assemble import Part, from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset, numbers, spelt
from resnet_dsl.laboratory.data.limits import too_much, unpacked_limit
from resnet_dsl.laboratory.data.unpickle import unpickled

FOLDERS = ("cifar-10-batches-py", "cifar-10-batches-bin", "cifar-100-python", "cifar-100-binary")
BATCH = re.compile(r"(data_batch_\d+|test_batch|train|test)(\.bin)?")
NAMES = {
    "batches.meta": "label_names",
    "meta": "fine_label_names",
    "batches.meta.txt": "",
    "fine_label_names.txt": "",
}
"""The files with the names of the classes: pickles with the entry that holds them, and texts, a name a line."""

PIXELS = 3 * 32 * 32
MOST_OF_A_BATCH = 256 * 1024**2
"""Bytes of one batch; the largest, CIFAR-100's for training, has 154 million."""


def recognised(path: Path) -> bool:
    """Whether this is an archive or a folder of CIFAR, or a folder that one was unpacked in."""
    if path.is_file():
        return path.name.endswith((".tar.gz", ".tgz", ".tar"))
    return _folder(path) is not None


def read(path: Path) -> Dataset:
    """The set in this archive or folder: 50,000 images to train and 10,000 to test, 32x32x3, where it is whole."""
    found = _all_different([*(_from_archive(path) if path.is_file() else _from_folder(path))], path)
    batches = {name: content for name, content in found.items() if name not in NAMES}
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
    named = _class_names({name: found[name] for name in found if name in NAMES}, path, classes)
    return from_arrays(name, str(path), _joined(parts[False]), _joined(parts[True]), named)


def _all_different(found: list[tuple[str, bytes]], path: Path) -> dict[str, bytes]:
    """By name, or a refusal where a batch is there twice, also in another form, or beside one of the other set."""
    names = [name for name, _ in found if name not in NAMES]
    twice = [name for name, count in Counter(name.removesuffix(".bin") for name in names).items() if count > 1]
    if twice:
        raise Failure(f"{path} holds the batch {twice[0]} twice", "keep one of them")
    if len({name.removesuffix(".bin") in ("train", "test") for name in names}) > 1:
        raise Failure(f"{path} holds batches of CIFAR-10 and of CIFAR-100", "give each its folder")
    return dict(found)


def _class_names(found: dict[str, bytes], path: Path, classes: int) -> tuple[str, ...]:
    """The names that stand beside the batches, or the numbers."""
    for name, content in found.items():
        texts = _texts(name, content, f"{path}: {name}")
        if len(set(texts)) != classes or len(texts) != classes:
            raise Failure(f"{path}: {name} names {len(texts)} classes, expected {classes} that differ")
        return texts
    return numbers(classes)


def _texts(name: str, content: bytes, where: str) -> tuple[str, ...]:
    if not NAMES[name]:
        return tuple(filter(None, spelt(content).splitlines()))
    names = _entry(unpickled(content, where), NAMES[name], where)
    if not isinstance(names, list) or not all(isinstance(one, str | bytes) for one in names):
        raise Failure(f"{where}: `{NAMES[name]}` is no list of texts")
    return tuple(spelt(one) if isinstance(one, bytes) else one for one in names)


def _joined(parts: list[Part]) -> Part:
    return np.concatenate([images for images, _ in parts]), np.concatenate([np.asarray(labels) for _, labels in parts])


def _folder(path: Path) -> Path | None:
    candidates = (path, *(path / name for name in FOLDERS))
    return next((folder for folder in candidates if folder.is_dir() and any(_batches(folder))), None)


def _batches(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if BATCH.fullmatch(entry.name) and entry.is_file())


def _from_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    folder = _folder(path) or path
    named = [folder / name for name in NAMES if (folder / name).is_file()]
    for file in (*_batches(folder), *named):
        if file.stat().st_size > MOST_OF_A_BATCH:
            raise _too_large(f"{file}", file.stat().st_size)
        yield file.name, file.read_bytes()


def _from_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """The batches of a tar archive, read member by member in one go: nothing is unpacked to the disk."""
    try:
        with path.open("rb") as file, tarfile.open(fileobj=cast(Any, _Bounded(path, file)), mode="r|") as archive:
            for member in archive:
                name = Path(member.name).name
                if member.isreg() and not member.issparse() and (BATCH.fullmatch(name) or name in NAMES):
                    yield name, _whole(archive, member, f"{path}: {name}")
    except (tarfile.TarError, EOFError, ValueError, OverflowError, gzip.BadGzipFile, zlib.error) as error:
        raise Failure(f"{path} is cut off or damaged: {reason(error)}", "fetch it again") from error


def _whole(archive: tarfile.TarFile, member: tarfile.TarInfo, where: str) -> bytes:
    if member.size > MOST_OF_A_BATCH:
        raise _too_large(where, member.size)
    file = archive.extractfile(member)
    content = file.read() if file is not None else b""
    if len(content) != member.size:
        raise Failure(f"{where} is cut off: the archive ends within it", "fetch it again")
    return content


def _too_large(where: str, size: int) -> Failure:
    return Failure(f"{where} has {size:,} bytes; a batch of CIFAR has at most {MOST_OF_A_BATCH:,}")


class _Bounded:
    """The bytes of a tar archive, unpacked where it is gzipped; refuses to give more than it may unpack to.

    An archive that is read in one go needs no more of a file than ``read``.
    """

    def __init__(self, path: Path, file: io.BufferedReader) -> None:
        self._path, self._limit = path, unpacked_limit(path)
        self._file: io.BufferedReader | gzip.GzipFile = file
        if file.peek(2)[:2] == b"\x1f\x8b":
            self._file = gzip.GzipFile(fileobj=file)
        self._left = self._limit

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise too_much(self._path, self._limit)
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
