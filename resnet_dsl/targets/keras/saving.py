"""Models to files. A file is written whole or not at all: beside its place first, then moved into it.

A ``.keras`` file that is written here carries its own graph as a further entry of the archive, which Keras ignores.
The way back is resnet_dsl.targets.keras.loading.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.outputs import place
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.fresh import mark_fresh
from resnet_dsl.weights.archive import CLASSES, GRAPH, WEIGHTS
from resnet_dsl.writing import PREFIX, write_through, write_whole

_FRAMES_OF_KERAS = 150
"""What Python's stack holds, at the most, before Keras' recursion over the layers begins."""
_DEFAULT_LIMIT = 1000


def save(
    model: Any,
    path: str | Path,
    graph: Graph | None = None,
    class_names: tuple[str, ...] = (),
    *,
    fresh: bool = False,
) -> Path:
    """Writes a model as a ``.keras`` file; with its graph, where that is given, for ``load``, and its classes' names.

    ``fresh``: nobody trained it, and the file says so (resnet_dsl.targets.keras.fresh). Raises OSError where the path
    cannot be written, and Failure where a file does not end in ``.keras`` or may not be replaced.
    """
    path = Path(path)
    check_ending(path, ".keras", "a Keras model is")

    def write(temporary: str) -> None:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            for name, content in entries(graph, class_names).items():
                archive.writestr(name, content, zipfile.ZIP_DEFLATED)
            if fresh:
                mark_fresh(archive)

    write_through(path, write, ".keras")
    return path


def entries(graph: Graph | None, class_names: tuple[str, ...]) -> dict[str, str]:
    """What stands in the archive beside Keras' own, by name."""
    graphs = {} if graph is None else {GRAPH: graph.model_dump_json()}
    return {**graphs, **({CLASSES: json.dumps(class_names)} if class_names else {})}


def check_ending(path: Path, ending: str, what: str) -> None:
    """A device or a pipe needs none."""
    if not path.name.endswith(ending) and not place(path, path.suffix).stream:
        message = f"{what} saved in a file that ends in {ending}, not {path.name}"
        raise Failure(message, f"write `{path.with_suffix(ending)}`")


def save_weights(model: Any, path: str | Path) -> Path:
    """Writes a model's weights alone, as a ``.weights.h5`` file. Raises as ``save`` does."""
    path = Path(path)
    check_ending(path, ".weights.h5", "weights are")
    write_through(path, lambda temporary: _write_weights(model, temporary), ".weights.h5")
    return path


def _write_weights(model: Any, path: str) -> None:
    """By way of an archive, whose weights HDF5 writes in memory: on a disk that is full it ends the whole process."""
    with TemporaryDirectory(prefix=PREFIX, dir=os.path.dirname(path)) as folder:
        whole = os.path.join(folder, "model.keras")
        model.save(whole)
        with zipfile.ZipFile(whole) as archive, archive.open(WEIGHTS) as weights, open(path, "wb") as file:
            shutil.copyfileobj(weights, file)


def save_json(model: Any, path: str | Path) -> Path:
    """Writes a model's structure, without weights, as Keras' JSON (``keras.models.model_from_json``)."""
    path = Path(path)
    write_whole(path, model.to_json() + "\n")
    return path


def reloading(calls: Calls) -> tuple[str, ...]:
    """What a user must know to load the saved model again; nothing where ``keras.saving.load_model`` does it alone."""
    notes = []
    own = sorted({call.kind.removeprefix("own.") for call in calls.calls if call.kind.startswith("own.")})
    if own:
        notes.append(f"`import resnet_dsl.layers` before `keras.saving.load_model`: Keras has no {', '.join(own)}")
    if _depth_of_sort(calls) + _FRAMES_OF_KERAS > _DEFAULT_LIMIT:
        notes.append(
            "the network is too deep for plain `keras.saving.load_model`: load it with `resnet_dsl.load_keras(path)`"
        )
    return tuple(notes)


def _depth_of_sort(calls: Calls) -> int:
    """How deep Keras' sort of the layers recurses: it goes from each output to each first input not yet seen."""
    seen: set[int] = set()
    deepest = 1
    for output in sorted(calls.outputs):  # as Keras sorts them
        stack = [iter((calls.outputs[output],))]
        while stack:
            fresh = next((one for one in stack[-1] if one not in seen), None)
            if fresh is None:
                stack.pop()
                continue
            seen.add(fresh)
            stack.append(iter(calls.calls[fresh].inputs))
            deepest = max(deepest, len(stack) - 1)
    return deepest
