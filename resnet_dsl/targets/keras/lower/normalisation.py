"""Normalisation, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.targets.keras.calls import Value
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules, initializer


def _affine(at: LoweringContext) -> dict[str, Value]:
    return {
        "axis": -1,
        "epsilon": at.args["epsilon"],
        "center": at.args["center"],
        "scale": at.args["scale"],
        "gamma_initializer": initializer(at.args["gamma"]),
    }


RULES: Rules = {
    "batchnorm": lambda at: at.call("BatchNormalization", at.input, momentum=at.args["momentum"], **_affine(at)),
    "layernorm": lambda at: at.call("LayerNormalization", at.input, **_affine(at)),
    "groupnorm": lambda at: at.call("GroupNormalization", at.input, groups=at.args["groups"], **_affine(at)),
    "instancenorm": lambda at: at.call("GroupNormalization", at.input, groups=at.entering, **_affine(at)),
}
