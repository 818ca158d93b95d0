"""Names of layers for groups of Keras' weights files that do not say them: from the model's configuration."""

from __future__ import annotations

import json
import re
from collections import Counter

from resnet_dsl.weights.bounds import DamagedError

_OPERATIONS = ("keras.src.ops", "keras.ops")


def names_of_groups(config: bytes) -> dict[str, str]:
    """From the path of a group (``layers/conv2d_3``) to its layer's name (``a_block1_conv3``).

    Keras counts the layers by class, in the order of the configuration; models in models are left out.
    Raises DamagedError.
    """
    try:
        layers = json.loads(config)["config"]["layers"]
        # Operations of ``keras.ops`` stand among the layers, under the same names (``Add``).
        own = [one for one in layers if not str(one.get("module")).startswith(_OPERATIONS)]
        found = [(group_of(one["class_name"]), one["config"]["name"]) for one in own]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError("Keras' description of the model (`config.json`) is damaged, or of another kind") from None
    counts: Counter[str] = Counter()
    named = {}
    for kind, name in found:
        named[f"layers/{kind}_{counts[kind]}" if counts[kind] else f"layers/{kind}"] = name
        counts[kind] += 1
    return named


def group_of(name: str) -> str:
    """What Keras' weights files call the layers of a class: ``conv2d`` (``keras.src.utils.naming.to_snake_case``)."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
