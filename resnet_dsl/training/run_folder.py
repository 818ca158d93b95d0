"""The folder of one training: what was trained, how, how far it came, and what came out."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.training.batches import Normalisation
from resnet_dsl.training.data import Dataset
from resnet_dsl.training.network import TrainableNetwork
from resnet_dsl.training.options import TrainOptions
from resnet_dsl.writing import write_whole


@dataclass(frozen=True)
class RunFolder:
    """Its files by name. ``options.json`` is written first, ``result.json`` last: a run that has it is finished."""

    path: Path

    @property
    def spec(self) -> Path:
        return self.path / "network.resnet"

    @property
    def ir(self) -> Path:
        return self.path / "network.json"

    @property
    def options(self) -> Path:
        return self.path / "options.json"

    @property
    def history(self) -> Path:
        return self.path / "history.csv"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoints" / "latest.npz"

    @property
    def model(self) -> Path:
        return self.path / "model.keras"

    @property
    def result(self) -> Path:
        return self.path / "result.json"

    @property
    def tensorboard(self) -> Path:
        return self.path / "tensorboard"

    def outcome(self) -> dict[str, Any] | None:
        """What ``result.json`` says; None where the run is not finished."""
        return json.loads(self.result.read_text(encoding="utf-8")) if self.result.exists() else None

    def begin(
        self,
        network: TrainableNetwork,
        options: TrainOptions,
        described: dict[str, Any],
        normalisation: Normalisation,
    ) -> None:
        """Make the folder and write down what is trained and how, where that is not there yet."""
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        for stale in [*self.path.rglob(".resnet-dsl-*")]:
            stale.unlink(missing_ok=True)
        if self.options.exists():
            return
        write_whole(self.spec, network.spec_text)
        write_whole(self.ir, network.ir_json)
        made_with = {name: _version(name) for name in ("keras", "tensorflow", "jax", "torch", "numpy")}
        made_with["python"] = platform.python_version()
        scaling = {"mean": normalisation.mean.tolist(), "deviation": normalisation.deviation.tolist()}
        asked = {"data": options.data, "resize": options.resize, "train_size": options.train_size}
        write_json(self.options, described | {"asked": asked, "normalisation": scaling, "made_with": made_with})

    def clear(self) -> None:
        """Forget what was trained here, by removing the files that this module names."""
        for file in (self.result, self.checkpoint, self.history, self.model, self.options):
            file.unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out of the folder for the time of the block; a killed process holds nothing."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            _lock(lock.fileno(), self.path)
            yield


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, for people to read."""
    write_whole(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _lock(descriptor: int, folder: Path) -> None:
    if os.name != "posix":
        return
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


def description(network: TrainableNetwork, dataset: Dataset, options: TrainOptions, backend: str) -> dict[str, Any]:
    """All that the final weights depend on, in JSON's terms: two runs with the same are the same run."""
    return {
        "network": network.name,
        "ir_sha256": hashlib.sha256(network.ir_json.encode()).hexdigest(),
        "data": dataset.name,
        "data_sha256": dataset.digest(),
        "backend": backend,
        "recipe": options.recipe.as_dict(),
        "seed": options.seed,
    }


def chosen(described: dict[str, Any], options: TrainOptions) -> RunFolder:
    """The folder of the run that is described: ``out``, or one under ``runs`` that is named for it.

    Runs that differ in nothing but the seed stand side by side. An ``out`` that holds another run is refused.
    """
    if options.out is None:
        common = json.dumps(described | {"seed": None}, sort_keys=True).encode()
        data = re.sub(r"[^\w.-]+", "-", described["data"])
        name = f"{described['network']}-{data}-{hashlib.sha256(common).hexdigest()[:8]}"
        return RunFolder(options.runs / name / f"seed-{options.seed}")
    folder = RunFolder(options.out)
    if folder.options.exists() and not options.restart:
        _same_run(folder, json.loads(folder.options.read_text(encoding="utf-8")), described)
    return folder


def _same_run(folder: RunFolder, there: dict[str, Any], described: dict[str, Any]) -> None:
    old, new = (_flat(run) for run in (there, described))
    changed = [key for key in new if old.get(key) != new[key]]
    if changed:
        names = ", ".join(f"{key} {old.get(key)} there, {new[key]} here" for key in changed[:3])
        raise Failure(f"{folder.path} holds another run ({names})", "choose another --out, or --restart it")


def _flat(described: dict[str, Any]) -> dict[str, Any]:
    recipe = described.get("recipe", {})
    return {key: value for key, value in (described | recipe).items() if key != "recipe"}
