"""Factors and offsets, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.passes.primitives import is_composite
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps


def _scale(at: LoweringContext) -> int:
    if is_composite(at.node):
        return in_steps(at)
    return at.call("Rescaling", at.input, scale=float(at.args["value"]))


def _shift(at: LoweringContext) -> int:
    if is_composite(at.node):
        return in_steps(at)
    return at.call("Rescaling", at.input, scale=1.0, offset=float(at.args["value"]))


RULES: Rules = {"scale": _scale, "shift": _shift}
