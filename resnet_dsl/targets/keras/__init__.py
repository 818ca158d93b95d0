"""The Keras target: from a graph to a Functional model, and from a model to a file and back.

It imports ``keras`` and no backend, so the same code runs on TensorFlow, JAX and PyTorch; and it imports that only when
a model is built, so everything else starts fast.
"""

from __future__ import annotations

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.targets.keras.building import WrongShapeError
from resnet_dsl.targets.keras.calls import Calls, LayerCall
from resnet_dsl.targets.keras.loading import NoGraphError, keeps_classes, load, load_weights, put_weights, read_graph
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.model import to_keras
from resnet_dsl.targets.keras.saving import reloading, save, save_json, save_weights
from resnet_dsl.targets.keras.scaling import scaling_of

__all__ = [
    "Calls",
    "LayerCall",
    "MissingPackageError",
    "NoGraphError",
    "WrongShapeError",
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
