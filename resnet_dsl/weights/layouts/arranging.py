"""Weights of other libraries under the names of our nodes, in our axes; and ours under theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import counted, listed
from resnet_dsl.weights.layouts.arrays import Array, fitted, returned, turned
from resnet_dsl.weights.layouts.choosing import AUTO, OWN, LayoutReading, ToFill, chosen, meant, slots
from resnet_dsl.weights.layouts.places import NodePlace
from resnet_dsl.weights.layouts.table import Layout, layouts
from resnet_dsl.weights.reading import SavedArray, SavedModel
from resnet_dsl.weights.stored import COUNTER

WeightsOfNodes: TypeAlias = Mapping[str, Mapping[str, Array]]
"""By the names of nodes and of their weights."""


class Arranged(NamedTuple):
    """arrays: by the names of nodes and of their weights, in the shapes that the graph gives them wherever they fit.

    said: what a user is told of it. passed_over: what was excepted of the file, as it was asked for.
    """

    arrays: dict[str, dict[str, SavedArray]]
    said: tuple[str, ...]
    passed_over: tuple[str, ...]


def arranged(
    saved: SavedModel,
    layout: str,
    network: str,
    places: Sequence[NodePlace],
    required: Collection[str],
    excepted: Collection[str] = (),
) -> Arranged:
    """The arrays of a file by our names. layout: one of ``layout_names()``.

    network: its name, for messages. required: the nodes whose weights must be there; those of others may be.
    excepted: parts of the network or of the file that are passed over. Raises Failure where names do not fit, or fit in
    several ways; shapes are left to who takes the arrays (resnet_dsl.weights.matching).
    """
    named = {layer.name: layer for layer in saved.layers if layer.name is not None}
    reading = chosen(ToFill(network, places, required, excepted, saved.path, [*named]), layout)
    arrays: dict[str, dict[str, SavedArray]] = {}
    for name, slot in reading.slots.items():
        theirs = named[name].arrays
        if len(theirs) != len(slot.weights):
            raise Failure(
                f"`{saved.path}` has {counted(len(theirs), 'array')} for `{name}`, and the network {len(slot.weights)}"
            )
        for array, weight in zip(theirs, slot.weights, strict=True):
            values = array.values
            values = (
                fitted(values, weight.shape)
                if reading.ours
                else turned(values, weight.name, weight.shape, slot.place.map)
            )
            arrays.setdefault(slot.place.node, {})[weight.name] = SavedArray(weight.name, array.kind, values)
    return Arranged(arrays, tuple(_said(reading, layout)), reading.passed_over)


def _said(reading: LayoutReading, layout: str) -> list[str]:
    front = f", behind `{reading.beginning}`" if reading.beginning else ""
    return [f"names are those of {reading.layout}{front}"] if layout == AUTO or front else []


def foreign(layout: str, network: str, places: Sequence[NodePlace], weights: WeightsOfNodes) -> dict[str, Array]:
    """Our weights under the names of a layout, in its axes, as its library's own ``state_dict()`` has them.

    network: its name, for messages. Raises Failure where the layout does not fit the network, or several do.
    """
    if layout == OWN:
        return {f"{place.node}.{one.name}": weights[place.node][one.name] for place in places for one in place.weights}
    found: dict[str, Array] = {}
    for name, slot in slots(_family(layout, network, places), places)[0].items():
        (weight,) = slot.weights
        found[name] = returned(weights[slot.place.node][weight.name], weight.name, slot.rank, slot.place.map)
        if weight.name == "moving_mean":
            found[f"{name.rpartition('.')[0]}.{COUNTER}"] = np.zeros((), np.int64)
    return found


def _family(layout: str, network: str, places: Sequence[NodePlace]) -> Layout:
    """The family of a layout that knows every place of a network."""
    written = [one for one in meant(layout) if one is not None and not one.keras] if layout != AUTO else []
    if not written:
        names = dict.fromkeys(name for one in layouts() if not one.keras for name in one.libraries)
        raise Failure(f"no file is written in the layout `{layout}`", f"take one of {listed((OWN, *names))}")
    tried = [(one, slots(one, places)[1]) for one in written]
    knowing = [one for one, unknown in tried if not unknown]
    own = [one for one in knowing if one.is_for(places)] or knowing
    if len(own) == 1:
        return own[0]
    if own:
        families = sorted(name for one in own for name in one.names if name.startswith(f"{layout}/"))
        raise Failure(f"{network} fits several layouts of {layout}", f"say which: {listed(families)}")
    near, (place, *_) = min(tried, key=lambda one: len(one[1]))
    lacking = f"{near.family} has no name of its own for `{place.node}`, at {place.path}"
    raise Failure(
        f"{network} fits no layout of {layout}: {lacking}", f"`--layout {OWN}` writes any network, under its own names"
    )
