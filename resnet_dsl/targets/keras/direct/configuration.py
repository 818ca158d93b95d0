"""Keras' description of a model (``config.json``) from its calls, without Keras: JSON, in parts.

Layers that differ in their names alone have one text with gaps, which is filled for each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.building import READS_A_LIST, seed_of
from resnet_dsl.targets.keras.calls import SLICE, Calls, Initializer, LayerCall, Value, batched
from resnet_dsl.targets.keras.direct.table import table
from resnet_dsl.targets.keras.order import layers_in_order, nodes_of_layers
from resnet_dsl.targets.keras.variables import LeftToKerasError

Described: TypeAlias = Mapping[str, Any]


def configuration(calls: Calls, seed: int | None) -> Iterator[str]:
    """The text, in parts. Raises LeftToKerasError for what the table does not hold, before the first part is there."""
    layers = _Layers(calls, seed)
    described = [layers.described(index) for index in layers_in_order(calls)]
    model = table()["model"]
    config = {**model["config"], "name": calls.name, "layers": "@layers@", **_ends(layers)}
    before, _, behind = json.dumps({**model, "config": config}).partition('"@layers@"')
    return chain((before, "["), _separated(described), ("]", behind))


def _separated(texts: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f", {text}" if number else text


def _ends(layers: _Layers) -> dict[str, Any]:
    """What the model takes, one or a list, and what it returns, one or by name."""
    inputs = [layers.history(one) for one in layers.calls.inputs]
    outputs = {name: layers.history(one) for name, one in layers.calls.outputs.items()}
    return {
        "input_layers": inputs if len(inputs) > 1 else inputs[0],
        "output_layers": outputs if len(outputs) > 1 else next(iter(outputs.values())),
    }


class _Layers:
    """The layers of a model, and how they are called."""

    def __init__(self, calls: Calls, seed: int | None) -> None:
        self.calls = calls
        self._seed = seed
        self._nodes = nodes_of_layers(calls)
        self._number = {call: number for nodes in self._nodes.values() for number, call in enumerate(nodes)}
        self._texts: dict[Any, _Text] = {}

    def history(self, index: int) -> list[Any]:
        """Where the value of a call comes from: the layer's name, which of its calls, which of the call's values."""
        if index not in self._number:
            raise LeftToKerasError("an input that nothing reads")
        return [self.calls.calls[index].name, self._number[index], 0]

    def described(self, index: int) -> str:
        """The entry of the layer that this call makes."""
        call = self.calls.calls[index]
        nodes = [] if call.kind == "Input" else [self._node(one) for one in self._nodes[index]]
        seeds = {name: json.dumps(seed_of(self._seed, call.name, name)) for name in _seeded(call)}
        return self._text(_layer, index).filled({"name": f'"{call.name}"', "nodes": ", ".join(nodes), **seeds})

    def _node(self, index: int) -> str:
        """One call of a layer."""
        return self._text(_node, index).filled(
            {"tensors": ", ".join(map(self._tensor, self.calls.calls[index].inputs))}
        )

    def _tensor(self, index: int) -> str:
        call = self.calls.calls[index]
        config = f'"dtype": "{entry_of(call)["gives"]}", "keras_history": {json.dumps(self.history(index))}'
        return f'{{"class_name": "__keras_tensor__", "config": {{"shape": {_shape(call.shape)}, {config}}}}}'

    def _text(self, describe: Any, index: int) -> _Text:
        call = self.calls.calls[index]
        entering = tuple(batched(self.calls.calls[one].shape) for one in call.inputs)
        key = describe, call.kind, tuple(call.args.items()), entering
        if key not in self._texts:
            self._texts[key] = _Text(json.dumps(describe(call, entering)))
        return self._texts[key]


class _Text:
    """JSON with gaps, which stand in it as texts: ``"@name@"``."""

    def __init__(self, text: str) -> None:
        self._parts = re.split(r'"@(\w+)@"', text)

    def filled(self, values: Mapping[str, str]) -> str:
        return "".join(values[part] if number % 2 else part for number, part in enumerate(self._parts))


def _gap(name: str) -> str:
    return f"@{name}@"


@cache
def _shape(shape: Shape) -> str:
    return json.dumps(batched(shape))


def entry_of(call: LayerCall) -> Described:
    """What the table says of this kind. Raises LeftToKerasError."""
    found: Described | None = table()["layers"].get(call.kind)
    if found is None:
        raise LeftToKerasError(f"how Keras describes {call.kind}")
    return found


def _seeded(call: LayerCall) -> Iterator[str]:
    """The arguments of a call that have a seed of their own, or are one."""
    yield from (name for name, value in call.args.items() if isinstance(value, Initializer) and value.random)
    if call.kind == "Dropout":
        yield "seed"


def _layer(call: LayerCall, entering: Sequence[Sequence[int | None]]) -> Described:
    """The entry of a layer, with gaps for its name, its seeds and its calls."""
    entry = entry_of(call)
    known = entry["config"]
    given = {name: _given(name, value, known[name]) for name, value in call.args.items() if name in known}
    if call.kind == "Input":
        given["batch_shape"] = [None, *call.args["size"]]
    seeds = {name: _gap(name) for name in _seeded(call) if name == "seed"}
    config = {**known, **given, **seeds, "name": _gap("name")}
    built = {"build_config": {"input_shape": _built(call, entering)}} if "build_config" in entry else {}
    rest = {name: entry[name] for name in ("module", "class_name", "registered_name")}
    return {**rest, "config": config, **built, "name": _gap("name"), "inbound_nodes": [_gap("nodes")]}


def _built(call: LayerCall, entering: Sequence[Sequence[int | None]]) -> Any:
    return [*entering] if call.kind in READS_A_LIST else entering[0]


def _given(name: str, value: Value, usual: Any) -> Any:
    """An argument as the configuration has it: one number is a list where there may be several."""
    if not isinstance(value, Initializer):
        return [value] if isinstance(usual, list) and isinstance(value, int) else value
    described = table()["initializers"].get(value.kind)
    if described is None:
        raise LeftToKerasError(f"how Keras describes {value.kind}")
    seed = {"seed": _gap(name)} if value.random else {}
    return {**described, "config": {**described["config"], **dict(value.args), **seed}}


def _node(call: LayerCall, entering: Sequence[Sequence[int | None]]) -> Described:
    """One call of a layer or function, with a gap for what it reads."""
    entry = entry_of(call)
    read = [[_gap("tensors")]] if call.kind in READS_A_LIST else [_gap("tensors")]
    named = {name: call.args.get(name, usual) for name, usual in entry["kwargs"].items()}
    known = entry["config"].keys() | named.keys()
    others = (_part(value) if call.kind == SLICE else value for name, value in call.args.items() if name not in known)
    return {"args": [*read, *others], "kwargs": named}


def _part(key: Sequence[tuple[int | None, int | None, int | None]]) -> list[Described]:
    names = ("start", "stop", "step")
    return [{"class_name": "__slice__", "config": dict(zip(names, axis, strict=True))} for axis in key]
