"""The probe itself: against gradients known by hand, and on batches that do not fit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.laboratory.probe import BadBatchError, agreement, probe, typical
from resnet_dsl.laboratory.signal import Layer, Signal
from tests.analyses.signal_networks import Builder, cifar
from tests.laboratory.probe.gaussian_images import gaussian_images


@pytest.mark.keras
def test_cross_entropy_at_equal_logits_is_exact() -> None:
    """Logits of zero make p = 1/4: the gradient is 1/4 - y whatever the labels."""
    net = Builder(6)
    net.chain(0, ("dense", {"units": 5}), ("dense", {"units": 4, "init": "zeros"}), "softmax")
    signal = probe(*net.build(), np.ones((3, 6)), [0, 3, 1])
    assert signal.layers[1].gradient == pytest.approx((3 * 0.25**2 + 0.75**2) / 4)
    assert signal.layers[1].activation == 0
    assert signal.layers[0].gradient == 0
    assert signal.unreached == 1


@pytest.mark.keras
def test_a_projection_of_the_output_is_exact() -> None:
    """Behind a scale of 3 and a mean over 4 positions, a gradient u is 3 u / 4 at each."""
    net = Builder(2, 2, 5)
    net.chain(0, ("conv", {"channels": 7, "kernel": 1}), ("scale", {"value": 3.0}), ("avgpool", {"kernel": "global"}))
    signal = probe(*net.build(), gaussian_images(4, 2, 2, 5), seed=3)
    drawn = np.random.default_rng(3).standard_normal((4, 7)).astype(np.float32)
    assert signal.layers[0].gradient == pytest.approx(float(np.mean(drawn**2)) * 9 / 16, rel=1e-5)


@pytest.mark.keras
def test_activations_are_the_models_own() -> None:
    from resnet_dsl.targets.keras import to_keras

    net = Builder(8, 8, 3)
    net.chain(0, ("conv", {"channels": 6, "kernel": 3, "stride": 2}), "relu")
    graph, shapes = net.build()
    images = gaussian_images(4, 8, 8, 3)
    kernel = to_keras(graph, shapes, seed=5).get_layer("conv1").get_weights()[0]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    places = [(row, column) for row in range(3) for column in range(3)]
    result = sum(padded[:, r : r + 7 : 2, c : c + 7 : 2] @ kernel[r, c] for r, c in places)
    assert probe(graph, shapes, images, seed=5).layers[0].activation == pytest.approx(
        float(np.mean(result**2)), rel=1e-4
    )


@pytest.mark.keras
def test_the_same_seed_the_same_signal() -> None:
    graph, shapes = cifar(8, residual=True, size=8)
    images = gaussian_images(4, 8, 8, 3)
    assert probe(graph, shapes, images, seed=1) == probe(graph, shapes, images, seed=1)
    assert probe(graph, shapes, images, seed=1) != probe(graph, shapes, images, seed=2)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((4, 8, 8, 1)), None, "8x8x3"),
        (np.zeros((8, 8, 3)), None, "8x8x3"),
        (np.zeros((1, 8, 8, 3)), None, "at least two samples"),
        (np.full((4, 8, 8, 3), np.nan), None, "not finite"),
        (np.zeros((4, 8, 8, 3)), [0, 1, 2, 10], "from 0 to 9"),
        (np.zeros((4, 8, 8, 3)), [0, 1], "one for each sample"),
    ],
)
def test_batches_that_do_not_fit(images: np.ndarray, labels: list[int] | None, words: str) -> None:
    graph, shapes = cifar(8, residual=True, size=8)
    with pytest.raises(BadBatchError, match=words):
        probe(graph, shapes, images, labels)


def line(*gradients: float) -> Signal:
    layers = (Layer(f"conv{n}", "conv", "stage1", 4, 1.0, one) for n, one in enumerate(gradients))
    return Signal("net", "measured", tuple(layers))


def test_typical_is_the_geometric_mean() -> None:
    assert [layer.gradient for layer in typical([line(1.0, 0.0), line(100.0, 1.0)]).layers] == pytest.approx(
        [10.0, 0.0]
    )


def test_agreement_of_known_numbers() -> None:
    found = agreement([(line(1e4, 1e2, 1.0), line(1e6, 1e3, 1.0))])
    assert found.correlation == pytest.approx(1)
    assert found.error == pytest.approx(0.5)
    assert found.worst_growth == pytest.approx(10**0.5 - 1)


PROGRAM = """
from tests.laboratory.probe.gaussian_images import gaussian_images
from tests.analyses.signal_networks import cifar
from resnet_dsl.laboratory.signal import predict
from resnet_dsl.laboratory.probe import agreement, probe
graph, shapes = cifar(20, residual=True, size=8)
found = agreement([(predict(graph, shapes), probe(graph, shapes, gaussian_images(16, 8, 8, 3)))])
assert found.error < 0.2 and found.worst_growth < 0.08, found
"""


@pytest.mark.backends
@pytest.mark.parametrize("backend", ["jax", "torch", "tensorflow"])
def test_backends(backend: str) -> None:
    environment = os.environ | {"KERAS_BACKEND": backend, "PYTHONPATH": str(Path(__file__).parents[3])}
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, env=environment)
