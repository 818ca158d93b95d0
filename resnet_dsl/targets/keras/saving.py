"""Models to files and back. A file is written whole or not at all: beside its place first, then moved into it.

A ``.keras`` file that is written here carries its own graph as a further entry of the archive, which Keras ignores.
From it ``load`` rebuilds what plain ``keras.saving.load_model`` cannot: networks deeper than Python's recursion limit.
"""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from resnet_dsl.analyses.shapes import infer_shapes
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.writing import write_through, write_whole

GRAPH_ENTRY = "resnet_dsl/ir.json"
"""Where in the archive the graph stands, as JSON (resnet_dsl.ir.graph.schema)."""

_WEIGHTS_ENTRY = "model.weights.h5"
"""Where in the archive Keras keeps the weights."""

_FRAMES_OF_KERAS = 150
"""What Python's stack holds, at the most, before Keras' recursion over the layers begins."""
_DEFAULT_LIMIT = 1000


class NoGraph(Failure):
    """A ``.keras`` file that was not written by resnet-dsl, or is no such file: it carries no graph."""


def save(model: Any, path: str | Path, graph: Graph | None = None) -> Path:
    """Writes a model as a ``.keras`` file; with its graph, where that is given, for ``load``.

    Raises OSError where the path cannot be written, and Failure where it does not end in ``.keras``.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise Failure(f"a Keras model is saved in a file that ends in .keras, not {path.name}")

    def write(temporary: str) -> None:
        model.save(temporary)
        if graph is not None:
            with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(GRAPH_ENTRY, graph.model_dump_json())

    write_through(path, write, ".keras")
    return path


def save_weights(model: Any, path: str | Path) -> Path:
    """Writes a model's weights alone, as a ``.weights.h5`` file. Raises as ``save`` does."""
    path = Path(path)
    if not path.name.endswith(".weights.h5"):
        raise Failure(f"weights are saved in a file that ends in .weights.h5, not {path.name}")
    write_through(path, lambda temporary: model.save_weights(temporary, overwrite=True), ".weights.h5")
    return path


def save_json(model: Any, path: str | Path) -> Path:
    """Writes a model's structure, without weights, as Keras' JSON (``keras.models.model_from_json``)."""
    path = Path(path)
    write_whole(path, model.to_json() + "\n")
    return path


def read_graph(path: str | Path) -> Graph:
    """The graph that a ``.keras`` file carries. Raises OSError or NoGraph."""
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(GRAPH_ENTRY)
    except (zipfile.BadZipFile, KeyError):
        raise NoGraph(f"{path} carries no graph: it was not written by resnet-dsl") from None
    try:
        return Graph.model_validate_json(text)
    except ValueError:
        raise NoGraph(f"{path} carries a graph that is damaged, or of another version of resnet-dsl") from None


def load(path: str | Path) -> Any:
    """The model of a ``.keras`` file written by ``save``, rebuilt from its graph, with its weights; of any depth.

    Raises OSError, NoGraph, or Failure where the weights are damaged.
    """
    from resnet_dsl.targets.keras import to_keras

    graph = read_graph(path)
    model = to_keras(graph, infer_shapes(graph))
    load_weights(model, path)
    return model


def load_weights(model: Any, path: str | Path) -> None:
    """Loads the weights of a ``.keras`` or ``.weights.h5`` file into a model of the same layers.

    Raises OSError where the file cannot be read, and Failure where it does not hold the model's weights.
    """
    with open(path, "rb"):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras tells of each layer that fails; one sentence is enough
            _load_weights(model, path)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as wrong:
        first = str(wrong).strip("'").splitlines()[0]
        raise Failure(f"`{path}` does not hold the weights of {model.name}: {first}") from None


def _load_weights(model: Any, path: str | Path) -> None:
    if not zipfile.is_zipfile(path):
        model.load_weights(str(path))
        return
    # Keras would read the weights inside the archive, which begins at its start again whenever it must go back.
    with TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        model.load_weights(archive.extract(_WEIGHTS_ENTRY, folder))


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
    """How deep Keras' sort of the layers recurses: it goes from the output to each first input not yet seen."""
    seen: set[int] = set()
    stack = [(calls.result[calls.graph.output], iter(calls.calls[calls.result[calls.graph.output]].inputs))]
    deepest = 1
    while stack:
        fresh = next((one for one in stack[-1][1] if one not in seen), None)
        if fresh is None:
            stack.pop()
            continue
        seen.add(fresh)
        stack.append((fresh, iter(calls.calls[fresh].inputs)))
        deepest = max(deepest, len(stack))
    return deepest
