"""Keras' files: ``.keras`` archives, and the older ``.h5`` of whole models. All is read as data; Keras runs nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError, Run
from resnet_dsl.importing.keras.at import Arrays
from resnet_dsl.importing.keras.called import Called, StrangeError, UnknownError
from resnet_dsl.importing.keras.reader import KerasModel, flat_network
from resnet_dsl.importing.keras.running import hindrance, run_of_description
from resnet_dsl.importing.keras.structure import Structure, structure_of
from resnet_dsl.weights import SavedArray, SavedModel, read_config, read_weights

Weights: TypeAlias = Callable[[Structure], Arrays]
"""Reads the weights of a model whose layers are known."""


def read_keras(path: str | os.PathLike[str]) -> FlatNetwork:
    """The network of a ``.keras`` or ``.h5`` file that holds a whole model, with its weights.

    Raises OSError where it cannot be opened; Failure where it is damaged or holds no model; NotImportedError where the
    language cannot say a layer.
    """
    source = os.fspath(path)
    config = read_config(path)
    if config is None:
        remedy = "give the file of a whole model: `model.save('model.keras')`"
        raise Failure(f"`{source}` cannot be imported: it holds weights alone, and no description of a model", remedy)
    return read_described(source, json.loads(config.text), _weights_of(path, config.is_archive))


def read_described(source: str, described: Any, weights: Weights | None, run: Run | None = None) -> FlatNetwork:
    """The network that Keras' configuration describes.

    weights: asked for when all layers are known. run: of a model in hand; that of a description is made of it.
    Raises Failure, NotImportedError as above.
    """
    try:
        model = KerasModel(source, structure_of(described), run=run)
        known = flat_network(model)
        if weights is None:
            return known
        arrays = weights(model.structure)
        why = "" if run else hindrance(model.structure, described)
        if run is None and not why:
            run = run_of_description(described, model.structure, arrays, source)
        return flat_network(model._replace(arrays=arrays, run=run))._replace(not_run=why)
    except StrangeError as strange:
        raise Failure(f"`{source}` cannot be imported: its description {strange}") from None
    except UnknownError as unknown:
        raise NotImportedError(f"`{source}` cannot be imported: it {unknown.why}", unknown.remedy) from None


def _weights_of(path: str | os.PathLike[str], is_archive: bool) -> Weights:
    def weights(structure: Structure) -> Arrays:
        saved = read_weights(path)
        return _by_place(saved) if is_archive else _by_name(saved, structure)

    return weights


def _by_place(saved: SavedModel) -> Arrays:
    """An archive has a group for each layer, whatever models it lies in."""
    by_place = {layer.place: layer.arrays for layer in saved.layers}
    return lambda called: _named(by_place.get(called.place, ()))


def _by_name(saved: SavedModel, structure: Structure) -> Arrays:
    """An older file has a group for each layer of the whole model; in that of a model each array says whose it is."""
    groups = {str(layer.name): layer.arrays for layer in saved.layers}
    within = {name: _by_path(arrays) for name, arrays in groups.items()}
    labels = {called.label for called in structure.calls if called.label not in groups and not called.is_function}
    claims = Counter(_place(label, within) for label in labels)

    def arrays(called: Called) -> Sequence[tuple[str | None, Any]]:
        if called.label in groups:
            return _named(groups[called.label])
        group, path = _place(called.label, within)
        if claims[group, path] > 1:
            raise UnknownError("has weights that may be another layer's", "save the model as a `.keras` file")
        return _named(within.get(group, {}).get(path, ()))

    return arrays


def _by_path(arrays: Sequence[SavedArray]) -> dict[str, list[SavedArray]]:
    found: dict[str, list[SavedArray]] = {}
    for one in arrays:
        found.setdefault((one.path or "").rpartition("/")[0], []).append(one)
    return found


def _place(label: str, within: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """The group of a layer, and its path there: the models that lie furthest outside may be left out of it."""
    group, *_ = parts = label.split("/")
    paths = ("/".join(parts[start:]) for start in range(len(parts)))
    return group, next((one for one in paths if one in within.get(group, {})), label)


def _named(arrays: Sequence[SavedArray]) -> Sequence[tuple[str | None, Any]]:
    return [(one.name, one.values.astype("float32", copy=False)) for one in arrays]
