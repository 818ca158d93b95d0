"""NumPy's archives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import load
from tests.laboratory.data.reading import by_row, images_of, refused

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_reads_both_parts(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    np.savez_compressed(
        tmp_path / "a.npz", x_train=images[:15], y_train=labels[:15], x_test=images[15:], y_test=labels[15:]
    )
    read = load(str(tmp_path / "a.npz"))
    np.testing.assert_array_equal(images_of(read.train), images[:15])
    np.testing.assert_array_equal(images_of(read.test), images[15:])
    np.testing.assert_array_equal(read.test.labels, labels[15:])


def test_reads_x_and_y_with_labels_in_a_column(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    np.savez(tmp_path / "a.npz", x=images / 255.0, y=labels[:, None])
    read = by_row(load(str(tmp_path / "a.npz")))
    np.testing.assert_allclose(read[7][0], images[7] / 255.0, rtol=1e-6)
    assert read[7][1] == labels[7]


def test_never_unpickles(tmp_path: Path, coloured: Made) -> None:
    harm = tmp_path / "harm"
    np.savez(tmp_path / "a.npz", x=np.array([Bomb(harm)], object), y=coloured[1][:1], allow_pickle=True)
    refused(tmp_path / "a.npz", "unpickled")
    assert not harm.exists()


@pytest.mark.parametrize("content", [b"PK", b"no archive", b"", b"\x93NUMPY\x01\x00"])
def test_nobody_is_told_to_load_what_may_run_code(tmp_path: Path, content: bytes) -> None:
    """NumPy takes whatever it does not know for a pickle, and says how to load it."""
    (tmp_path / "a.npz").write_bytes(content)
    failure = refused(tmp_path / "a.npz", "it is cut off, or no archive")
    np.savez(tmp_path / "b.npz", x=np.array([{}], object), y=np.zeros(1, int), allow_pickle=True)
    for one in (failure, refused(tmp_path / "b.npz", "may run any code")):
        assert "pickle" not in one.told().replace("unpickled", "")
        assert one.remedy


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"images": 0}, "expected x_train, y_train"),
        ({"x_train": 0, "y_train": 1, "x_test": 0}, "a.npz holds x_test, and y_test is missing"),
        ({"x_train": 0, "y_train": 1, "y_test": 0}, "a.npz holds y_test, and x_test is missing"),
        ({"x": 0, "y": -1}, "label -1 of image 0 is out of range"),
        ({"x": 0, "y": 0.5}, "labels of type float64; expected integers"),
        ({"x": 0, "y": np.eye(20)}, "expected one integer an image"),
    ],
)
def test_refuses_other_contents(tmp_path: Path, coloured: Made, arrays: dict[str, object], words: str) -> None:
    images, _ = coloured
    values = {name: images if name[0] in "xi" else label * np.ones(20, type(label)) for name, label in arrays.items()}
    if isinstance(arrays.get("y"), np.ndarray):
        values["y"] = arrays["y"]
    np.savez(tmp_path / "a.npz", **values)
    refused(tmp_path / "a.npz", words)


def test_refuses_images_of_two_sizes_and_wrong_numbers(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images[:, :16], y_test=labels)
    refused(tmp_path / "a.npz", "the images differ in size: 32x32x3 to train, 16x32x3 to test")
    wrong = images.astype(np.float32)
    wrong[3, 2, 1] = np.nan
    np.savez(tmp_path / "b.npz", x=wrong, y=labels)
    refused(tmp_path / "b.npz", "not finite")


def test_refuses_truncated_and_foreign_files(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    np.savez(tmp_path / "a.npz", x=images, y=labels)
    whole = (tmp_path / "a.npz").read_bytes()
    for number, content in enumerate((whole[:-30], whole[: len(whole) // 2], b"", b"no archive at all")):
        (tmp_path / f"cut{number}.npz").write_bytes(content)
        refused(tmp_path / f"cut{number}.npz", f"cut{number}.npz cannot be read as .npz")


def test_refuses_parts_of_two_kinds_of_numbers(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images / 255, y_test=labels)
    refused(tmp_path / "a.npz", "the images differ in type: uint8 to train, float64 to test")
