"""The prediction against closed forms: Gaussian integrals, and recursions that the literature gives."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.laboratory.signal import Layer, Signal, UnpredictableError, predict
from tests.analyses.signal_networks import Builder, cifar

STEEPER = math.pi / (math.pi - 1)
"""What batch normalisation and ReLU make of the squared gradient a layer (Yang et al. 2019)."""


def perceptron(layers: int, *steps: str, width: int = 64, init: str = "he_normal", loss: bool = False) -> Signal:
    """Dense layers, each followed by these steps; with a classifier and softmax where the loss matters."""
    net = Builder(width)
    current = 0
    for _ in range(layers):
        current = net.chain(current, ("dense", {"units": width, "init": init}), *steps)
    if loss:
        net.chain(current, ("dense", {"units": 10}), "softmax")
    return predict(*net.build())


def factors(signal: Signal) -> list[float]:
    """By how much the squared gradient grows from each layer to the one before it."""
    return [one.gradient / other.gradient for one, other in zip(signal.layers, signal.layers[1:], strict=False)]


def test_batch_normalisation_and_relu_explode() -> None:
    assert factors(perceptron(6, "batchnorm", "relu"))[1:] == pytest.approx([STEEPER] * 4, rel=0.01)


@pytest.mark.parametrize(("init", "factor"), [("he_normal", 1.0), ("glorot_uniform", 0.5), ("lecun_normal", 0.5)])
def test_without_normalisation_the_initialisation_decides(init: str, factor: float) -> None:
    """He et al. 2015, equation 14: n Var(w) / 2."""
    signal = perceptron(6, "relu", init=init)
    assert factors(signal) == pytest.approx([factor] * 5, rel=1e-6)
    forward = [b.activation / a.activation for a, b in zip(signal.layers, signal.layers[1:], strict=False)]
    assert forward == pytest.approx([factor] * 5, rel=1e-6)


def test_layer_normalisation_and_relu_hold_but_for_two_directions() -> None:
    assert factors(perceptron(6, "layernorm", "relu"))[1:] == pytest.approx([1 - 2 / 64] * 4, rel=1e-3)


def test_tanh_at_variance_one() -> None:
    """The forward and backward factors of tanh with unit variance (Poole et al. 2016, with sigma_w = 1)."""
    first = perceptron(2, "tanh", init="lecun_normal")
    grid = np.linspace(-12, 12, 100_001)
    weight = np.exp(-(grid**2) / 2)
    weight /= weight.sum()
    assert first.layers[1].activation == pytest.approx(float(weight @ np.tanh(grid) ** 2), rel=0.005)
    assert factors(first)[0] == pytest.approx(float(weight @ (1 - np.tanh(grid) ** 2) ** 2), rel=0.005)


REFERENCES = {
    "relu": lambda x: max(x, 0.0),
    "tlu": lambda x: max(x, 0.0),
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "prelu": lambda x: x if x > 0 else 0.25 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "hard_sigmoid": lambda x: min(max(0.0, x / 6 + 0.5), 1.0),
    "hard_swish": lambda x: x * min(max(0.0, x / 6 + 0.5), 1.0),
    "tanh": math.tanh,
    "abs": abs,
    "selu": lambda x: 1.0507 * (x if x > 0 else 1.67326 * math.expm1(x)),
}


@pytest.mark.parametrize("activation", REFERENCES)
def test_activations_against_integrals(activation: str) -> None:
    """Second moments forward and of the derivative, over a Gaussian of variance 2, by a fine sum."""
    grid = np.linspace(-14, 14, 40_001)
    weight = np.exp(-(grid**2) / 4)
    weight /= weight.sum()
    result = np.array([REFERENCES[activation](x) for x in grid])
    slope = np.gradient(result, grid)
    signal = perceptron(2, activation)
    assert signal.layers[1].activation == pytest.approx(2 * float(weight @ result**2), rel=0.01)
    assert factors(signal)[0] == pytest.approx(2 * float(weight @ slope**2), rel=0.01)


def test_every_activation_of_the_language_is_compared() -> None:
    known = {name for name, operation in OPERATIONS.items() if operation.role == "activation"}
    assert known - {"softmax"} == set(REFERENCES)


def test_attention_is_refused_by_name() -> None:
    net = Builder(4, 4, 8)
    net.chain(0, ("conv", {"channels": 24, "kernel": 1}), ("attention", {"heads": 2, "key": 4}))
    with pytest.raises(UnpredictableError, match="`attention`, for which no rule"):
        predict(*net.build())


def residual(blocks: int, norm: bool, width: int = 64) -> Signal:
    """Pre-activation blocks of one dense layer."""
    net = Builder(width)
    current = net.add("dense", 0, units=width)
    for _ in range(blocks):
        branch = net.chain(current, *(["batchnorm"] if norm else []), "relu", ("dense", {"units": width}))
        current = net.add("add", branch, current, skip="identity")
    return predict(*net.build())


def test_residual_blocks_without_normalisation_double() -> None:
    """x + W relu(x): both the signal and the squared gradient double (Zhang et al. 2019, section 2)."""
    signal = residual(12, norm=False)
    assert signal.layers[12].activation / signal.layers[2].activation == pytest.approx(2**10, rel=0.05)
    assert signal.layers[0].gradient == pytest.approx(2**12, rel=0.05)


def test_residual_blocks_with_normalisation_grow_as_a_polynomial() -> None:
    """The l-th branch sees a variance of (l - 1)(1 - 1/pi) + 2 (De & Smith 2020): the factor is 1 + 1 / variance."""
    signal = residual(40, norm=True)
    variances = [2 + block * (1 - 1 / math.pi) for block in range(40)]
    assert signal.layers[0].gradient == pytest.approx(math.prod(1 + 1 / v for v in variances), rel=0.05)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_zero_padding_loses_signal_at_the_borders(rank: int) -> None:
    """On a map of 7, three taps keep (1 + 2 cos(pi / 8)) / 3 an axis: the largest eigenvalue of the band matrix."""
    net = Builder(*[7] * rank, 16)
    net.chain(0, *[("conv", {"channels": 16, "kernel": 3, "init": "lecun_normal"})] * 14)
    signal = predict(*net.build())
    kept = ((1 + 2 * math.cos(math.pi / 8)) / 3) ** rank
    assert signal.layers[-1].activation / signal.layers[-2].activation == pytest.approx(kept, rel=1e-3)
    assert factors(signal)[0] == pytest.approx(kept, rel=1e-3)


def test_softmax_cross_entropy_at_equal_logits() -> None:
    """p = 1/n: E[(p - y)^2] = (1 - 1/n) / n."""
    net = Builder(8)
    net.chain(0, ("dense", {"units": 10, "init": "zeros"}), "softmax")
    assert predict(*net.build()).layers[0].gradient == pytest.approx(0.09)


def test_saturated_softmax() -> None:
    """One class has all of p, and is the label once in n: E sum (p - y)^2 = 2 (1 - 1/n)."""
    net = Builder(8)
    net.chain(0, ("dense", {"units": 10}), ("scale", {"value": 1e6}), "softmax")
    assert predict(*net.build()).layers[0].gradient == pytest.approx(2 * 0.9 / 10 * 1e12, rel=0.02)


def test_global_pooling_divides_the_gradient() -> None:
    net = Builder(6, 6, 4)
    net.chain(0, ("conv", {"channels": 8, "kernel": 1}), ("avgpool", {"kernel": "global"}), ("dense", {"units": 5}))
    signal = predict(*net.build())
    assert signal.layers[0].gradient == pytest.approx(2 / 8 * 5 / 36**2)


def test_the_gradient_of_a_value_used_twice_is_the_sum() -> None:
    net = Builder(16)
    first = net.add("dense", 0, units=16)
    net.add("add", *(net.add("dense", first, units=16) for _ in range(3)))
    assert predict(*net.build()).layers[0].gradient == pytest.approx(3 * 2)


def test_dropout_and_scales() -> None:
    for step, forward, back in (
        (("scale", {"value": 0.5}), 0.25, 0.25),
        (("channel_scale", {"init": 0.1}), 0.01, 0.01),
        (("dropout", {"rate": 0.75}), 4.0, 4.0),
        (("drop_path", {"rate": 0.75}), 4.0, 4.0),
        (("shift", {"value": 3.0}), 5.5, 1.0),
    ):
        net = Builder(16)
        net.chain(0, ("dense", {"units": 16}), step, ("dense", {"units": 16}))
        signal = predict(*net.build())
        assert signal.layers[1].activation == pytest.approx(4 * forward), step
        assert signal.layers[0].gradient == pytest.approx(2 * back), step


def test_a_branch_that_starts_from_zero_gets_no_gradient() -> None:
    net = Builder(16)
    first = net.add("dense", 0, units=16)
    branch = net.chain(first, ("dense", {"units": 16}), ("batchnorm", {"gamma": "zeros"}))
    net.chain(net.add("add", branch, first, skip="identity"), ("dense", {"units": 16}))
    signal = predict(*net.build())
    assert [layer.gradient > 0 for layer in signal.layers] == [True, False, True]
    assert signal.unreached == 1
    assert "1 of 3 layers gets no gradient" in signal.words


def test_wide_layers_equal_narrow_ones_side_by_side() -> None:
    """Cutting channels and joining them again changes nothing that is seen behind."""
    whole = Builder(8, 8, 3)
    whole.chain(0, ("conv", {"channels": 32, "kernel": 3}), "batchnorm", "relu", ("conv", {"channels": 8, "kernel": 3}))
    parts = Builder(8, 8, 3)
    current = parts.chain(0, ("conv", {"channels": 32, "kernel": 3}), "batchnorm", "relu")
    cut = [parts.add("channels", current, start=start, count=count) for start, count in ((0, 5), (5, 20), (25, 7))]
    parts.chain(parts.add("concat", *cut), ("conv", {"channels": 8, "kernel": 3}))
    one, other = predict(*whole.build()), predict(*parts.build())
    assert other.layers[1].activation == pytest.approx(one.layers[1].activation)
    assert other.layers[0].gradient == pytest.approx(one.layers[0].gradient)


def test_groups_see_their_own_channels_alone() -> None:
    """Two groups over (live, dead) channels: the second puts out nothing, and the first as if it were alone."""
    net = Builder(4, 4, 8)
    live = net.add("conv", 0, channels=8, kernel=1)
    dead = net.add("scale", live, value=0.0)
    joined = net.add("concat", live, dead)
    grouped = net.add("conv", joined, channels=6, kernel=1, groups=2)
    net.chain(net.add("channels", grouped, start=0, count=3), ("conv", {"channels": 5, "kernel": 1}))
    signal = predict(*net.build())
    assert signal.layers[1].activation == pytest.approx(4 / 2)
    assert signal.layers[0].gradient == pytest.approx(2 / 3 * 5 * 2 / 8 * 3)


def test_small_gradients_inside_blocks_are_no_vanishing() -> None:
    """Layer scale (Touvron et al. 2021): branches start from a millionth, and the stream goes by."""
    net = Builder(16, 16, 8)
    current = net.add("conv", 0, channels=8, kernel=3)
    for _ in range(6):
        branch = net.chain(current, ("conv", {"channels": 8, "kernel": 3}), "relu", ("channel_scale", {"init": 1e-6}))
        current = net.add("add", branch, current, skip="identity")
    net.add("conv", current, channels=8, kernel=3)
    signal = predict(*net.build())
    assert signal.verdict == "holds"


def test_a_very_deep_network_stays_finite() -> None:
    signal = perceptron(2000, "relu", init="glorot_uniform")
    assert signal.verdict == "vanishes"
    assert math.isfinite(signal.decades)
    assert signal.decades > 140


def test_the_same_twice() -> None:
    assert predict(*cifar(8, residual=True)) == predict(*cifar(8, residual=True))


def test_verdicts_on_the_networks_of_the_paper() -> None:
    """The paper's plain networks get worse with depth, its residual ones do not."""
    assert predict(*cifar(56, residual=False)).verdict == "explodes"
    assert predict(*cifar(56, residual=True)).verdict == "holds"
    assert predict(*cifar(110, residual=True)).verdict == "holds"
    assert predict(*cifar(56, residual=False, norm=None, init="glorot_uniform")).verdict == "vanishes"
    assert predict(*cifar(56, residual=False, norm=None)).verdict == "holds"


def test_stages_of_the_table() -> None:
    signal = predict(*cifar(20, residual=False))
    assert [stage.stage for stage in signal.stages] == ["stage1", "stage2", "stage3"]
    assert [stage.layers for stage in signal.stages] == [6, 6, 6]
    assert signal.layers[0].stage == "stem"
    assert signal.layers[-1].stage == "head"
    assert all(1.1 < stage.growth < math.sqrt(STEEPER) * 1.01 for stage in signal.stages)


def test_numpy_is_imported_only_when_used() -> None:
    program = (
        "import sys; from resnet_dsl.laboratory.signal import predict; assert 'numpy' not in sys.modules; "
        "import resnet_dsl.laboratory.signal.propagate; assert 'numpy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def line(*gradients: float, positions: int = 4) -> Signal:
    layers = (Layer(f"conv{n}", "conv", "stage1", positions, 1.0, one) for n, one in enumerate(gradients))
    return Signal("net", "predicted", tuple(layers))


def test_words() -> None:
    assert line(1e8, 1e4, 1.0).words == (
        "net: the gradient grows 100.00 times a convolution towards the input, 4.0 decades: it explodes"
    )
    assert line(1e-8, 1e-4, 1.0).words == (
        "net: the gradient shrinks 100.00 times a convolution towards the input, 4.0 decades: it vanishes"
    )
    assert line(2.0, 1.0).words.endswith("1.41 times a convolution towards the input, 0.2 decades: it holds")
    assert line(1.0).words == "net: there are fewer than two layers with weights"
    assert line(1.0, 0.0).words == "net: 1 of 2 layers gets no gradient, since a factor starts from zero"
    assert line(4.0, 1.0).short == "2.00, holds"
    assert line(1.0).short == "none"


def test_warnings() -> None:
    assert line(2.0, 1.0).warning is None
    assert line(1e8, 1.0).warning == line(1e8, 1.0).words


def test_the_classifier_does_not_count_towards_growth() -> None:
    layers = (*line(1.0, 1.0).layers, Layer("fc", "dense", "head", 1, 1.0, 1e6))
    signal = Signal("net", "predicted", layers)
    assert signal.growth == pytest.approx(1)
    assert signal.decades == 0
