"""Normalisation. Epsilon and momentum default to the values of Caffe and PyTorch, written in Keras' convention."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape, channels, elements
from resnet_dsl.ir.operation import (
    Arguments,
    Operation,
    Shapes,
    UnfitError,
    Weight,
    nearest_divisors,
    positions,
    spatial,
)
from resnet_dsl.ir.parameters import COUNT, FLAG, POSITIVE, RATE, Parameter, words

_SCALE = Parameter("scale", FLAG, "Whether a factor (gamma) is learned for each channel.", True)
_CENTER = Parameter("center", FLAG, "Whether an offset (beta) is learned for each channel.", True)
_GAMMA = Parameter(
    "gamma", words("ones", "zeros"), "What gamma starts from; `zeros` for the last norm of a block.", "ones"
)


def _affine(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    shape = (channels(shapes[0]),)
    gamma = (Weight("gamma", shape, arguments["gamma"]),) if arguments["scale"] else ()
    beta = (Weight("beta", shape, "zeros"),) if arguments["center"] else ()
    return (*gamma, *beta)


def _ignored(arguments: Arguments) -> dict[str, str]:
    return {} if arguments["scale"] else {"gamma": "scale"}


def _moving(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    shape = (channels(shapes[0]),)
    moments = (Weight("moving_mean", shape, "zeros", False), Weight("moving_variance", shape, "ones", False))
    return (*_affine(arguments, shapes), *moments)


def _grouped(arguments: Arguments, shapes: Shapes) -> Shape:
    if channels(shapes[0]) % arguments["groups"]:
        raise UnfitError(
            "E0304",
            f"{arguments['groups']} groups do not divide the {channels(shapes[0])} channels that flow in",
            f"use {nearest_divisors(arguments['groups'], channels(shapes[0]))}: groups divide the channels",
        )
    return shapes[0]


def _grouped_map(arguments: Arguments, shapes: Shapes) -> Shape:
    spatial(shapes[0], "evonorm")
    return _grouped(arguments, shapes)


def _frn_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    spatial(shapes[0], "frn")
    return shapes[0]


BATCHNORM = Operation(
    "batchnorm",
    "Batch normalisation (Ioffe & Szegedy 2015).",
    "norm",
    (
        Parameter("epsilon", POSITIVE, "Added to the variance.", 1e-5),
        Parameter(
            "momentum", RATE, "What a moving statistic keeps of itself at each step (PyTorch's 0.1 is 0.9).", 0.9
        ),
        _SCALE,
        _CENTER,
        _GAMMA,
    ),
    weights=_moving,
    label=lambda arguments: "batch norm",
    affine=True,
    ignored=_ignored,
)

LAYERNORM = Operation(
    "layernorm",
    "Layer normalisation over the channels of each position (Ba et al. 2016).",
    "norm",
    (Parameter("epsilon", POSITIVE, "Added to the variance.", 1e-6), _SCALE, _CENTER, _GAMMA),
    weights=_affine,
    label=lambda arguments: "layer norm",
    centred=lambda arguments, shape: channels(shape),
    ignored=_ignored,
)

GROUPNORM = Operation(
    "groupnorm",
    "Group normalisation (Wu & He 2018).",
    "norm",
    (
        Parameter("groups", COUNT, "Channels are normalised in this many groups.", 32),
        Parameter("epsilon", POSITIVE, "Added to the variance.", 1e-5),
        _SCALE,
        _CENTER,
        _GAMMA,
    ),
    infer=_grouped,
    weights=_affine,
    label=lambda arguments: f"group norm, {arguments['groups']}",
    centred=lambda arguments, shape: elements((*shape[:-1], channels(shape) // arguments["groups"])),
    ignored=_ignored,
)


def _instance_infer(arguments: Arguments, shapes: Shapes) -> Shape:
    spatial(shapes[0], "instancenorm")
    return shapes[0]


INSTANCENORM = Operation(
    "instancenorm",
    "Instance normalisation: each channel of a sample over its own positions (Ulyanov et al. 2016).",
    "norm",
    (Parameter("epsilon", POSITIVE, "Added to the variance.", 1e-5), _SCALE, _CENTER, _GAMMA),
    infer=_instance_infer,
    weights=_affine,
    label=lambda arguments: "instance norm",
    centred=lambda arguments, shape: positions(shape),
    ignored=_ignored,
)


def _evonorm_weights(arguments: Arguments, shapes: Shapes) -> tuple[Weight, ...]:
    shape = (channels(shapes[0]),)
    return (Weight("v", shape, "ones"), Weight("gamma", shape, "ones"), Weight("beta", shape, "zeros"))


EVONORM = Operation(
    "evonorm",
    "EvoNorm-S0: x * sigmoid(v * x) over the standard deviation of its group of channels, then gamma and beta; "
    "normalisation and activation in one (Liu et al. 2020).",
    "norm",
    (
        Parameter("groups", COUNT, "The deviation is taken over this many groups of channels.", 32),
        Parameter("epsilon", POSITIVE, "Added to the variance.", 1e-5),
    ),
    infer=_grouped_map,
    weights=_evonorm_weights,
    label=lambda arguments: f"evonorm, {arguments['groups']}",
)

FRN = Operation(
    "frn",
    "Filter response normalisation: each channel over its root mean square (Singh & Krishnan 2020); `tlu` follows it.",
    "norm",
    (Parameter("epsilon", POSITIVE, "Added to the mean square.", 1e-6), _GAMMA),
    infer=_frn_infer,
    weights=lambda arguments, shapes: (
        Weight("gamma", (channels(shapes[0]),), arguments["gamma"]),
        Weight("beta", (channels(shapes[0]),), "zeros"),
    ),
    label=lambda arguments: "frn",
)

OPERATIONS = (BATCHNORM, LAYERNORM, GROUPNORM, INSTANCENORM, EVONORM, FRN)
