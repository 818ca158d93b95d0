"""From a model with weights to the model that computes the same at inference with less."""

from __future__ import annotations

from typing import Any, NamedTuple

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes import WeightedGraph, optimize
from resnet_dsl.sentences import counted
from resnet_dsl.targets.keras.fusing import fuse_activations
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.scaling import scaled_first, scaling_of
from resnet_dsl.targets.keras.ways import build_either_way
from resnet_dsl.targets.keras.weights import set_weights, weights_of


class Optimized(NamedTuple):
    """``model`` computes what the original does at inference; ``graph``, ``shapes``: its network; ``said``: what was
    done. A model rebuilt from the graph has its activations apart, and takes the same weights."""

    model: Any
    graph: Graph
    shapes: tuple[Shape, ...]
    said: tuple[str, ...]


def optimize_for_inference(graph: Graph, shapes: tuple[Shape, ...], model: Any) -> Optimized:
    """A model for inference alone, from a model of this graph (``to_keras``) with its weights.

    Batch normalisation is folded, dropout and the like removed, padding merged, activations fused. Outputs agree to
    rounding (1e-5 of their scale; 1e-4 in the deepest networks). It is not meant to be trained. Where the model takes
    images as they come, so does the new one.
    """
    weights = weights_of(model, lower(graph, shapes), shapes)
    network, said = optimize(WeightedGraph(graph, shapes, weights))
    calls, fused = fuse_activations(lower(network.graph, network.shapes))
    optimized = build_either_way(scaled_first(calls, scaling_of(model)))
    assert network.weights is not None
    set_weights(optimized, calls, network.shapes, network.weights)
    return Optimized(optimized, network.graph, network.shapes, (*said, f"fused {counted(fused, 'activation')}"))
