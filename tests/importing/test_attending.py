"""Steps of an attention, in whatever order they have their axes and channels, are known by their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from resnet_dsl.importing.attending import AttentionSteps, attention_of

SAMPLES, HEADS, KEY, HEIGHT, WIDTH = 2, 2, 5, 3, 4
PLACES = HEIGHT * WIDTH


def parts_first(values: Any, share: int) -> Any:
    cuts = np.split(values, [HEADS * KEY, 2 * HEADS * KEY], -1)
    return [one.reshape(*values.shape[:2], HEADS, -1) for one in cuts]


def keys_first(values: Any, share: int) -> Any:
    keys, queries, others = parts_first(values, share)
    return queries, keys, others


def heads_first(values: Any, share: int) -> Any:
    return np.split(values.reshape(*values.shape[:2], HEADS, -1), [KEY, 2 * KEY], -1)


def distances(queries: Any, down: Any, across: Any) -> Any:
    """By loops over all pairs: Srinivas et al. 2021, Figure 4."""
    found = np.zeros((SAMPLES, HEADS, PLACES, PLACES))
    for query, key in np.ndindex(PLACES, PLACES):
        rows, columns = key // WIDTH - query // WIDTH, key % WIDTH - query % WIDTH
        table = down[rows + HEIGHT - 1] + across[columns + WIDTH - 1]
        found[:, :, query, key] = queries[:, query] @ table
    return found


def steps(cut: Callable[..., Any], share: int, factor: float, tables: Any = (), bias: Any = 0.0) -> AttentionSteps:
    """Of NumPy's, with its result as (samples, heads, channels, places)."""

    def run(values: Any) -> Any:
        lines = values[0].reshape(SAMPLES, PLACES, -1)
        queries, keys, others = cut(lines, share)
        scores = factor * np.einsum("sqhd,skhd->shqk", queries, keys) + bias
        scores = scores + (distances(queries, *tables) if tables else 0)
        shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        return scores, np.einsum("shqk,skhd->shdq", shares, others)

    shape = (HEIGHT, WIDTH, HEADS * (2 * KEY + share))
    counts = SAMPLES * HEADS * PLACES**2, SAMPLES * HEADS * PLACES * share
    return AttentionSteps(run, [shape], SAMPLES, list(tables), *counts)


def learned() -> Any:
    random = np.random.default_rng(1)
    return tuple(random.standard_normal((2 * one - 1, KEY)).astype(np.float32) for one in (HEIGHT, WIDTH))


@pytest.mark.parametrize("cut", [parts_first, keys_first, heads_first])
@pytest.mark.parametrize("share", [KEY, 3])
@pytest.mark.parametrize("factor", [KEY**-0.5, 1.0])
def test_channels_may_lie_in_any_order(cut: Any, share: int, factor: float) -> None:
    found = attention_of(steps(cut, share, factor))
    assert found is not None
    assert found.arguments == {"heads": HEADS, "key": KEY, "position": "none"}
    assert found.factor == pytest.approx(factor * KEY**0.5)
    assert found.result == (0, 3, 4, 1, 2)
    line = np.arange(HEADS * (2 * KEY + share), dtype=float).reshape(1, 1, -1)
    wanted = np.concatenate([one.reshape(-1) for one in cut(line, share)])
    assert found.order.tolist() == wanted.tolist()


@pytest.mark.parametrize("factor", [KEY**-0.5, 0.25])
def test_tables_of_positions_are_those_of_the_steps(factor: float) -> None:
    down, across = learned()
    found = attention_of(steps(parts_first, KEY, factor, (down, across)))
    assert found is not None
    assert found.arguments["position"] == "relative"
    assert found.weights["height"] * found.factor == pytest.approx(down.T, rel=1e-6)
    assert found.weights["width"] * found.factor == pytest.approx(across.T, rel=1e-6)


def test_without_the_tables_they_make_the_same_sums() -> None:
    """They are given up to a number that goes from one to the other."""
    down, across = learned()
    found = attention_of(steps(parts_first, KEY, KEY**-0.5, (down, across))._replace(fixed=[]))
    assert found is not None
    sums = found.weights["height"][:, :, None] + found.weights["width"][:, None]
    assert sums == pytest.approx(down.T[:, :, None] + across.T[:, None], abs=1e-5)


def test_a_number_for_each_pair_is_no_position() -> None:
    bias = np.random.default_rng(2).standard_normal((HEADS, PLACES, PLACES))
    assert attention_of(steps(parts_first, KEY, KEY**-0.5, (), bias)) is None


def test_too_many_scores_are_not_computed() -> None:
    def run(values: Any) -> Any:
        raise AssertionError("computed")

    assert attention_of(AttentionSteps(run, [(256, 256, 48)], 1, [], 2**32, 2**20)) is None
