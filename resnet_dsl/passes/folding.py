"""Folds a batch normalisation into the convolution or dense layer before it.

At inference it is a factor and an offset for each channel, ``gamma / sqrt(variance + epsilon)`` and ``beta - mean *
factor``: the factor goes into the kernel, the offset into the bias (Jacob et al. 2018, section 3.2). Layers that are
called several times are folded once, where the one stands behind the other in each call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.ir.graph import Graph
from resnet_dsl.passes.rewriting import Done, WeightedGraph, calls_of, readers, rewrite
from resnet_dsl.sentences import counted

Arrays = Mapping[str, Any]


def fold_batchnorm(network: WeightedGraph) -> Done:
    """The network without the normalisations that its weights can take up. Without weights nothing can be folded."""
    graph, weights = network.graph, network.weights
    if weights is None:
        return Done(network, "folded no batch normalisation: that needs weights")
    read = readers(graph)
    changed: dict[int, Arrays] = {}
    removed: dict[int, int] = {}
    folded: dict[str, Arrays] = {}
    calls = calls_of(graph)
    for owner, norms in calls.items():
        node = graph.nodes[owner]
        linear = [graph.nodes[one].inputs[0] for one in norms] if node.op == "batchnorm" else []
        if linear and linear == calls.get(linear[0]) and all(_takes_it_up(graph, read, one) for one in linear):
            before = graph.nodes[linear[0]]
            folded[before.name] = _folded(weights[before.name], weights[node.name], node.args["epsilon"])
            changed |= {one: {**before.args, "bias": True} for one in linear}
            removed |= dict(zip(norms, linear, strict=True))
    said = f"folded {counted(len(folded), 'batch normalisation')}"
    return Done(rewrite(network, changed, removed, folded), said)


def _takes_it_up(graph: Graph, read: list[list[int]], linear: int) -> bool:
    """Whether what stands before a normalisation is linear, has weights as they are, and nobody else reads it."""
    before = graph.nodes[linear]
    if len(read[linear]) > 1 or before.op not in {"conv", "dense"}:
        return False
    return before.op == "dense" or before.args["standardize"] == "none"


def _folded(linear: Arrays, norm: Arrays, epsilon: float) -> Arrays:
    """Kernel and bias with the normalisation in them, computed in float64 and rounded once."""
    exact = {name: array.astype("float64") for name, array in {**norm, **linear}.items()}
    factor = (exact["moving_variance"] + epsilon) ** -0.5 * exact.get("gamma", 1.0)
    bias = (exact.get("bias", 0.0) - exact["moving_mean"]) * factor + exact.get("beta", 0.0)
    kind = linear["kernel"].dtype
    return {"kernel": (exact["kernel"] * factor).astype(kind), "bias": bias.astype(kind)}
