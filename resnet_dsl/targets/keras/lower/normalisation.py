"""Normalisation, as calls of Keras."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.targets.keras.calls import Value, batched
from resnet_dsl.targets.keras.lower.place import Place, Rules, initializer


def _affine(at: Place) -> dict[str, Value]:
    return {
        "axis": -1,
        "epsilon": at.args["epsilon"],
        "center": at.args["center"],
        "scale": at.args["scale"],
        "gamma_initializer": initializer(at.args["gamma"]),
    }


def _gamma_and_beta(at: Place, value: int, gamma: str) -> int:
    """A factor and an offset for each channel, in one layer with the node's name."""
    axes = "abcd"[: at.rank + 1]
    return at.call(
        "EinsumDense",
        value,
        equation=f"{axes}z,z->{axes}z",
        output_shape=batched(at.shape)[1:],
        bias_axes="z",
        kernel_initializer=initializer(gamma),
        keeps={"gamma": "kernel", "beta": "bias"},
    )


def _over_positions(at: Place, value: int) -> tuple[int, Shape]:
    """The mean over all positions, and its shape."""
    shape: Shape = (*(1,) * at.rank, at.entering)
    axes = tuple(range(1, at.rank + 1))
    return at.call("ops.mean", value, shape=shape, suffix="mean", axis=axes, keepdims=True), shape


def _over_groups(at: Place, value: int) -> int:
    """The mean over the positions and the channels of each group, once a channel."""
    mean, shape = _over_positions(at, value)
    groups, width = at.args["groups"], at.entering // at.args["groups"]
    grouped: Shape = (groups, width)
    mean = at.call("Reshape", mean, shape=grouped, suffix="groups", target_shape=grouped)
    mean = at.call("ops.mean", mean, shape=(groups, 1), suffix="group_mean", axis=-1, keepdims=True)
    mean = at.call("ops.repeat", mean, shape=grouped, suffix="repeat", repeats=width, axis=-1)
    return at.call("Reshape", mean, shape=shape, suffix="ungroup", target_shape=shape)


def _divided(at: Place, value: int, variance: int, suffix: str) -> int:
    """A value over the root of a variance, to which epsilon is added."""
    shape: Shape = (*(1,) * at.rank, at.entering)
    variance = at.call("ops.add", variance, shape=shape, suffix="variance", x2=at.args["epsilon"])
    factor = at.call("ops.rsqrt", variance, shape=shape, suffix="factor")
    return at.call("Multiply", value, factor, suffix=suffix)


def _frn(at: Place) -> int:
    square = at.call("ops.square", at.input, suffix="square")
    mean, _ = _over_positions(at, square)
    return _gamma_and_beta(at, _divided(at, at.input, mean, "normalised"), at.args["gamma"])


def _evonorm(at: Place) -> int:
    centred = at.call("Subtract", at.input, _over_groups(at, at.input), suffix="centred")
    variance = _over_groups(at, at.call("ops.square", centred, suffix="square"))
    axes = "abcd"[: at.rank + 1]
    gate = at.call(
        "EinsumDense",
        at.input,
        suffix="v",
        equation=f"{axes}z,z->{axes}z",
        output_shape=batched(at.shape)[1:],
        bias_axes=None,
        kernel_initializer=initializer("ones"),
        keeps={"v": "kernel"},
    )
    gate = at.call("Activation", gate, suffix="gate", activation="sigmoid")
    value = at.call("Multiply", at.input, gate, suffix="gated")
    return _gamma_and_beta(at, _divided(at, value, variance, "normalised"), "ones")


RULES: Rules = {
    "batchnorm": lambda at: at.call("BatchNormalization", at.input, momentum=at.args["momentum"], **_affine(at)),
    "layernorm": lambda at: at.call("LayerNormalization", at.input, **_affine(at)),
    "groupnorm": lambda at: at.call("GroupNormalization", at.input, groups=at.args["groups"], **_affine(at)),
    "instancenorm": lambda at: at.call("GroupNormalization", at.input, groups=at.entering, **_affine(at)),
    "evonorm": _evonorm,
    "frn": _frn,
}
