"""The folder of one training: what was trained, how, how far it came, and what came out."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data import Dataset
from resnet_dsl.laboratory.data.by_name import NamedDataset
from resnet_dsl.laboratory.data.limits import expect_regular
from resnet_dsl.laboratory.training import history
from resnet_dsl.laboratory.training.history import EpochRecord, damaged
from resnet_dsl.laboratory.training.network import TrainableNetwork
from resnet_dsl.laboratory.training.options import TrainOptions
from resnet_dsl.laboratory.training.start import FRESH, Start
from resnet_dsl.writing import write_whole

Ending = Literal["finished", "diverged", "interrupted"]

MOST_BYTES = 64 * 1024**2
"""Of a JSON file in the folder; the longest, the options, have the names of the classes."""


class RunFolder:
    """Its files by name. ``options.json`` is written first, ``result.json`` last: a run that has it is finished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spec = path / "network.resnet"
        self.ir = path / "network.json"
        self.options = path / "options.json"
        self.history = path / "history.csv"
        self.checkpoint = path / "checkpoints" / "latest.npz"
        self.model = path / "model.keras"
        self.result = path / "result.json"
        self.tensorboard = path / "tensorboard"

    def outcome(self) -> tuple[Ending, list[EpochRecord]] | None:
        """How the run ended and its history; None where it is not finished. Raises Failure where that is damaged.

        A finished run whose model is gone counts as not finished: its last checkpoint makes the model again.
        """
        found = self.told()
        if self.model.exists() and not zipfile.is_zipfile(self.model):
            raise damaged(self.model, "it is no archive, or cut off")
        return None if found and found[0] == "finished" and not self.model.exists() else found

    def told(self) -> tuple[Ending, list[EpochRecord]] | None:
        """The same, whatever became of its model."""
        if not self.result.exists():
            return None
        result = read_json(self.result)
        ending, rows = result.get("ending"), history.read(self.history)
        if ending not in ("finished", "diverged") or result.get("epoch") != len(rows) or not rows:
            raise damaged(self.result, f"it tells of {result.get('epoch')} epochs, the history of {len(rows)}")
        return ending, rows

    def begin(
        self,
        network: TrainableNetwork,
        options: TrainOptions,
        described: dict[str, Any],
        dataset: Dataset | NamedDataset,
        normalisation: dict[str, Any],
    ) -> None:
        """Make the folder and write down what is trained and how, where that is not there yet."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.path, self.checkpoint.parent):
            for stale in folder.glob(".resnet-dsl-*"):
                stale.unlink(missing_ok=True)
        if self.options.exists():
            return
        self._write_spec(network)
        made_with = {name: _version(name) for name in ("keras", "tensorflow", "jax", "torch", "numpy")}
        made_with["python"] = platform.python_version()
        asked = {"data": options.data, "resize": options.resize, "train_size": options.train_size}
        if options.weights is not None:
            asked["weights"] = str(options.weights)
        told = {"compiled": dict(network.settings), "classes": dataset.class_names, "normalisation": normalisation}
        write_json(self.options, described | {"asked": asked, **told, "made_with": made_with})

    def _write_spec(self, network: TrainableNetwork) -> None:
        for name, text in network.imports.items():
            (self.path / name).parent.mkdir(exist_ok=True)
            _write_spec(self.path / name, text)
        _write_spec(self.spec, network.spec_text)
        write_whole(self.ir, network.ir_json)

    def finish(self, ending: Ending, last: EpochRecord, remedy: str | None) -> None:
        """Write down how the run ended; what is no number is null in JSON."""
        values = {name: value if math.isfinite(value) else None for name, value in history.columns(last).items()}
        write_json(self.result, {"ending": ending, **values, **({"remedy": remedy} if remedy else {})})

    def clear(self) -> None:
        """Forget what was trained here, by removing the files that this module names."""
        for file in (self.result, self.checkpoint, self.history, self.model, self.options):
            file.unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out of the folder for the time of the block; a killed process holds nothing."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("a") as lock:  # not "w": were it a link, that would empty its target
            if os.name == "posix":
                _lock(lock.fileno(), self.path)
            yield


def read_json(path: Path) -> dict[str, Any]:
    """What ``write_json`` wrote. Raises Failure where the file is damaged."""
    expect_regular(path)
    if path.stat().st_size > MOST_BYTES:
        raise damaged(path, f"it has more than {MOST_BYTES // 1024**2} MiB")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged(path, reason(error)) from error
    if not isinstance(value, dict):
        raise damaged(path, "it is no object")
    return value


def _write_spec(path: Path, text: str) -> None:
    """A spec that is trained from its own run folder is read there, and stays."""
    if not path.exists() or path.read_bytes() != text.encode():
        write_whole(path, text, ".resnet")


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, for people to read; bytes of file names that are no text become JSON's escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    write_whole(path, text.encode("utf-8", "backslashreplace"))


def _lock(descriptor: int, folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failure(f"another process is training in {folder}", "wait for it, or choose another --out") from error


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def description(
    network: TrainableNetwork,
    dataset: Dataset | NamedDataset,
    options: TrainOptions,
    backend: str,
    start: Start = FRESH,
) -> dict[str, Any]:
    """All that the final weights depend on, in JSON's terms: two runs with the same are the same run."""
    return {
        "network": network.name,
        "ir_sha256": network.ir_sha256,
        "data": dataset.name,
        "data_sha256": dataset.digest(),
        "backend": backend,
        "recipe": options.recipe.identity() | start.identity(),
        "seed": options.seed,
    }


def chosen(described: dict[str, Any], options: TrainOptions) -> RunFolder:
    """The folder of the run that is described: ``out``, or one under ``runs`` that is named for it.

    Runs that differ in nothing but the seed stand side by side.
    """
    if options.out is None:
        common = json.dumps(described | {"seed": None}, sort_keys=True).encode()
        data = re.sub(r"[^\w.-]+", "-", described["data"])
        name = f"{described['network']}-{data}-{hashlib.sha256(common).hexdigest()[:8]}"
        return RunFolder(options.runs / name / f"seed-{options.seed}")
    return RunFolder(options.out)


def expect_same_run(folder: RunFolder, described: dict[str, Any]) -> None:
    """Refuses a folder that holds another run than the one that is described."""
    if folder.options.exists():
        there = read_json(folder.options)
        old, new = there | _recipe(there), described | _recipe(described)
        compared = dict.fromkeys([*new, *_recipe(there)])
        changed = [key for key in compared if key != "recipe" and old.get(key) != new.get(key)]
        if changed:
            names = ", ".join(f"{key} {old.get(key)} there, {new.get(key)} here" for key in changed[:3])
            raise Failure(f"{folder.path} holds another run ({names})", "choose another --out, or --restart it")
    elif any(file.exists() for file in (folder.history, folder.checkpoint, folder.result)):
        raise damaged(folder.options, "it is missing, and says what the rest of the folder is of")


def _recipe(described: dict[str, Any]) -> dict[str, Any]:
    recipe = described.get("recipe")
    return recipe if isinstance(recipe, dict) else {}
