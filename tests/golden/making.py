"""Files that calls are made of and that no text holds: weights, models, pictures, commits, trainings."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

import resnet_dsl
from resnet_dsl.cli.needs import told
from resnet_dsl.weights.archive import CONFIG
from resnet_dsl.weights.safetensors import pieces, stored_arrays
from tests.cli.calling import call

FINISHED = Path(__file__).parents[1] / "fixtures" / "0.1.0" / "runs" / "finished"
Arrays = dict[str, NDArray[Any]]


def arrays(out: str, *changes: str) -> str:
    """A file of arrays: those of files that are named, without `-name`, with `name=3x3`, `old>new`, `name~float16`.

    `name+` numbers the values of an array as labels of two classes.
    """
    found: Arrays = {}
    for change in changes:
        found = _changed(found, change)
    if out.endswith(".npz"):
        np.savez(out, **found)
    else:
        Path(out).write_bytes(b"".join(pieces(found)))
    return f"{len(found)} arrays"


def _changed(found: Arrays, change: str) -> Arrays:
    name, _, shape = change.partition("=")
    old, _, new = change.partition(">")
    typed, _, kind = change.partition("~")
    if shape:
        return {**found, name: np.zeros([int(one) for one in shape.split("x")], np.float32)}
    if new:
        return {name.replace(old, new, 1) if name.startswith(old) else name: one for name, one in found.items()}
    if kind:
        return {name: one.astype(kind) if name.startswith(typed) else one for name, one in found.items()}
    if change.endswith("+"):
        return {**found, change[:-1]: np.arange(found[change[:-1]].size) % 2}
    if change.startswith("-"):
        return {name: one for name, one in found.items() if not name.startswith(change[1:])}
    layers = stored_arrays(Path(change).read_bytes())
    return {**found, **{str(one.name): one.arrays[0].dataset[()] for one in layers}}


def holding(out: str, text: str) -> str:
    """A file of these bytes, as Python writes them."""
    Path(out).write_bytes(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))
    return ""


def cut(out: str, path: str, count: str) -> str:
    """The first bytes of a file."""
    Path(out).write_bytes(Path(path).read_bytes()[: int(count)])
    return ""


def archive(out: str, *entries: str) -> str:
    """A zip file of files: `name=path`; of empty ones: `name`."""
    with warnings.catch_warnings(action="ignore"), ZipFile(out, "w") as written:
        for entry in entries:
            name, _, path = entry.partition("=")
            written.writestr(name, Path(path).read_bytes() if path else b"")
    return ""


def onnx(out: str, path: str) -> str:
    """A model of ONNX, from ONNX's own words for it."""
    from onnx import parser

    Path(out).write_bytes(parser.parse_model(Path(path).read_text()).SerializeToString())
    return ""


def keras(out: str, path: str) -> str:
    """A model of Keras without weights: its layers in a row, a line each with its class, its name and its settings."""
    lines = [json.loads(line) for line in Path(path).read_text().splitlines()]
    layers = [_layer(line, before) for line, before in zip(lines, [None, *lines], strict=False)]
    ends = [[lines[at][1]["name"], 0, 0] for at in (0, -1)]
    config = {"name": "net", "layers": layers, "input_layers": ends[:1], "output_layers": ends[1:]}
    with ZipFile(out, "w") as written:
        written.writestr(CONFIG, json.dumps({"class_name": "Functional", "module": "keras", "config": config}))
    return ""


def _layer(line: list[Any], before: list[Any] | None) -> dict[str, Any]:
    kind, settings = line
    history = [] if before is None else [{"args": [_reads(before[1]["name"])], "kwargs": {}}]
    return {"class_name": kind, "module": "keras.layers", "name": settings["name"], "config": settings} | {
        "inbound_nodes": history
    }


def _reads(name: str) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


def git(*words: str) -> str:
    """Git, as somebody without settings calls it."""
    own = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *own, *words], check=True, capture_output=True)
    return ""


def put(path: str, text: str) -> str:
    """A text in a file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text.replace(r"\n", "\n"), encoding="utf-8")
    return ""


def gone(path: str) -> str:
    """A file that is taken away."""
    Path(path).unlink()
    return ""


def training(folder: str, spec: str, seed: str, error: str, ending: str = "finished") -> str:
    """A run folder, as a training leaves it: the one of the fixtures, of another network, with another error."""
    shutil.copytree(FINISHED, folder)
    path, _, name = spec.partition(":")
    graph, options = resnet_dsl.load(path).network(name).to_json(), Path(folder, "options.json")
    told = {**json.loads(options.read_text()), "network": name, "ir_sha256": name, "seed": int(seed)}
    options.write_text(json.dumps(told))
    Path(folder, "network.json").write_text(graph)
    head = Path(folder, "history.csv").read_text().splitlines()[0]
    rows = ["1,0.1,2.0,0.5,2.0,0.9", f"2,0.1,1.0,{float(error) / 2},1.0,{error}"]
    Path(folder, "history.csv").write_text("\n".join([head, *rows, ""]))
    result = Path(folder, "result.json")
    result.unlink()
    if ending != "open":
        result.write_text(json.dumps({"ending": ending, "epoch": 2}))
    return ""


def image(out: str, size: str, mode: str = "RGB") -> str:
    """A picture whose numbers rise from the left upper corner on."""
    from PIL import Image

    wide, high = map(int, size.split("x"))
    grey = np.linspace(0, 255, wide * high, dtype=np.uint8).reshape(high, wide)
    Image.fromarray(grey).convert(mode).save(out)
    return ""


def without(packages: str, *words: str) -> str:
    """What a command says where these packages are not installed, and all others are."""
    absent, there = packages.split(","), mock.Mock(origin="")
    with mock.patch("importlib.util.find_spec", lambda name: None if name in absent else there):
        ended = call(*words)
    return "\n".join([*ended.out.splitlines(), *(f"! {line}" for line in ended.err.splitlines()), f"[{ended.code}]"])


def needs(*commands: str) -> str:
    """What the help of commands says at its end."""
    return "\n".join(f"{one}: {told(one)}" for one in commands)


MAKING: dict[str, Callable[..., str]] = {
    one.__name__: one
    for one in (arrays, holding, cut, archive, onnx, keras, git, put, gone, training, image, without, needs)
}
"""By the word that a call begins with."""
