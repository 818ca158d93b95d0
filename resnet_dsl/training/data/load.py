"""``--data``: from what the user wrote to a data set, by what is found there."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.training.data import cifar, folder, idx, npz, tfds, tfrecord
from resnet_dsl.training.data.dataset import Dataset
from resnet_dsl.training.data.images import InMemory
from resnet_dsl.training.data.named import NAMED

EXPECTED = (
    "expected a folder with a folder of images for each class, CIFAR's archive or folder, MNIST's idx files, "
    "an .npz with x_train, or TFRecords"
)


def load(
    data: str, *, resize: tuple[int, ...] | None = None, channels: int | None = None, download: bool = False
) -> Dataset:
    """The data set that ``data`` names: mnist5k, fashion-mnist, digits, tfds:NAME, or a path.

    ``resize`` pools the images (one length a spatial axis); ``channels`` tells image files whether to be read grey (1)
    or coloured (3). Raises Failure for whatever cannot be read.
    """
    if data in NAMED:
        return _pooled(NAMED[data](), resize)
    if data.startswith("tfds:"):
        return _pooled(tfds.read(data.removeprefix("tfds:"), download), resize)
    path = Path(data).expanduser()
    try:
        return _from_path(path, resize, channels)
    except PermissionError as error:
        raise Failure(f"no permission to read {error.filename or path}") from error
    except OSError as error:
        raise Failure(f"{error.filename or path} cannot be read: {error.strerror or error}") from error


def _pooled(dataset: Dataset, resize: tuple[int, ...] | None) -> Dataset:
    return dataset if resize is None else dataset.resized(resize)


def _from_path(path: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    if not path.exists():
        raise _unknown(path)
    if path.suffix == ".npz":
        return _pooled(npz.read(path), resize)
    if path.is_dir() and idx.recognised(path):
        return _pooled(idx.read(path, path.name, str(path)), resize)
    if cifar.recognised(path):
        return _pooled(cifar.read(path), resize)
    by_pixels: tuple[tuple[Callable[[Path], bool], Callable[..., Dataset]], ...] = (
        (tfrecord.recognised, tfrecord.read),
        (lambda found: found.is_dir() and folder.recognised(found), folder.read),
    )
    for recognised, read in by_pixels:
        if recognised(path):
            return read(path, resize, channels)
    if path.is_file() and idx.FILE_NAME.fullmatch(path.name):
        raise Failure(f"{path} is one of a set's files", f"give the folder: --data {path.parent}")
    raise Failure(f"{path} holds no data set that is known", EXPECTED)


def _unknown(path: Path) -> Failure:
    near = difflib.get_close_matches(str(path), NAMED, n=1)
    names = f"did you mean {near[0]}?" if near else f"known by name: {', '.join(NAMED)}"
    return Failure(f"there is no file, folder or data set `{path}`", names)


def fitted(dataset: Dataset, input_shape: Shape, classes: int) -> Dataset:
    """The set in the shape that the network takes, or a refusal that says what to change.

    Arrays without a channel axis get one where the network takes one channel.
    """
    shape = dataset.shape
    if len(shape) == len(input_shape) - 1 and input_shape[-1] == 1:
        dataset, shape = _with_channel(dataset), (*shape, 1)
    fits = len(shape) == len(input_shape) and all(
        not isinstance(wanted, int) or wanted == length for length, wanted in zip(shape, input_shape, strict=True)
    )
    if not fits:
        raise _misfit(dataset.name, shape, input_shape)
    if dataset.classes > classes:
        raise Failure(
            f"{dataset.name} has {dataset.classes} classes, the network tells {classes} apart",
            f"--set classes={dataset.classes} (the name of the network's parameter may differ)",
        )
    return dataset


def _misfit(name: str, shape: tuple[int, ...], input_shape: Shape) -> Failure:
    remedy = f"--input {show(shape)} compiles the network for them"
    known = all(isinstance(length, int) for length in input_shape)
    if known and len(shape) == len(input_shape) and shape[-1] == input_shape[-1]:
        remedy += f", --resize {show(input_shape[:-1])} pools them"
    return Failure(f"{name} is {show(shape)}, the network takes {show(input_shape)}", remedy)


def _with_channel(dataset: Dataset) -> Dataset:
    parts = (dataset.train, dataset.test)
    train, test = (
        replace(part, images=part.images.with_channel() if isinstance(part.images, InMemory) else part.images)
        for part in parts
    )
    return replace(dataset, train=train, test=test)
