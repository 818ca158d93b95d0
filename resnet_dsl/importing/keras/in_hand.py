"""Models of Keras in hand: the same description as in a file, asked of the model, whatever class it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.keras.called import Called
from resnet_dsl.importing.keras.files import read_described
from resnet_dsl.importing.keras.running import run_of
from resnet_dsl.targets.keras.backend import import_keras


def flat_of_model(model: Any) -> FlatNetwork:
    """The network of a Functional or Sequential model, or one of a class of its own that is made of layers like these.

    Raises Failure where it is no such model, or was not built; NotImportedError where the language cannot say a layer.
    """
    source = str(getattr(model, "name", type(model).__name__))
    if not hasattr(model, "get_config") or not _ends(model):
        remedy = "call it once with an input, or make it by the functional API: `keras.Model(inputs, outputs)`"
        raise Failure(
            f"`{source}` cannot be imported: it has no inputs and outputs that its layers lie between", remedy
        )
    keras = import_keras()
    described, layers = _described(model), dict(_layers(model, ""))

    def arrays(called: Called) -> Sequence[tuple[str | None, Any]]:
        layer = layers.get(called.label)
        weights = [] if layer is None else [(one.name, keras.ops.convert_to_numpy(one)) for one in layer.weights]
        return [(name, array.astype("float32", copy=False)) for name, array in weights if array.dtype.kind not in "iu"]

    return read_described(source, described, lambda structure: arrays, run_of(model))


def _ends(model: Any) -> bool:
    return bool(getattr(model, "inputs", None)) and bool(getattr(model, "outputs", None))


def _plain(model: Any) -> Any:
    """The same layers as a plain Functional model: of classes of their own, Keras tells only how they were made."""
    keras = import_keras()
    if type(model) in (keras.Sequential, keras.Model):
        return model
    return keras.Model(model.inputs, model.outputs, name=model.name)


def _described(model: Any) -> Mapping[str, Any]:
    """Keras' description, with that of each model within it."""
    plain = _plain(model)
    config = dict(plain.get_config())
    within = {layer.name: layer for layer in plain.layers if hasattr(layer, "layers") and _ends(layer)}
    config["layers"] = [_with_description(entry, within) for entry in config["layers"]]
    return {"class_name": type(plain).__name__, "module": "keras", "config": config}


def _with_description(entry: Mapping[str, Any], within: Mapping[str, Any]) -> Mapping[str, Any]:
    name = entry["config"].get("name", entry.get("name"))
    if name not in within:
        return entry
    return {"name": name, **_described(within[name]), "inbound_nodes": entry.get("inbound_nodes", [])}


def _layers(model: Any, within: str) -> Any:
    """All layers by their labels."""
    for layer in _plain(model).layers:
        yield f"{within}{layer.name}", layer
        if hasattr(layer, "layers") and _ends(layer):
            yield from _layers(layer, f"{within}{layer.name}/")
