"""Merges, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.targets.keras.lower.place import LoweringContext, Rules


def _add(at: LoweringContext) -> int:
    """A sum. A skip connection's value comes first, as in keras.applications: it decides the order of a model's layers,
    and with it where the arrays of their weight files belong."""
    return at.call("Add", *(at.inputs if at.node.skip is None else at.inputs[::-1]))


RULES: Rules = {
    "add": _add,
    "mul": lambda at: at.call("Multiply", *at.inputs),
    "concat": lambda at: at.call("Concatenate", *at.inputs, axis=-1),
}
