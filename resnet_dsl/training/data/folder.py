"""Folders with a folder of images for each class, as ``keras.utils.image_dataset_from_directory`` reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.training.data.dataset import Dataset, Examples, checked_labels, held_out, whole
from resnet_dsl.training.data.images import Decoded, different_sizes, pooling

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
TEST_NAMES = ("test", "val", "validation")
MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}


def recognised(folder: Path) -> bool:
    """Whether folders in this one hold images, or it holds such folders for training and testing."""
    inner = folder / "train" if (folder / "train").is_dir() else folder
    return any(_is_image(file) for entry in inner.iterdir() if entry.is_dir() for file in entry.iterdir())


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def read(folder: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    """The set in this folder: its folders train and test (or val, validation), or else the fixed split.

    ``channels`` is what the network takes: 1 reads grey images, 3 coloured ones; None goes by the first image.
    """
    train = folder / "train"
    if not train.is_dir():
        examples, names = _part(folder, resize, channels)
        learnt, tested = held_out(examples)
        return Dataset(folder.name, str(folder), learnt, tested, len(names))
    test = next((folder / name for name in TEST_NAMES if (folder / name).is_dir()), None)
    if test is None:
        raise Failure(f"{folder} has a folder `train`, but none of {', '.join(TEST_NAMES)}")
    learnt, names = _part(train, resize, channels)
    tested, test_names = _part(test, resize, learnt.images.shape[-1])
    if names != test_names:
        odd = sorted(set(names) ^ set(test_names))[0]
        raise Failure(f"{folder}: the class `{odd}` is in only one of {train.name} and {test.name}")
    if learnt.images.shape != tested.images.shape:
        raise different_sizes(f"those of {test}", tested.images.shape, learnt.images.shape)
    return Dataset(folder.name, str(folder), learnt, tested, len(names))


def _part(folder: Path, resize: tuple[int, ...] | None, channels: int | None) -> tuple[Examples, list[str]]:
    paths, labels, names = _listed(folder)
    if len(names) < 2:
        raise Failure(f"{folder} has a single class, `{names[0]}`; there is nothing to tell apart")
    empty = set(range(len(names))) - set(labels.tolist())
    if empty:
        raise Failure(f"{folder}: the class `{names[min(empty)]}` has no images")
    channels = channels or _channels(paths[0])
    decode, size = _decoder(paths, channels), resize or _one_size(paths, channels)
    if resize is not None:
        decode = pooling(decode, resize)
    images = Decoded(len(paths), (*size, channels), decode, paths.__getitem__)
    return whole(images.kept(), checked_labels(labels, len(paths), str(folder))), names


def _listed(folder: Path) -> tuple[list[str], NDArray[np.int64], list[str]]:
    """Files, labels and class names, in the order that Keras gives them: by name."""
    import keras

    try:
        listed = keras.utils.image_dataset_from_directory(
            str(folder), label_mode="int", shuffle=False, batch_size=None, image_size=(1, 1), verbose=False
        )
    except ValueError as error:
        raise Failure(f"{folder}: {error}") from error
    names = list(listed.class_names)
    numbers = {name: number for number, name in enumerate(names)}
    labels = [numbers[Path(path).relative_to(folder).parts[0]] for path in listed.file_paths]
    return list(listed.file_paths), np.asarray(labels, np.int64), names


def _decoder(paths: list[str], channels: int) -> Callable[[int], NDArray[Any]]:
    import keras

    def decode(row: int) -> NDArray[Any]:
        try:
            image = keras.utils.load_img(paths[row], color_mode=MODES[channels])
            array: NDArray[Any] = keras.utils.img_to_array(image, data_format="channels_last", dtype="uint8")
        except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError on some damaged PNGs
            raise _unreadable(paths[row], error) from error
        return array

    if channels not in MODES:
        raise Failure(f"image files have 1, 3 or 4 channels, the network's input has {channels}")
    return decode


def _unreadable(path: str, error: Exception) -> Failure:
    if isinstance(error, PermissionError):
        return Failure(f"no permission to read {path}")
    return Failure(f"{path} cannot be read as an image: {error}")


def _channels(path: str) -> int:
    return {"1": 1, "L": 1}.get(_opened(path)[1], 3)


def _one_size(paths: list[str], channels: int) -> tuple[int, int]:
    """Height and width of all images, by their headers alone."""
    expected = _opened(paths[0])[0]
    for path in paths:
        found = _opened(path)[0]
        if found != expected:
            raise different_sizes(path, (*found, channels), (*expected, channels))
    return expected


def _opened(path: str) -> tuple[tuple[int, int], str]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            return (image.height, image.width), str(image.mode)
    except (OSError, SyntaxError) as error:
        raise _unreadable(path, error) from error
