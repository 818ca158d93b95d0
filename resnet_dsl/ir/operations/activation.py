"""Activations: what each does to every number by itself, and softmax."""

from __future__ import annotations

from math import inf

from resnet_dsl.ir.lengths import Shape, channels
from resnet_dsl.ir.operation import Arguments, Operation, OperationName, Shapes, UnfitError, Weight, nearest_divisors
from resnet_dsl.ir.parameters import COUNT, FLAG, REAL, Parameter


def _plain(name: OperationName, doc: str, low: float = -inf, high: float = inf) -> Operation:
    return Operation(name, doc, "activation", label=lambda arguments: name.replace("_", " "), range=(low, high))


def _split_evenly(arguments: Arguments, shapes: Shapes) -> Shape:
    if channels(shapes[0]) % arguments["splits"]:
        raise UnfitError(
            "E0304",
            f"{arguments['splits']} splits do not divide the {channels(shapes[0])} channels that flow in",
            f"use {nearest_divisors(arguments['splits'], channels(shapes[0]))}: splits divide the channels; `softmax` "
            "alone runs along all of them",
        )
    return shapes[0]


def _slope(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    return (Weight("alpha", (channels(shapes[0]),), 0.25),)


OPERATIONS = (
    _plain("relu", "max(0, x).", 0),
    _plain("relu6", "min(max(0, x), 6).", 0, 6),
    Operation(
        "leaky_relu",
        "x where positive, else slope * x.",
        "activation",
        (Parameter("slope", REAL, "Factor of negative numbers.", 0.01),),
        label=lambda arguments: "leaky relu",
    ),
    Operation(
        "tlu",
        "max(x, tau) with a learned tau for each channel (thresholded linear unit: Singh & Krishnan 2020).",
        "activation",
        weights=lambda arguments, shapes: (Weight("tau", (1, channels(shapes[0])), "zeros"),),
        label=lambda arguments: "tlu",
    ),
    Operation(
        "prelu",
        "Leaky ReLU with a learned slope for each channel (He et al. 2015).",
        "activation",
        weights=_slope,
        label=lambda arguments: "prelu",
    ),
    _plain("elu", "x where positive, else exp(x) - 1.", -1),
    Operation(
        "gelu",
        "x times the normal distribution function of x (Hendrycks & Gimpel 2016).",
        "activation",
        (Parameter("approximate", FLAG, "Whether the tanh approximation is used.", False),),
        label=lambda arguments: "gelu",
    ),
    _plain("silu", "x * sigmoid(x), also called swish."),
    _plain("mish", "x * tanh(softplus(x))."),
    _plain("softplus", "log(1 + exp(x)).", 0),
    _plain("sigmoid", "1 / (1 + exp(-x)).", 0, 1),
    _plain("hard_sigmoid", "min(max(0, x / 6 + 1/2), 1).", 0, 1),
    _plain("hard_swish", "x * hard_sigmoid(x)."),
    _plain("tanh", "Hyperbolic tangent.", -1, 1),
    _plain("abs", "x without its sign.", 0),
    _plain("selu", "elu, times 1.0507, and 1.6733 times that where negative (Klambauer et al. 2017).", -1.7581),
    Operation(
        "softmax",
        "exp(x) over its sum along the channels, or, with splits, over the parts that the channels are cut into.",
        "activation",
        (Parameter("splits", COUNT, "1: along all channels; n: across n equal parts, at each channel.", 1),),
        infer=_split_evenly,
        label=lambda arguments: "softmax" if arguments["splits"] == 1 else f"softmax over {arguments['splits']} parts",
        range=(0, 1),
        probabilities=lambda arguments: "channels" if arguments["splits"] == 1 else "parts",
    ),
)
