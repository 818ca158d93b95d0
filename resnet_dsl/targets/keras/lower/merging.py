"""Merges, as calls of Keras."""

from __future__ import annotations

RULES = {
    "add": lambda at: at.call("Add", *at.inputs),
    "mul": lambda at: at.call("Multiply", *at.inputs),
    "concat": lambda at: at.call("Concatenate", *at.inputs, axis=-1),
}
