"""CIFAR-10 and CIFAR-100: binary and python batches, as archives and unpacked."""

from __future__ import annotations

import io
import os
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import load
from tests.laboratory.data.reading import images_of, refused

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class Python2Pickler(pickle._Pickler):  # type: ignore[misc, name-defined]
    """Writes bytes as Python 2 wrote its strings, in which the authors' batches were pickled."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_string(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    dispatch[bytes] = save_string


def python2(value: object) -> bytes:
    out = io.BytesIO()
    Python2Pickler(out, 2).dump(value)
    return out.getvalue()


def rows_of(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Red, green and blue one after the other, as CIFAR stores an image."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1)


def batches(made: Made, hundred: bool, form: str) -> dict[str, bytes]:
    """The files of a small CIFAR in one of its forms: binary, python2 (the authors'), python3."""
    images, labels = made
    parts = {"train": slice(0, 15), "test": slice(15, 20)} if hundred else {}
    parts = parts or {"data_batch_1": slice(0, 10), "data_batch_2": slice(10, 15), "test_batch": slice(15, 20)}
    written = {}
    for name, part in parts.items():
        rows, numbers = rows_of(images[part]), labels[part]
        if form == "binary":
            coarse = [numbers // 5] if hundred else []
            written[f"{name}.bin"] = np.column_stack([*coarse, numbers, rows]).astype(np.uint8).tobytes()
            continue
        key = b"fine_labels" if hundred else b"labels"
        batch: dict[Any, Any] = {b"data": rows, key: numbers.tolist(), b"batch_label": b"batch 1 of 5"}
        if form == "python3":
            batch = {name.decode(): value for name, value in batch.items()}
        written[name] = python2(batch) if form == "python2" else pickle.dumps(batch)
    return written


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def archived(path: Path, inner: str, files: dict[str, bytes]) -> Path:
    folder = put(path.parent / "unpacked" / inner, files)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, inner)
    return path


@pytest.mark.parametrize("form", ["binary", "python2", "python3"])
@pytest.mark.parametrize("hundred", [False, True])
def test_reads_archives_and_folders(tmp_path: Path, coloured: Made, form: str, hundred: bool) -> None:
    inner = {(False, True): "cifar-10-batches-bin", (False, False): "cifar-10-batches-py"}.get(
        (hundred, form == "binary"), "cifar-100-binary" if form == "binary" else "cifar-100-python"
    )
    archive = archived(tmp_path / "cifar.tar.gz", inner, batches(coloured, hundred, form))
    for place in (archive, tmp_path / "unpacked", tmp_path / "unpacked" / inner):
        read = load(str(place))
        assert (read.name, read.classes) == (("CIFAR-100", 100) if hundred else ("CIFAR-10", 10))
        np.testing.assert_array_equal(images_of(read.train), coloured[0][:15])
        np.testing.assert_array_equal(read.train.labels, coloured[1][:15])
        np.testing.assert_array_equal(images_of(read.test), coloured[0][15:])


def test_refuses_truncated_archives(tmp_path: Path, coloured: Made) -> None:
    archive = archived(tmp_path / "cifar.tar.gz", "cifar-10-batches-bin", batches(coloured, False, "binary"))
    whole = archive.read_bytes()
    for part in (0.99, 0.6, 0.2):
        archive.write_bytes(whole[: int(len(whole) * part)])
        refused(archive, "cut off")
    archive.write_bytes(b"no archive")
    refused(archive, "cut off or damaged")


def test_refuses_truncated_and_missing_batches(tmp_path: Path, coloured: Made) -> None:
    files = batches(coloured, False, "binary")
    refused(
        put(tmp_path / "a", files | {"data_batch_2.bin": files["data_batch_2.bin"][:-1]}), "data_batch_2.bin", "cut off"
    )
    refused(put(tmp_path / "b", {"test_batch.bin": files["test_batch.bin"]}), "the training batches are missing")
    pickled = batches(coloured, False, "python2")
    refused(put(tmp_path / "c", pickled | {"test_batch": pickled["test_batch"][:500]}), "test_batch", "cut off")


def test_refuses_labels_out_of_range(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    labels = np.where(labels == 9, 10, labels).astype(np.uint8)
    for form in ("binary", "python2"):
        refused(put(tmp_path / form, batches((images, labels), False, form)), "label 10 of image 9", "0 to 9")


class Harm:
    """What a pickle can do when it is loaded."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[object, ...]]:
        return self.call


@pytest.mark.parametrize(
    "harm",
    [
        Harm(os.system, "touch {}"),
        Harm(eval, "open('{}', 'w')"),
        Harm(np.ndarray, (2**50,)),
        Harm(np.load, "{}"),
        np.array([1, 2], dtype=object),
        np.zeros(3),
        Path("/"),
    ],
)
def test_a_pickle_runs_no_code(tmp_path: Path, coloured: Made, harm: object) -> None:
    touched = tmp_path / "touched"
    if isinstance(harm, Harm):
        function, arguments = harm.call
        harm = Harm(function, *(a.format(touched) if isinstance(a, str) else a for a in arguments))
    files = batches(coloured, False, "python3")
    poisoned = pickle.dumps({"data": harm, "labels": [0]})
    refused(put(tmp_path / "set", files | {"data_batch_1": poisoned}), "data_batch_1")
    assert not touched.exists()
