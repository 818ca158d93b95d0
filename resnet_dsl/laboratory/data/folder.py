"""Folders with a folder of images for each class, in the order of ``keras.utils.image_dataset_from_directory``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data.dataset import Dataset, LabelledImages, checked_labels, held_out, not_used, spelt, whole
from resnet_dsl.laboratory.data.decoding import Encoded, expect_channels, header, on_demand
from resnet_dsl.laboratory.data.images import different_sizes, expect_depth
from resnet_dsl.laboratory.data.limits import is_hidden
from resnet_dsl.sentences import plural
from resnet_dsl.showing import line

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
TEST_NAMES = ("test", "val", "validation")
LITTER = ("thumbs.db", "desktop.ini")
"""What Windows leaves in folders; that of other systems is hidden."""


def recognised(folder: Path) -> bool:
    """Whether folders in this one hold images, or it holds such folders for training and testing."""
    inner = folder / "train" if (folder / "train").is_dir() else folder
    return any(_is_image(file.name) for entry in inner.iterdir() if entry.is_dir() for file in entry.iterdir())


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def read(folder: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    """The set in this folder: its folders train and test (or val, validation), or else the fixed split.

    ``channels`` is what the network takes: 1 reads grey images, 3 coloured ones; None goes by the first image.
    """
    expect_channels(channels)
    train = folder / "train"
    if not train.is_dir():
        found = _listed(folder)
        learnt, tested = held_out(_examples(found, resize, channels))
        return Dataset(folder.name, str(folder), learnt, tested, found.classes, notes=found.notes)
    test = next((folder / name for name in TEST_NAMES if (folder / name).is_dir()), None)
    if test is None:
        raise Failure(f"{folder} has a folder `train`, but none of {', '.join(TEST_NAMES)}")
    return _of_two(folder, _listed(train), _listed(test), resize, channels)


def images_in(places: list[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """The images that these files and folders are or hold, in order, and what is to be said of what was left out.

    A file is taken as it is named; of folders, what is called like an image. Raises Failure where a folder holds none.
    """
    images: list[Path] = []
    notes: list[str] = []
    for place in places:
        if not place.is_dir():
            images.append(place)
            continue
        found, others = _files(place)
        if not found:
            raise Failure(f"{place} has no images ({', '.join(SUFFIXES)})")
        images += found
        notes += _notes(place, others)
    return images, tuple(notes)


class _Listed(NamedTuple):
    """Images with their labels, the names of the classes, and what is to be said of files that are not among them."""

    folder: Path
    stored: list[Encoded]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    notes: tuple[str, ...]


def _of_two(
    folder: Path, train: _Listed, test: _Listed, resize: tuple[int, ...] | None, channels: int | None
) -> Dataset:
    if train.classes != test.classes:
        odd = sorted(set(train.classes) ^ set(test.classes))[0]
        raise Failure(f"{folder}: the class `{line(odd)}` is in only one of {train.folder.name} and {test.folder.name}")
    expect_depth(header(test.stored[0]).bits, header(train.stored[0]).bits, test.stored[0].name)
    learnt = _examples(train, resize, channels)
    tested = _examples(test, resize, learnt.images.shape[-1])
    if learnt.images.shape != tested.images.shape:
        raise different_sizes(f"those of {test.folder}", tested.images.shape, learnt.images.shape)
    folders = {entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."}
    notes = (*train.notes, *test.notes, *not_used(folder, sorted(folders - {train.folder.name, test.folder.name})))
    return Dataset(folder.name, str(folder), learnt, tested, train.classes, notes=notes)


def _listed(folder: Path) -> _Listed:
    classes = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not is_hidden(entry.name))
    if len(classes) < 2:
        names = "".join(f", `{line(name)}`" for name in classes)
        raise Failure(f"{folder} has {'a single' if classes else 'no'} class{names}; there is nothing to tell apart")
    stored: list[Encoded] = []
    labels: list[int] = []
    others: list[Path] = []
    for label, name in enumerate(classes):
        images, odd = _files(folder / name)
        if not images:
            raise Failure(f"{folder}: the class `{line(name)}` has no images ({', '.join(SUFFIXES)})")
        stored += [Encoded(path, str(path)) for path in images]
        labels += [label] * len(images)
        others += odd
    spelled = tuple(spelt(os.fsencode(name)) for name in classes)
    return _Listed(folder, stored, np.asarray(labels), spelled, tuple(_notes(folder, others)))


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    """(the images in a folder and the folders in it, the other files), by name. Links to folders are not followed."""
    found: list[tuple[str, str]] = []
    pending = [str(folder)]
    while pending:
        place = pending.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    found.append((place, entry.name))
    paths = [Path(place, name) for place, name in sorted(found)]
    visible = [path for path in paths if not any(map(is_hidden, path.relative_to(folder).parts))]
    images = [path for path in visible if _is_image(path.name)]
    return images, sorted(set(paths) - set(images))


def _notes(folder: Path, others: list[Path]) -> Iterator[str]:
    """What was left out and might be missed: hidden files that are called like images, and files of other kinds."""
    hidden = [path for path in others if _is_image(path.name)]
    if hidden:
        yield f"{folder}: {_counted(hidden)} left out, hidden: {line(hidden[0].name)}"
    visible = [path for path in others if path.name.lower() not in LITTER and not is_hidden(path.name)]
    strange = [path for path in visible if not _is_image(path.name)]
    if strange:
        kinds = Counter(path.suffix.lower() or "no ending" for path in strange)
        listed = ", ".join(line(kind) for kind, _ in kinds.most_common(3))
        yield f"{folder}: {_counted(strange)} left out, no {', '.join(SUFFIXES)}: {listed}"


def _counted(files: list[Path]) -> str:
    return f"{len(files):,} {plural('file', len(files))}"


def _examples(listed: _Listed, resize: tuple[int, ...] | None, channels: int | None) -> LabelledImages:
    if resize is None:
        _expect_one_size(listed.stored, channels)
    images, _ = on_demand(listed.stored, resize, channels)
    return whole(images.kept(), checked_labels(listed.labels, len(listed.stored), str(listed.folder)))


def _expect_one_size(stored: list[Encoded], channels: int | None) -> None:
    """By the images' headers alone."""
    first = header(stored[0])
    depth = channels or (1 if first.grey else 3)
    for one in stored:
        size = header(one).size
        if size != first.size:
            raise different_sizes(one.name, (*size, depth), (*first.size, depth))
