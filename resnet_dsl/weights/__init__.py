"""What files of models hold, read as data: weights by the names of layers, and the graph. No Keras is needed.

    path -> (a process of its own: archive -> hdf5) -> reading: SavedModel -> matching: which array goes where

Of Keras four kinds of files are read: ``.keras`` archives, the ``.weights.h5`` files of Keras 3, and the older ``.h5``
files, of whole models and of weights alone; of others arrays by name: safetensors, ``.npz``, and what PyTorch saves,
which it reads itself (``tensors.py``), and whose names a layout translates (``layouts/``).
"""

from __future__ import annotations

from resnet_dsl.weights.about import About, InputScaling, Scaling
from resnet_dsl.weights.matching import WantedLayer, fit
from resnet_dsl.weights.reading import (
    SavedArray,
    SavedConfig,
    SavedLayer,
    SavedModel,
    read_about,
    read_config,
    read_graph_json,
    read_weights,
)

__all__ = [
    "About",
    "InputScaling",
    "SavedArray",
    "SavedConfig",
    "SavedLayer",
    "SavedModel",
    "Scaling",
    "WantedLayer",
    "fit",
    "read_about",
    "read_config",
    "read_graph_json",
    "read_weights",
]
