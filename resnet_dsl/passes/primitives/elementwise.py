"""Normalisation by what no common layer divides by; factors, offsets and activations that learn; softmax over parts of
the channels."""

from __future__ import annotations

from resnet_dsl.ir.lengths import OpenLength, Shape, elements
from resnet_dsl.ir.operation import Arguments
from resnet_dsl.passes.primitives.step import Composite, Composites, Whole


def _a_channel(of: Whole) -> Shape:
    """The shape of one number a channel."""
    return (*(1,) * of.rank, of.entering)


def _gamma_and_beta(of: Whole, value: int, init: str) -> None:
    """A factor and an offset for each channel."""
    of.step("weigh", value, weights={"kernel": "gamma", "bias": "beta"}, init=init)


def _over_positions(of: Whole, value: int) -> int:
    """The mean over all positions."""
    return of.step("mean", value, shape=_a_channel(of), name="mean", axes=tuple(range(of.rank)))


def _over_groups(of: Whole, value: int) -> int:
    """The mean over the positions and the channels of each group, once a channel."""
    mean = _over_positions(of, value)
    groups, width = of.args["groups"], of.entering // of.args["groups"]
    grouped = (groups, width)
    mean = of.step("reshape", mean, shape=grouped, name="groups", size=grouped)
    mean = of.step("mean", mean, shape=(groups, 1), name="group_mean", axes=(1,))
    mean = of.step("repeat", mean, shape=grouped, name="repeat", times=width)
    return of.step("reshape", mean, shape=_a_channel(of), name="ungroup", size=_a_channel(of))


def _divided(of: Whole, value: int, variance: int) -> int:
    """A value over the root of a variance, to which epsilon is added."""
    variance = of.step("plus", variance, shape=_a_channel(of), name="variance", number=of.args["epsilon"])
    factor = of.step("rsqrt", variance, shape=_a_channel(of), name="factor")
    return of.step("multiply", value, factor, name="normalised")


def _frn(of: Whole) -> None:
    mean = _over_positions(of, of.step("square", 0, name="square"))
    _gamma_and_beta(of, _divided(of, 0, mean), of.args["gamma"])


def _evonorm(of: Whole) -> None:
    centred = of.step("subtract", 0, _over_groups(of, 0), name="centred")
    variance = _over_groups(of, of.step("square", centred, name="square"))
    gate = of.step("weigh", 0, name="v", weights={"kernel": "v"}, init="ones")
    gate = of.step("sigmoid", gate, name="gate")
    value = of.step("multiply", 0, gate, name="gated")
    _gamma_and_beta(of, _divided(of, value, variance), "ones")


def _tlu(of: Whole) -> None:
    """max(x, tau)."""
    tau = of.step("weight", shape=_a_channel(of), weights={"kernel": "tau"}, init="zeros")
    of.step("maximum", 0, tau, name="max")


def _softmax(of: Whole) -> None:
    """Across parts: the channels as (parts, channels of a part), for all positions in one line."""
    splits, width = of.args["splits"], of.entering // of.args["splits"]
    shape: Shape = (elements(of.shape[:-1]) or OpenLength("positions"), splits, width)
    value = of.step("reshape", 0, shape=shape, name="split", size=(None, splits, width))
    value = of.step("softmax", value, shape=shape, axis=1)
    lengths = tuple(length if isinstance(length, int) else None for length in of.shape)
    of.step("reshape", value, name="join", size=lengths)


def _learned(of: Whole, name: str) -> int:
    """The one number, for all positions and channels."""
    shape = (1,) * len(of.shape)
    return of.step("weight", shape=shape, weights={"kernel": name}, init=float(of.args["value"]))


def _is_learned(arguments: Arguments) -> bool:
    return bool(arguments["learned"])


def _channel_scale(of: Whole) -> None:
    of.step("weigh", 0, weights={"kernel": "gamma"}, init=float(of.args["init"]))


COMPOSITES: Composites = {
    "evonorm": Composite(_evonorm),
    "frn": Composite(_frn),
    "tlu": Composite(_tlu),
    "softmax": Composite(_softmax, lambda arguments: arguments["splits"] > 1),
    "scale": Composite(lambda of: of.step("multiply", 0, _learned(of, "factor"), name="times"), _is_learned),
    "shift": Composite(lambda of: of.step("add", 0, _learned(of, "offset"), name="plus"), _is_learned),
    "channel_scale": Composite(_channel_scale),
}
