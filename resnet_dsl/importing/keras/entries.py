"""One layer's entry in Keras' description: which class it is of, and each time that it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.importing.keras.called import Described, StrangeError, mapping, natural, row, text
from resnet_dsl.importing.keras.functions import OF_TENSORFLOW, PARAMETERS, RENAMED, SAID_THERE
from resnet_dsl.sentences import an
from resnet_dsl.targets.keras.calls import SLICE
from resnet_dsl.weights.about import group_of

MODELS = ("Functional", "Sequential", "Model")
"""Classes that hold layers of their own."""

OWN = "resnet_dsl>"
OF_APPLICATIONS = ("LayerScale", "StochasticDepth", "CustomScaleLayer")
"""Layers that keras.applications has for itself. Others have some of the same names."""


ELLIPSIS = "..."
"""Of a slice: all axes that are not written."""


class ValueSource(NamedTuple):
    """Where a value comes from: a layer, which of its calls, which of that call's values."""

    layer: str
    call: int
    value: int


class Inbound(NamedTuple):
    """One call of a layer: the values that it reads, in order, and what else it is called with."""

    reads: tuple[ValueSource, ...]
    given: Described


class LayerEntry(NamedTuple):
    """A layer. kind: see Called. nested: a model's description, where the layer is one.

    first: the number of its first call. Keras 2 counts the making of a model within another as its call 0.
    """

    name: str
    kind: str
    settings: Described
    calls: tuple[Inbound, ...]
    nested: Described | None = None
    first: int = 0


_Given: TypeAlias = dict[str, Any]


def entry_of(described: Any) -> LayerEntry:
    """Reads an entry. Raises StrangeError."""
    entry = mapping(described, "entry for a layer")
    name = text(entry.get("name", _config(entry).get("name")), "layer")
    kind = kind_of(entry)
    settings = {**_config(entry), "name": name} if isinstance(entry.get("config"), dict) else {"name": name}
    calls = tuple(_inbound(one, kind) for one in row(entry.get("inbound_nodes", []), "calls"))
    nested = entry if kind in MODELS else None
    if kind.startswith("tf."):
        kind, settings = OF_TENSORFLOW.get(kind.removeprefix("tf."), kind), {"name": name}
    return LayerEntry(name, kind, settings, calls, nested)


def _config(entry: Described) -> Described:
    config = entry.get("config")
    return config if isinstance(config, dict) else {}


def kind_of(entry: Described) -> str:
    """What a layer is. A class that is none of Keras' own has its package in front, and no rule."""
    name, registered = text(entry.get("class_name"), "class"), entry.get("registered_name")
    module = entry.get("module")
    if module is not None and not isinstance(module, str):
        raise StrangeError(f"says of {an(name)} that it is of no module")
    if isinstance(registered, str) and registered.startswith(OWN):
        return f"own.{name}" if module == "resnet_dsl.layers" and registered == OWN + name else f"{registered}:{name}"
    if module is not None and module.startswith(("keras.src.ops", "keras.ops")):
        return _function(name)  # in files of the older kind Keras 3 says no more of one
    if module is None and name not in (*MODELS, "InputLayer") and not {"trainable", "dtype"} & _config(entry).keys():
        return _function(name)  # in files of the older kind Keras 3 says no more of one
    if name in ("TFOpLambda", "SlicingOpLambda"):
        return f"tf.{_config(entry).get('function')}"
    plain = module is None or module == "keras" or module.removeprefix("tf_").startswith(("keras.layers", "keras.src."))
    known = plain and registered in (None, name) and ">" not in name
    if name in OF_APPLICATIONS and "src.applications." not in str(module):
        return f"{module or 'an unknown package'}:{name}"
    return name if known else f"{module or registered}:{name}"


def _function(name: str) -> str:
    kind = f"ops.{group_of(name)}"
    return RENAMED.get(kind, kind)


def _inbound(described: Any, kind: str) -> Inbound:
    """One call, as Keras 3 writes it or as those before it did."""
    if isinstance(described, dict):
        reads, given = _called(described, kind)
    else:
        reads, given = _called_in_keras_2(described, kind)
    return Inbound(tuple(reads), given)


def _called(described: Described, kind: str) -> tuple[list[ValueSource], _Given]:
    args, named = row(described.get("args", []), "arguments"), mapping(described.get("kwargs", {}), "arguments")
    names = PARAMETERS.get(kind, ("x",))
    places = [*names, *(f"argument {number}" for number in range(len(names), len(args)))]
    reads: list[ValueSource] = []
    given: _Given = {}
    for name, value in (*zip(places, args, strict=False), *named.items()):
        found = [*_sources(value)]
        reads += found
        if not found:
            given[str(name)] = value
    return reads, given


def _sources(value: Any) -> Iterator[ValueSource]:
    """The values in an argument: one, or a list of them."""
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, dict) and one.get("class_name") == "__keras_tensor__":
            yield source_of(mapping(one.get("config"), "value's description").get("keras_history"))


def source_of(value: Any) -> ValueSource:
    """``[layer, call, value]``. Raises StrangeError."""
    history = row(value, "a value's source")
    if len(history) < 3:
        raise StrangeError("has a value that comes from nowhere")
    return ValueSource(text(history[0], "source"), natural(history[1], "source"), natural(history[2], "source"))


def _called_in_keras_2(described: Any, kind: str) -> tuple[list[ValueSource], _Given]:
    """A list of ``[layer, call, value, named arguments]``, where a constant is a layer of its own; or only one."""
    values = row(described, "calls")
    if values and isinstance(values[0], str):
        values = [values]
    reads: list[ValueSource] = []
    given: _Given = {}
    for number, one in enumerate(values):
        history = row(one, "a call's values")
        if history and history[0] == "_CONSTANT_VALUE":
            given[f"x{number + 1}"] = history[2] if len(history) > 2 else None
        else:
            reads.append(source_of(history))
        named = mapping(history[3], "arguments") if len(history) > 3 else {}
        for name, value in named.items():
            known = SAID_THERE.get(name, name)
            if kind.startswith("tf.") and isinstance(value, list) and value and isinstance(value[0], str):
                reads.append(source_of(value))
            else:
                given[known] = value
    return reads, given


def function_settings(entry: LayerEntry, inbound: Inbound) -> Described:
    """How a function was made and called, together."""
    made = {name: value for name, value in entry.settings.items() if name != "name"}
    given = {name: value for name, value in inbound.given.items() if name != "name" and value is not None}
    settings = {**made, **given}
    return {**settings, "key": _key(settings.get("key"))} if entry.kind == SLICE else settings


def _key(key: Any) -> Any:
    """A slice as (start, stop, step) an axis, or ELLIPSIS for the axes between; one that is otherwise as it stands."""
    parts = key if isinstance(key, list | tuple) else [key]
    if not all(isinstance(one, dict) and isinstance(one.get("config", one), dict) for one in parts):
        return key
    return tuple(map(_axis, parts))


def _axis(part: Described) -> Any:
    if part.get("class_name") == "__ellipsis__":
        return ELLIPSIS
    said = part.get("config", part)
    return tuple(said.get(name) for name in ("start", "stop", "step"))
