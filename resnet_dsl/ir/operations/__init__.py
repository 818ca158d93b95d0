"""The registry: every operation of the language by its name. A new one is added in its family's file."""

from __future__ import annotations

from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import (
    activation,
    attention,
    convolution,
    merging,
    noise,
    normalisation,
    pooling,
    scaling,
    shaping,
)

_FAMILIES = (shaping, convolution, attention, normalisation, activation, pooling, merging, noise, scaling)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for family in _FAMILIES for operation in family.OPERATIONS
}

WORDS: frozenset[str] = frozenset(
    word for operation in OPERATIONS.values() for parameter in operation.parameters for word in parameter.kind.words
)
"""The names that stand for themselves as arguments (``half``, ``global``); nothing else may be called so."""
