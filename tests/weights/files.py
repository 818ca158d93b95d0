"""Small files of weights, made by hand: with h5py and zipfile, without Keras."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

CONFIG = {
    "class_name": "Functional",
    "config": {
        "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "input"}},
            {"module": "keras.layers", "class_name": "Conv2D", "config": {"name": "first"}},
            {"module": "keras.src.ops.numpy", "class_name": "Conv2D", "config": {"name": "no_layer"}},
            {"module": "keras.layers", "class_name": "Conv2D", "config": {"name": "second"}},
            {"module": "keras.layers", "class_name": "Dense", "config": {"name": "last"}},
        ]
    },
}
ARRAYS = {
    "layers/conv2d": [np.arange(8, dtype="float32").reshape(2, 2, 1, 2)],
    "layers/conv2d_1": [np.arange(8, 16, dtype="float32").reshape(2, 2, 1, 2)],
    "layers/dense": [np.ones((2, 3), "float32"), np.zeros(3, "float32")],
}
NAMES = {"layers/conv2d": "first", "layers/conv2d_1": "second", "layers/dense": "last"}


def weights(change: Callable[[Any], object] | None = None, named: bool = True) -> bytes:
    """A ``.weights.h5`` file as Keras 3 lays it out, and what ``change`` does to it."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for place, arrays in ARRAYS.items():
            group = file.create_group(f"{place}/vars")
            if named:
                group.attrs["name"] = NAMES[place]
            for index, array in enumerate(arrays):
                group[str(index)] = array
        if change is not None:
            change(file)
    return content.getvalue()


def older(change: Callable[[Any], object] | None = None) -> bytes:
    """A weights file of the older layout, and what ``change`` does to it."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.attrs["layer_names"] = [b"input", b"first"]
        file.create_group("input").attrs["weight_names"] = np.array([], "S1")
        group = file.create_group("first")
        group.attrs["weight_names"] = [b"first/kernel:0", b"first/bias:0"]
        group["first/kernel:0"], group["first/bias:0"] = ARRAYS["layers/conv2d"][0], np.zeros(2, "float32")
        if change is not None:
            change(file)
    return content.getvalue()


def archive(
    entries: dict[str, bytes] | None = None, method: int = zipfile.ZIP_STORED, without: tuple[str, ...] = ()
) -> bytes:
    """A ``.keras`` archive with these entries beside (or in place of) the ordinary ones."""
    whole = {"metadata.json": b"{}", "config.json": json.dumps(CONFIG).encode(), "model.weights.h5": weights()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as file:
        for name, data in {**whole, **(entries or {})}.items():
            if name not in without:
                file.writestr(name, data)
    return content.getvalue()


def put(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
