"""Windows: the sum against a direct one, and the adjoint against its definition."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_dsl.ir.windows import reach
from resnet_dsl.laboratory.signal import UnpredictableError, predict
from resnet_dsl.laboratory.signal.window import SlidingWindow, over_pairs
from tests.analyses.signal_networks import Builder


@st.composite
def windows(draw: st.DrawFn) -> SlidingWindow:
    rank = draw(st.integers(1, 3))
    axes = []
    for _ in range(rank):
        kernel, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
        before, after = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        shortest = max(reach(kernel, dilation) - before - after, 1)
        length, stride = draw(st.integers(shortest, shortest + 5)), draw(st.integers(1, 4))
        places = (length + before + after - reach(kernel, dilation)) // stride + 1
        axes.append((kernel, stride, dilation, (before, after), length, places))
    return SlidingWindow(*zip(*axes, strict=True))


@given(windows(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_sum_and_adjoint(window: SlidingWindow, seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen, given_back = rng.random(window.shape), rng.random(window.places)
    direct = np.zeros(window.places)
    for place in product(*map(range, window.places)):
        for tap in product(*map(range, window.kernel)):
            axes = zip(place, tap, window.stride, window.dilation, window.pad, strict=True)
            at = tuple(p * s + t * d - before for p, t, s, d, (before, _) in axes)
            if all(0 <= one < length for one, length in zip(at, window.shape, strict=True)):
                direct[place] += seen[at]
    np.testing.assert_allclose(window.sum(seen), direct)
    assert np.sum(direct * given_back) == pytest.approx(float(np.sum(seen * window.adjoint(given_back))))


def test_mean_over_all_pairs() -> None:
    correlation = np.exp(-np.arange(12.0))
    points = list(product(range(4), range(5)))
    apart = [round(((a - c) ** 2 + (b - d) ** 2) ** 0.5) for a, b in points for c, d in points]
    assert over_pairs(correlation, (4, 5)) == pytest.approx(float(np.mean(correlation[apart])))


@pytest.mark.parametrize(
    ("size", "steps", "words"),
    [
        ((2000, 2000, 3), [("conv", {"channels": 4, "kernel": 3})], "more than 1,048,576 positions"),
        ((8, 8, 3), [("conv", {"channels": 4, "kernel": 3, "init": "ones"})], "starts from ones"),
        ((8, 8, 4), [("conv", {"channels": 4, "kernel": 3}), ("softmax", {"splits": 2})], "shares weights out"),
        ((5000, 3), [("conv", {"channels": 4, "kernel": 4999})], "more than 4096 taps"),
    ],
)
def test_what_cannot_be_predicted_is_refused_by_name(size: tuple[int, ...], steps: list[object], words: str) -> None:
    net = Builder(*size)
    net.chain(0, *steps)  # type: ignore[arg-type]
    with pytest.raises(UnpredictableError, match=words):
        predict(*net.build())


def test_open_lengths_are_refused() -> None:
    from resnet_dsl.ir.lengths import OpenLength

    net = Builder(8, 8, 3)
    net.chain(0, ("conv", {"channels": 4, "kernel": 3}))
    graph, shapes = net.build()
    with pytest.raises(UnpredictableError, match="give the input a size"):
        predict(graph, ((OpenLength("h"), OpenLength("w"), 3), *shapes[1:]))
