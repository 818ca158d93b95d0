"""Normalisation by what no common layer divides by."""

from __future__ import annotations

from resnet_dsl.ir.lengths import Shape
from resnet_dsl.passes.primitives.step import Composite, Composites, Whole


def _gamma_and_beta(of: Whole, value: int, init: str) -> None:
    """A factor and an offset for each channel."""
    of.step("weigh", value, weights={"kernel": "gamma", "bias": "beta"}, init=init)


def _over_positions(of: Whole, value: int) -> tuple[int, Shape]:
    """The mean over all positions, and its shape."""
    shape: Shape = (*(1,) * of.rank, of.entering)
    return of.step("mean", value, shape=shape, name="mean", axes=tuple(range(of.rank))), shape


def _over_groups(of: Whole, value: int) -> int:
    """The mean over the positions and the channels of each group, once a channel."""
    mean, shape = _over_positions(of, value)
    groups, width = of.args["groups"], of.entering // of.args["groups"]
    grouped = (groups, width)
    mean = of.step("reshape", mean, shape=grouped, name="groups", size=grouped)
    mean = of.step("mean", mean, shape=(groups, 1), name="group_mean", axes=(1,))
    mean = of.step("repeat", mean, shape=grouped, name="repeat", times=width)
    return of.step("reshape", mean, shape=shape, name="ungroup", size=shape)


def _divided(of: Whole, value: int, variance: int) -> int:
    """A value over the root of a variance, to which epsilon is added."""
    shape: Shape = (*(1,) * of.rank, of.entering)
    variance = of.step("plus", variance, shape=shape, name="variance", number=of.args["epsilon"])
    factor = of.step("rsqrt", variance, shape=shape, name="factor")
    return of.step("multiply", value, factor, name="normalised")


def _frn(of: Whole) -> None:
    mean, _ = _over_positions(of, of.step("square", 0, name="square"))
    _gamma_and_beta(of, _divided(of, 0, mean), of.args["gamma"])


def _evonorm(of: Whole) -> None:
    centred = of.step("subtract", 0, _over_groups(of, 0), name="centred")
    variance = _over_groups(of, of.step("square", centred, name="square"))
    gate = of.step("weigh", 0, name="v", weights={"kernel": "v"}, init="ones")
    gate = of.step("sigmoid", gate, name="gate")
    value = of.step("multiply", 0, gate, name="gated")
    _gamma_and_beta(of, _divided(of, value, variance), "ones")


COMPOSITES: Composites = {"evonorm": Composite(_evonorm), "frn": Composite(_frn)}
