"""The HDF5 that is written here, read by h5py: names, order, attributes and every bit, at every size of a tree."""

from __future__ import annotations

import io
from typing import Any

import h5py
import numpy as np
import pytest

from resnet_dsl.targets.keras.direct.hdf5 import Hdf5File, Hdf5Group, Shape


def _written(root: Hdf5Group, arrays: list[Any]) -> tuple[bytes, Any]:
    out = io.BytesIO()
    file = Hdf5File(root)
    file.write(out, arrays)
    assert len(out.getvalue()) == file.size
    return out.getvalue(), h5py.File(io.BytesIO(out.getvalue()))


def _drawn(shapes: list[Shape]) -> list[Any]:
    random = np.random.default_rng(0)
    return [random.normal(size=shape).astype("<f4") for shape in shapes]


@pytest.mark.parametrize("count", [0, 1, 8, 9, 256, 257, 8192, 8193])
def test_a_group_of_any_size(count: int) -> None:
    """One leaf, several; one tree node, several, and three levels of them."""
    arrays = _drawn([(1 + number % 3,) for number in range(count)])
    names = [f"array_{number}" for number in range(count)]
    shapes = {name: array.shape for name, array in zip(names, arrays, strict=True)}
    _, file = _written(Hdf5Group({"all": Hdf5Group(shapes, "label")}), arrays)
    assert [*file["all"]] == sorted(names)
    for name, array in [*zip(names, arrays, strict=True)][:: max(1, count // 50)]:
        np.testing.assert_array_equal(file["all"][name][()], array, strict=True)
    assert "array" not in file["all"]
    assert file["all"].attrs["name"] == "label"


@pytest.mark.parametrize("shape", [(1,), (2,), (3, 5), (7, 7, 3, 64), (1, 1, 1, 1, 9)])
def test_an_array_of_any_shape(shape: Shape) -> None:
    """In front of another one: what has an odd number of numbers is filled up."""
    arrays = _drawn([shape, (4,)])
    _, file = _written(Hdf5Group({"one": shape, "other": (4,)}), arrays)
    for name, array in zip(("one", "other"), arrays, strict=True):
        assert (file[name].dtype, file[name].fillvalue, file[name].maxshape) == (np.dtype("<f4"), 0, array.shape)
        np.testing.assert_array_equal(file[name][()], array, strict=True)


def test_names_of_any_length_and_number() -> None:
    labels = (
        ["é" * number + f"{number}" for number in range(1, 400)] + ["x" * 5_000] + [f"n{one}" for one in range(2_000)]
    )
    groups = {f"g{number}": Hdf5Group({}, label) for number, label in enumerate(labels)}
    _, file = _written(Hdf5Group(groups), [])
    assert [file[f"g{number}"].attrs["name"] for number in range(len(labels))] == labels


def test_it_is_what_h5py_writes() -> None:
    """The same objects, types and attributes, as the library itself tells them."""
    arrays = _drawn([(3, 3, 2, 4), (4,)])
    _, mine = _written(
        Hdf5Group(
            {"layers": Hdf5Group({"conv2d": Hdf5Group({"vars": Hdf5Group({"0": (3, 3, 2, 4), "1": (4,)}, "conv")})})}
        ),
        arrays,
    )
    theirs = h5py.File(io.BytesIO(), "w")
    variables = theirs.create_group("layers/conv2d").create_group("vars")
    variables.attrs["name"] = "conv"
    for number, array in enumerate(arrays):
        variables[str(number)] = array
    assert _told(mine) == _told(theirs)


def _told(file: Any) -> list[Any]:
    found: list[Any] = []

    def visit(name: str, one: Any) -> None:
        told = (one.dtype, one.shape, one.chunks, one.id.get_type().encode()) if isinstance(one, h5py.Dataset) else ()
        attributes = {key: (value, one.attrs.get_id(key).get_type().encode()) for key, value in one.attrs.items()}
        found.append((name, type(one), *told, attributes))

    file.visititems(visit)
    return found


def test_it_is_the_same_file_again() -> None:
    root, arrays = Hdf5Group({"a": Hdf5Group({"0": (3,)}, "a"), "b": (2, 2)}), _drawn([(3,), (2, 2)])
    assert _written(root, arrays)[0] == _written(root, arrays)[0]


def test_too_few_or_too_many_arrays_are_no_file() -> None:
    for arrays in ([], _drawn([(2,), (2,)])):
        with pytest.raises(ValueError, match="zip"):
            _written(Hdf5Group({"a": (2,)}), arrays)
