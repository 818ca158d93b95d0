"""Files of the plain kind are read without h5py as they are with it; all others, and damaged ones, are left to it."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.keras.writing import write_directly
from resnet_dsl.targets.request import Request
from resnet_dsl.weights import hdf5, plain
from resnet_dsl.weights.archive import WEIGHTS
from resnet_dsl.weights.bounds import DamagedError

MOST = 2**26
SAVED = Path(__file__).parents[1] / "fixtures" / "0.1.0" / "small.keras"
"""By Keras itself."""


def _nameless(place: str) -> None:
    """No group of these files lacks its name."""


def _layers(found: tuple[Any, ...]) -> list[Any]:
    return [
        (one.name, one.place, [(it.name, it.kind, it.shape, bytes(it.read())) for it in one.arrays]) for one in found
    ]


def _assert_alike(content: bytes) -> None:
    assert _layers(plain.stored_layers(content, MOST, _nameless)) == _layers(
        hdf5.stored_layers(content, MOST, _nameless)
    )


def _by_keras() -> bytes:
    with zipfile.ZipFile(SAVED) as archive:
        return archive.read(WEIGHTS)


def _by_h5py(dtype: str = "<f4", **how: Any) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w", **how) as file:
        for layer in range(40):
            group = file.create_group(f"layers/conv2d_{layer}").create_group("vars")
            group.attrs["name"] = f"convölution{layer}"
            for number in range(layer % 13):
                group[str(number)] = np.arange(3 + layer, dtype=dtype).reshape(1, -1)
        file.create_group("optimizer").create_group("vars")["0"] = np.arange(3)
    return out.getvalue()


def test_what_keras_wrote() -> None:
    _assert_alike(_by_keras())


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8"])
def test_what_h5py_wrote(dtype: str) -> None:
    _assert_alike(_by_h5py(dtype))


def test_what_is_written_here(tmp_path: Path) -> None:
    text = "network n { input 8x8x3 stem { conv(4, 3) } stage s { 30 x basic(4) } head { avgpool(global) } }"
    write_directly(load_text(text).compile(), str(tmp_path / "n.keras"), Request(seed=0))
    with zipfile.ZipFile(tmp_path / "n.keras") as archive:
        _assert_alike(archive.read(WEIGHTS))


def test_the_process_that_reads_them_imports_neither_numpy_nor_h5py() -> None:
    """Which take longer to import than a file of a thousand blocks to read."""
    lines = (
        "import io, sys",
        "from resnet_dsl.weights.worker import answer",
        f"answer(open({str(SAVED)!r}, 'rb'), 'weights', io.BytesIO())",
        "print(*({'numpy', 'h5py'} & {*sys.modules}))",
    )
    ended = subprocess.run([sys.executable, "-c", "; ".join(lines)], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == ""


def _changed(change: Any) -> bytes:
    """A plain file with something else in it."""
    out = io.BytesIO(_by_h5py())
    with h5py.File(out, "r+") as file:
        change(file)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.create_dataset("layers/x/vars/0", data=np.zeros((64, 64), "f4"), compression="gzip"),
        lambda file: file.create_dataset("layers/x/vars/0", (8, 8), "f4", chunks=(4, 4)),
        lambda file: file.create_dataset("layers/x/vars/0", (4,), "f4"),
        lambda file: file.create_dataset("layers/x/vars/0", data=np.arange(3)),
        lambda file: file.create_dataset("layers/x/vars/0", data=np.arange(3, dtype=">f4")),
        lambda file: file.__setitem__("layers/x", h5py.SoftLink("/layers/conv2d_1")),
        lambda file: file.__setitem__("layers/x", file["layers/conv2d_1"]),
        lambda file: file.__setitem__("layers/x", h5py.ExternalLink("other.h5", "/layers")),
        lambda file: file.create_dataset("layers/x/vars/0", shape=(1,), dtype="f4", external=[("x.raw", 0, 4)]),
        lambda file: file["layers/conv2d_3/vars"].attrs.__setitem__("name", np.bytes_(b"short")),
        lambda file: file["layers/conv2d_3/vars"].attrs.__setitem__("more", 3),
        lambda file: file["layers/conv2d_3/vars/0"].attrs.__setitem__("dtype", "bfloat16"),
        lambda file: file.attrs.__setitem__("layer_names", ["a"]),
        lambda file: file.create_group("model_weights"),
        lambda file: file.create_group("layers/" + "/".join("abcdefghijklmnopqrstuvwxyz") + "/vars"),
    ],
)
def test_all_else_is_left_to_h5py(change: Any) -> None:
    with pytest.raises(plain.NotPlainError):
        plain.stored_layers(_changed(change), MOST, _nameless)


@pytest.mark.parametrize("version", ["earliest", "latest"])
def test_the_newest_format_is_left_to_h5py(version: str) -> None:
    content = _by_h5py(libver=(version, "latest"))
    if version == "earliest":
        _assert_alike(content)
    else:
        with pytest.raises(plain.NotPlainError):
            plain.stored_layers(content, MOST, _nameless)


def test_more_than_a_file_may_unpack_to_is_refused() -> None:
    with pytest.raises(DamagedError, match="100 are the most"):
        plain.stored_layers(_by_h5py(), 100, _nameless)


def test_damage_ends_well() -> None:
    """Whatever bytes are changed or cut off: the file is read within its bounds, or left to h5py."""
    content, random = _by_keras(), np.random.default_rng(0)
    places = np.flatnonzero(np.frombuffer(content, "u1"))
    for _ in range(400):
        damaged = bytearray(content)
        for place in random.choice(places, 3):
            damaged[place] = random.integers(256)
        if random.random() < 0.1:
            del damaged[random.integers(len(damaged)) :]
        try:
            _layers(plain.stored_layers(bytes(damaged), MOST, _nameless))
        except (plain.NotPlainError, DamagedError):
            continue


def test_a_tree_in_a_circle_ends(tmp_path: Path) -> None:
    content = bytearray(_by_keras())
    at = content.index(b"TREE")
    content[at + 32 : at + 40] = at.to_bytes(8, "little")
    with pytest.raises(plain.NotPlainError):
        plain.stored_layers(bytes(content), MOST, _nameless)
