"""TFRecord files of ``tf.train.Example`` with an encoded image and a label.

The features expected, by the two conventions in use: ``image`` and ``label`` (TensorFlow Datasets), or
``image/encoded`` and ``image/class/label`` (TF-Slim's ImageNet). The image is JPEG, PNG, BMP or GIF; the label one
int64; ``image/class/text``, where it is there, the class' name. Files whose names hold ``train`` train, those with
``test`` or ``val`` test; files named otherwise get the fixed split.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, NamedTuple

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.dataset import (
    Dataset,
    LabelledImages,
    checked_labels,
    class_count,
    expect_several,
    held_out,
    not_used,
    spelt,
    whole,
)
from resnet_dsl.laboratory.data.decoding import Encoded, expect_channels, on_demand
from resnet_dsl.laboratory.data.images import expect_depth
from resnet_dsl.laboratory.data.limits import MOST_IMAGE_BYTES, is_hidden
from resnet_dsl.showing import line

FEATURES = (("image", "label"), ("image/encoded", "image/class/label"))
NAME = "image/class/text"
HEADER, TRAILER = 12, 4
"""Bytes around a record: its length (8) and the length's checksum (4) before it, its own checksum (4) behind it."""


class Record(NamedTuple):
    """Where one record's bytes lie."""

    path: Path
    start: int
    length: int

    def __str__(self) -> str:
        return f"{self.path} at byte {self.start:,}"

    def encoded(self) -> Encoded:
        """The image in it, whose bytes are read when they are asked for."""
        return Encoded(lambda: self.features()[0], str(self))

    def features(self) -> tuple[bytes, int, str]:
        """Image, label and the name of its class, "" where none is told."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                feature = tensorflow().train.Example.FromString(file.read(self.length)).features.feature
        except Exception as error:  # protobuf's DecodeError has no public home in all versions
            raise Failure(f"{self} is no tf.train.Example: {reason(error)}") from error
        for image, label in FEATURES:
            images, labels = feature[image].bytes_list.value, feature[label].int64_list.value
            if len(images) == len(labels) == 1:
                return images[0], int(labels[0]), spelt(b"".join(feature[NAME].bytes_list.value[:1]))
        found = ", ".join(sorted(name for name in feature if feature[name].WhichOneof("kind"))) or "none"
        expected = " or ".join(f"{image} and {label}" for image, label in FEATURES)
        raise Failure(f"{self} has the features {line(found)}; expected {expected}, one of each")


def recognised(path: Path) -> bool:
    """Whether this is a TFRecord file or a folder of such."""
    return bool(_files(path))


def _files(path: Path) -> list[Path]:
    entries = sorted(path.iterdir()) if path.is_dir() else [path]
    return [entry for entry in entries if ".tfrecord" in entry.name and not is_hidden(entry.name) and entry.is_file()]


def read(path: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    """The set in this file or folder. ``channels``: 1 reads grey images, 3 coloured ones, None goes by the first."""
    expect_channels(channels)
    files = _files(path)
    training = [file for file in files if "train" in file.name]
    testing = [file for file in files if "train" not in file.name and ("test" in file.name or "val" in file.name)]
    if bool(training) != bool(testing) or not training:
        training, testing = files, []
    first = _part(training, resize, channels)
    tested = _part(testing, resize, first.examples.images.shape[-1]) if testing else None
    if tested is not None:
        expect_depth(tested.bits, first.bits, str(testing[0]))
    learnt, held = (first.examples, tested.examples) if tested is not None else held_out(first.examples)
    expect_several(learnt.labels, held.labels, where=str(path))
    classes = class_count(learnt.labels, held.labels, where=str(path))
    names = first.names | (tested.names if tested is not None else {})
    class_names = tuple(names.get(label, str(label)) for label in range(classes))
    others = sorted({file.name for file in files} - {file.name for file in (*training, *testing)})
    return Dataset(path.name, str(path), learnt, held, class_names, notes=not_used(path, others))


class _Part(NamedTuple):
    """Examples, the names of their labels as far as the records tell them, and how deep the images are."""

    examples: LabelledImages
    names: dict[int, str]
    bits: int


def _part(files: list[Path], resize: tuple[int, ...] | None, channels: int | None) -> _Part:
    records = [record for file in files for record in _records(file)]
    if not records:
        raise Failure(f"{files[0]} holds no records")
    for file in files:
        _check_sums(file)
    contents = [record.features()[1:] for record in records]
    labels = checked_labels([label for label, _ in contents], len(records), str(files[0].parent))
    images, first = on_demand([record.encoded() for record in records], resize, channels)
    return _Part(whole(images.kept(), labels), {label: text for label, text in contents if text}, first.bits)


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
            if length > MOST_IMAGE_BYTES:
                raise Failure(f"{path}: the record at byte {at:,} has more than {MOST_IMAGE_BYTES // 1024**2} MiB")
            records.append(Record(path, at + HEADER, length))
            at += HEADER + length + TRAILER
    return records


def _check_sums(path: Path) -> None:
    """Every record beside its checksum, by TensorFlow; their lengths were looked at before."""
    tf = tensorflow()
    try:
        for _ in tf.data.TFRecordDataset(str(path)):
            pass
    except tf.errors.OpError as error:
        raise Failure(f"{path} is damaged: {reason(error)}", "fetch it again") from error


def tensorflow() -> Any:
    """TensorFlow, which reads these files whatever backend Keras runs on."""
    try:
        import tensorflow as tf
    except ImportError as error:
        raise MissingPackageError(["tensorflow"], "TFRecords are read by TensorFlow, which is not installed") from error
    return tf
