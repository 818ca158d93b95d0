"""Whether Keras would make the layers that the table holds: users may have set other numbers or another order."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_USUAL = {"floatx": "float32", "image_data_format": "channels_last"}


def are_usual() -> bool:
    """By Keras itself where it runs, else by the file that it would read."""
    keras = sys.modules.get("keras")
    if keras is not None:
        policy, order = keras.config.dtype_policy().name, keras.config.image_data_format()
        return bool((policy, order) == tuple(_USUAL.values()))
    return all(_said().get(name, usual) == usual for name, usual in _USUAL.items())


def _said() -> dict[str, Any]:
    """``keras.json`` in the user's folder; nothing where it cannot be read, as Keras takes it."""
    folder = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    try:
        with open(os.path.join(folder, "keras.json"), encoding="utf-8") as file:
            said = json.load(file)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
