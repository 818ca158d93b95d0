"""How each step grows with the number of blocks: text, checks, figure, model, file. Run: python benchmarks/growth.py

Processor time of the process for CIFAR networks of basic blocks, each step by itself, and a block's share in it.
Python's recursion limit stays what it is.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import building
import measuring

import resnet_dsl

BLOCKS = (99, 999, 9999)


def steps(blocks: int, folder: Path) -> dict[str, Callable[[], float]]:
    """What is measured for a network of so many blocks."""
    network = building.cifar(blocks)
    model = network.to_keras()
    saved = folder / f"{blocks}.keras"

    def save() -> None:
        from resnet_dsl.targets.keras import save

        save(model, saved, network.graph)

    def cost(action: Callable[[], Any]) -> Callable[[], float]:
        return lambda: building.seconds(action)

    return {
        "text to IR, with its checks": cost(lambda: building.cifar(blocks)),
        "text to summary by stage": cost(lambda: str(building.cifar(blocks).summary())),
        "text to figure by stage": cost(lambda: building.cifar(blocks).figure(level="stage").svg()),
        "Keras model": cost(network.to_keras),
        "saving it (`.keras`)": cost(save),
        "`resnet_dsl.load_keras`": cost(lambda: resnet_dsl.load_keras(saved)),
    }


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    limit = sys.getrecursionlimit()
    with tempfile.TemporaryDirectory() as folder:
        taken = [measuring.medians(steps(blocks, Path(folder)), repetitions) for blocks in BLOCKS]
    assert sys.getrecursionlimit() == limit
    rows = []
    for name in taken[0]:
        shares = [1000 * one[name] / blocks for one, blocks in zip(taken, BLOCKS, strict=True)]
        rows.append((name, *(f"{one[name]:.2f} ({share:.2f})" for one, share in zip(taken, shares, strict=True))))
    head = ("seconds (ms a block)", *(f"{blocks:,} blocks" for blocks in BLOCKS))
    print(measuring.table(head, rows))


if __name__ == "__main__":
    main()
