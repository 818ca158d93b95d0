"""Passes: a network to an equal one that computes less. One a file; each says what it did.

What is computed by the same steps in every target is written in resnet_dsl.passes.primitives.
"""

from __future__ import annotations

from resnet_dsl.passes.folding import fold_batchnorm
from resnet_dsl.passes.noise import remove_idle
from resnet_dsl.passes.padding import merge_padding
from resnet_dsl.passes.rewriting import Pass, WeightedGraph, Weights

__all__ = ["INFERENCE", "WeightedGraph", "Weights", "optimize"]

INFERENCE: tuple[Pass, ...] = (remove_idle, fold_batchnorm, merge_padding)
"""What ``--optimize inference`` does, in this order."""


def optimize(network: WeightedGraph, passes: tuple[Pass, ...] = INFERENCE) -> tuple[WeightedGraph, tuple[str, ...]]:
    """(the network after all passes, what each did). Outputs at inference are equal up to rounding."""
    said = []
    for one in passes:
        network, sentence = one(network)
        said.append(sentence)
    return network, tuple(said)
