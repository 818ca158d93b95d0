"""Sets for networks of several inputs or outputs: what each input takes, and the labels of each output, by name.

In an ``.npz`` the array of an input or output has its name: ``left``, or ``left_train`` and ``left_test``. ``y`` are
the labels of every output that has none of its own, and ``x`` is what the only input takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.ir.lengths import Shape, show
from resnet_dsl.laboratory.data import npz
from resnet_dsl.laboratory.data.assemble import from_arrays
from resnet_dsl.laboratory.data.dataset import Dataset, not_used
from resnet_dsl.laboratory.data.images import Images
from resnet_dsl.laboratory.data.load import fitted
from resnet_dsl.sentences import listed
from resnet_dsl.showing import line

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NamedExamples:
    """``rows`` picks the examples, in order, out of the images of every input; ``labels`` by output, shape (count,)."""

    images: Mapping[str, Images]
    rows: Rows
    labels: Mapping[str, Rows]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def in_memory(self) -> bool:
        return all(images.in_memory for images in self.images.values())

    def read(self, picks: Rows) -> dict[str, NDArray[np.float32]]:
        """What each input takes of the examples at these positions, shape (picks, *shape)."""
        return {name: images.read(self.rows[picks]) for name, images in self.images.items()}

    def targets(self, picks: Rows) -> dict[str, Rows]:
        """The labels of each output, shape (picks,)."""
        return {name: labels[picks] for name, labels in self.labels.items()}


@dataclass(frozen=True, eq=False)
class NamedDataset:
    """One set an input, of which the images count, and one an output, of which the labels do; all of equal length."""

    name: str
    source: str
    inputs: Mapping[str, Dataset]
    outputs: Mapping[str, Dataset]
    notes: tuple[str, ...] = ()

    @property
    def train(self) -> NamedExamples:
        return self._part("train")

    @property
    def test(self) -> NamedExamples:
        return self._part("test")

    def _part(self, part: str) -> NamedExamples:
        inputs = {name: getattr(one, part) for name, one in self.inputs.items()}
        labels = {name: getattr(one, part).labels for name, one in self.outputs.items()}
        rows = next(iter(inputs.values())).rows
        return NamedExamples({name: one.images for name, one in inputs.items()}, rows, labels)

    @property
    def class_names(self) -> dict[str, tuple[str, ...]]:
        """By output."""
        return {name: one.class_names for name, one in self.outputs.items()}

    @property
    def mirrors(self) -> bool:
        """Whether mirrored images keep their meaning."""
        return all(one.mirrors for one in self.inputs.values())

    @property
    def described(self) -> str:
        """One line: the name, the source, shapes, classes and counts."""
        shapes = ", ".join(f"{name} {show(one.shape)}" for name, one in self.inputs.items())
        classes = ", ".join(f"{name} {one.classes} classes" for name, one in self.outputs.items())
        counts = f"{len(self.train):,} examples to train, {len(self.test):,} to test"
        return f"{self.name} ({self.source}): {shapes} -> {classes}; {counts}"

    def remarks(self) -> tuple[str, ...]:
        """Sentences on what a reader would not expect, as of any set; what is about one output names it."""
        inputs = (note for one in self.inputs.values() for note in one.notes)
        outputs = (f"`{name}`: {remark}" for name, one in self.outputs.items() for remark in one.remarks())
        return tuple(dict.fromkeys((*self.notes, *inputs, *outputs)))

    def limited(self, count: int) -> NamedDataset:
        """The same set with ``count`` of its training examples, evenly spaced over the order they are stored in."""
        inputs, outputs = (
            {name: one.limited(count) for name, one in sets.items()} for sets in (self.inputs, self.outputs)
        )
        return replace(self, inputs=inputs, outputs=outputs)

    def digest(self) -> str:
        """What tells this set from another: SHA-256 over names, shapes, labels, rows and images."""
        digest = hashlib.sha256()
        for name, one in self.inputs.items():
            digest.update(f"{name!r} {one.digest()} ".encode())
        for name, one in self.outputs.items():
            digest.update(f"{name!r} {one.classes} ".encode() + one.train.labels.tobytes() + one.test.labels.tobytes())
        return digest.hexdigest()


def of_one_input(dataset: Dataset, given: str, outputs: Mapping[str, int], remedy: Remedy) -> NamedDataset:
    """A usual set, whose labels are those of every output; ``outputs``: how many classes each tells apart."""
    labels = {name: fitted(dataset, dataset.shape, count, remedy(name)) for name, count in outputs.items()}
    return NamedDataset(
        dataset.name, dataset.source, {given: replace(dataset, notes=())},
        {name: replace(one, notes=one.notes[len(dataset.notes) :]) for name, one in labels.items()}, dataset.notes,
    )  # fmt: skip


Remedy = Callable[[str], Callable[[int], str]]
"""For an output: from how many classes there are to what makes it tell so many apart."""


def read(path: Path, inputs: Mapping[str, Shape], outputs: Mapping[str, int], remedy: Remedy) -> NamedDataset:
    """The set in an ``.npz``, in the shapes that the inputs take; ``outputs``: how many classes each tells apart.

    Raises Failure where an array is missing or does not fit. Pickled objects in the file are never loaded.
    """
    found = _Found(path, inputs, outputs)
    parts = {name: found.part(name) for name in (*inputs, *outputs)}
    _check_lengths(path, parts)
    labels = {name: _labels(found, name, parts[name]) for name in outputs}
    first = parts[next(iter(outputs))]
    given = {name: _given(found, name, parts[name], first, shape) for name, shape in inputs.items()}
    told = {name: fitted(one, one.shape, outputs[name], remedy(name)) for name, one in labels.items()}
    return NamedDataset(path.name, str(path), given, told, not_used(path, found.unused))


class _Part(NamedTuple):
    """The array of a name as it stands in a file: to train, and to test where there are such examples."""

    key: str
    train: NDArray[Any]
    test: NDArray[Any] | None


class _Found:
    """The arrays of an ``.npz`` for these inputs and outputs."""

    def __init__(self, path: Path, inputs: Mapping[str, Shape], outputs: Mapping[str, int]) -> None:
        self.path, self.own = path, {*inputs, *outputs}
        self.usual = {name: "y" for name in outputs if "y" not in self.own}
        self.usual |= {name: "x" for name in inputs if len(inputs) == 1 and "x" not in self.own}
        names = dict.fromkeys([*inputs, *outputs, *self.usual.values()])
        known = [f"{name}{part}" for name in names for part in ("", "_train", "_test")]
        self.arrays, self.others = npz.arrays(path, (*known, npz.NAMES))
        self.used: set[str] = set()

    @property
    def unused(self) -> list[str]:
        return sorted({*self.arrays, *self.others} - self.used)

    def part(self, name: str) -> _Part:
        """That of an input or output. Raises Failure where there is none."""
        for stem in dict.fromkeys((name, self.usual.get(name, name))):
            for key in (f"{stem}_train", stem):
                if key in self.arrays and (key == stem or key not in self.own):
                    return self._taken(stem, key)
        held = line(", ".join(sorted([*self.arrays, *self.others]))) or "nothing"
        usual = f", or `{self.usual[name]}`" if name in self.usual else ""
        remedy = f"give it `{name}`, or `{name}_train` and `{name}_test`{usual}"
        raise Failure(f"{self.path} holds {held}, and nothing for `{name}`", remedy)

    def _taken(self, stem: str, key: str) -> _Part:
        test = f"{stem}_test"
        self.used |= {key, test} - (self.own & {test})
        return _Part(stem, self.arrays[key], None if test in self.own else self.arrays.get(test))

    def class_names(self, part: _Part) -> tuple[str, ...] | None:
        """Those of the labels that all outputs have in common."""
        if part.key != "y":
            return None
        self.used.add(npz.NAMES)
        return npz.class_names(self.arrays, self.path)


def _check_lengths(path: Path, parts: Mapping[str, _Part]) -> None:
    flat = [name for name, part in parts.items() if 0 in (part.train.ndim, 1 if part.test is None else part.test.ndim)]
    if flat:
        raise Failure(f"{path}: `{flat[0]}` is a single number; expected one entry an example")
    tested = {name: part.test is not None for name, part in parts.items()}
    if len({*tested.values()}) > 1:
        lacking = [name for name, has in tested.items() if not has]
        raise Failure(f"{path} has examples to test, but none for {listed(lacking)}", "give every name its `…_test`")
    for which in ("train", "test") if all(tested.values()) else ("train",):
        counts = {name: len(getattr(part, which)) for name, part in parts.items()}
        if len({*counts.values()}) > 1:
            told = ", ".join(f"`{name}` {count:,}" for name, count in counts.items())
            raise Failure(f"{path}: the numbers of examples to {which} differ: {told}", "give every name as many")


def _labels(found: _Found, name: str, part: _Part) -> Dataset:
    """The labels of an output, as a set whose images are of no account."""
    train, test = (
        (np.zeros((len(one), 1), np.uint8), one) for one in (part.train, part.train if part.test is None else part.test)
    )
    where = f"{found.path.name}, `{name}`"
    return from_arrays(where, str(found.path), train, None if part.test is None else test, found.class_names(part))


def _given(found: _Found, name: str, part: _Part, labels: _Part, shape: Shape) -> Dataset:
    """What an input takes, as a set with the labels of some output."""
    test = None if part.test is None or labels.test is None else (part.test, labels.test)
    names = found.class_names(labels)
    dataset = from_arrays(f"{found.path.name}, `{name}`", str(found.path), (part.train, labels.train), test, names)
    return fitted(dataset, shape, dataset.classes, given=name)
