"""``--data``: from what the user wrote to a data set, by what is found there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from resnet_dsl.diagnostics.nearest import asked, near_file, suggestion
from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.ir.sizes import beside, fits, multiples, rule, takes
from resnet_dsl.laboratory.data import cifar, folder, idx, npz, tfrecord
from resnet_dsl.laboratory.data.dataset import Dataset, numbers
from resnet_dsl.laboratory.data.images import InMemory
from resnet_dsl.laboratory.data.limits import expect_regular
from resnet_dsl.laboratory.data.named import NAMED, of_tensorflow

EXPECTED = (
    f"expected a folder with a folder of images ({', '.join(folder.SUFFIXES)}) for each class, CIFAR's archive or "
    "folder, MNIST's idx files, an .npz with x_train, or TFRecords"
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
        return _pooled(of_tensorflow(data.removeprefix("tfds:"), download), resize)
    path = Path(data).expanduser()
    with reading(path):
        return _from_path(path, resize, channels)


def expect_named(data: str) -> None:
    """Refuses what names no data set, nothing of which is read. Raises Failure."""
    path = Path(data).expanduser()
    if data not in NAMED and not data.startswith("tfds:"):
        with reading(path):
            expect_there(path)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises Failure for what keeps the block from reading the file or folder."""
    try:
        yield
    except MemoryError as error:
        raise Failure(f"{path} does not fit into this machine's memory") from error
    except ValueError as error:  # a name that no file can have, with a zero byte in it
        if "null byte" not in str(error) and "null character" not in str(error):
            raise
        raise _unknown(path) from error
    except PermissionError as error:
        raise Failure(f"no permission to read {error.filename or path}") from error
    except OSError as error:
        raise Failure(f"{error.filename or path} cannot be read: {error.strerror or error}") from error


def _pooled(dataset: Dataset, resize: tuple[int, ...] | None) -> Dataset:
    return dataset if resize is None else dataset.resized(resize)


def _from_path(path: Path, resize: tuple[int, ...] | None, channels: int | None) -> Dataset:
    expect_there(path)
    if path.suffix == ".npz":
        return _pooled(npz.read(path), resize)
    if path.is_dir() and idx.recognised(path):
        return _pooled(idx.read(path, path.name, str(path)), resize)
    if cifar.recognised(path):
        return _pooled(cifar.read(path), resize)
    if tfrecord.recognised(path):
        return tfrecord.read(path, resize, channels)
    if path.is_dir() and folder.recognised(path):
        return folder.read(path, resize, channels)
    if path.is_file() and idx.FILE_NAME.fullmatch(path.name):
        raise Failure(f"{path} is one of a set's files", f"give the folder: --data {path.parent}")
    raise Failure(f"{path} holds no data set that is known", EXPECTED)


def expect_there(path: Path) -> None:
    """Refuses what is neither a file nor a folder."""
    if not path.exists():
        raise _unknown(path)
    if not path.is_dir():
        expect_regular(path)


def _unknown(path: Path) -> Failure:
    near = near_file(str(path))
    found = asked(str(path), near) if near else suggestion(str(path), NAMED)
    return Failure(f"there is no file, folder or data set `{path}`", found or f"known by name: {', '.join(NAMED)}")


def fitted(
    dataset: Dataset,
    input_shape: Shape,
    classes: int,
    remedy: Callable[[int], str] = "--set classes={} (the name of the network's parameter may differ)".format,
    given: str | None = None,
) -> Dataset:
    """The set in the shape that the network takes, or a refusal that says what to change.

    Arrays without a channel axis get one where the network takes one channel. ``remedy`` says how the network comes to
    tell so many classes apart; ``given`` is the name of the input where arrays have names, which are never pooled.
    """
    shape = dataset.shape
    if len(shape) == len(input_shape) - 1 and input_shape[-1] == 1:
        dataset, shape = _with_channel(dataset), (*shape, 1)
    if not takes(input_shape, shape):
        told = f"{dataset.name} is {show(shape)}, the network takes {show(input_shape)}"
        raise Failure(told, _to_fit(shape, input_shape, given))
    if dataset.classes > classes:
        told = f"{dataset.name} has {dataset.classes} classes, the network tells {classes} apart"
        raise Failure(told, _renumbering(dataset) or remedy(dataset.classes))
    if dataset.classes < classes:
        more = f"the network tells {classes} classes apart, {dataset.name} has {dataset.classes}: "
        note = f"{more}the other outputs learn to stay away ({remedy(dataset.classes)})"
        dataset = replace(dataset, notes=(*dataset.notes, note))
    return dataset


def _renumbering(dataset: Dataset) -> str | None:
    """What to do about labels that count more classes than there are; None where they do not."""
    used = len(set(dataset.train.labels.tolist()) | set(dataset.test.labels.tolist()))
    if used == dataset.classes or dataset.class_names != numbers(dataset.classes):
        return None
    return f"of these {used} have examples: names, y = numpy.unique(y, return_inverse=True) numbers them without gaps"


def _to_fit(shape: tuple[int, ...], input_shape: Shape, given: str | None) -> str:
    """What to write. Arrays with channels first are never sent to ``--input``, which would convolve over them."""
    rank, option = len(input_shape), "--input " if given is None else f"--input {given}="
    if len(shape) == 1 and rank > 1:
        return "give the arrays their axes: x.reshape(count, height, width, channels)"
    if len(shape) == rank - 1:
        return f"give the arrays their channel axis, x[..., None], and the network {option}{show((*shape, 1))}"
    if _channels_first(shape, input_shape):
        axes = ", ".join(map(str, (0, *range(2, len(shape) + 1), 1)))
        return f"channels come last here, and these arrays seem to have them first: x.transpose({axes})"
    divisors = multiples(input_shape)
    if len(shape) == rank and not fits(shape, divisors):
        near = show(beside(shape, divisors)[0][:-1])
        return f"{rule(divisors)}: " + (f"--resize {near} pools them" if given is None else f"pool them to {near}")
    remedy = f"{option}{show(shape)} compiles the network for them"
    known = all(isinstance(length, int) for length in input_shape)
    if given is None and known and len(shape) == rank and shape[-1] == input_shape[-1]:
        remedy += f", --resize {show(input_shape[:-1])} pools them"
    return remedy


def _channels_first(shape: tuple[int, ...], input_shape: Shape) -> bool:
    """Whether the first axis has the network's channels, or as many as images have, and the last does not."""
    usual = {1, 2, 3, 4} if len(shape) > 2 else set()
    channels = {one for one in (input_shape[-1],) if isinstance(one, int)}
    return len(shape) > 1 and shape[0] in channels | usual and shape[-1] not in channels | usual


def _with_channel(dataset: Dataset) -> Dataset:
    train, test = (
        replace(part, images=part.images.with_channel()) if isinstance(part.images, InMemory) else part
        for part in (dataset.train, dataset.test)
    )
    return replace(dataset, train=train, test=test)
