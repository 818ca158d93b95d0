"""The reference table, and the network that ships for each of its rows."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from resnet_dsl import pipeline, resources
from resnet_dsl.pipeline import Compiled, Spec

TABLE = Path(__file__).parent.parent / "reference" / "family.csv"


class Row(NamedTuple):
    """One network of the table. ``spec`` is the file below specs/; ``source`` says whose code gave the numbers."""

    variant: str
    spec: str
    network: str
    params: int
    total_params: int
    macs: int
    pixels: int
    source: str


def _read() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["variant"],
                row["spec"],
                row["network"],
                int(row["trainable_params"]),
                int(row["keras_total_params"]),
                int(row["macs"]),
                int(row["input_px"]),
                row["measured_by"],
            )
            for row in csv.DictReader(file)
        ]


ROWS = _read()


@cache
def spec(path: str) -> Spec:
    """A file of specs/."""
    return pipeline.load(str(resources.specs_folder() / path))


@cache
def compiled(row: Row) -> Compiled:
    return spec(row.spec).compile(row.network)
