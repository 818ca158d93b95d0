"""MNIST's idx files, gzipped or not."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.data.named import FASHION_MNIST
from tests.laboratory.data.reading import by_row, images_of, refused

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def idx(values: NDArray[np.uint8]) -> bytes:
    """The format as its page defines it: 0, 0, type 8 (unsigned byte), number of axes, lengths, values."""
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def written(folder: Path, part: str, made: Made, zipped: bool) -> None:
    folder.mkdir(exist_ok=True)
    for what, values in zip(("images-idx3", "labels-idx1"), made, strict=True):
        content = gzip.compress(idx(values)) if zipped else idx(values)
        (folder / f"{part}-{what}-ubyte{'.gz' if zipped else ''}").write_bytes(content)


@pytest.mark.parametrize("zipped", [False, True])
def test_reads_both_parts(tmp_path: Path, grey: Made, zipped: bool) -> None:
    written(tmp_path / "set", "train", grey, zipped)
    written(tmp_path / "set", "t10k", (grey[0][:8], grey[1][:8]), zipped)
    read = load(str(tmp_path / "set"))
    assert read.shape == (6, 5, 1)
    assert read.classes == 4
    np.testing.assert_array_equal(images_of(read.train)[..., 0], grey[0])
    np.testing.assert_array_equal(read.train.labels, grey[1])
    np.testing.assert_array_equal(images_of(read.test)[..., 0], grey[0][:8])


def test_another_reader_reads_the_same(tmp_path: Path, grey: Made) -> None:
    mlxtend = pytest.importorskip("mlxtend.data")
    as_large_as_mnist = np.random.default_rng(2).integers(0, 256, (40, 28, 28), np.uint8)
    written(tmp_path, "train", (as_large_as_mnist, grey[1]), zipped=False)
    images, labels = mlxtend.loadlocal_mnist(
        str(tmp_path / "train-images-idx3-ubyte"), str(tmp_path / "train-labels-idx1-ubyte")
    )
    read = by_row(load(str(tmp_path)))
    for row, (image, label) in read.items():
        np.testing.assert_array_equal(image.ravel(), images[row])
        assert label == labels[row]


def test_without_a_test_part_every_fifth_image_tests(tmp_path: Path, grey: Made) -> None:
    written(tmp_path, "train", grey, zipped=False)
    read = load(str(tmp_path))
    assert read.test.rows.tolist() == [4, 9, 14, 19, 24, 29, 34, 39]
    assert set(read.train.rows.tolist()) | set(read.test.rows.tolist()) == set(range(40))


@pytest.mark.parametrize("zipped", [False, True])
def test_refuses_a_truncated_file(tmp_path: Path, grey: Made, zipped: bool) -> None:
    written(tmp_path, "train", grey, zipped)
    path = next(tmp_path.glob("*images*"))
    path.write_bytes(path.read_bytes()[:-20])
    refused(tmp_path, path.name, "cut off")


def test_refuses_what_does_not_fit_together(tmp_path: Path, grey: Made) -> None:
    written(tmp_path / "counts", "train", (grey[0], grey[1][:-1]), zipped=False)
    refused(tmp_path / "counts", "39 labels for 40 images")
    written(tmp_path / "one", "train", (grey[0], grey[1] * 0), zipped=False)
    refused(tmp_path / "one", "all images are of one class")
    written(tmp_path / "half", "train", grey, zipped=False)
    next((tmp_path / "half").glob("*labels*")).unlink()
    refused(tmp_path / "half", "the train labels are missing")
    refused(next((tmp_path / "half").glob("*images*")), "one of a set's files")


def test_refuses_a_header_that_claims_too_much(tmp_path: Path, grey: Made) -> None:
    written(tmp_path, "train", grey, zipped=False)
    path = next(tmp_path.glob("*images*"))
    path.write_bytes(struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**31, 2**31) + b"\0" * 100)
    refused(tmp_path, "cut off")


@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="needs Debian's dataset-fashion-mnist")
def test_fashion_mnist_as_debian_packs_it() -> None:
    read = load("fashion-mnist")
    assert (len(read.train), len(read.test), read.shape, read.classes) == (60_000, 10_000, (28, 28, 1), 10)
    assert np.bincount(read.train.labels).tolist() == [6_000] * 10
    # Mean and deviation that users of the set normalise by: 0.2860 and 0.3530 of 255.
    pixels = images_of(read.train) / 255
    assert round(float(pixels.mean()), 4) == 0.2860
    assert round(float(pixels.std()), 4) == 0.3530


def test_hidden_files_are_left_out(tmp_path: Path, grey: Made) -> None:
    written(tmp_path, "train", grey, False)
    (tmp_path / "._train-images-idx3-ubyte").write_bytes(b"\0\5\x16\7")
    assert load(str(tmp_path)).classes == 4
