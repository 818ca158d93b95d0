"""The Keras model as data: the layers that it will have, in order, with their arguments and what each reads.

The graph is first lowered to calls (resnet_dsl.targets.keras.lower), without Keras; the calls are then carried out.
Both ways of building (plain and fast) read the same calls, so they differ in nothing but time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.analyses.parts import stage_of_scopes
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.naming import layer_name

Value: TypeAlias = Any
"""int | float | bool | str | None | Initializer | tuple[Value, ...]: plain, hashable data."""

LayerValues: TypeAlias = Mapping[str, Sequence[Any]]
"""From a layer's name to the arrays of its variables, in Keras' order."""

SLICE = "slice"
"""The kind of a call that takes a part of a value: ``key`` has (start, stop, step) for each axis, the batch's first."""


NOTHING: Mapping[str, str] = MappingProxyType({})


class Spread(NamedTuple):
    """How a kernel's numbers are spread, as Keras' ``VarianceScaling`` says it: scale over a fan is their variance."""

    scale: float
    mode: str
    distribution: str


class Initializer(NamedTuple):
    """A class of ``keras.initializers`` and its arguments; ``random`` ones take a seed too."""

    kind: str
    args: tuple[tuple[str, Value], ...] = ()
    random: bool = False

    @property
    def spread(self) -> Spread | None:
        """None of those that do not go by a kernel's fans."""
        return Spread(**dict(self.args)) if self.kind == "VarianceScaling" else _SPREADS.get(self.kind)

    @property
    def number(self) -> float | None:
        """What it fills with; None of a random one."""
        return {"Zeros": 0.0, "Ones": 1.0}.get(self.kind, dict(self.args).get("value"))


_SPREADS = {
    "HeNormal": Spread(2.0, "fan_in", "truncated_normal"),
    "HeUniform": Spread(2.0, "fan_in", "uniform"),
    "GlorotNormal": Spread(1.0, "fan_avg", "truncated_normal"),
    "GlorotUniform": Spread(1.0, "fan_avg", "uniform"),
    "LecunNormal": Spread(1.0, "fan_in", "truncated_normal"),
    "LecunUniform": Spread(1.0, "fan_in", "uniform"),
}
"""What Keras' classes with names of their own are."""


def fan(mode: str, shape: tuple[int, ...]) -> float:
    """The fan of a kernel of this shape, as Keras' initialisers count it."""
    entering, leaving = prod(shape[:-1]), prod(shape[:-2]) * shape[-1]
    return {"fan_in": entering, "fan_out": leaving, "fan_avg": (entering + leaving) / 2}[mode]


class LayerCall(NamedTuple):
    """One call of a layer or an operation of Keras.

    name: the layer's name, unique in the model but for the calls that share a layer.
    kind: a class of ``keras.layers`` (``Conv2D``), ``ops.NAME`` for a function of ``keras.ops``, ``own.NAME`` for a
        layer of resnet_dsl.layers, or SLICE.
    args: what the class or function is called with besides the name (and the value).
    inputs: indices of the calls whose results it reads, in order; the first calls are the model's inputs.
    shape: what the graph says of its result: lengths without the batch axis.
    node: the index of the graph's node that it comes from.
    keeps: weights of the node that are variables of this layer under another name: the graph's name -> Keras'. All
        others are variables of their own name, of the layer with the node's name.
    shares: the index of an earlier call whose layer this one calls again; it has that layer's name.
    """

    name: str
    kind: str
    args: Mapping[str, Value]
    inputs: tuple[int, ...]
    shape: Shape
    node: int
    keeps: Mapping[str, str] = NOTHING
    shares: int | None = None


def is_layer(call: LayerCall) -> bool:
    """Whether the call is of a layer (a class); else it is of a function of ``keras.ops``, or a slice."""
    return call.kind != SLICE and not call.kind.startswith("ops.")


class Calls(NamedTuple):
    """A whole model. ``result[i]`` is the call that computes the value of the graph's node ``i``."""

    graph: Graph
    calls: tuple[LayerCall, ...]
    result: tuple[int, ...]

    @property
    def name(self) -> str:
        """The model's name; the network's own may be one that a backend refuses."""
        return layer_name(self.graph.name)

    @property
    def inputs(self) -> tuple[int, ...]:
        """The calls that are the model's inputs, in order."""
        return tuple(place for place, call in enumerate(self.calls) if call.kind == "Input")

    @property
    def outputs(self) -> dict[str, int]:
        """The calls that compute what the model returns, by the names of the outputs, in order."""
        return {output.name: self.result[output.node] for output in self.graph.outputs}

    @property
    def layers_of(self) -> dict[str, tuple[str, ...]]:
        """From the name of a node to the names of its layers, in order; the one with its weights has its name."""
        names: dict[str, list[str]] = {node.name: [] for node in self.graph.nodes}
        for call in self.calls:
            names[self.graph.nodes[call.node].name].append(call.name)
        return {node: tuple(layers) for node, layers in names.items()}

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """From each layer's name to what it lies in: its stage (the stem, a head), where it has one, and its node."""
        stages, scopes = stage_of_scopes(self.graph), self.graph.scopes
        found: dict[str, tuple[str, ...]] = {}
        for call in (one for one in self.calls if one.shares is None):
            node = self.graph.nodes[call.node]
            stage = stages[node.scope]
            found[call.name] = (scopes[stage].name, node.name) if stage else (node.name,)
        return found


def batched(shape: Shape) -> tuple[int | None, ...]:
    """A shape as Keras has it: the batch axis first, None for what is unknown."""
    return (None, *(length if isinstance(length, int) else None for length in shape))
