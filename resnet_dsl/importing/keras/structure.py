"""From Keras' description of a model to its calls in an order of execution, with no model within another.

Functional and Sequential models are read, those within others in place of their calls. A layer that is called several
times is there as often, under the same label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import chain, pairwise
from typing import Any, NamedTuple

from resnet_dsl.elaborate.building.builder import MOST_NODES
from resnet_dsl.importing.keras.called import (
    Called,
    Described,
    StrangeError,
    UnknownError,
    is_function,
    mapping,
    row,
    text,
)
from resnet_dsl.importing.keras.entries import (
    MODELS,
    Inbound,
    LayerEntry,
    ValueSource,
    entry_of,
    function_settings,
    kind_of,
    source_of,
)
from resnet_dsl.sentences import an
from resnet_dsl.weights.about import group_of

DEEPEST = 10
"""Models within one another."""
_MOST_CALLS = 4 * MOST_NODES
"""One operation is a few calls at most, but for those that few networks have."""

_MOST_VALUES = 1_000
"""Of one call."""
PART = "which value"
"""Among the settings of a call that has several values: which of them it stands for, where that is not the first."""


class Structure(NamedTuple):
    """The calls of a model, of which the inputs come first, and what it returns: calls by name."""

    name: str
    calls: tuple[Called, ...]
    outputs: Mapping[str, int]
    inputs: int

    @property
    def is_of_keras_2(self) -> bool:
        """Whether a Keras before 3 described it."""
        return any("batch_input_shape" in called.settings for called in self.calls[: self.inputs])


def structure_of(described: Any) -> Structure:
    """Raises StrangeError where it is no description of a model, and UnknownError where it is one of another kind."""
    model = mapping(described, "model")
    kind = kind_of(model)
    config = model.get("config")
    name = text(config.get("name", "model"), "model's name") if isinstance(config, dict) else "model"
    if kind not in MODELS:
        raise UnknownError(f"is {an(kind)}, a class of somebody's own: what it does is code, which is not run", REBUILD)
    flattening = _Flattening()
    level = _level(model)
    entering = [flattening.enter(entry) for entry in level.entering]
    results = flattening.run(level, entering, "", "", 0)
    return Structure(name, tuple(flattening.calls), _named(level, results), len(entering))


REBUILD = (
    "load it where it was made, and give the model itself: `resnet_dsl.from_keras(model)`, or "
    "`keras.Model(model.inputs, model.outputs).save(…)`"
)


class _Level(NamedTuple):
    """One model: its layers, those that are its inputs in order, and what it returns, by name where it says names."""

    entries: tuple[LayerEntry, ...]
    entering: tuple[LayerEntry, ...]
    returned: tuple[ValueSource, ...]
    names: tuple[str, ...]


def _level(model: Described) -> _Level:
    return _sequential(model) if kind_of(model) == "Sequential" else _functional(model)


def _functional(model: Described) -> _Level:
    config = mapping(model.get("config"), "configuration")
    entries = tuple(entry_of(one) for one in row(config.get("layers"), "layers"))
    by_name = {entry.name: entry for entry in entries}
    if len(by_name) < len(entries):
        twice = Counter(entry.name for entry in entries).most_common(1)[0][0]
        raise StrangeError(f"has two layers that are called `{twice}`")
    entering = [source.layer for _, source in _ends(config.get("input_layers"))]
    ends = _ends(config.get("output_layers"))
    if not entering or not ends:
        raise StrangeError("says nothing of what the model takes, or of what it returns")
    entries = tuple(_counted_from_one(entries, [source for _, source in ends]))
    missing = [name for name in entering if name not in by_name or by_name[name].kind != "InputLayer"]
    if missing:
        raise StrangeError(f"has no input layer `{missing[0]}`")
    return _Level(
        entries,
        tuple(by_name[name] for name in entering),
        tuple(source for _, source in ends),
        tuple(name or source.layer for name, source in ends),
    )


def _counted_from_one(entries: Sequence[LayerEntry], returned: Sequence[ValueSource]) -> Iterator[LayerEntry]:
    """The layers, where a model that is read by a number that it has no call of has its calls counted from 1."""
    sources = (source for entry in entries for inbound in entry.calls for source in inbound.reads)
    read = {(source.layer, source.call) for source in chain(sources, returned)}
    for entry in entries:
        is_counted = entry.nested is not None and (entry.name, len(entry.calls)) in read
        yield entry._replace(first=1) if is_counted else entry


def _ends(described: Any) -> list[tuple[str | None, ValueSource]]:
    """What a model takes or returns: one ``[layer, call, value]``, a list of these, or such by name.

    Keras takes and returns what has names in the order of these.
    """
    if isinstance(described, dict):
        return [(str(name), source_of(one)) for name, one in sorted(described.items())]
    ends = row(described, "inputs or outputs")
    if ends and isinstance(ends[0], str):
        return [(None, source_of(ends))]
    return [(None, source_of(one)) for one in ends]


def _sequential(model: Described) -> _Level:
    """Layers one behind the other, as a Functional model's."""
    config = model.get("config")
    found = config if isinstance(config, list) else mapping(config, "configuration").get("layers")
    entries = [entry_of(one) for one in row(found, "layers")]
    if not entries:
        raise StrangeError("has no layers")
    if entries[0].kind != "InputLayer":
        entries.insert(0, _made_input(entries[0], config))
    behind = [
        entry._replace(calls=(Inbound((ValueSource(before.name, 0, 0),), {}),)) for before, entry in pairwise(entries)
    ]
    last = entries[-1].name
    return _Level((entries[0], *behind), (entries[0],), (ValueSource(last, 0, 0),), (last,))


def _made_input(first: LayerEntry, config: Any) -> LayerEntry:
    """The input of a Sequential model that has no layer for it: its first layer or the model says the shape."""
    said = {name: first.settings[name] for name in ("batch_shape", "batch_input_shape") if name in first.settings}
    built = config.get("build_input_shape") if isinstance(config, dict) else None
    return LayerEntry("input", "InputLayer", said or {"batch_shape": built}, ())


def _named(level: _Level, results: Sequence[int]) -> dict[str, int]:
    """What is returned, by name: ``output`` where it is one."""
    if len(results) == 1:
        return {"output": results[0]}
    named: dict[str, int] = {}
    for name, result in zip(level.names, results, strict=True):
        free = (name if number == 1 else f"{name}_{number}" for number in range(1, len(results) + 2))
        named[next(one for one in free if one not in named)] = result
    return named


class _Flattening:
    """Collects the calls of a model and of those within it."""

    def __init__(self) -> None:
        self.calls: list[Called] = []

    def enter(self, entry: LayerEntry) -> int:
        """One of the whole model's inputs."""
        return self._add(Called(entry.name, entry.kind, entry.settings, ()))

    def run(self, level: _Level, entering: Sequence[int], within: str, place: str, depth: int) -> tuple[int, ...]:
        """Adds the calls of a model whose inputs are these calls, and returns those that it returns."""
        if depth > DEEPEST:
            raise StrangeError(f"has models within one another more than {DEEPEST} deep")
        if len(entering) != len(level.entering):
            raise StrangeError(
                f"calls the model `{within}` with {len(entering)} values in place of {len(level.entering)}"
            )
        places = _places(level.entries, place)
        known: dict[tuple[str, int], list[int] | tuple[int, ...]] = {
            (entry.name, 0): (value,) for entry, value in zip(level.entering, entering, strict=True)
        }
        for entry, number in _in_order(level, known.keys()):
            inbound = entry.calls[number]
            reads = [self._value(known, source) for source in inbound.reads]
            label = f"{within}{entry.name}"
            if not reads:
                raise StrangeError(f"calls `{label}` with no value")
            known[entry.name, entry.first + number] = self._called(
                entry, inbound, reads, label, places[entry.name], depth
            )
        return tuple(self._value(known, source) for source in level.returned)

    def _called(
        self, entry: LayerEntry, inbound: Inbound, reads: Sequence[int], label: str, place: str, depth: int
    ) -> list[int] | tuple[int, ...]:
        """All the values of a model; of a layer or function the first, to which others are added as they are read."""
        if entry.nested is not None:
            if inbound.given.get("training") not in (None, False):
                raise UnknownError(f"calls the model `{label}` as in training, and the language has no word for that")
            return self.run(_level(entry.nested), reads, f"{label}/", f"{place}/", depth + 1)
        if is_function(entry.kind):
            return [self._add(Called(label, entry.kind, function_settings(entry, inbound), tuple(reads)))]
        return [self._add(Called(label, entry.kind, entry.settings, tuple(reads), inbound.given, place))]

    def _value(self, known: Mapping[tuple[str, int], list[int] | tuple[int, ...]], source: ValueSource) -> int:
        """The call that has a value. One that has several (``split``) is there once more for each further one."""
        values = known.get((source.layer, source.call), ())
        missing = isinstance(values, tuple) and source.value >= len(values)
        if missing or source.value > _MOST_VALUES:
            raise StrangeError(f"reads a value of `{source.layer}` that there is none of")
        while isinstance(values, list) and source.value >= len(values):
            first = self.calls[values[0]]
            values.append(self._add(first._replace(settings={**first.settings, PART: len(values)})))
        return values[source.value]

    def _add(self, call: Called) -> int:
        if len(self.calls) >= _MOST_CALLS:
            raise StrangeError(f"has more than {_MOST_CALLS:,} calls of layers")
        self.calls.append(call)
        return len(self.calls) - 1


def _places(entries: Sequence[LayerEntry], place: str) -> dict[str, str]:
    """Where a ``.keras`` archive keeps the weights of each layer: it counts them by class."""
    counts: Counter[str] = Counter()
    found = {}
    for entry in entries:
        if is_function(entry.kind):
            continue
        group = group_of(entry.kind.rpartition(":")[2].removeprefix("own."))
        found[entry.name] = f"{place}layers/{group}_{counts[group]}" if counts[group] else f"{place}layers/{group}"
        counts[group] += 1
    return {entry.name: found.get(entry.name, "") for entry in entries}


def _in_order(level: _Level, entered: Any) -> list[tuple[LayerEntry, int]]:
    """The calls of all layers, each behind those that it reads, else in the order of the description.

    Raises StrangeError where calls read one another in a circle, or what there is not.
    """
    calls = [(entry, number) for entry in level.entries for number in range(len(entry.calls))]
    index = {(entry.name, entry.first + number): place for place, (entry, number) in enumerate(calls)}
    waiting: list[int] = []
    readers: list[list[int]] = [[] for _ in calls]
    for place, (entry, number) in enumerate(calls):
        sources = {(one.layer, one.call) for one in entry.calls[number].reads} - entered
        for source in sources:
            if source not in index:
                raise StrangeError(f"lets `{entry.name}` read `{source[0]}`, which is not there")
            readers[index[source]].append(place)
        waiting.append(len(sources))
    ready = [place for place, count in enumerate(waiting) if not count]
    heapify(ready)
    ordered: list[tuple[LayerEntry, int]] = []
    while ready:
        place = heappop(ready)
        ordered.append(calls[place])
        for one in readers[place]:
            waiting[one] -= 1
            if not waiting[one]:
                heappush(ready, one)
    if len(ordered) < len(calls):
        stuck = next(calls[place][0].name for place, count in enumerate(waiting) if count)
        raise StrangeError(f"has a circle: `{stuck}` reads what comes out of it")
    return ordered
