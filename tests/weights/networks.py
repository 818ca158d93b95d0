"""Networks with and without noise, and files of their weights in every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

import resnet_dsl

TEXT = """
network one(classes = 10) { input 16x16x3 stem { conv(8, 3) -> norm -> act } stage a { 2 x bottleneck(8) }
  head { avgpool(global) -> dense(classes) -> softmax } }
network one_do from one { use drop = dropout(0.1) }
network one_path from one { use drop = drop_path(0.1) }
network one_block from one { use drop = dropblock(0.1, 3) }
network deeper from one { stage a { 3 x bottleneck(8) } }
network own { input 14x14x4
  stem { conv(12, 3, standardize = scaled) -> evonorm(4) -> conv(12, 3, groups = 12) -> prelu }
  stage a { attention(2, 2, relative) scale(0.5, learned = true) channel_scale conv(8, 1, standardize = plain) }
  head { avgpool(global) -> dense(3) } }
network own_do from own { stage a { dropout(0.5) attention(2, 2, relative) scale(0.5, learned = true) channel_scale
  conv(8, 1, standardize = plain) } }
"""

FORMATS = ("net.keras", "net.weights.h5", "net.h5", "alone.h5")
"""The archive, the weights of Keras 3 alone, and the older format: of a whole model, and of weights alone."""


def network(name: str) -> resnet_dsl.Network:
    return resnet_dsl.load(TEXT).networks[name]


def randomise(model: Any, seed: int = 0) -> Any:
    """The model with other numbers in every variable; no two alike, so that an exchange of any two shows."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        for variable in layer.weights:
            positive = variable.name in ("gamma", "moving_variance")
            shape = tuple(variable.shape)
            spread = 0.3 if len(shape) < 2 else np.prod(shape[:-1]) ** -0.5
            variable.assign(random.uniform(0.5, 1.5, shape) if positive else spread * random.normal(size=shape))
    return model


def write(model: Any, path: Path) -> Path:
    """The file of the format that its name says."""
    if path.name == "alone.h5":
        from h5py import File
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        with File(path, "w") as file:
            save_weights_to_hdf5_group(file, model)
    elif path.name.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        model.save(path)
    return path


def by_name(model: Any) -> dict[str, list[np.ndarray[Any, Any]]]:
    """What every layer holds, seeds of random layers left out."""
    return {layer.name: [keras.ops.convert_to_numpy(one) for one in layer.weights] for layer in model.layers}


def same_weights(one: Any, other: Any) -> bool:
    """Whether all layers of both have the same numbers, to the bit; those without weights are not compared."""
    mine, theirs = ({name: arrays for name, arrays in by_name(it).items() if arrays} for it in (one, other))
    return mine.keys() == theirs.keys() and all(
        len(arrays) == len(theirs[name]) and all(map(np.array_equal, arrays, theirs[name]))
        for name, arrays in mine.items()
    )


def same_layer(one: Any, other: Any, name: str) -> bool:
    """Whether the layers of one name have the same numbers, to the bit."""
    return all(map(np.array_equal, by_name(one)[name], by_name(other)[name]))


def difference(one: Any, other: Any) -> float:
    """The largest difference of the outputs at inference, on random inputs; open lengths are 64.

    Where both overflow (random weights, a hundred blocks) they are equal, and the weights alone tell.
    """
    random = np.random.default_rng(1)
    sizes = [tuple(length or 64 for length in tensor.shape[1:]) for tensor in one.inputs]
    values = [random.normal(size=(2, *size)).astype("float32") for size in sizes]
    ours, theirs = (_outputs(model(values if values[1:] else values[0], training=False)) for model in (one, other))
    assert ours.keys() == theirs.keys()
    return max(_apart(ours[name], theirs[name]) for name in ours)


def _outputs(result: Any) -> dict[str, np.ndarray[Any, Any]]:
    """By name; of one output under none."""
    named = result if isinstance(result, dict) else {"": result}
    return {name: keras.ops.convert_to_numpy(value) for name, value in named.items()}


def _apart(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> float:
    told = ~(np.isnan(ours) & np.isnan(theirs))
    return float(np.abs(ours[told] - theirs[told]).max(initial=0))
