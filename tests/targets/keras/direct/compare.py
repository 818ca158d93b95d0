"""A file that is written without Keras, beside that of the model which Keras builds: ``python -m … NETWORK…``.

As a program it compares shipped networks by whichever Keras it finds; it prints their names, and fails at the first
difference.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import keras
import numpy as np

from resnet_dsl.pipeline import Compiled, load
from resnet_dsl.shipped import find
from resnet_dsl.targets.keras.building import room_for_depth
from resnet_dsl.targets.keras.fresh import is_fresh
from resnet_dsl.targets.keras.writing import write_by_keras, write_directly
from resnet_dsl.targets.request import Request
from resnet_dsl.weights.archive import CLASSES, CONFIG, GRAPH, WEIGHTS
from tests.targets.keras.sameness import assert_equal

_BESIDE = (GRAPH, CLASSES)


def assert_same_files(network: Compiled, request: Request, folder: Path) -> Any:
    """Both files hold the same, and plain Keras makes the same model of both. Returns that of the first."""
    paths = folder / "mine.keras", folder / "theirs.keras"
    mine = write_directly(network, str(paths[0]), request)
    assert mine == write_by_keras(network, str(paths[1]), request)
    assert [*map(is_fresh, paths)] == [request.saved is None] * 2
    archives = [zipfile.ZipFile(path) for path in paths]
    assert archives[0].namelist() == archives[1].namelist()
    for name in {*_BESIDE} & {*archives[0].namelist()}:
        assert archives[0].read(name) == archives[1].read(name)
    with (
        h5py.File(io.BytesIO(archives[0].read(WEIGHTS))) as one,
        h5py.File(io.BytesIO(archives[1].read(WEIGHTS))) as other,
    ):
        _assert_same_weights(one, other)
    if keras.__version__ == json.loads(archives[0].read("metadata.json"))["keras_version"]:
        assert _without_numbers(archives[0]) == _without_numbers(archives[1])
    return _assert_same_models(paths, network)


def _assert_same_weights(mine: Any, theirs: Any) -> None:
    told: list[dict[str, Any]] = [{}, {}]
    for file, found in zip((mine, theirs), told, strict=True):
        file.visititems(lambda name, one, found=found: found.update({name: (type(one), {**one.attrs})}))
    assert told[0] == told[1]
    for name, (kind, _) in told[0].items():
        if kind is h5py.Dataset:
            np.testing.assert_array_equal(mine[name][()], theirs[name][()], err_msg=name, strict=True)


def _without_numbers(archive: zipfile.ZipFile) -> Any:
    """Keras numbers what several layers share, which says nothing."""
    return json.loads(
        archive.read(CONFIG), object_hook=lambda one: {k: v for k, v in one.items() if k != "shared_object_id"}
    )


def _assert_same_models(paths: tuple[Path, Path], network: Compiled) -> Any:
    """Layer by layer, in configuration and connections, and to the bit in what they compute."""
    with room_for_depth(10 * len(network.graph.nodes)):
        mine, theirs = (keras.saving.load_model(path) for path in paths)
    assert_equal(theirs, mine)
    values = [_values(tensor.shape) for tensor in mine.inputs]
    given = values if len(values) > 1 else values[0]
    found = [keras.tree.flatten(model(given, training=False)) for model in (mine, theirs)]
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    return mine


def _values(shape: tuple[int | None, ...]) -> Any:
    known = (1, *(64 if length is None else length for length in shape[1:]))
    return np.random.default_rng(0).normal(size=known).astype("float32")


def main(names: list[str]) -> None:
    for name in names:
        path = find(name)
        assert path is not None, name
        with TemporaryDirectory() as folder:
            assert_same_files(load(path).compile(name), Request(seed=1), Path(folder))
        print(name, keras.__version__, flush=True)
        keras.utils.clear_session()


if __name__ == "__main__":
    main(sys.argv[1:])
