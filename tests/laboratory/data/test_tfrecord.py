"""TFRecords, written by TensorFlow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import load
from tests.laboratory.data.reading import by_row, images_of, refused

tf = pytest.importorskip("tensorflow")
Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def feature(value: bytes | int) -> object:
    if isinstance(value, bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def put(path: Path, made: Made, names: tuple[str, str] = ("image", "label"), options: str = "") -> Path:
    with tf.io.TFRecordWriter(str(path), options) as writer:
        for image, label in zip(*made, strict=True):
            values = dict(zip(names, (tf.io.encode_png(image).numpy(), int(label)), strict=True))
            features = tf.train.Features(feature={name: feature(value) for name, value in values.items()})
            writer.write(tf.train.Example(features=features).SerializeToString())
    return path


@pytest.mark.parametrize("names", [("image", "label"), ("image/encoded", "image/class/label")])
def test_reads_one_file(tmp_path: Path, coloured: Made, names: tuple[str, str]) -> None:
    read = load(str(put(tmp_path / "all.tfrecord", coloured, names)))
    assert (read.shape, read.classes) == ((32, 32, 3), 10)
    for row, (image, label) in by_row(read).items():
        np.testing.assert_array_equal(image, coloured[0][row])
        assert label == coloured[1][row]


def test_reads_shards_by_name(tmp_path: Path, coloured: Made) -> None:
    images, labels = coloured
    put(tmp_path / "set-train.tfrecord-00000-of-00002", (images[:9], labels[:9]))
    put(tmp_path / "set-train.tfrecord-00001-of-00002", (images[9:15], labels[9:15]))
    put(tmp_path / "set-test.tfrecord-00000-of-00001", (images[15:], labels[15:]))
    read = load(str(tmp_path))
    np.testing.assert_array_equal(images_of(read.train), images[:15])
    np.testing.assert_array_equal(images_of(read.test), images[15:])


def test_refuses_truncated_and_compressed_files(tmp_path: Path, coloured: Made) -> None:
    path = put(tmp_path / "a.tfrecord", coloured)
    whole = path.read_bytes()
    for cut in (1, 100, len(whole) // 2 + 7, len(whole) - 5):
        path.write_bytes(whole[:-cut])
        refused(path, "a.tfrecord is cut off")
    refused(put(tmp_path / "b.tfrecord", coloured, options="GZIP"), "compressed")


def test_refuses_other_features(tmp_path: Path, coloured: Made) -> None:
    refused(
        put(tmp_path / "a.tfrecord", coloured, ("picture", "label")), "has the features label, picture; expected image"
    )
    path = tmp_path / "b.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(b"\xff\xff\xff no example")
    refused(path, "is no tf.train.Example")


def test_refuses_images_of_two_sizes(tmp_path: Path, coloured: Made) -> None:
    images = [*coloured[0][:10], *coloured[0][10:, :16]]
    path = put(tmp_path / "a.tfrecord", (images, coloured[1]))  # type: ignore[arg-type]
    refused(path, "the images differ in size", "16x32x3")
    assert load(str(path), resize=(8, 8)).shape == (8, 8, 3)


def test_refuses_one_class(tmp_path: Path, coloured: Made) -> None:
    refused(put(tmp_path / "a.tfrecord", (coloured[0], coloured[1] * 0)), "all images are of one class")


def flipped(path: Path, at: int) -> Path:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))
    return path


def test_checksums_are_looked_at(tmp_path: Path, coloured: Made) -> None:
    put(tmp_path / "a.tfrecord", coloured)
    refused(flipped(tmp_path / "a.tfrecord", 200), "a.tfrecord is damaged")


def test_images_keep_all_bits_and_names_are_kept(tmp_path: Path) -> None:
    values = np.array([5000, 60000], np.uint16).repeat(8).reshape(2, 4, 2, 1)
    path = tmp_path / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for number in range(10):
            values_of = {
                "image/encoded": tf.io.encode_png(values[number % 2]).numpy(),
                "image/class/label": number % 2,
                "image/class/text": (b"caf\xe9", b"dog")[number % 2],
            }
            features = tf.train.Features(feature={name: feature(value) for name, value in values_of.items()})
            writer.write(tf.train.Example(features=features).SerializeToString())
    read = load(str(path), channels=1)
    assert read.class_names == ("caf\\udce9", "dog")
    assert set(np.unique(images_of(read.train))) == {5000, 60000}


def test_hidden_files_are_left_out_and_others_said(tmp_path: Path, coloured: Made) -> None:
    for name in ("train", "test", "more"):
        put(tmp_path / f"{name}.tfrecord", coloured)
    (tmp_path / "._train.tfrecord").write_bytes(b"\0\5\x16\7")
    assert load(str(tmp_path)).notes == (f"{tmp_path}: not used: more.tfrecord",)
