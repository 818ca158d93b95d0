"""What a model's file says beside its weights: names of classes and of layers, and how it normalises images."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from math import inf, isfinite
from typing import Any, NamedTuple, TypeAlias

from resnet_dsl.weights.archive import CLASSES, Archive
from resnet_dsl.weights.bounds import LARGEST_CLASSES, DamagedError

NORMALIZATION = "Normalization"
"""Keras' class of the layer that normalises."""


class InputScaling(NamedTuple):
    """Mean and variance of each channel, in the units of the images; what enters is ``(x - mean) / sqrt(variance)``."""

    mean: tuple[float, ...]
    variance: tuple[float, ...]


Scaling: TypeAlias = InputScaling | dict[str, InputScaling]
"""That of a model's one input; of several, by the names of those that are normalised."""


class About(NamedTuple):
    """``classes``: their names in the order of the outputs, () where the file has none.

    scaling: what the model does to its images first; None where it takes them as its network does, and in a file of
    weights alone, which does not say. unsaid: it normalises them by numbers that such a file does not hold.
    frozen: the names of layers that do not train (Keras' ``trainable``), with weights or without.
    """

    classes: tuple[str, ...] = ()
    scaling: Scaling | None = None
    unsaid: bool = False
    frozen: tuple[str, ...] = ()


def about(archive: Archive | None, config: bytes | None) -> About:
    """config: Keras' description of the model, where the file has one. Raises DamagedError."""
    classes = () if archive is None else _classes(archive)
    if config is None:
        return About(classes)
    return About(classes, _scaling(config), frozen=_frozen(config))


def scaling_of_layer(kind: str, config: dict[str, Any]) -> InputScaling | None:
    """Of a layer, by Keras' configuration; None where it is no ``Normalization`` with numbers of its own.

    Raises ValueError where it normalises in another way.
    """
    if kind != NORMALIZATION or config.get("mean") is None:
        return None
    try:
        mean, variance = (tuple(float(one) for one in config[name]) for name in ("mean", "variance"))
        usual = not config.get("invert") and config["axis"] in (-1, [-1], (-1,)) and len(mean) == len(variance)
    except (ValueError, KeyError, TypeError):
        usual = False
    if not usual or not all(map(isfinite, mean)) or not all(0 < one < inf for one in variance):
        raise ValueError(f"the layer {config.get('name')!r} normalises in a way that is not known here")
    return InputScaling(mean, variance)


def _classes(archive: Archive) -> tuple[str, ...]:
    if CLASSES not in archive:
        return ()
    try:
        names = json.loads(archive.read(CLASSES, LARGEST_CLASSES))
    except (ValueError, RecursionError):
        raise DamagedError("its names of classes are damaged") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DamagedError("its names of classes are no list of texts")
    return tuple(names)


def _scaling(config: bytes) -> Scaling | None:
    """By the first layer behind the input, or behind each of several."""
    try:
        described = _read_json(config)["config"]
        layers = described.get("layers", []) if isinstance(described, dict) else []
        inputs = [layer["config"]["name"] for layer in layers if layer["class_name"] == "InputLayer"]
        if len(inputs) > 1:
            return _scalings(layers, inputs) or None
        return scaling_of_layer(layers[1]["class_name"], layers[1]["config"]) if len(layers) > 1 else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as wrong:
        raise DamagedError(f"Keras' description of its first layers cannot be used ({wrong})") from None


def _frozen(config: bytes) -> tuple[str, ...]:
    """Of a model whose own class makes its layers nothing is known."""
    described = _read_json(config)["config"]
    layers = described.get("layers", []) if isinstance(described, dict) else []
    settings = [one["config"] for one in layers if isinstance(one.get("config"), dict)]
    return tuple(str(one.get("name")) for one in settings if one.get("trainable") is False)


@lru_cache(maxsize=1)
def _read_json(config: bytes) -> Any:
    """Once: of a deep network it takes a tenth of a second."""
    return json.loads(config)


def _scalings(layers: list[dict[str, Any]], inputs: list[str]) -> dict[str, InputScaling]:
    normalising = [layer for layer in layers if layer["class_name"] == NORMALIZATION and _read(layer) in inputs]
    found = ((_read(layer), scaling_of_layer(NORMALIZATION, layer["config"])) for layer in normalising)
    return {name: scaling for name, scaling in found if scaling is not None}


def _read(layer: dict[str, Any]) -> str:
    """The layer whose value a layer reads: as Keras 3 writes it, or as those before it did."""
    first = layer["inbound_nodes"][0]
    return str(first["args"][0]["config"]["keras_history"][0] if isinstance(first, dict) else first[0][0])


def names_of_groups(config: bytes) -> dict[str, str]:
    """From the path of a group of a weights file (``layers/conv2d_3``) to its layer's name (``a_block1_conv3``).

    Keras counts the layers by class, in the order of the configuration; models in models are left out, and so are all
    layers of a model whose own class makes them. Raises DamagedError.
    """
    try:
        described = _read_json(config)["config"]
        if "layers" not in described:
            return {}
        layers = described["layers"]
        # Operations of ``keras.ops`` stand among the layers, under the same names (``Add``).
        own = [one for one in layers if not str(one.get("module")).startswith(("keras.src.ops", "keras.ops"))]
        found = [(group_of(one["class_name"]), one["config"]["name"]) for one in own]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError("Keras' description of the model (`config.json`) is damaged, or of another kind") from None
    counts: Counter[str] = Counter()
    named = {}
    for kind, name in found:
        named[f"layers/{kind}_{counts[kind]}" if counts[kind] else f"layers/{kind}"] = name
        counts[kind] += 1
    return named


@lru_cache(maxsize=256)
def group_of(name: str) -> str:
    """What Keras' weights files call the layers of a class: ``conv2d`` (``keras.src.utils.naming.to_snake_case``)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
