"""TFRecord files of ``tf.train.Example`` with an encoded image and a label.

The features expected, by the two conventions in use: ``image`` and ``label`` (TensorFlow Datasets), or
``image/encoded`` and ``image/class/label`` (TF-Slim's ImageNet). The image is JPEG, PNG, BMP or GIF; the label one
int64. Files whose names hold ``train`` train, those with ``test`` or ``val`` test; files named otherwise get the fixed
split.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.training.data.dataset import Dataset, Examples, checked_labels, class_count, held_out, whole
from resnet_dsl.training.data.images import Decoded, pooling

FEATURES = (("image", "label"), ("image/encoded", "image/class/label"))
HEADER, TRAILER = 12, 4
"""Bytes around a record: its length (8) and the length's checksum (4) before it, its own checksum (4) behind it."""


class Record(NamedTuple):
    """Where one record's bytes lie."""

    path: Path
    start: int
    length: int

    def __str__(self) -> str:
        return f"{self.path} at byte {self.start:,}"

    def content(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.length)


def recognised(path: Path) -> bool:
    """Whether this is a TFRecord file or a folder of such."""
    return bool(_files(path))


def _files(path: Path) -> list[Path]:
    entries = sorted(path.iterdir()) if path.is_dir() else [path]
    return [entry for entry in entries if ".tfrecord" in entry.name and entry.is_file()]


def read(path: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    """The set in this file or folder. ``channels``: 1 reads grey images, 3 coloured ones, None goes by the first."""
    files = _files(path)
    training = [file for file in files if "train" in file.name]
    testing = [file for file in files if "train" not in file.name and ("test" in file.name or "val" in file.name)]
    if bool(training) != bool(testing) or not training:
        training, testing = files, []
    first = _part(training, resize, channels)
    tested = _part(testing, resize, first.images.shape[-1]) if testing else None
    learnt, tested = (first, tested) if tested is not None else held_out(first)
    classes = class_count(learnt.labels, tested.labels, where=str(path))
    return Dataset(path.name, str(path), learnt, tested, classes)


def _part(files: list[Path], resize: tuple[int, ...] | None, channels: int | None) -> Examples:
    records = [record for file in files for record in _records(file)]
    if not records:
        raise Failure(f"{files[0]} holds no records")
    labels = checked_labels([_label(record) for record in records], len(records), str(files[0].parent))
    decode = _decoder(records, channels or 0)
    if resize is not None:
        decode = pooling(decode, resize)
    images = Decoded(len(records), decode(0).shape, decode, lambda row: str(records[row]))
    return whole(images.kept(), labels)


def _records(path: Path) -> list[Record]:
    """The records of one file, by their lengths alone; a file that ends within one is refused."""
    records, at, size = [], 0, path.stat().st_size
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            header = file.read(HEADER)
            length = struct.unpack("<Q", header[:8])[0] if len(header) == HEADER else size
            if at + HEADER + length + TRAILER > size:
                raise Failure(f"{path} is cut off, damaged or compressed: the record at byte {at:,} does not end in it")
            records.append(Record(path, at + HEADER, length))
            at += HEADER + length + TRAILER
    return records


def _features(record: Record) -> tuple[bytes, int]:
    tf = tensorflow()
    try:
        feature = tf.train.Example.FromString(record.content()).features.feature
    except Exception as error:  # protobuf's DecodeError has no public home in all versions
        raise Failure(f"{record} is no tf.train.Example: {error}") from error
    for image, label in FEATURES:
        if (
            image in feature
            and label in feature
            and feature[image].bytes_list.value
            and feature[label].int64_list.value
        ):
            return feature[image].bytes_list.value[0], int(feature[label].int64_list.value[0])
    found = ", ".join(sorted(feature)) or "none"
    raise Failure(f"{record} has the features {found}; expected " + " or ".join(f"{a} and {b}" for a, b in FEATURES))


def _label(record: Record) -> int:
    return _features(record)[1]


def _decoder(records: list[Record], channels: int) -> Callable[[int], NDArray[Any]]:
    """``channels`` 0 keeps those that the image has."""
    tf = tensorflow()

    def decode(row: int) -> NDArray[Any]:
        encoded, _ = _features(records[row])
        try:
            image: NDArray[np.uint8] = tf.io.decode_image(encoded, channels, expand_animations=False).numpy()
        except tf.errors.InvalidArgumentError as error:
            raise Failure(f"{records[row]} holds no JPEG, PNG, BMP or GIF") from error
        return image

    return decode


def tensorflow() -> Any:
    """TensorFlow, which reads these files whatever backend Keras runs on."""
    try:
        import tensorflow as tf
    except ImportError as error:
        raise Failure("TFRecords are read by TensorFlow, which is not installed", "pip install tensorflow") from error
    return tf
