"""Folders of image files, a folder a class."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import images as images_module
from resnet_dsl.laboratory.data import load
from tests.laboratory.data.reading import by_row, images_of, refused

Image = pytest.importorskip("PIL.Image")

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]
NAMES = ("ant", "bee", "cat", "dog")


def put(folder: Path, made: Made, names: tuple[str, ...] = NAMES) -> Path:
    """PNG files, named so that the order of a class is the order of the array."""
    for number, (image, label) in enumerate(zip(*made, strict=True)):
        place = folder / names[label % len(names)]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{number:03}.png")
    return folder


def test_classes_and_files_by_name_every_fifth_for_testing(tmp_path: Path, coloured: Made) -> None:
    read = load(str(put(tmp_path / "zoo", coloured)))
    assert (read.name, read.classes, read.shape) == ("zoo", 4, (32, 32, 3))
    order = np.argsort(coloured[1] % 4, kind="stable")
    found = by_row(read)
    for row, number in enumerate(order):
        np.testing.assert_array_equal(found[row][0], coloured[0][number])
        assert found[row][1] == coloured[1][number] % 4
    assert read.test.rows.tolist() == [4, 9, 14, 19]


def test_train_and_validation_folders(tmp_path: Path, coloured: Made) -> None:
    put(tmp_path / "train", coloured)
    put(tmp_path / "val", (coloured[0][:8], coloured[1][:8]))
    read = load(str(tmp_path))
    assert (len(read.train), len(read.test)) == (20, 8)


def test_grey_or_coloured_as_the_network_takes_them(tmp_path: Path, grey: Made) -> None:
    folder = put(tmp_path / "grey", grey)
    assert load(str(folder)).shape == (6, 5, 1)
    assert load(str(folder), channels=3).shape == (6, 5, 3)
    refused(folder, "the network's input has 7", channels=7)


def test_decoding_on_demand_gives_the_same(tmp_path: Path, coloured: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = load(str(put(tmp_path, coloured)), resize=(8, 8))
    monkeypatch.setattr(images_module, "IN_MEMORY_BYTES", 0)
    decoded = load(str(tmp_path), resize=(8, 8))
    assert kept.train.images.in_memory
    assert not decoded.train.images.in_memory
    np.testing.assert_array_equal(images_of(kept.train), images_of(decoded.train))


def test_different_sizes_are_refused_unless_pooled(tmp_path: Path, coloured: Made) -> None:
    folder = put(tmp_path, coloured)
    Image.fromarray(coloured[0][0][:20]).save(folder / "bee" / "wide.png")
    failure = refused(folder, "wide.png is 20x32x3, those before it are 32x32x3")
    assert "--resize 32x32" in str(failure.remedy)
    assert load(str(folder), resize=(16, 16)).shape == (16, 16, 3)
    refused(folder, "--resize 16 has 1 lengths", resize=(16,))


def test_refuses_one_class_and_an_empty_class(tmp_path: Path, coloured: Made) -> None:
    refused(put(tmp_path / "one", coloured, NAMES[:1]), "a single class, `ant`")
    (put(tmp_path / "empty", coloured) / "eel").mkdir()
    refused(tmp_path / "empty", "the class `eel` has no images")
    put(tmp_path / "parts" / "train", coloured)
    put(tmp_path / "parts" / "test", coloured, NAMES[:3])
    refused(tmp_path / "parts", "the class `dog` is in only one of")


def test_refuses_damaged_images(tmp_path: Path, coloured: Made) -> None:
    folder = put(tmp_path, coloured)
    path = folder / "cat" / "002.png"
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"not an image", b""):
        path.write_bytes(content)
        refused(folder, "002.png cannot be read as an image")


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_refuses_what_may_not_be_read(tmp_path: Path, coloured: Made) -> None:
    folder = put(tmp_path / "zoo", coloured)
    path = folder / "cat" / "002.png"
    archive = tmp_path / "a.npz"
    np.savez(archive, x=coloured[0], y=coloured[1])
    path.chmod(0)
    archive.chmod(0)
    with as_nobody(tmp_path):
        refused(folder, f"no permission to read {path}")
        refused(archive, f"no permission to read {archive}")


class as_nobody:  # noqa: N801 (reads as a verb)
    """Root may read everything: act as another user for the time of the block, who may enter the test's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        if os.geteuid() == 0:
            for one in (self.folder, *self.folder.parents):
                if one.name.startswith(("test_", "popen-", "pytest-")):  # pytest keeps its folders to their owner
                    one.chmod(0o755)
            os.seteuid(65534)

    def __exit__(self, *_: object) -> None:
        if os.geteuid() == 65534:
            os.seteuid(0)
