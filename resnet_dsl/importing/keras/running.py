"""The model of a file in Keras itself, for the proof: built of its description, from which all is taken but plain data.

Keras would look up any class that a description names, also where this reader looks past it (regularisers, first
numbers, types). So only layers that have a rule here are left, with settings that are numbers, words and lists; Keras
reads the wiring by itself, and computes in float32. The weights are the arrays that were read as data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from resnet_dsl.extras import is_installed
from resnet_dsl.failure import Failure, reason
from resnet_dsl.importing.flat import Run
from resnet_dsl.importing.keras.at import Arrays
from resnet_dsl.importing.keras.called import Called, Described, is_function
from resnet_dsl.importing.keras.entries import MODELS, kind_of
from resnet_dsl.importing.keras.rules import RULES
from resnet_dsl.importing.keras.structure import Structure
from resnet_dsl.targets.keras.backend import import_keras
from resnet_dsl.targets.keras.variables import KINDS

_OPERATIONS = frozenset(f"keras.src.ops.{name}" for name in ("numpy", "nn", "core", "math"))
_OTHERS = frozenset({"keras", "keras.layers", "keras.models", "keras.src.models.functional", "resnet_dsl.layers"})
_APPLICATIONS = frozenset(f"keras.src.applications.{name}" for name in ("convnext", "inception_resnet_v2"))
_MODULES = _OPERATIONS | _OTHERS | _APPLICATIONS
_MODULES_OF_MODELS = {"Sequential": "keras", **dict.fromkeys(("Functional", "Model"), "keras.src.models.functional")}
_PLAIN = (bool, int, float, str, type(None))
_ENDS = ("input_layers", "output_layers")
"""Of a model: what it takes and returns, in a list, or by name."""
_NOT_INSTALLED = "the source's own runtime, Keras, is not installed"
_NOT_INSTALLED_2 = "the file is of Keras 2, whose runtime is not installed (`pip install tf_keras`)"
_STRANGE = "not all of its layers are Keras' own, and those of others are not run"
_OF_TRAINING = ("count", "seed_generator_state")
"""Variables that count for nothing at inference."""
_DROPPED = ("dtype", "quantization_config", "build_input_shape")


def hindrance(structure: Structure, described: Described) -> str:
    """Why the source's own runtime is not run on a model; empty where it is.

    Of Keras 2 that is `tf_keras`: Keras 3 reads some of its models, and not always as they were meant.
    """
    of_2 = structure.is_of_keras_2
    if not is_installed("tf_keras" if of_2 else "keras"):
        return _NOT_INSTALLED_2 if of_2 else _NOT_INSTALLED
    known = RULES.keys() | KINDS | {"InputLayer"}
    plain = all(called.kind in known or called.is_function for called in structure.calls)
    return "" if plain and (of_2 or _modules(described) <= _MODULES) else _STRANGE


def _modules(described: Described) -> set[str]:
    """Where the classes of all layers come from; a function of an older file comes from nowhere."""
    found, pending = set(), [described]
    while pending:
        entry = pending.pop()
        found.add(str(entry.get("module", "" if is_function(kind_of(entry)) else "keras")))
        pending += _entries(entry) if entry.get("class_name") in MODELS else []
    return found


def _entries(model: Described) -> list[Any]:
    config = model.get("config")
    return list(config.get("layers", ())) if isinstance(config, dict) else []


def run_of_description(described: Described, structure: Structure, arrays: Arrays, source: str) -> Run:
    """What the model computes at inference; it is built when that is asked for first."""
    made: list[Run] = []

    def run(inputs: Sequence[Any]) -> Sequence[Any]:
        if not made:
            keras = _keras_2() if structure.is_of_keras_2 else import_keras()
            model = _built(keras, described, structure.calls, arrays, source)
            made.append(_run_of_2(keras, model) if structure.is_of_keras_2 else run_of(model))
        return made[0](inputs)

    return run


def run_of(model: Any) -> Run:
    """What a model in hand computes at inference, in the order of its inputs and outputs."""
    import keras

    plain = keras.Model(model.inputs, model.outputs)

    def run(inputs: Sequence[Any]) -> Sequence[Any]:
        result = plain([keras.ops.convert_to_tensor(one) for one in inputs], training=False)
        return [keras.ops.convert_to_numpy(one) for one in _several(result)]

    return run


def _run_of_2(keras: Any, model: Any) -> Run:
    plain = keras.Model(model.inputs, model.outputs)
    return lambda inputs: [one.numpy() for one in _several(plain([*inputs], training=False))]


def _several(result: Any) -> Sequence[Any]:
    return result if isinstance(result, list | tuple) else [result]


def _keras_2() -> ModuleType:
    """Keras 2 itself, which runs on TensorFlow alone."""
    import tf_keras

    return tf_keras  # type: ignore[no-any-return]


def _built(keras: Any, described: Described, calls: Sequence[Called], arrays: Arrays, source: str) -> Any:
    from resnet_dsl import layers as _own  # noqa: F401  (registers our layers)

    made_of = keras.Sequential if described["class_name"] == "Sequential" else keras.Model
    try:
        model = made_of.from_config(_cleaned(described)["config"])
    except Exception as wrong:
        raise Failure(f"Keras cannot build the model of `{source}` anew: {reason(wrong)}") from None
    layers = dict(layers_of(model))
    for called in calls:
        if called.label in layers and not called.is_function:
            _assign(layers[called.label], arrays(called))
    return model


def layers_of(model: Any, within: str = "") -> Iterator[tuple[str, Any]]:
    """All layers of a model and of those within it, by their labels."""
    for layer in model.layers:
        yield f"{within}{layer.name}", layer
        if hasattr(layer, "layers"):
            yield from layers_of(layer, f"{within}{layer.name}/")


def _assign(layer: Any, arrays: Sequence[tuple[str | None, Any]]) -> None:
    """By the variables' names where the file says them all, else in Keras' order."""
    variables = [one for one in layer.weights if _name(one) not in _OF_TRAINING]
    by_name = dict(arrays)
    named = by_name.keys() == {*map(_name, variables)}
    for number, variable in enumerate(variables):
        variable.assign(by_name[_name(variable)] if named else arrays[number][1])
    if hasattr(layer, "finalize_state"):  # `Normalization` computes with what it makes of its variables
        layer.finalize_state()


def _name(variable: Any) -> str:
    """Keras 2 calls it with its layer, and a number: ``conv2d/kernel:0``."""
    return str(variable.name).rpartition("/")[2].partition(":")[0]


def _cleaned(entry: Described) -> dict[str, Any]:
    """A layer's or model's entry, with nothing in it that Keras would look up."""
    config = entry["config"]
    if entry["class_name"] in MODELS:
        kept = (one for one in config.items() if one[0] in _ENDS or (one[0] != "layers" and _is_plain(one[1])))
        plain = {name: _plain(value) for name, value in kept}
        config = {**plain, "layers": [_cleaned(one) for one in config["layers"]]}
    else:
        config = {name: _setting(name, value) for name, value in config.items() if _is_kept(name, value)}
    rest = {name: entry[name] for name in ("class_name", "module", "registered_name", "name") if name in entry}
    rest.setdefault("module", _MODULES_OF_MODELS.get(entry["class_name"], "keras.layers"))
    return {**rest, "config": config, "inbound_nodes": _plain(entry.get("inbound_nodes", []))}


def _is_kept(name: str, value: Any) -> bool:
    return name not in _DROPPED and (_is_plain(value) or name == "activation")


def _setting(name: str, value: Any) -> Any:
    """An activation that is described as a function of Keras is its name."""
    return value["config"] if name == "activation" and isinstance(value, dict) else _plain(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("class_name") == "__numpy__" and isinstance(value.get("config"), dict)
    return all(map(_is_plain, value)) if isinstance(value, list | tuple) else isinstance(value, _PLAIN)


_DESCRIBED: Mapping[str, Collection[str]] = {
    "__keras_tensor__": ("shape", "dtype", "keras_history"),
    "__slice__": ("start", "stop", "step"),
    "__ellipsis__": (),
    "__numpy__": ("value", "dtype"),
}


def _plain(value: Any) -> Any:
    """Plain data as it is; of what Keras describes by a class only values and slices."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value if isinstance(value, _PLAIN) else None
    if "class_name" not in value:
        return {str(name): _plain(one) for name, one in value.items()}
    names = _DESCRIBED.get(str(value["class_name"]))
    if names is None:
        return None
    config = {name: _plain(one) for name, one in value["config"].items() if name in names}
    return {"class_name": value["class_name"], "config": config}
