"""Randomness while training, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.failure import Failure
from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules
from resnet_dsl.targets.keras.lower.primitives import in_steps


def _drop_path(at: LoweringContext) -> int:
    """Dropout with one draw a sample."""
    return at.call("Dropout", at.input, rate=at.args["rate"], noise_shape=(None, *(1,) * len(at.shape)))


def _dropblock(at: LoweringContext) -> int:
    if not all(isinstance(length, int) for length in at.shape):
        raise Failure("Keras needs known lengths for `dropblock`", "give the input a size: `--input 224x224x3`")
    return in_steps(at)


RULES: Rules = {
    "dropout": lambda at: at.call("Dropout", at.input, rate=at.args["rate"]),
    "drop_path": _drop_path,
    "dropblock": _dropblock,
}
