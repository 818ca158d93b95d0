"""The Keras target: from a graph to a Functional model, and from a model to a file and back.

It imports ``keras`` and no backend, so the same code runs on TensorFlow, JAX and PyTorch; and it imports that only when
a model is built, so everything else starts fast.
"""

from __future__ import annotations

from typing import Any

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.backend import MissingPackage, import_keras
from resnet_dsl.targets.keras.building import WrongShape
from resnet_dsl.targets.keras.calls import Call, Calls
from resnet_dsl.targets.keras.loading import NoGraph, keeps_classes, load, load_weights, put_weights, read_graph
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.saving import reloading, save, save_json, save_weights
from resnet_dsl.targets.keras.scaling import expect_channels, scaled_first, scaling_of
from resnet_dsl.weights import InputScaling

__all__ = [
    "Call",
    "Calls",
    "MissingPackage",
    "NoGraph",
    "WrongShape",
    "keeps_classes",
    "load",
    "load_weights",
    "lower",
    "put_weights",
    "read_graph",
    "reloading",
    "save",
    "save_json",
    "save_weights",
    "scaling_of",
    "to_keras",
]


def to_keras(
    graph: Graph,
    shapes: tuple[Shape, ...],
    *,
    seed: int | None = None,
    fast: bool = True,
    scaling: InputScaling | None = None,
) -> Any:
    """An ordinary Functional model of the graph, on the backend that Keras is set to.

    graph, shapes: the network, and the shape of each of its nodes without the batch axis
        (resnet_dsl.analyses.shapes.infer_shapes).
    seed: the same seed gives the same initial weights; without one Keras' global seed decides
        (``keras.utils.set_random_seed``).
    fast: builds several times faster, by short cuts through Keras' inside; where these are not what they are known to
        be, and with ``fast=False``, by the public API alone. The model is the same but for the random numbers drawn.
    scaling: what the model does to its images first, by a layer of its own; None where it takes them normalised.

    Each layer has the name of its node; helpers that a node needs besides (explicit padding) have it with a suffix.
    Raises MissingPackage without Keras or a backend, and WrongShape where Keras' shapes are not the graph's (our bug).
    """
    expect_channels(scaling, shapes[0])
    calls = scaled_first(lower(graph, shapes), scaling)
    import_keras()
    from resnet_dsl.targets.keras.ways import build_either_way

    return build_either_way(calls, seed, fast=fast)
