"""Keras' files: ``.keras`` archives, and the older ``.h5`` of whole models. All is read as data; Keras runs nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError, Run
from resnet_dsl.importing.keras.at import Arrays
from resnet_dsl.importing.keras.called import StrangeError, UnknownError
from resnet_dsl.importing.keras.reader import Model, flat_network
from resnet_dsl.importing.keras.structure import structure_of
from resnet_dsl.weights import SavedLayer, read_config, read_weights


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


def read_described(
    source: str, described: Any, weights: Callable[[], Arrays] | None, run: Run | None = None
) -> FlatNetwork:
    """The network that Keras' configuration describes. weights: asked for when all layers are known.

    Raises Failure, NotImportedError as above.
    """
    try:
        model = Model(source, structure_of(described), run=run)
        known = flat_network(model)
        return known if weights is None else flat_network(model._replace(arrays=weights()))
    except StrangeError as strange:
        raise Failure(f"`{source}` cannot be imported: its description {strange}") from None
    except UnknownError as unknown:
        raise NotImportedError(f"`{source}` cannot be imported: it {unknown.why}", unknown.remedy) from None


def _weights_of(path: str | os.PathLike[str], is_archive: bool) -> Callable[[], Arrays]:
    def weights() -> Arrays:
        saved = read_weights(path)
        by_place = {layer.place: layer for layer in saved.layers}
        return lambda called: _arrays(by_place.get(called.place if is_archive else called.label))

    return weights


def _arrays(layer: SavedLayer | None) -> Sequence[tuple[str | None, Any]]:
    return () if layer is None else [(one.name, one.values) for one in layer.arrays]
