"""Whether Keras would make the layers that the table holds: users may have set other numbers or another order."""

from __future__ import annotations

import sys

from resnet_dsl.targets.keras.backend import configured

_USUAL = {"floatx": "float32", "image_data_format": "channels_last"}


def are_usual() -> bool:
    """By Keras itself where it runs, else by the file that it would read."""
    keras = sys.modules.get("keras")
    if keras is not None:
        policy, order = keras.config.dtype_policy().name, keras.config.image_data_format()
        return bool((policy, order) == tuple(_USUAL.values()))
    return all(configured().get(name, usual) == usual for name, usual in _USUAL.items())
