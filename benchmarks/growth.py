"""How each step grows with the number of blocks: text, checks, figure, model, file. Run: python benchmarks/growth.py

Processor time of the process for CIFAR networks of basic blocks, each step by itself, and a block's share in it.
Python's recursion limit stays what it is.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import building
import measuring

import resnet_dsl

FOLDER = tempfile.TemporaryDirectory()
Steps: TypeAlias = dict[str, Callable[[], object]]


def compiling(blocks: int) -> Steps:
    """What needs no model, and building it."""
    network = building.cifar(blocks)
    return {
        "text to IR, with its checks": lambda: building.cifar(blocks),
        "text to summary by stage": lambda: str(building.cifar(blocks).summary()),
        "text to figure by stage": lambda: building.cifar(blocks).figure(level="stage").svg(),
        "IR to Keras model": network.to_keras,
    }


def filing(blocks: int) -> Steps:
    """A model to a file and back, which is mostly Keras and HDF5."""
    from resnet_dsl.targets.keras import save

    network = building.cifar(blocks)
    model = network.to_keras()
    path = Path(FOLDER.name) / f"{blocks}.keras"
    return {
        "model to file (`.keras`)": lambda: save(model, path, network.graph),
        "file to model (`resnet_dsl.load_keras`)": lambda: resnet_dsl.load_keras(path),
    }


def grown(steps: Callable[[int], Steps], sizes: tuple[int, ...], repetitions: int) -> str:
    """A table: a row each step, a column each number of blocks."""
    taken = []
    for blocks in sizes:
        ways = {name: partial(building.seconds, step) for name, step in steps(blocks).items()}
        taken.append(measuring.medians(ways, repetitions))
    rows = []
    for name in taken[0]:
        cells = [f"{one[name]:.2f} ({1000 * one[name] / size:.2f})" for one, size in zip(taken, sizes, strict=True)]
        rows.append((name, *cells))
    return measuring.table(("seconds (ms a block)", *(f"{blocks:,} blocks" for blocks in sizes)), rows)


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    limit = sys.getrecursionlimit()
    building.seconds(building.cifar(9).to_keras)  # what the first model of a process costs
    print(grown(compiling, (99, 999, 9999), repetitions))
    print("\n" + grown(filing, (99, 333, 999), repetitions))
    assert sys.getrecursionlimit() == limit


if __name__ == "__main__":
    main()
