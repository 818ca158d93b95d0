"""A file of many layers makes many objects, none of which is garbage: the collector waits until it is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl.analyses.foreign import read_json
from resnet_dsl.weights import read_graph_json

SMALL = Path(__file__).parents[1] / "fixtures" / "0.1.0" / "small.keras"


@pytest.fixture
def collections() -> Iterator[list[int]]:
    """The generations that are collected, by a collector that is always hungry; it is on again behind each call."""
    found: list[int] = []

    def noted(phase: str, told: dict[str, Any]) -> None:
        found.append(told["generation"])

    before = gc.get_threshold()
    gc.callbacks.append(noted)
    gc.set_threshold(100)
    yield found
    gc.callbacks.remove(noted)
    gc.set_threshold(*before)
    assert gc.isenabled()


def test_a_graph_is_read_in_one_go(collections: list[int]) -> None:
    text = read_graph_json(SMALL)
    assert text is not None
    read_json(text)
    collections.clear()
    read_json(text)
    assert len(collections) <= 2  # as it begins and ends


def test_the_hungry_collector_is_seen(collections: list[int]) -> None:
    kept = [[one] for one in range(10_000)]
    assert len(collections) > 10
    assert len(kept) == 10_000
