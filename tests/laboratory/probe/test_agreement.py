"""Prediction and probe, side by side: they share no code but the type of their answer."""

from __future__ import annotations

from math import log, sqrt

import pytest

from resnet_dsl.laboratory.probe import agreement, probe, typical
from resnet_dsl.laboratory.signal import Signal, predict
from resnet_dsl.laboratory.signal.propagate import RULES
from tests.analyses.signal_networks import Builder, cifar
from tests.laboratory.probe.gaussian_images import gaussian_images
from tests.laboratory.probe.operation_networks import CASES

QUICK = ("relu", "maxpool 3", "concat", "bottleneck, pooled projection")


def compare(name: str, seeds: int) -> None:
    case = CASES[name]
    net = Builder(*case.size)
    case.build(net)
    graph, shapes = net.build()
    images = gaussian_images(32, *case.size)
    measured = typical([probe(graph, shapes, images, seed=seed) for seed in range(seeds)])
    for one, other in zip(predict(graph, shapes).layers, measured.layers, strict=True):
        assert close(one.gradient, other.gradient, case.within), (one.name, one.gradient, other.gradient)
        # A vector's activations are a few random numbers, the same for all images where most of the signal is frozen.
        within = case.within if one.positions > 1 else 1.6
        assert close(one.activation, other.activation, within), (one.name, one.activation, other.activation)


def close(one: float, other: float, within: float) -> bool:
    """Of mean squares: whether their roots differ by less than a factor; nothing is close to nothing alone."""
    if one == 0 or other == 0:
        return one == other
    return abs(log(sqrt(one / other))) < log(within)


def test_every_rule_of_prediction_is_compared() -> None:
    compared = set()
    for case in CASES.values():
        net = Builder(*case.size)
        case.build(net)
        compared |= {node.op for node in net.build()[0].nodes}
    assert RULES.keys() <= compared, "add a network for what is missing to operation_networks"


@pytest.mark.keras
@pytest.mark.parametrize("name", QUICK)
def test_operations(name: str) -> None:
    compare(name, seeds=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in QUICK])
def test_more_operations(name: str) -> None:
    compare(name, seeds=4)


def pair(depth: int, residual: bool, norm: str | None, init: str, seeds: int) -> tuple[Signal, Signal]:
    graph, shapes = cifar(depth, residual, norm, init, size=14)
    images = gaussian_images(64, 14, 14, 3)
    measured = typical([probe(graph, shapes, images, seed=seed) for seed in range(seeds)])
    return predict(graph, shapes), measured


@pytest.mark.keras
def test_plain_and_residual_at_depth_20() -> None:
    found = agreement(
        [pair(20, residual, norm, "he_normal", 1) for residual in (False, True) for norm in ("batchnorm", None)]
    )
    assert found.correlation > 0.95
    assert found.worst_growth < 0.08


@pytest.mark.slow
def test_plain_and_residual_with_and_without_normalisation_he_and_glorot_at_three_depths() -> None:
    found = agreement(
        [
            pair(depth, residual, norm, init, 2)
            for depth in (20, 56, 110)
            for residual in (False, True)
            for norm in ("batchnorm", None)
            for init in ("he_normal", "glorot_uniform")
        ]
    )
    assert found.correlation >= 0.99
    assert found.worst_growth < 0.08
    assert found.error < 0.3
