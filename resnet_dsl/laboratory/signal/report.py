"""The signal of a network as data and in words, whether it was predicted from the spec or measured by the probe.

The squared size of a gradient grows or shrinks by a factor a layer, so that what counts is how many decades lie between
a network's two ends. Sizes are of gradients with respect to activations: the gradients of weights hide a signal that
dies, since activations shrink where gradients grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log10, prod, sqrt
from typing import Any, Literal, TypeAlias

from resnet_dsl.analyses.parts import stage_of_scopes
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.laboratory.signal.ways import Way, ways_of
from resnet_dsl.sentences import counted

Verdict: TypeAlias = Literal["vanishes", "holds", "explodes"]
Source: TypeAlias = Literal["predicted", "measured"]

HOLDS = 3.0
"""Decades from end to end within which a network's gradient is said to hold; `check --signal` warns of more."""


class UnpredictableError(Failure):
    """No honest prediction can be made. The message is one sentence; ``node`` the name of the node it is about."""

    def __init__(self, message: str, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True)
class Layer:
    """What passes one weighted layer: mean squares over samples, positions and channels.

    activation: of the layer's result.
    gradient: of one sample's loss with respect to the layer's result.
    stage: the stem, stage or head in which it lies; positions: those of its result (1 for a vector).
    """

    name: str
    op: str
    stage: str
    positions: int
    activation: float
    gradient: float


def weighted(graph: Graph) -> list[int]:
    """The nodes that a signal is looked at: the layers with weights, in the graph's order."""
    return [index for index, node in enumerate(graph.nodes) if OPERATIONS[node.op].role == "weighted"]


def signal_of(
    graph: Graph, shapes: Sequence[Shape], source: Source, activations: Sequence[float], gradients: Sequence[float]
) -> Signal:
    """What was predicted or measured at the ``weighted`` nodes, with where they lie. Raises Failure: too many ways."""
    stages = stage_of_scopes(graph)
    places = [(graph.nodes[index], positions(shapes[index])) for index in weighted(graph)]
    layers = (
        Layer(node.name, node.op, graph.scopes[stages[node.scope]].name, count, activation, gradient)
        for (node, count), activation, gradient in zip(places, activations, gradients, strict=True)
    )
    return Signal(graph.name, source, tuple(layers), ways_of(graph, weighted(graph)))


def positions(shape: Shape) -> int:
    """The positions of a map: 1 for a vector, unknown lengths counted as 2 (more than one)."""
    return prod(length if isinstance(length, int) else 2 for length in shape[:-1])


@dataclass(frozen=True)
class StageGrowth:
    """How many times the gradient's root mean square grows a layer, towards the input, inside one stage."""

    stage: str
    layers: int
    growth: float


@dataclass(frozen=True)
class Signal:
    """Activations and gradients at every weighted layer, from input to output.

    ways: of a network of several inputs or outputs, from each to each. Growth is that of the way with most decades.
    """

    network: str
    source: Source
    layers: tuple[Layer, ...]
    ways: tuple[Way, ...] = ()

    @property
    def parts(self) -> tuple[Signal, ...]:
        """The signal along each of the ways, ``pair (left to head)``; itself where there is one."""
        if not self.ways:
            return (self,)
        return tuple(
            Signal(f"{self.network} ({way.start} to {way.end})", self.source, tuple(self.layers[k] for k in way.layers))
            for way in self.ways
        )

    @property
    def worst(self) -> Signal:
        """The part with most decades."""
        return max(self.parts, key=lambda part: part.decades) if self.ways else self

    @property
    def trunk(self) -> tuple[Layer, ...]:
        """The layers that growth is read from: those that work on a map and get a gradient.

        Vectors (the classifier, a gate's layers) lie behind a pooling, which divides the gradient by the number of
        positions at once. A network without maps is its vectors.
        """
        alive = [layer for layer in self.layers if layer.gradient > 0]
        maps = tuple(layer for layer in alive if layer.positions > 1)
        return maps if len(maps) > 1 else tuple(alive)

    @property
    def unreached(self) -> int:
        """Layers without any gradient: a factor behind them starts from zero."""
        return sum(layer.gradient == 0 for layer in self.layers)

    @property
    def growth(self) -> float:
        """How many times the gradient's root mean square grows a layer towards the input: a straight line's slope."""
        return _growth(self.worst.trunk)

    @property
    def decades(self) -> float:
        """Decades that the gradient's root mean square gains or loses from end to end, along the line of its growth.

        Not the distance between extremes: blocks that start from nearly nothing have small gradients inside, and what
        passes them by is none the worse for it.
        """
        return abs(log10(self.growth)) * max(len(self.worst.trunk) - 1, 0)

    @property
    def stages(self) -> tuple[StageGrowth, ...]:
        """Growth a layer of each stage that has at least two layers of the trunk; of several ways the steepest."""
        if self.ways:
            return _steepest(self.parts)
        names = dict.fromkeys(layer.stage for layer in self.trunk)
        inside = {name: [layer for layer in self.trunk if layer.stage == name] for name in names}
        return tuple(StageGrowth(name, len(one), _growth(one)) for name, one in inside.items() if len(one) > 1)

    @property
    def verdict(self) -> Verdict:
        if self.decades <= HOLDS:
            return "holds"
        return "explodes" if self.growth > 1 else "vanishes"

    @property
    def words(self) -> str:
        """A sentence: ``plain56: the gradient grows 1.17 times a convolution towards the input, 3.6 decades: …``.

        Of several ways a line with a sentence each.
        """
        if self.ways:
            return "\n".join(part.words for part in self.parts)
        if len(self.trunk) < 2:
            return f"{self.network}: {self._unreached or 'there are fewer than two layers with weights'}"
        grows = self.growth >= 1
        factor = self.growth if grows else 1 / self.growth
        layer = "convolution" if self.trunk[0].positions > 1 else "layer"
        sentence = (
            f"{self.network}: the gradient {'grows' if grows else 'shrinks'} {factor:.2f} times a {layer} towards the "
            f"input, {self.decades:.1f} decades: it {self.verdict}"
        )
        return f"{sentence}; {self._unreached}" if self.unreached else sentence

    @property
    def _unreached(self) -> str:
        if not self.unreached:
            return ""
        found = f"{self.unreached} of {counted(len(self.layers), 'layer')} {'gets' if self.unreached == 1 else 'get'}"
        return f"{found} no gradient, since a factor starts from zero"

    @property
    def short(self) -> str:
        """For a table's cell: the growth a layer and the verdict, ``1.17, explodes``."""
        return f"{self.growth:.2f}, {self.verdict}" if len(self.worst.trunk) > 1 else "none"

    @property
    def warning(self) -> str | None:
        """What `check --signal` warns of: the words of a gradient that vanishes or explodes. None where it holds."""
        return "; ".join(part.words for part in self.parts if part.verdict != "holds") or None

    def table(self) -> list[tuple[str, str, str, str]]:
        """Rows for people: layer, stage, root mean squares of activation and gradient."""
        return [
            (one.name, one.stage, f"{sqrt(one.activation):.3g}", f"{sqrt(one.gradient):.3g}") for one in self.layers
        ]

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        ways = [
            {"from": way.start, "to": way.end, **part._growing(), "layers": [layer.name for layer in part.layers]}
            for way, part in zip(self.ways, self.parts, strict=False)
        ]
        layers = [vars(layer) for layer in self.layers]
        return {"network": self.network, "source": self.source, **self._growing(), "layers": layers, "ways": ways}

    def _growing(self) -> dict[str, Any]:
        """Growth as plain data."""
        follows = len(self.worst.trunk) > 1
        return {
            "growth": self.growth if follows else None,
            "decades": self.decades if follows else None,
            "verdict": self.verdict,
            "stages": [vars(stage) for stage in self.stages],
        }


def _steepest(parts: Sequence[Signal]) -> tuple[StageGrowth, ...]:
    """Of each stage the growth along that of the ways on which it is farthest from 1."""
    found: dict[str, StageGrowth] = {}
    for one in (stage for part in parts for stage in part.stages):
        found[one.stage] = max(found.get(one.stage, one), one, key=lambda stage: abs(log(stage.growth)))
    return tuple(found.values())


def _growth(layers: Sequence[Layer]) -> float:
    """By the slope of the least-squares line through the logarithms at 0, 1, 2 …; 1 for fewer than two layers."""
    values, count = [log(layer.gradient) / 2 for layer in layers], len(layers)
    if count < 2:
        return 1.0
    middle, mean = (count - 1) / 2, sum(values) / count
    moved = sum((x - middle) * (y - mean) for x, y in enumerate(values))
    return exp(-moved / sum((x - middle) ** 2 for x in range(count)))
